// SPDX-License-Identifier: BSD-3-Clause
//
// Self-test of info block and arena geometry, with the worked examples of the BTT
// specification 2.3 and 2.7.
#include <doctest/doctest.h>

#include "spec_reader/selftest_bytes.h"
#include "spec_reader/spec_reader.h"

using namespace spec_reader;
using namespace spec_reader_test;

namespace {

constexpr std::uint64_t half_tib = 0x8000000000;

// One row of 2.7.
struct Example {
  const char* id;
  std::uint64_t rawsize;  // namespace or pool size minus the initial offset
  std::size_t arena;
  GeometryRule rule;
  std::uint32_t sector;
  std::uint64_t start, external_nlba, internal_lbasize, internal_nlba, nextoff;
  std::uint64_t mapoff, flogoff, infooff, slack;
};

constexpr GeometryRule kernel = GeometryRule::kernel;
constexpr GeometryRule pmem = GeometryRule::libpmemblk;

// clang-format off
const Example examples[] = {
  {"E-1", 0x1000000, 0, kernel, 512, 0, 32202, 512, 32458, 0,
   0xFDB000, 0xFFB000, 0xFFF000, 3072},
  {"E-2", 0x1000000, 0, kernel, 512, 0, 32202, 512, 32458, 0,
   0xFDB000, 0xFFB000, 0xFFF000, 3072},
  {"E-3", 0x4000000, 0, kernel, 4096, 0, 16105, 4096, 16361, 0,
   0x3FEB000, 0x3FFB000, 0x3FFF000, 4096},
  {"E-4", 0x3FFF000, 0, kernel, 4096, 0, 16104, 4096, 16360, 0,
   0x3FEA000, 0x3FFA000, 0x3FFE000, 4096},
  {"E-5", 0x3FFFF000, 0, kernel, 512, 0, 2080575, 512, 2080831, 0,
   0x3F80A000, 0x3FFFA000, 0x3FFFE000, 4608},
  {"E-6", 0x40000000, 0, kernel, 520, 0, 1850973, 576, 1851229, 0,
   0x3F8EB000, 0x3FFFB000, 0x3FFFF000, 3776},
  {"E-6b", 0x3FFFF000, 0, kernel, 4104, 0, 257599, 4160, 257855, 0,
   0x3FEFE000, 0x3FFFA000, 0x3FFFE000, 4160},
  {"E-7.0", 0x10001400000, 0, kernel, 65536, 0, 8387839, 65536, 8388095, half_tib,
   0x7FFDFFB000, 0x7FFFFFB000, 0x7FFFFFF000, 40960},
  {"E-7.1", 0x10001400000, 1, kernel, 65536, half_tib, 8387839, 65536, 8388095, half_tib,
   0x7FFDFFB000, 0x7FFFFFB000, 0x7FFFFFF000, 40960},
  {"E-7.2", 0x10001400000, 2, kernel, 65536, 2 * half_tib, 63, 65536, 319, 0,
   0x13FA000, 0x13FB000, 0x13FF000, 36864},
  {"E-8.0", 0x10000000000, 0, kernel, 4096, 0, 134086520, 4096, 134086776, half_tib,
   0x7FE007B000, 0x7FFFFFB000, 0x7FFFFFF000, 8192},
  {"E-8.1", 0x10000000000, 1, kernel, 4096, half_tib, 134086520, 4096, 134086776, 0,
   0x7FE007B000, 0x7FFFFFB000, 0x7FFFFFF000, 8192},
  {"E-8b.1", 0xFFFFFFF000, 1, kernel, 4096, half_tib, 134086519, 4096, 134086775, 0,
   0x7FE007A000, 0x7FFFFFA000, 0x7FFFFFE000, 8192},
  {"E-9.0", 0xBFFFFFF000, 0, kernel, 512, 0, 1065417932, 512, 1065418188, half_tib,
   0x7F01FBB000, 0x7FFFFFB000, 0x7FFFFFF000, 2048},
  {"E-9.1", 0xBFFFFFF000, 1, kernel, 512, half_tib, 532708802, 512, 532709058, 0,
   0x3F80FDA000, 0x3FFFFFA000, 0x3FFFFFE000, 3072},
  {"E-10", 0x8000800000, 0, kernel, 512, 0, 1065417932, 512, 1065418188, 0,
   0x7F01FBB000, 0x7FFFFFB000, 0x7FFFFFF000, 2048},
  {"E-11", 0x8001000000, 1, kernel, 4096, half_tib, 3829, 4096, 4085, 0,
   0xFF7000, 0xFFB000, 0xFFF000, 4096},
  {"E-12", 0x40003039, 0, kernel, 512, 0, 2080607, 512, 2080863, 0,
   0x3F80E000, 0x3FFFE000, 0x40002000, 4608},
  {"L-1", 0x10FE000, 0, pmem, 512, 0, 34218, 512, 34474, 0,
   0x10D7000, 0x10F9000, 0x10FD000, 3072},
  {"L-2", 0x10FE000, 0, pmem, 520, 0, 22786, 768, 23042, 0,
   0x10E2000, 0x10F9000, 0x10FD000, 2560},
  {"L-3", 0x3FFE000, 0, pmem, 4096, 0, 16103, 4096, 16359, 0,
   0x3FE9000, 0x3FF9000, 0x3FFD000, 4096},
  {"L-4", 0x3FFE000, 0, pmem, 4104, 0, 15141, 4352, 15397, 0,
   0x3FEA000, 0x3FF9000, 0x3FFD000, 6912},
  {"L-5", 0x3FFE000, 0, pmem, 8, 0, 129728, 512, 129984, 0,
   0x3F7A000, 0x3FF9000, 0x3FFD000, 4096},
  {"L-6", 0x63FE000, 0, pmem, 1000, 0, 101709, 1024, 101965, 0,
   0x6395000, 0x63F9000, 0x63FD000, 3072},
  {"L-7", 0x3FFFE000, 0, pmem, 512, 0, 2080567, 512, 2080823, 0,
   0x3F809000, 0x3FFF9000, 0x3FFFD000, 4608},
};
// clang-format on

const Example& example(const std::string& id) {
  for (const Example& row : examples) {
    if (id == row.id) {
      return row;
    }
  }
  return examples[0];
}

// The info block of an example, with the UUIDs of 2.3.
Buffer info_block(const Example& row, std::uint64_t major, std::uint64_t minor) {
  Buffer block(4096);
  put_text(block, 0, "BTT_ARENA_INFO");
  put_hex(block, 16, "00112233445566778899AABBCCDDEEFF");
  put_hex(block, 32, "0123456789ABCDEF0123456789ABCDEF");
  put(block, 52, major, 2);
  put(block, 54, minor, 2);
  put(block, 56, row.sector, 4);
  put(block, 60, row.external_nlba, 4);
  put(block, 64, row.internal_lbasize, 4);
  put(block, 68, row.internal_nlba, 4);
  put(block, 72, 256, 4);
  put(block, 76, 4096, 4);
  put(block, 80, row.nextoff, 8);
  put(block, 88, 4096, 8);
  put(block, 96, row.mapoff, 8);
  put(block, 104, row.flogoff, 8);
  put(block, 112, row.infooff, 8);
  put(block, 4088, fletcher64(block, 4088, 8), 8);
  return block;
}

std::uint64_t available_of(const Example& row) { return row.rawsize - row.start; }

}  // namespace

