// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/btt_info.h>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>
#include <vector>

#include <ndmedic/format/codec.h>

#include "btt_examples.h"
#include "hex.h"

using namespace ndmedic;
using test::btt_examples;
using test::BttExample;

namespace {

const BttExample& example(std::string_view id) {
  for (const BttExample& e : btt_examples)
    if (e.id == id) return e;
  FAIL("no such example");
  return btt_examples.front();
}

InfoContext context_of(const BttExample& e) {
  return {.available = e.container - e.at, .parent_uuid = test::example_parent};
}

using Change = std::function<void(InfoBlock&)>;

/// The violations of an example after a change; the checksum fits again.
InfoViolations after(std::string_view id, const Change& change, const InfoContext& context) {
  InfoBlock info = test::info_of(example(id), 0);
  change(info);
  info.checksum = checksum_of(info);
  return validate(info, context);
}

InfoViolations after(std::string_view id, const Change& change) {
  return after(id, change, context_of(example(id)));
}

std::vector<std::string_view> rules_of(const InfoViolations& violations) {
  std::vector<std::string_view> rules;
  for (const Violation& violation : violations) rules.push_back(violation.rule);
  return rules;
}

using Rules = std::vector<std::string_view>;

}  // namespace

TEST_CASE("the twelve info blocks of 2.3 have the checksums printed there and violate nothing") {
  unsigned blocks = 0;
  for (const BttExample& e : btt_examples) {
    if (e.checksum == 0) continue;
    CAPTURE(e.id);
    const InfoBlock info = test::info_of(e, e.checksum);
    CHECK(checksum_of(info) == e.checksum);
    CHECK(rules_of(validate(info, context_of(e))) == Rules{});
    ++blocks;
  }
  CHECK(blocks == 12);
}

TEST_CASE("every arena of 2.7 is a geometry that some formatter computes") {
  for (const BttExample& e : btt_examples) {
    CAPTURE(e.id);
    CHECK(rules_of(after(e.id, [](InfoBlock&) {})) == Rules{});
  }
}

TEST_CASE("F-4: the checksum of the public legacy image is stored as 5D B7 55 CA 03 A9 D8 29") {
  InfoBlock info{};
  info.checksum = 0x29D8A903CA55B75D;
  CHECK(std::vector<std::byte>(bytes_of(info).end() - 8, bytes_of(info).end()) ==
        test::hex("5db755ca03a9d829"));
}

TEST_CASE("a zeroed block passes the checksum but not the signature (CS-5)") {
  const InfoBlock info{};
  const auto violations = validate(info, {});
  CHECK_FALSE(violations.has<"V-2">());
  CHECK(violations.has<"V-1">());
  CHECK_FALSE(violations.trusted());
}

TEST_CASE("any bytes decode and encode to themselves") {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    const auto bytes = test::random_bytes(4096, seed);
    test::Bytes again(4096);
    encode(decode<InfoBlock>(bytes), again);
    CHECK(again == bytes);
    CHECK_FALSE(validate(decode<InfoBlock>(bytes), {.available = seed}).trusted());
  }
}

TEST_CASE("all 16 bytes of the signature count (V-1)") {
  for (std::size_t i = 0; i < 16; ++i) {
    const auto violations = after("E-3", [i](InfoBlock& info) { info.sig[i] ^= 1; });
    CHECK(rules_of(violations) == Rules{"V-1"});
  }
}

TEST_CASE("any changed byte breaks the checksum, and the violation has both sums (V-2)") {
  InfoBlock info = test::info_of(example("E-3"), 0xFEC4A4531C29DF8A);
  info.uuid.bytes[3] ^= 0x10;
  const auto violations = validate(info, context_of(example("E-3")));
  CHECK(rules_of(violations) == Rules{"V-2"});
  CHECK(violations.begin()->field == "checksum");
  CHECK(violations.begin()->offset == 4088);
  CHECK(violations.begin()->size == 8);
  CHECK(violations.begin()->read == 0xFEC4A4531C29DF8A);
  CHECK(violations.begin()->expected != 0xFEC4A4531C29DF8A);
}

