// SPDX-License-Identifier: BSD-3-Clause
// What a caller may fix when images are opened; whatever is left open is detected by evidence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ndmedic/media/open_file.h>

namespace ndmedic {

/// What an image file is.
enum class DeviceKind : std::uint8_t {
  dimm,        ///< data, and a label area as the last label_size bytes (QEMU; labels.md 8.1)
  label_area,  ///< nothing but a label area: ndctl read-labels dump, CXL LSA (labels.md 8.2, 8.3)
  bare,        ///< no labels: the whole file is one namespace
  pool,        ///< libpmemblk pool file or poolset (btt.md 7)
  nfit,        ///< an ACPI NFIT dump (labels.md 5.7)
};

/// How the bytes of a set over several DIMMs are spread.
struct SetInterleave {
  enum class Kind : std::uint8_t {
    by_nfit,     ///< only as an NFIT says; without one the data of such sets is not reachable
    lines,       ///< lines of line_size bytes, round robin by position
    spa_linear,  ///< the DIMMs' data one after the other in order of the arguments makes up the
                 ///< address space from the lowest SPA range on (emulators do not interleave)
  };
  Kind kind = Kind::by_nfit;
  std::uint32_t line_size = 0;
};

/// Options override detection. Sizes and offsets in bytes; applied to every IMAGE.
struct OpenOptions {
  std::optional<DeviceKind> as;             ///< --as
  std::optional<std::uint64_t> label_size;  ///< --label-size: 0 means "no label area"
  std::uint64_t offset = 0;                 ///< --offset: the image begins here in the file
  std::optional<std::uint64_t> length;      ///< --length
  std::vector<std::string> lsa;             ///< --lsa: label area of the n-th IMAGE (CXL)
  std::optional<std::string> nfit;          ///< --nfit: describes the regions over all IMAGEs
  std::vector<std::byte> nfit_table;        ///< unless empty: what the file of `nfit` would hold
  bool nfit_without_header = false;         ///< the NFIT is a _FIT buffer (labels.md 5.7)
  SetInterleave interleave{};               ///< --interleave: where no NFIT says it
  bool probe_content = true;                ///< look what is inside namespaces (libblkid)
  bool follow_poolset = true;               ///< open the part files that a poolset names
  std::optional<WriteOptions> write;  ///< part files are opened for writing, as the IMAGEs were
};

}  // namespace ndmedic