TEST_CASE("worked examples of 2.7") {
  for (const Example& row : examples) {
    CAPTURE(row.id);
    const NamespaceCut cut = cut_namespace(row.rawsize);
    REQUIRE(cut.arenas.size() > row.arena);
    const ArenaPlace place = cut.arenas[row.arena];
    CHECK(place.start == row.start);
    CHECK(place.nextoff == row.nextoff);
    const ArenaGeometry geometry = arena_geometry(place.size, row.sector, 256, row.rule);
    CHECK(geometry.possible);
    CHECK(geometry.external_nlba == row.external_nlba);
    CHECK(geometry.internal_lbasize == row.internal_lbasize);
    CHECK(geometry.internal_nlba == row.internal_nlba);
    CHECK(geometry.dataoff == 4096);
    CHECK(geometry.mapoff == row.mapoff);
    CHECK(geometry.flogoff == row.flogoff);
    CHECK(geometry.infooff == row.infooff);
    CHECK(geometry.slack == row.slack);
  }
}

TEST_CASE("cutting, 2.6.1") {
  CHECK(cut_namespace((1 << 24) - 1).arenas.empty());
  CHECK(cut_namespace(1 << 24).arenas.size() == 1);
  CHECK(cut_namespace(half_tib + (1 << 24) - 1).arenas.size() == 1);  // GE-3
  CHECK(cut_namespace(half_tib + (1 << 24)).arenas.size() == 2);
  const NamespaceCut huge = cut_namespace(~std::uint64_t{0});
  CHECK(huge.more);
  CHECK(huge.arenas.size() == 4096);
}

