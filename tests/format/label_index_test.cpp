// SPDX-License-Identifier: BSD-3-Clause
// Index blocks against the checksums and bytes of labels.md 2.3 and the tests of 4.1.
#include <ndmedic/format/label_index.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <ndmedic/format/codec.h>

#include "hex.h"

namespace ndmedic {
namespace {

using test::Bytes;

constexpr std::uint64_t kib = 1024;
enum class Tail { clear, to_64 };

/// What the checksum table of 2.3 varies.
struct Fresh {
  std::uint16_t major;
  std::uint16_t minor;
  std::uint64_t area_size;
  unsigned number;
  std::uint32_t seq;
  Tail tail = Tail::clear;
  int slot_in_use = -1;
};

constexpr Fresh usual = {1, 2, 128 * kib, 0, 3};

LabelGeometry geometry_of(const Fresh& fresh) {
  return *label_geometry(fresh.area_size, fresh.major == 1 && fresh.minor == 1 ? 128 : 256);
}

IndexContext context_of(const Fresh& fresh) { return {fresh.number, geometry_of(fresh)}; }

void write_header(Bytes& block, const IndexHeader& header) { encode(header, block); }

IndexHeader header_of(const Bytes& block) { return decode<IndexHeader>(block); }

void seal(Bytes& block) {
  IndexHeader header = header_of(block);
  header.checksum = index_checksum(block);
  write_header(block, header);
}

/// A block as an initialisation leaves it.
Bytes block_of(const Fresh& fresh) {
  const LabelGeometry geometry = geometry_of(fresh);
  IndexHeader header{};
  header.sig = index_signature;
  header.labelsize = geometry.slot_size == 128 ? std::uint8_t{0} : std::uint8_t{1};
  header.seq = fresh.seq;
  header.myoff = fresh.number * geometry.index_size;
  header.mysize = geometry.index_size;
  header.otheroff = (1 - fresh.number) * geometry.index_size;
  header.labeloff = 2 * geometry.index_size;
  header.nslot = geometry.nslot;
  header.major = fresh.major;
  header.minor = fresh.minor;
  Bytes block(geometry.index_size);
  write_header(block, header);
  const std::uint32_t bits =
      fresh.tail == Tail::clear ? geometry.nslot : (geometry.nslot + 63) / 64 * 64;
  for (std::uint32_t bit = 0; bit < bits; ++bit)
    if (static_cast<int>(bit) != fresh.slot_in_use)
      block[72 + bit / 8] |= std::byte{1} << static_cast<int>(bit % 8);
  seal(block);
  return block;
}

std::vector<std::string_view> rules_of(const IndexViolations& violations) {
  std::vector<std::string_view> rules;
  for (const Violation& violation : violations) rules.push_back(violation.rule);
  return rules;
}

using Rules = std::vector<std::string_view>;

/// The rules that the usual block violates after `change(header)`, with a right checksum.
template <class Change>
Rules rules_after(Change change, const Fresh& fresh = usual) {
  Bytes block = block_of(fresh);
  IndexHeader header = header_of(block);
  change(header);
  write_header(block, header);
  seal(block);
  return rules_of(validate(block, context_of(fresh)));
}

TEST_CASE("freshly initialised index blocks carry the checksums of the specification") {
  struct Row {
    Fresh fresh;
    std::uint64_t checksum;
  };
  constexpr std::uint64_t mib = 1024 * kib;
  const std::array table_2_3 = {
      Row{{1, 1, 128 * kib, 0, 3}, 0xdb634621e7313e0a},
      Row{{1, 1, 128 * kib, 0, 3, Tail::to_64}, 0xeb634621d7313e0a},
      Row{{1, 1, 128 * kib, 1, 2}, 0xdb6349e6e7313e09},
      Row{{1, 1, 128 * kib, 1, 2, Tail::to_64}, 0xeb6349e6d7313e09},
      Row{{1, 2, 128 * kib, 0, 3}, 0xe793e3ed18323c1c},
      Row{{1, 2, 128 * kib, 0, 3, Tail::to_64}, 0x2793e3edd8323c1c},
      Row{{1, 2, 128 * kib, 1, 2}, 0xe793e7b218323c1b},
      Row{{1, 2, 128 * kib, 1, 2, Tail::to_64}, 0x2793e7b2d8323c1b},
      Row{{2, 1, 128 * kib, 0, 3}, 0xe762e41e18313c1d},
      Row{{2, 1, 128 * kib, 1, 2}, 0xe762e7e318313c1c},
      Row{{1, 1, 1 * kib, 0, 3}, 0xeb628633d7313a41},
      Row{{1, 2, 1 * kib, 0, 3}, 0x279383a7d8323a33},
      Row{{1, 1, 4 * kib, 0, 3}, 0xcb628803e7313a49},
      Row{{1, 2, 4 * kib, 0, 3}, 0x279f0547d8327a3b},
      Row{{1, 1, 1 * mib, 0, 3}, 0x1cd87251d731791a},
      Row{{1, 2, 1 * mib, 0, 3}, 0xfcc12a4ddc3251a8},
      Row{{1, 2, 128 * kib, 1, 1, Tail::clear, 0}, 0xe793e74918323c19},
      Row{{1, 2, 128 * kib, 0, 2, Tail::clear, 1}, 0xe793e35618323c19},
  };
  for (const Row& row : table_2_3) {
    const Bytes block = block_of(row.fresh);
    CHECK(header_of(block).checksum.value() == row.checksum);
    const Rules wanted = row.fresh.tail == Tail::to_64 ? Rules{"IX16"} : Rules{};
    CHECK(rules_of(validate(block, context_of(row.fresh))) == wanted);
  }
}

TEST_CASE("the first 96 bytes of a fresh 1.2 block are those of the specification") {
  Bytes block = test::hex(
      "4e414d4553504143455f494e44455800 00000001 03000000"
      "0000000000000000 0001000000000000 0001000000000000 0002000000000000"
      "fe010000 0100 0200 1c3c3218ede393e7 ffffffffffffffffffffffffffffffffffffffffffffffff");
  REQUIRE(block.size() == 96);
  const Bytes fresh = block_of(usual);
  CHECK(std::equal(block.begin(), block.end(), fresh.begin()));

  // The rest follows from the text: 510 bits are set, then zeros.
  block.resize(72 + 63, std::byte{0xff});
  block.push_back(std::byte{0x3f});
  block.resize(256);
  CHECK(validate(block, context_of(usual)).empty());
  const IndexHeader header = header_of(block);
  CHECK(header.seq.value() == 3);
  CHECK(header.mysize.value() == 256);
  CHECK(header.otheroff.value() == 256);
  CHECK(header.labeloff.value() == 512);
  CHECK(header.nslot.value() == 510);
  CHECK(header.major.value() == 1);
  CHECK(header.minor.value() == 2);
  CHECK(slot_size_of(header) == 256);
}

TEST_CASE("each test of 4.1, violated alone, is seen alone") {
  CHECK(rules_after([](IndexHeader&) {}).empty());
  CHECK(rules_after([](auto& h) { h.sig[0] = 'X'; }) == Rules{"4.1.1"});
  CHECK(rules_after([](auto& h) { h.sig[15] = 1; }) == Rules{"4.1.1"});
  CHECK(rules_after([](auto& h) { h.labelsize = std::uint8_t{0}; }) == Rules{"4.1.2"});
  CHECK(rules_after([](auto& h) { h.minor = std::uint16_t{1}; }) == Rules{"4.1.2"});
  CHECK(rules_after([](auto& h) { h.seq = 0u; }) == Rules{"4.1.4"});
  CHECK(rules_after([](auto& h) { h.myoff = 256u; }) == Rules{"4.1.5"});
  CHECK(rules_after([](auto& h) { h.otheroff = 0u; }) == Rules{"4.1.6"});
  CHECK(rules_after([](auto& h) { h.labeloff = 768u; }) == Rules{"4.1.7"});
  CHECK(rules_after([](auto& h) { h.mysize = 71u; }) == Rules{"4.1.8"});
  CHECK(rules_after([](auto& h) { h.mysize = 257u; }) == Rules{"4.1.8"});
  CHECK(rules_after([](auto& h) { h.nslot = 511u; }) == Rules{"4.1.9"});
  CHECK(rules_after([](auto& h) { h.seq = 7u; }) == Rules{"IX04"});
  CHECK(rules_after([](auto& h) { h.flags[2] = 1; }) == Rules{"IX15"});
}

TEST_CASE("what Linux accepts violates no required rule") {
  auto trusted_after = [](auto change) {
    Bytes block = block_of(usual);
    IndexHeader header = header_of(block);
    change(header);
    write_header(block, header);
    seal(block);
    return validate(block, context_of(usual)).trusted();
  };
  for (const std::uint64_t size : {72u, 100u, 128u, 200u, 256u})
    CHECK(trusted_after([size](auto& h) { h.mysize = size; }));
  for (const std::uint32_t nslot : {0u, 1u, 509u, 510u})
    CHECK(trusted_after([nslot](auto& h) { h.nslot = nslot; }));
  for (const std::uint32_t seq : {5u, 6u, 7u, 0x102u})
    CHECK(trusted_after([seq](auto& h) { h.seq = seq; }));
  CHECK_FALSE(trusted_after([](auto& h) { h.seq = 4u; }));
  CHECK(trusted_after([](auto& h) { h.flags = {1, 2, 3}; }));
  CHECK(trusted_after([](auto& h) { h.major = std::uint16_t{3}; }));
}

TEST_CASE("a wrong checksum is told with the value it should have") {
  Bytes block = block_of(usual);
  block[64] ^= std::byte{1};
  const IndexViolations violations = validate(block, context_of(usual));
  REQUIRE(rules_of(violations) == Rules{"4.1.3"});
  CHECK(violations.begin()->field == "checksum");
  CHECK(violations.begin()->offset == 64);
  CHECK(violations.begin()->read == 0xe793e3ed18323c1d);
  CHECK(violations.begin()->expected == 0xe793e3ed18323c1c);
  CHECK_FALSE(violations.trusted());
}

TEST_CASE("a changed byte anywhere in the block breaks its checksum") {
  const Bytes block = block_of(usual);
  for (std::size_t at = 0; at < block.size(); ++at) {
    Bytes changed = block;
    changed[at] ^= std::byte{0x10};
    REQUIRE(validate(changed, context_of(usual)).has<"4.1.3">());
  }
}

TEST_CASE("stray bits and bytes behind the bitmap are told apart") {
  Bytes block = block_of(usual);  // 510 slots: bits 510 and 511 end the eighth word
  block[72 + 63] |= std::byte{0x40};
  seal(block);
  const IndexViolations bits = validate(block, context_of(usual));
  REQUIRE(rules_of(bits) == Rules{"IX16"});
  CHECK(bits.begin()->offset == 72 + 56);
  CHECK(bits.begin()->read == 0x4000000000000000);
  CHECK(bits.trusted());

  for (const std::size_t at : {72u + 64u, 200u, 255u}) {
    block = block_of(usual);
    block[at] = std::byte{1};
    seal(block);
    const IndexViolations bytes = validate(block, context_of(usual));
    REQUIRE(rules_of(bytes) == Rules{"IX17"});
    CHECK(bytes.begin()->offset == at);
    CHECK(bytes.begin()->read == 1);
    CHECK(bytes.trusted());
  }
}

TEST_CASE("a bitmap of whole words has no tail bits") {
  Bytes block = block_of(usual);
  IndexHeader header = header_of(block);
  header.nslot = 448u;
  write_header(block, header);
  std::fill(block.begin() + 72 + 56, block.end(), std::byte{0});
  seal(block);
  CHECK(validate(block, context_of(usual)).empty());
  block[72 + 56] = std::byte{1};
  seal(block);
  CHECK(rules_of(validate(block, context_of(usual))) == Rules{"IX17"});
}

TEST_CASE("tail bits reach to a multiple of 64, not of 32") {
  Bytes block = block_of(usual);
  IndexHeader header = header_of(block);
  header.nslot = 480u;
  write_header(block, header);
  std::fill(block.begin() + 72 + 60, block.end(), std::byte{0});
  block[72 + 60] = std::byte{1};
  seal(block);
  CHECK(rules_of(validate(block, context_of(usual))) == Rules{"IX16"});
}

TEST_CASE("slot counts whose product wraps 32 bits are refused") {
  for (const std::uint32_t nslot :
       {0x02000000u, 0x02000001u, 0x01000000u, 0x01000001u, 1473u, 0x7fffffffu, 0xffffffffu}) {
    for (const std::uint16_t minor : {std::uint16_t{1}, std::uint16_t{2}}) {
      const Fresh fresh = {1, minor, 128 * kib, 0, 3};
      CHECK(rules_after([nslot](auto& h) { h.nslot = nslot; }, fresh) == Rules{"4.1.9"});
    }
  }
}

TEST_CASE("a bitmap that does not fit its block is refused although the slots fit the area") {
  // 189,567 bytes with 128-byte slots: room for 1,476 slots, bits for 1,472.
  const LabelGeometry geometry = {189567, 128, 256, 1472};
  Bytes block = block_of({1, 1, 128 * kib, 0, 3});
  IndexHeader header = header_of(block);
  for (const std::uint32_t nslot : {1472u, 1473u}) {
    header.nslot = nslot;
    write_header(block, header);
    seal(block);
    CHECK(validate(block, {0, geometry}).has<"4.1.9">() == (nslot == 1473));
  }
}

TEST_CASE("sizes and offsets near 2^64 are compared without wrapping") {
  constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
  for (const std::uint64_t value : {largest, largest - 255, largest - 511, std::uint64_t{1} << 63,
                                    std::uint64_t{1} << 32, (std::uint64_t{1} << 32) + 256}) {
    CHECK(rules_after([value](auto& h) { h.myoff = value; }) == Rules{"4.1.5"});
    CHECK(rules_after([value](auto& h) { h.otheroff = value; }) == Rules{"4.1.6"});
    CHECK(rules_after([value](auto& h) { h.labeloff = value; }) == Rules{"4.1.7"});
    CHECK(rules_after([value](auto& h) { h.mysize = value; }) == Rules{"4.1.8"});
  }
}

TEST_CASE("geometries that no area can have violate rules and nothing else happens") {
  constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
  const Bytes block = block_of(usual);
  for (const std::uint64_t index_size :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{71}, std::uint64_t{72},
        std::uint64_t{255}, std::uint64_t{1} << 63, largest - 71, largest})
    for (const std::uint64_t area_size : {std::uint64_t{0}, std::uint64_t{512}, largest})
      for (const std::uint32_t slot_size : {0u, 128u, 256u, ~0u})
        for (const unsigned number : {0u, 1u})
          CHECK_FALSE(validate(block, {number, {area_size, slot_size, index_size, 0}}).trusted());
}

TEST_CASE("a block cut at any byte is refused and read no further") {
  const Bytes block = block_of(usual);
  for (std::size_t size = 0; size < block.size(); ++size) {
    const Bytes cut(block.begin(), block.begin() + std::ptrdiff_t(size));  // exactly sized
    REQUIRE(validate(cut, context_of(usual)).has<"4.1.3">());
    REQUIRE_FALSE(is_free(cut, SlotIndex{~0u}));
  }
}

TEST_CASE("bytes behind the block do not count") {
  Bytes block = block_of(usual);
  block.resize(512, std::byte{0xee});
  CHECK(validate(block, context_of(usual)).empty());
}

TEST_CASE("blocks of random bytes violate rules and nothing else happens") {
  for (std::uint32_t seed = 0; seed < 2000; ++seed) {
    Bytes block = test::random_bytes(256, seed);
    if (seed % 2 == 0) std::ranges::copy(std::as_bytes(std::span(index_signature)), block.begin());
    seal(block);
    CHECK_FALSE(validate(block, context_of(usual)).trusted());
  }
}

TEST_CASE("the slot size follows version and labelsize as Linux derives it") {
  auto slot_size = [](std::uint16_t major, std::uint16_t minor, unsigned labelsize) {
    IndexHeader header{};
    header.major = major;
    header.minor = minor;
    header.labelsize = static_cast<std::uint8_t>(labelsize);
    return slot_size_of(header);
  };
  for (unsigned labelsize : {0u, 1u, 2u, 255u}) {
    CHECK(slot_size(1, 1, labelsize) == 128);
    CHECK(slot_size(0, 9, labelsize) == 128);
    CHECK(slot_size(0, 2, labelsize) == 128);
    CHECK(slot_size(0, 101, labelsize) == 128);
  }
  for (const auto& [major, minor] : {std::pair<std::uint16_t, std::uint16_t>{1, 2},
                                     {1, 3},
                                     {1, 10},
                                     {2, 1},
                                     {3, 7},
                                     {0, 102},
                                     {65535, 65535}}) {
    CHECK(slot_size(major, minor, 0) == 128);
    CHECK(slot_size(major, minor, 1) == 256);
    for (unsigned labelsize : {2u, 3u, 25u, 57u, 128u, 249u, 255u})
      CHECK_FALSE(slot_size(major, minor, labelsize));
  }
}

TEST_CASE("bit k of the bitmap counts from the least significant of byte k / 8, 1 is free") {
  Bytes block(256);
  block[72] = std::byte{0x01};
  block[73] = std::byte{0x80};
  block[255] = std::byte{0x80};
  CHECK(is_free(block, SlotIndex{0}));
  CHECK_FALSE(is_free(block, SlotIndex{1}));
  CHECK_FALSE(is_free(block, SlotIndex{8}));
  CHECK(is_free(block, SlotIndex{15}));
  CHECK(is_free(block, SlotIndex{1471}));
  CHECK_FALSE(is_free(block, SlotIndex{1472}));
  CHECK_FALSE(is_free(block, SlotIndex{0xffffffff}));
  CHECK_FALSE(is_free({}, SlotIndex{0}));
}

TEST_CASE("the newer of two blocks is the one of the table, and ties give block 1") {
  constexpr unsigned table[3][3] = {{1, 1, 0}, {0, 1, 1}, {1, 0, 1}};
  for (std::uint32_t seq0 = 1; seq0 <= 3; ++seq0)
    for (std::uint32_t seq1 = 1; seq1 <= 3; ++seq1) {
      CHECK(newer_index(seq0, seq1) == table[seq0 - 1][seq1 - 1]);
      CHECK(newer_index(seq0 + 4, seq1 + 0x100) == table[seq0 - 1][seq1 - 1]);
    }
}

TEST_CASE("decoding and encoding a header keeps every byte") {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    const Bytes bytes = test::random_bytes(sizeof(IndexHeader), seed);
    Bytes again(bytes.size());
    encode(decode<IndexHeader>(bytes), again);
    CHECK(again == bytes);
  }
}

}  // namespace
}  // namespace ndmedic
