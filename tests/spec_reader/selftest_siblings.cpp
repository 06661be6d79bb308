// SPDX-License-Identifier: BSD-3-Clause
//
// Self-test of PFN/DAX superblocks and pool headers (BTT specification 6.6, 6.7, 7.2).
#include <doctest/doctest.h>

#include "spec_reader/selftest_bytes.h"
#include "spec_reader/spec_reader.h"

using namespace spec_reader;
using namespace spec_reader_test;

namespace {

struct Example {
  const char* signature;
  std::uint64_t mode, dataoff, npfns, start_pad, end_trunc, align;
  const char* checksum;  // bytes on media
};

Buffer superblock(const Example& row) {
  Buffer block(4096);
  put_text(block, 0, row.signature);
  put_hex(block, 16, "00112233445566778899aabbccddeeff");
  put(block, 52, 1, 2);
  put(block, 54, 4, 2);
  put(block, 56, row.dataoff, 8);
  put(block, 64, row.npfns, 8);
  put(block, 72, row.mode, 4);
  put(block, 76, row.start_pad, 4);
  put(block, 80, row.end_trunc, 4);
  put(block, 84, row.align, 4);
  put(block, 88, 4096, 4);
  put(block, 92, 64, 2);
  put_hex(block, 4088, row.checksum);
  return block;
}

const char* const pfn = "NVDIMM_PFN_INFO";
const char* const dax = "NVDIMM_DAX_INFO";
constexpr std::uint64_t gib = 1 << 30;

const Example s1 = {pfn, 2, 18874368, 257536, 0, 0, 2097152, "0A14BC4A348D6072"};
const Example s2 = {dax, 1, 2097152, 261632, 0, 0, 2097152, "042EBC3D5061C78C"};
const Example s3 = {pfn, 2, 18874368, 257536, 0, 0, 4096, "0A249C4A343D3FF5"};
const Example s4 = {pfn, 2, 17825792, 257280, 1048576, 1048576, 2097152, "0A13CC4A349DCCB0"};
const Example s5 = {pfn, 1, 2097152, 14848, 0, 0, 2097152, "0960B84946C9CB71"};

}  // namespace

TEST_CASE("superblocks S-1 to S-5 of 6.6") {
  CHECK(number_at(superblock(s1), 4088, 8) == 0x72608D344ABC140A);  // F-5
  CHECK(pfn_violations(superblock(s1), gib).empty());
  CHECK(pfn_violations(superblock(s2), gib).empty());
  CHECK(pfn_violations(superblock(s3), gib).empty());
  CHECK(pfn_violations(superblock(s4), gib).empty());
  CHECK(pfn_violations(superblock(s5), 60 << 20).empty());
  CHECK(pfn_kind(superblock(s1)) == PfnKind::fsdax);
  CHECK(pfn_kind(superblock(s2)) == PfnKind::devdax);
  CHECK(tiles(pfn_fields(superblock(s1)), 4096));
}

TEST_CASE("the superblock of VM images, 6.7") {
  Buffer block(4096);
  put_text(block, 0, pfn);
  put(block, 54, 2, 2);
  put(block, 56, 2097152, 8);
  put(block, 72, 1, 4);
  put(block, 84, 2097152, 4);
  put(block, 4088, 0x685B032BE3943830, 8);
  CHECK(pfn_violations(block, 128 << 20).empty());
  CHECK_FALSE(pfn_meaning(block).flags_count);
}

TEST_CASE("broken rules of 6.3") {
  const auto broken = [](std::size_t offset, std::uint64_t value, unsigned size) {
    Buffer block = superblock(s2);
    put(block, offset, value, size);
    put(block, 4088, fletcher64(block, 4088, 8), 8);
    return pfn_violations(block, gib);
  };
  CHECK(broken(0, 'X', 1) == Verdict{"6.3-2"});
  CHECK(broken(72, 0, 4) == Verdict{"6.3-5"});
  CHECK(broken(84, 0x80000000, 4) == Verdict{"6.3-9"});
  CHECK(broken(56, gib, 8) == Verdict{"6.3-10", "6.3-13"});
  CHECK(broken(56, 2097153, 8) == Verdict{"6.3-11"});
  CHECK(broken(80, gib - 2097152, 4) == Verdict{"6.3-13"});
  CHECK(broken(80, 0xFFFFFFFF, 4) == Verdict{"6.3-13"});
  CHECK(broken(56, 4096, 8) == Verdict{"6.3-14"});
  Buffer block = superblock(s2);
  block[100] = 1;
  CHECK(pfn_violations(block, gib) == Verdict{"6.3-3"});
  CHECK(pfn_violations({}, gib).size() == 8);
}

TEST_CASE("interpretation by minor version, 6.2") {
  Buffer block = superblock(s4);
  put(block, 54, 0, 2);
  CHECK(pfn_meaning(block).start_pad == 0);
  CHECK(pfn_meaning(block).end_trunc == 0);
  CHECK(pfn_meaning(block).align == 16777216);  // highest power of two not above 17825792
  CHECK(pfn_meaning(block).page_struct_size == 64);
  put(block, 54, 1, 2);
  CHECK(pfn_meaning(block).start_pad == 1048576);
  CHECK(pfn_meaning(block).align == 16777216);
  put(block, 54, 2, 2);
  CHECK(pfn_meaning(block).align == 2097152);
  CHECK_FALSE(pfn_meaning(block).flags_count);
  put(block, 54, 3, 2);
  CHECK(pfn_meaning(block).flags_count);
  put(block, 84, 0, 4);
  CHECK(pfn_meaning(block).align == 16777216);  // PF-V5
}

TEST_CASE("pool header, 7.2") {
  Buffer header(4096);
  put_text(header, 0, "PMEMBLK");
  put(header, 8, 1, 4);
  put(header, 12, 1, 4);
  put(header, 16, 6, 4);
  put(header, 128, 0x000007F737777310, 8);
  put(header, 136, 2, 1);
  put(header, 137, 1, 1);
  put(header, 142, 62, 2);
  put(header, 4088, pool_checksum(header), 8);
  CHECK(pool_violations(header).empty());
  CHECK(tiles(pool_fields(header), 4096));
  CHECK(tiles(pool_sds_fields(header), 64));
  // PH-1: bytes behind 2048 do not count, yet the loop runs over 4096 bytes.
  header[3000] = 0xFF;
  CHECK(pool_violations(header).empty());
  CHECK(pool_checksum(header) != fletcher64(Bytes(header).first(2048)));
  header[1000] = 0xFF;
  CHECK(pool_violations(header) == Verdict{"PH-1"});
  put(header, 16, 0x10, 4);
  put(header, 4088, pool_checksum(header), 8);
  CHECK(pool_violations(header) == Verdict{"PH-2"});
  header[3000] = 0;
  CHECK(pool_violations(header) == Verdict{"PH-1", "PH-2"});
  CHECK(pool_violations({}) == Verdict{"7.2-sig", "PH-1"});
}

TEST_CASE("pool descriptor, 7.1") {
  Buffer descriptor(4096, 0xAA);
  put(descriptor, 0, 520, 4);
  put(descriptor, 4, 1, 4);
  const Fields fields = pool_descriptor_fields(descriptor);
  CHECK(tiles(fields, 4096));
  CHECK(field_number(fields, "bsize") == 520);
  CHECK(field_number(fields, "is_zeroed") == 1);
}