TEST_CASE("strides, 2.6.2 and GE-10, GE-7") {
  CHECK(internal_lbasize_by(GeometryRule::kernel, 8) == 64);
  CHECK(internal_lbasize_by(GeometryRule::ipmctl, 8) == 512);
  CHECK(internal_lbasize_by(GeometryRule::libpmemblk, 8) == 512);
  CHECK(internal_lbasize_by(GeometryRule::kernel, 4104) == 4160);
  CHECK(internal_lbasize_by(GeometryRule::libpmemblk, 4104) == 4352);
  CHECK(internal_lbasize_by(GeometryRule::kernel, 0xFFFFFFFF) == 0x100000000);
  CHECK_FALSE(arena_geometry(0x1400000, 65536, 256, GeometryRule::libpmemblk).possible);
  CHECK_FALSE(arena_geometry(0x1000000, 65536, 256, GeometryRule::kernel).possible);  // PF-58
  CHECK_FALSE(arena_geometry(0, 512, 256, GeometryRule::kernel).possible);
  CHECK_FALSE(arena_geometry(1 << 24, 512, 0xFFFFFFFF, GeometryRule::kernel).possible);
}

TEST_CASE("info block checksums, 2.3") {
  const auto sum = [](const char* id, std::uint64_t major, std::uint64_t minor) {
    return number_at(info_block(example(id), major, minor), 4088, 8);
  };
  CHECK(sum("E-1", 2, 0) == 0xE65D74331329414C);
  CHECK(sum("E-3", 2, 0) == 0xFEC4A4531C29DF8A);
  CHECK(sum("E-4", 1, 1) == 0x01FC78801C2AAF87);
  CHECK(sum("E-5", 1, 1) == 0xC570C9A0CFEB9435);
  CHECK(sum("E-6", 2, 0) == 0xDD531563CFF1C2BA);
  CHECK(sum("E-8.0", 2, 0) == 0x4840CBC4002E62A5);
  CHECK(sum("E-8.1", 2, 0) == 0x483ED644002E6225);
  CHECK(sum("E-9.0", 1, 1) == 0x147061519129414C);
  CHECK(sum("E-9.1", 1, 1) == 0x2797F151D0AA11F8);
  CHECK(sum("L-1", 1, 1) == 0xA3BB34401359D10B);
  CHECK(sum("L-2", 1, 1) == 0xA50F18D0135A28C3);
  CHECK(sum("L-3", 1, 1) == 0x014150A01C2A7F85);
}

TEST_CASE("all examples satisfy V-1 to V-16") {
  for (const Example& row : examples) {
    CAPTURE(row.id);
    const Buffer block = info_block(row, 2, 0);
    const InfoVerdict verdict = info_violations(block, available_of(row));
    CHECK(verdict.violations.empty());
    CHECK(verdict.soft.empty());
    CHECK(tiles(info_fields(block), 4096));
  }
}

