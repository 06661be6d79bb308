// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/pfn_layout.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>
#include <vector>

#include <ndmedic/format/codec.h>

#include "hex.h"

using namespace ndmedic;

namespace {

constexpr std::uint64_t mib = 1 << 20;
constexpr std::uint64_t gib = 1 << 30;
constexpr Guid instance = guid_literal("00112233-4455-6677-8899-aabbccddeeff", GuidOrder::text);

/// A row of the vectors of 6.6: what ndctl wrote for a request.
struct Vector {
  std::string_view id;
  PfnKind kind;
  PfnRequest request;
  PfnLayout layout;
  std::string_view checksum;  ///< bytes on media
};

PfnRequest request(std::uint64_t size, std::uint32_t mode, std::uint64_t align = 2 * mib,
                   std::uint64_t base = 0) {
  return {.namespace_size = size, .physical_base = base, .align = align, .mode = mode};
}

constexpr auto fsdax = PfnKind::fsdax;
constexpr auto devdax = PfnKind::devdax;
const std::array vectors = {
    Vector{"S-1", fsdax, request(gib, 2), {18874368, 257536, 0, 0}, "0a14bc4a348d6072"},
    Vector{"S-2", devdax, request(gib, 1), {2097152, 261632, 0, 0}, "042ebc3d5061c78c"},
    Vector{"S-3", fsdax, request(gib, 2, 4096), {18874368, 257536, 0, 0}, "0a249c4a343d3ff5"},
    Vector{"S-4",
           fsdax,
           request(gib, 2, 2 * mib, mib),
           {17825792, 257280, 1048576, 1048576},
           "0a13cc4a349dccb0"},
    Vector{"S-5", fsdax, request(60 * mib, 1), {2097152, 14848, 0, 0}, "0960b84946c9cb71"},
};

PfnInfo block_of(const Vector& vector) {
  PfnInfo info{};
  info.sig = vector.kind == fsdax ? pfn_signature : dax_signature;
  info.uuid = instance;
  info.major = 1;
  info.minor = 4;
  info.dataoff = vector.layout.dataoff;
  info.npfns = vector.layout.npfns;
  info.mode = vector.request.mode;
  info.start_pad = vector.layout.start_pad;
  info.end_trunc = vector.layout.end_trunc;
  info.align = static_cast<std::uint32_t>(vector.request.align);
  info.page_size = 4096;
  info.page_struct_size = 64;
  info.checksum = checksum_of(info);
  return info;
}

using Rules = std::vector<std::string_view>;
using Change = std::function<void(PfnInfo&)>;

const PfnContext one_gib = {.namespace_size = gib, .parent_uuid = Guid{}};

Rules rules_of(const PfnViolations& violations) {
  Rules rules;
  for (const Violation& violation : violations) rules.push_back(violation.rule);
  return rules;
}

/// Violations of S-1 after a change; the checksum fits again.
PfnViolations after(const Change& change, const PfnContext& context = one_gib) {
  PfnInfo info = block_of(vectors[0]);
  change(info);
  info.checksum = checksum_of(info);
  return validate(info, context);
}

const Change none = [](PfnInfo&) {};

}  // namespace

TEST_CASE("the layouts and checksums of ndctl's vectors S-1 to S-5 are reproduced") {
  for (const Vector& vector : vectors) {
    CAPTURE(vector.id);
    const auto layout = pfn_layout(vector.request);
    REQUIRE(layout.has_value());
    CHECK(*layout == vector.layout);
    const PfnInfo info = block_of(vector);
    const auto made = make_pfn_info(vector.request, vector.kind, instance, Guid{});
    REQUIRE(made.has_value());
    CHECK(std::ranges::equal(bytes_of(*made), bytes_of(info)));
    const auto bytes = bytes_of(info);
    CHECK(test::Bytes(bytes.end() - 8, bytes.end()) == test::hex(vector.checksum));
    const auto found =
        validate(info, {.namespace_size = vector.request.namespace_size, .parent_uuid = Guid{}});
    CHECK(rules_of(found) == (vector.layout.start_pad == 0 ? Rules{} : Rules{"6.4"}));
    CHECK(pfn_kind(info) == vector.kind);
  }
}