TEST_CASE(
    "parent_uuid is the namespace's or null, and is not tested when that is unknown (V-3, IB-4)") {
  const Guid other = guid_literal("01234567-89ab-cdef-0123-456789abcdee", GuidOrder::text);
  const Change foreign = [&](InfoBlock& info) { info.parent_uuid = other; };
  const Change null = [](InfoBlock& info) { info.parent_uuid = Guid{}; };
  CHECK(rules_of(after("E-3", foreign)) == Rules{"V-3"});
  CHECK(rules_of(after("E-3", null)) == Rules{});
  CHECK(rules_of(after("E-3", foreign, {.available = 0x4000000, .parent_uuid = {}})) == Rules{});
  // A namespace without a uuid has the null one, and a foreign parent does not fit it.
  CHECK(rules_of(after("E-3", foreign, {.available = 0x4000000, .parent_uuid = Guid{}})) ==
        Rules{"V-3"});
}

TEST_CASE("versions other than 1.1 and 2.0 are not known (V-4)") {
  auto version = [](std::uint16_t major, std::uint16_t minor) {
    return rules_of(after("E-3", [=](InfoBlock& info) {
      info.major = major;
      info.minor = minor;
    }));
  };
  CHECK(version(1, 1) == Rules{});
  CHECK(version(2, 0) == Rules{});
  for (const auto& [major, minor] : {std::pair{0, 0}, {1, 0}, {1, 2}, {2, 1}, {3, 0}, {0xFFFF, 0}})
    CHECK(version(static_cast<std::uint16_t>(major), static_cast<std::uint16_t>(minor)) ==
          Rules{"V-4"});
}

TEST_CASE("infosize is 4096 (V-5)") {
  CHECK(rules_of(after("E-3", [](InfoBlock& info) { info.infosize = 4095; })) == Rules{"V-5"});
}

TEST_CASE("the counts add up, are not 0 and fit in 30 bits (V-6)") {
  auto has = [](const Change& change) { return after("E-3", change).has<"V-6">(); };
  CHECK(rules_of(after("E-3", [](InfoBlock& i) { i.external_nlba = 16104; })) ==
        Rules{"V-6", "V-15"});
  CHECK(has([](InfoBlock& i) { i.nfree = 255; }));
  CHECK(has([](InfoBlock& i) { i.nfree = 0, i.internal_nlba = 16105; }));
  CHECK(has([](InfoBlock& i) { i.external_nlba = 0, i.internal_nlba = 256; }));
  // The sum of 2^32 and not the one modulo 2^32 counts.
  CHECK(has([](InfoBlock& i) { i.nfree = 0xFFFFFFFF, i.external_nlba = 2, i.internal_nlba = 1; }));
  const Change thirty_bits = [](InfoBlock& i) {
    i.internal_nlba = 1 << 30, i.external_nlba = (1 << 30) - 256;
  };
  const Change beyond = [](InfoBlock& i) {
    i.internal_nlba = (1 << 30) + 1, i.external_nlba = (1 << 30) - 255;
  };
  CHECK_FALSE(has(thirty_bits));
  CHECK(has(beyond));
}

TEST_CASE("a block is at least 512 bytes and as long as a sector, which is at least 1 (V-7)") {
  auto has = [](const Change& change) { return after("E-3", change).has<"V-7">(); };
  CHECK(rules_of(after("E-3", [](InfoBlock& i) { i.external_lbasize = 4097; })) ==
        Rules{"V-7", "V-15"});
  CHECK(has([](InfoBlock& i) { i.external_lbasize = 0; }));
  CHECK(has([](InfoBlock& i) { i.internal_lbasize = 4095; }));
  CHECK(has([](InfoBlock& i) { i.external_lbasize = 8, i.internal_lbasize = 511; }));
  CHECK_FALSE(has([](InfoBlock& i) { i.external_lbasize = 8, i.internal_lbasize = 512; }));
}