namespace {

// Changes one field of E-3, restores the checksum, and judges.
InfoVerdict judge(std::size_t offset, std::uint64_t value, unsigned size) {
  const Example& row = example("E-3");
  Buffer block = info_block(row, 2, 0);
  put(block, offset, value, size);
  put(block, 4088, fletcher64(block, 4088, 8), 8);
  return info_violations(block, available_of(row));
}

}  // namespace

TEST_CASE("each rule of 2.6.3") {
  CHECK(judge(15, 1, 1).violations == Verdict{"V-1"});
  CHECK(judge(52, 1, 2).violations == Verdict{"V-4"});
  CHECK(judge(52, 3, 2).violations == Verdict{"V-4"});
  CHECK(judge(76, 512, 4).violations == Verdict{"V-5"});
  CHECK(judge(72, 255, 4).violations == Verdict{"V-6"});
  CHECK(judge(72, 0, 4).violations == Verdict{"V-6"});
  CHECK(judge(56, 0, 4).violations == Verdict{"V-7"});
  CHECK(judge(56, 4097, 4).violations == Verdict{"V-7"});
  CHECK(judge(64, 256, 4).violations == Verdict{"V-7"});
  CHECK(judge(88, 0, 8).violations == Verdict{"V-8"});
  CHECK(judge(88, 4352, 8).violations == Verdict{"V-8"});
  CHECK(judge(88, 4608, 8).violations.empty());
  CHECK(judge(88, 4608, 8).soft == Verdict{"V-8-page", "V-15"});
  CHECK(judge(64, 8192, 4).violations == Verdict{"V-9"});
  CHECK(judge(88, 0xFFFFFFFFFFFFF000, 8).violations == Verdict{"V-8", "V-9"});
  CHECK(judge(96, 0x3FEC000, 8).violations == Verdict{"V-10"});
  CHECK(judge(104, 0x3FFC000, 8).violations == Verdict{"V-11"});
  CHECK(judge(112, 0x4000000, 8).violations == Verdict{"V-12", "V-14"});
  CHECK(judge(112, 0xFFFFFFFFFFFFF000, 8).violations == Verdict{"V-12", "V-14"});
  CHECK(judge(80, half_tib, 8).violations == Verdict{"V-13"});
  CHECK(judge(80, 4096, 8).violations == Verdict{"V-13"});
  CHECK(judge(48, 1, 4).violations.empty());
  CHECK(judge(48, 2, 4).violations == Verdict{"V-16"});
  CHECK(judge(4000, 1, 1).violations == Verdict{"IB-09"});
  CHECK(judge(88, 8192, 8).violations.empty());
  CHECK(judge(88, 8192, 8).soft == Verdict{"V-15"});
}

TEST_CASE("rules that depend on the room behind, 2.6.3") {
  const Buffer last = info_block(example("E-3"), 2, 0);
  CHECK(info_violations(last, 0x4000000 + 4095).violations.empty());
  CHECK(info_violations(last, 0x4001000).violations == Verdict{"V-14"});
  CHECK(info_violations(last, 0x3FFFFFF).violations == Verdict{"V-12", "V-14"});
  const Buffer first = info_block(example("E-8.0"), 2, 0);
  CHECK(info_violations(first, half_tib + (1 << 24)).violations.empty());
  CHECK(info_violations(first, half_tib + (1 << 24) - 1).violations == Verdict{"V-13"});
  Buffer broken = last;
  put(broken, 4088, 0, 8);
  CHECK(info_violations(broken, 0x4000000).violations == Verdict{"V-2"});
  CHECK(info_violations({}, 0x4000000).violations.size() == 15);
  // CS-5: zeros have the right sum but no signature.
  const Verdict zeros = info_violations(Buffer(4096), 0x4000000).violations;
  CHECK(zeros.contains("V-1"));
  CHECK_FALSE(zeros.contains("V-2"));
}
