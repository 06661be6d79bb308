// SPDX-License-Identifier: BSD-3-Clause
//
// libpmemblk pools: header (btt.md 7.2) and descriptor (7.1).
#include "spec_reader/fletcher.h"
#include "spec_reader/siblings.h"

namespace spec_reader {

namespace {

// btt.md 7.2, offsets within the first 4096 bytes of the file.  unused2 lies behind the range
// that CKSUM_2K covers.
constexpr FieldRow header_table[] = {
    {"signature", 0, 8},
    {"major", 8, 4},
    {"features_compat", 12, 4},
    {"features_incompat", 16, 4},
    {"features_ro_compat", 20, 4},
    {"poolset_uuid", 24, 16},
    {"uuid", 40, 16},
    {"prev_part_uuid", 56, 16},
    {"next_part_uuid", 72, 16},
    {"prev_repl_uuid", 88, 16},
    {"next_repl_uuid", 104, 16},
    {"crtime", 120, 8},
    {"alignment_desc", 128, 8},
    {"machine_class", 136, 1},
    {"data", 137, 1},
    {"reserved", 138, 4},
    {"machine", 142, 2},
    {"unused", 144, 1904},
    {"unused2", 2048, 1976},
    {"sds", 4024, 64},
    {"checksum", 4088, 8},
};

// 7.2, row sds; offsets relative to 4024.
constexpr FieldRow sds_table[] = {
    {"usc", 0, 8},        {"uid_checksum", 8, 8}, {"dirty", 16, 1},
    {"reserved", 17, 39}, {"checksum", 56, 8},
};

// 7.1; is_zeroed is in host order on media and read as little-endian here.  The rest is the
// state of the last process: ignore, never compare.
constexpr FieldRow descriptor_table[] = {
    {"bsize", 0, 4},
    {"is_zeroed", 4, 4},
    {"run_time_state", 8, 4088},
};

// "PMEMBLK" and one NUL.
constexpr std::uint8_t signature[8] = {'P', 'M', 'E', 'M', 'B', 'L', 'K', 0};

constexpr std::uint64_t cksum_2k = 2;                // incompat bit 1
constexpr std::uint64_t known_incompat = 1 | 2 | 4;  // SINGLEHDR, CKSUM_2K, SDS

}  // namespace

Fields pool_fields(Bytes header) { return cut_fields(clip(header, 0, 4096), header_table); }

Fields pool_sds_fields(Bytes header) { return cut_fields(clip(header, 4024, 64), sds_table); }

Fields pool_descriptor_fields(Bytes descriptor) {
  return cut_fields(clip(descriptor, 0, 4096), descriptor_table);
}

std::uint64_t pool_checksum(Bytes header) {
  const Bytes whole = clip(header, 0, 4096);
  // PH-1: words behind the limit count as zero, but the loop runs over all 4096 bytes.
  const bool short_sum = (number_at(whole, 16, 4) & cksum_2k) != 0;
  const std::uint64_t limit = short_sum ? 2048 : 4088;
  return fletcher64(whole, limit, 4096 - limit);
}

Verdict pool_violations(Bytes header) {
  Verdict broken;
  const Bytes whole = clip(header, 0, 4096);
  // Other pool kinds have other signatures and are not read here.
  if (!same_bytes(clip(whole, 0, 8), signature)) {
    broken.insert("7.2-sig");
  }
  if (whole.size() < 4096) {
    broken.insert("7.2-sig");
    broken.insert("PH-1");
    return broken;
  }
  if (pool_checksum(whole) != number_at(whole, 4088, 8)) {
    broken.insert("PH-1");
  }
  // PH-2: unknown incompat bits mean refuse.  ro_compat and compat bits are no violation.
  if ((number_at(whole, 16, 4) & ~known_incompat) != 0) {
    broken.insert("PH-2");
  }
  return broken;
}

}  // namespace spec_reader