TEST_CASE("the four offsets ascend and are multiples of 512 (V-8), most of 4096 (V-8-page)") {
  auto has = [](const Change& change) { return after("E-3", change).has<"V-8">(); };
  auto only_told = [](const Change& change) {
    const InfoViolations found = after("E-3", change);
    return found.has<"V-8-page">() && !found.has<"V-8">() && found.trusted();
  };
  // The backup one sector further: nothing but its distance to the end changes.
  CHECK(rules_of(after("E-3", [](InfoBlock& i) { i.infooff = 0x3FFF200; },
                       {.available = {}, .parent_uuid = {}})) == Rules{"V-8-page", "V-15"});
  CHECK(has([](InfoBlock& i) { i.dataoff = 0; }));
  CHECK(has([](InfoBlock& i) { i.dataoff = 4608 + 256; }));
  CHECK(has([](InfoBlock& i) { i.mapoff = 0x3FEB001; }));
  CHECK(has([](InfoBlock& i) { i.flogoff = 0x3FFB010; }));
  CHECK(has([](InfoBlock& i) { i.infooff = 0x3FFF100; }));
  CHECK(only_told([](InfoBlock& i) { i.dataoff = 4096 + 512; }));
  CHECK(only_told([](InfoBlock& i) { i.mapoff = 0x3FEB000 - 512; }));
  CHECK(has([](InfoBlock& i) { i.mapoff = 4096; }));
  CHECK(has([](InfoBlock& i) { i.flogoff = 0x3FEB000; }));
  CHECK(has([](InfoBlock& i) { i.infooff = 0x3FFB000; }));
  CHECK(has([](InfoBlock& i) { i.dataoff = std::numeric_limits<std::uint64_t>::max(); }));
}

TEST_CASE("an arena of ipmctl in a size that is no multiple of 4096 breaks nothing hard (D-17)") {
  // 64 MiB + 1536: the parts of E-3 behind the data, 1536 bytes further; no more blocks fit.
  constexpr std::uint64_t more = 1536;
  const auto found = after("E-3",
                           [](InfoBlock& i) {
                             i.mapoff = 0x3FEB000 + more;
                             i.flogoff = 0x3FFB000 + more;
                             i.infooff = 0x3FFF000 + more;
                           },
                           {.available = 0x4000000 + more, .parent_uuid = test::example_parent});
  CHECK(rules_of(found) == Rules{"V-8-page"});
}

TEST_CASE("the data area ends before the map, in 64 bits (V-9)") {
  // E-3 has one block of slack: one page less is exact, two overlap.
  CHECK(rules_of(after("E-3", [](InfoBlock& i) { i.mapoff = 0x3FEA000; })) == Rules{"V-15"});
  CHECK(rules_of(after("E-3", [](InfoBlock& i) { i.mapoff = 0x3FE9000; })) == Rules{"V-9", "V-15"});
  // 2^32 bytes more than the map's offset: equal modulo 2^32.
  const Change wraps = [](InfoBlock& i) {
    i.internal_nlba = 16361 + (1 << 20), i.external_nlba = 16105 + (1 << 20);
  };
  CHECK(after("E-3", wraps).has<"V-9">());
  CHECK(after("E-3", [](InfoBlock& i) { i.dataoff = 0xFFFFFFFFFFFFF000; }).has<"V-9">());
}

TEST_CASE("the map ends before the flog; room behind it is fine (V-10)") {
  // 16105 entries fill 16 pages.
  CHECK(rules_of(after("E-3", [](InfoBlock& i) { i.flogoff = 0x3FFA000; })) ==
        Rules{"V-10", "V-15"});
  CHECK(rules_of(after("E-3", [](InfoBlock& i) { i.mapoff = 0x3FEA000; })) == Rules{"V-15"});
  CHECK(after("E-3", [](InfoBlock& i) { i.mapoff = 0xFFFFFFFFFFFFF000; }).has<"V-10">());
}

TEST_CASE("the flog ends before the backup; room behind it is fine (V-11)") {
  CHECK(rules_of(after("E-3", [](InfoBlock& i) { i.flogoff = 0x3FFC000; })) ==
        Rules{"V-11", "V-15"});
  CHECK(rules_of(after("E-3", [](InfoBlock& i) { i.mapoff = 0x3FEA000, i.flogoff = 0x3FFA000; })) ==
        Rules{"V-15"});
  CHECK(after("E-3", [](InfoBlock& i) { i.flogoff = 0xFFFFFFFFFFFFF000; }).has<"V-11">());
}

