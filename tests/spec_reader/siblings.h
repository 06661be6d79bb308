// SPDX-License-Identifier: BSD-3-Clause
//
// The siblings of the BTT: PFN and DAX superblocks (btt.md 6) and libpmemblk pools (7).
#pragma once

#include "spec_reader/bytes.h"

namespace spec_reader {

// ---- PFN and DAX superblock (btt.md 6) --------------------------------------------------

enum class PfnKind { none, fsdax, devdax };

// By the 16 signature bytes.
PfnKind pfn_kind(Bytes block);

// Names: signature uuid parent_uuid flags version_major version_minor dataoff npfns mode
// start_pad end_trunc align page_size page_struct_size padding checksum.
Fields pfn_fields(Bytes block);

// The values that count, by version_minor (6.2).
struct PfnMeaning {
  bool flags_count = false;  // PF-V3: flags and padding mean something (minor >= 3)
  std::uint64_t dataoff = 0, npfns = 0, mode = 0;
  std::uint64_t start_pad = 0, end_trunc = 0;         // PF-V1
  std::uint64_t align = 0;                            // PF-V2, PF-V5; 0 only when dataoff is 0
  std::uint64_t page_size = 0, page_struct_size = 0;  // PF-V4
};
PfnMeaning pfn_meaning(Bytes block);

// Broken rules of 6.3 that an image can show: "6.3-2" "6.3-3" "6.3-5" "6.3-9" "6.3-10"
// "6.3-11" (only: dataoff multiple of 4096) "6.3-13" "6.3-14".  A cut block breaks all.
Verdict pfn_violations(Bytes block, std::uint64_t namespace_size);

// ---- libpmemblk pool (btt.md 7) ---------------------------------------------------------

// The header, bytes 0..4095.  Names: signature major features_compat features_incompat
// features_ro_compat poolset_uuid uuid prev_part_uuid next_part_uuid prev_repl_uuid
// next_repl_uuid crtime alignment_desc machine_class data reserved machine unused unused2
// sds checksum.
Fields pool_fields(Bytes header);

// The 64 bytes of the shutdown state at 4024: usc uid_checksum dirty reserved checksum.
Fields pool_sds_fields(Bytes header);

// PH-1: the checksum as it should be, by the CKSUM_2K bit of the header itself.
std::uint64_t pool_checksum(Bytes header);

// "7.2-sig", "PH-1", "PH-2" (unknown incompat bits).  A cut header breaks "7.2-sig", "PH-1".
Verdict pool_violations(Bytes header);

// The blk descriptor, bytes 4096..8191 of the pool.  Names: bsize is_zeroed run_time_state.
Fields pool_descriptor_fields(Bytes descriptor);

}  // namespace spec_reader