TEST_CASE("F-5: the checksum of S-1 is 0x72608D344ABC140A") {
  CHECK(checksum_of(block_of(vectors[0])) == 0x72608D344ABC140A);
}

TEST_CASE("the block of a kata image is taken, and what is odd about it told (6.7)") {
  PfnInfo info{};
  info.sig = pfn_signature;
  info.minor = 2;
  info.dataoff = 2097152;
  info.mode = 1;
  info.align = 2097152;
  info.checksum = 0x685B032BE3943830;
  CHECK(checksum_of(info) == 0x685B032BE3943830);
  const auto found = validate(info, {.namespace_size = 128 * mib, .parent_uuid = Guid{}});
  CHECK(found.trusted());
  CHECK(rules_of(found) == Rules{"6.1", "6.7"});
}

TEST_CASE("below minor 1 start_pad and end_trunc are 0 whatever is stored (PF-V1)") {
  PfnInfo info = block_of(vectors[3]);
  info.minor = 0;
  CHECK(interpret(info).start_pad == 0);
  CHECK(interpret(info).end_trunc == 0);
  info.minor = 1;
  CHECK(interpret(info).start_pad == 1048576);
  CHECK(interpret(info).end_trunc == 1048576);
}

TEST_CASE(
    "an align that is not stored is the highest power of two not above dataoff (PF-V2, PF-V5)") {
  PfnInfo info = block_of(vectors[0]);
  info.dataoff = 18874368;  // 18 MiB: 2 MiB would be the largest one dividing it
  info.minor = 1;
  CHECK(interpret(info).align == 16 * mib);
  info.minor = 2;
  CHECK(interpret(info).align == 2 * mib);
  info.align = 0;
  CHECK(interpret(info).align == 16 * mib);
  info.dataoff = 0;
  CHECK(interpret(info).align == 0);
  info.dataoff = std::uint64_t{1} << 63;
  CHECK(interpret(info).align == std::uint64_t{1} << 63);
}

TEST_CASE("flags and padding count from minor 3, page sizes from minor 4 (PF-V3, PF-V4)") {
  PfnInfo info = block_of(vectors[0]);
  info.page_size = 65536;
  info.page_struct_size = 128;
  info.minor = 4;
  CHECK(interpret(info).page_size == 65536U);
  CHECK(interpret(info).page_struct_size == 128);
  info.minor = 3;
  CHECK_FALSE(interpret(info).page_size.has_value());
  CHECK(interpret(info).page_struct_size == 64);

  auto garbage = [](std::uint16_t minor) {
    return rules_of(after([minor](PfnInfo& i) { i.minor = minor, i.padding[3993] = 1; }));
  };
  CHECK(garbage(2) == Rules{});
  CHECK(garbage(3) == Rules{"PF-V3"});
  CHECK(rules_of(after([](PfnInfo& i) { i.flags = 1; })) == Rules{"PF-V3"});
}