TEST_CASE("the arena ends within the container (V-12)") {
  const Change none = [](InfoBlock&) {};
  CHECK(rules_of(after("E-3", none, {.available = 0x4000000, .parent_uuid = {}})) == Rules{});
  CHECK(rules_of(after("E-3", none, {.available = 0x3FFFFFF, .parent_uuid = {}})) ==
        Rules{"V-12", "V-14"});
  CHECK(rules_of(after("E-3", none, {.available = 0, .parent_uuid = {}})) == Rules{"V-12", "V-14"});
  CHECK(after("E-3", [](InfoBlock& i) { i.infooff = 0xFFFFFFFFFFFFF000; }).has<"V-12">());
}

TEST_CASE("nextoff is 0, or 2^39 behind a full arena with 16 MiB following (V-13)") {
  const std::uint64_t full = std::uint64_t{1} << 39;
  auto next = [](std::uint64_t off) { return [off](InfoBlock& i) { i.nextoff = off; }; };
  CHECK(rules_of(after("E-3", next(4096))) == Rules{"V-13"});
  CHECK(rules_of(after("E-3", next(full + 1))) == Rules{"V-13"});
  // A small arena cannot have a successor, whatever the container's size.
  CHECK(rules_of(after("E-3", next(full), {})) == Rules{"V-13"});
  const Change none = [](InfoBlock&) {};
  CHECK(rules_of(after("E-8.0", none, {.available = full + (16 << 20), .parent_uuid = {}})) ==
        Rules{});
  CHECK(rules_of(after("E-8.0", none, {.available = full + (16 << 20) - 1, .parent_uuid = {}})) ==
        Rules{"V-13"});
  CHECK(rules_of(after("E-8.0", none, {})) == Rules{});
}

TEST_CASE("a last arena that does not end where the container does is told, softly (V-14)") {
  const Change none = [](InfoBlock&) {};
  const auto grown = after("E-3", none, {.available = 0x5000000, .parent_uuid = {}});
  CHECK(rules_of(grown) == Rules{"V-14"});
  CHECK(grown.trusted());
  CHECK(grown.begin()->read == 0x3FFF000);
  CHECK(grown.begin()->expected == 0x4FFF000);
  // Below a page more is lost in rounding; a tail behind 512 GiB lies idle (GE-3).
  CHECK(rules_of(after("E-3", none, {.available = 0x4000FFF, .parent_uuid = {}})) == Rules{});
  CHECK(rules_of(after("E-10", none)) == Rules{});
  // An arena with a successor is not the last one.
  CHECK(rules_of(after("E-8.0", none)) == Rules{});
}

TEST_CASE("a geometry of no formatter is told, softly, with the usual value (V-15)") {
  const auto violations =
      after("E-3", [](InfoBlock& i) { i.external_nlba = 16000, i.internal_nlba = 16256; });
  CHECK(rules_of(violations) == Rules{"V-15"});
  CHECK(violations.trusted());
  CHECK(violations.begin()->field == "internal_nlba");
  CHECK(violations.begin()->read == 16256);
  CHECK(violations.begin()->expected == 16361);
}

TEST_CASE("unknown flag bits and used reserved bytes are told, softly (V-16, IB-09)") {
  CHECK(rules_of(after("E-3", [](InfoBlock& i) { i.flags = 1; })) == Rules{});
  const auto flags = after("E-3", [](InfoBlock& i) { i.flags = 0x80000001; });
  CHECK(rules_of(flags) == Rules{"V-16"});
  CHECK(flags.trusted());
  for (const std::size_t at : {std::size_t{0}, std::size_t{7}, std::size_t{3967}}) {
    const auto reserved = after("E-3", [at](InfoBlock& i) { i.unused[at] = 0x5A; });
    CHECK(rules_of(reserved) == Rules{"IB-09"});
    CHECK(reserved.trusted());
    CHECK(reserved.begin()->offset == 120 + at);
    CHECK(reserved.begin()->read == 0x5A);
  }
}
