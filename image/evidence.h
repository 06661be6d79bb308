// SPDX-License-Identifier: BSD-3-Clause
// Evidence: what detection saw, kept and shown, so that a user can judge the judgement.
#pragma once

#include <cstdint>
#include <vector>

#include <ndmedic/format/result.h>

namespace ndmedic {

/// One observation. The comment says what `value` is; `where` is relative to the device for clues
/// about a device and to the namespace for clues about a namespace.
enum class Clue : std::uint8_t {
  option,                ///< fixed by an option; value: the option's number, if it has one
  index_valid,           ///< a valid index block of an area that ends with the file; area size
  index_damaged,         ///< an index block that fails its tests but fits its place; area size
  labels_without_index,  ///< checksum-correct labels where an area would have them; area size
  area_cut,              ///< a valid index block of an area that the image's end cuts; area size
  index_elsewhere,       ///< an index block whose area does not end with the image; 0
  area_ambiguous,        ///< a second label area is as likely as the first; area size
  size_suggests_area,    ///< file size is regions of 16 MiB plus this many zero bytes; bytes
  pool_head,             ///< "PMEMBLK" at 0
  other_pool_signature,  ///< "PMEMLOG" or "PMEMOBJ": a PMDK pool of another kind
  poolset_text,          ///< "PMEMPOOLSET": a list of part files; number of parts
  nfit_head,             ///< "NFIT" and a fitting length
  label_abstraction,     ///< the label names the personality
  btt_info,              ///< trusted BTT info block at its place; value: major * 100 + minor
  btt_info_elsewhere,    ///< BTT info block where its version does not belong; same value
  btt_damaged,           ///< BTT signature, but rules fail
  pfn_info,              ///< PFN (fsdax) info block at 4096
  dax_info,              ///< DAX (devdax) info block at 4096
  nested_image,          ///< an info block inside user data, ignored (PL-3, FO-07)
  contradiction,         ///< what was found is not what the label says
  nothing_found,         ///< none of the known signatures
  not_readable,          ///< a place could not be read
};

struct Evidence {
  Clue clue{};
  Extent where{};
  std::uint64_t value = 0;
  friend bool operator==(const Evidence&, const Evidence&) = default;
};

using EvidenceList = std::vector<Evidence>;

}  // namespace ndmedic