TEST_CASE("each rule of 6.3 is seen alone") {
  CHECK(rules_of(after([](PfnInfo& i) { i.sig[15] = 1; })) == Rules{"6.3-2"});
  CHECK(rules_of(after([](PfnInfo& i) { i.mode = 0; })) == Rules{"6.3-5"});
  CHECK(rules_of(after([](PfnInfo& i) { i.mode = 3; })) == Rules{"6.3-5"});
  CHECK(rules_of(after([](PfnInfo& i) { i.align = 0x80000000; })) == Rules{"6.3-9"});
  CHECK(rules_of(after([](PfnInfo& i) { i.align = 0x40000000; })) == Rules{});
  CHECK(rules_of(after([](PfnInfo& i) { i.dataoff = 18874369; })) == Rules{"6.3-11"});
  CHECK(rules_of(after([](PfnInfo& i) { i.dataoff = gib; })) == Rules{"6.3-10", "6.3-13"});
  CHECK(rules_of(after([](PfnInfo& i) { i.dataoff = gib - 4096; })) == Rules{});
  CHECK(rules_of(after([](PfnInfo& i) { i.dataoff = gib - 4096, i.end_trunc = 4096; })) ==
        Rules{"6.3-13"});
  CHECK(rules_of(after([](PfnInfo& i) { i.end_trunc = 0x40000001; })) == Rules{"6.3-13"});
  CHECK(rules_of(after([](PfnInfo& i) { i.dataoff = 4096; })) == Rules{});
  CHECK(rules_of(after([](PfnInfo& i) { i.dataoff = 4096, i.mode = 1; })) == Rules{"6.3-14"});
  CHECK(rules_of(after([](PfnInfo& i) { i.dataoff = 8192, i.mode = 1; })) == Rules{});

  PfnInfo torn = block_of(vectors[0]);
  torn.npfns = 1;
  CHECK(rules_of(validate(torn, one_gib)) == Rules{"6.3-3"});
}

TEST_CASE("the parent must be equal, null is no wildcard, unknown is not tested (rule 4)") {
  const Guid other = guid_literal("01234567-89ab-cdef-0123-456789abcdef", GuidOrder::text);
  CHECK(rules_of(after(none, {.namespace_size = gib, .parent_uuid = other})) == Rules{"6.3-4"});
  CHECK(rules_of(after([&](PfnInfo& i) { i.parent_uuid = other; })) == Rules{"6.3-4"});
  CHECK(rules_of(after([&](PfnInfo& i) { i.parent_uuid = other; }, {.namespace_size = gib})) ==
        Rules{});
}

TEST_CASE("a label that names the other personality is heard (rule 2)") {
  CHECK(rules_of(after(none, {.namespace_size = gib, .kind = PfnKind::devdax})) == Rules{"6.3-2"});
  CHECK(rules_of(after(none, {.namespace_size = gib, .kind = PfnKind::fsdax})) == Rules{});
}

TEST_CASE("addresses are judged when the physical base is known (rules 11 and 12)") {
  auto at = [](std::uint64_t base, const Change& change = none) {
    return rules_of(after(change, {.namespace_size = gib, .physical_base = base}));
  };
  CHECK(at(0x100000000) == Rules{});
  CHECK(at(0x100000000 + mib) == Rules{"6.3-11", "6.3-12"});
  // S-4's padding puts the data on 2 MiB; start_pad itself is told.
  CHECK(at(0x100000000 + mib, [](PfnInfo& i) { i.start_pad = 1048576, i.end_trunc = 1048576; }) ==
        Rules{"6.4"});
  CHECK(at(0x100000000, [](PfnInfo& i) { i.end_trunc = 4096; }) == Rules{"6.3-12"});
  CHECK(at(std::numeric_limits<std::uint64_t>::max()) == Rules{"6.3-11", "6.3-12"});
}

TEST_CASE("the usable size is what the four amounts leave") {
  CHECK(usable_size(block_of(vectors[0]), gib) == gib - 18874368);
  CHECK(usable_size(block_of(vectors[3]), gib) == std::uint64_t{257280} * 4096);
  CHECK_FALSE(usable_size(block_of(vectors[0]), 1000).has_value());
}

TEST_CASE("any bytes decode and encode to themselves and are judged without trust") {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    const auto bytes = test::random_bytes(4096, seed);
    const auto info = decode<PfnInfo>(bytes);
    test::Bytes again(4096);
    encode(info, again);
    CHECK(again == bytes);
    CHECK_FALSE(
        validate(info, {.namespace_size = seed, .physical_base = ~std::uint64_t{seed}}).trusted());
  }
}
