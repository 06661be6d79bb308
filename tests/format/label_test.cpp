// SPDX-License-Identifier: BSD-3-Clause
// Labels of versions 1.1 and 1.2 against the worked label of labels.md 2.5 and the rules of 4.2,
// 7.2 and 7.3.
#include <ndmedic/format/label.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <ndmedic/format/codec.h>

#include "hex.h"

namespace ndmedic {
namespace {

using test::Bytes;
using Rules = std::vector<std::string_view>;

/// The worked label of 2.5, byte by byte.
Bytes worked_bytes() {
  Bytes bytes = test::hex("0123456789abcdef0123456789abcdef 64617461");
  bytes.resize(80);
  auto append = [&bytes](const Bytes& part) {
    bytes.insert(bytes.end(), part.begin(), part.end());
  };
  append(test::hex("00000000 0100 0000 dcb412001290ba00 0002000000000000 0000000000000000"));
  append(test::hex("0000001000000000 00000000 00 000000 79d3f066f3b47440ac430d3318b78cdb"));
  bytes.resize(248);
  append(test::hex("97c866d6dc379bba"));
  return bytes;
}

Label256 worked() { return decode<Label256>(worked_bytes()); }

/// The same label as version 1.1 stores it.
Label128 worked_1_1() { return decode<Label128>(worked_bytes()); }

void set_name(LabelHead& label, std::string_view name) {
  label.name = {};
  std::memcpy(label.name.data(), name.data(), name.size());
}

Rules rules_of(const LabelViolations& violations) {
  Rules rules;
  for (const Violation& violation : violations) rules.push_back(violation.rule);
  return rules;
}

/// The rules that the worked label violates after `change(label)`, with a right checksum.
template <class Change>
Rules rules_after(Change change, SlotIndex slot = {}) {
  Label256 label = worked();
  change(label);
  label.checksum = checksum_of(label);
  return rules_of(validate(label, slot));
}

template <class Change>
Rules rules_after_1_1(Change change, SlotIndex slot = {}) {
  Label128 label = worked_1_1();
  change(label);
  return rules_of(validate(label, slot));
}

TEST_CASE("the worked label has the fields and the checksum of the specification") {
  const Label256 label = worked();
  CHECK(to_string(label.uuid, GuidOrder::text) == "01234567-89ab-cdef-0123-456789abcdef");
  CHECK(label_name(label.name) == "data");
  CHECK(label.flags.value() == 0);
  CHECK(label.nlabel.value() == 1);
  CHECK(label.position.value() == 0);
  CHECK(label.isetcookie.value() == 0x00ba90120012b4dc);
  CHECK(label.lbasize.value() == 512);
  CHECK(label.dpa.value() == 0);
  CHECK(label.rawsize.value() == 0x10000000);
  CHECK(label.slot.value() == 0);
  CHECK(label.type_guid == guids::pm);
  CHECK(label.abstraction_guid.is_null());
  CHECK(label.checksum.value() == 0xba9b37dcd666c897);
  CHECK(checksum_of(label) == 0xba9b37dcd666c897);
  CHECK(validate(label, SlotIndex{0}).empty());
}

TEST_CASE("the variants of the worked label have their checksums") {
  Label256 updating = worked();
  updating.flags = label_flags::updating;
  CHECK(checksum_of(updating) == 0xba9b393cd666c89f);

  Label256 other = worked();
  other.lbasize = 4096u;
  other.dpa = 0x1000000u;
  other.slot = 3u;
  other.abstraction_guid = guids::btt2;
  CHECK(checksum_of(other) == 0x60f9a2af4dcc75e7);
  other.checksum = 0x60f9a2af4dcc75e7u;
  CHECK(validate(other, SlotIndex{3}).empty());
}

TEST_CASE("a 1.1 label is the first 124 bytes of a 1.2 label and has no checksum") {
  const Label128 label = worked_1_1();
  CHECK(label.rawsize.value() == 0x10000000);
  CHECK(validate(label, SlotIndex{0}).empty());
  CHECK(rules_after_1_1([](auto& l) { l.isetcookie = 1u; }).empty());
}

TEST_CASE("each rule of both formats, violated alone, is seen alone") {
  auto check_both = [](auto change, const Rules& wanted) {
    CHECK(rules_after(change) == wanted);
    CHECK(rules_after_1_1(change) == wanted);
  };
  check_both([](LabelHead& l) { l.slot = 1u; }, {"4.2.2"});
  check_both([](LabelHead& l) { l.rawsize = 0u; }, {"LB05"});
  check_both([](LabelHead& l) { l.dpa = ~std::uint64_t{0}; }, {"LB06"});
  check_both([](LabelHead& l) { l.uuid = {}; }, {"LB08"});
  check_both([](LabelHead& l) { l.name.fill('a'); }, {"LB11"});
  check_both([](LabelHead& l) { set_name(l, "\xff"); }, {"LB12"});
  check_both([](LabelHead& l) { l.name[62] = 'x'; }, {"LB12"});
  check_both([](LabelHead& l) { l.lbasize = 520u; }, {"LB13"});
  for (const std::uint32_t lbasize : {520u, 528u, 4104u, 4160u, 4224u})  // block-mode, 2.10
    check_both([lbasize](LabelHead& l) { l.flags = label_flags::local, l.lbasize = lbasize; }, {});
  check_both([](LabelHead& l) { l.flags = label_flags::local, l.lbasize = 1000u; }, {"LB13"});
  check_both([](LabelHead& l) { l.flags = 0x04u; }, {"LB14"});
  check_both([](LabelHead& l) { l.flags = label_flags::rolabel; }, {"LB19"});
}

TEST_CASE("each rule of 1.2 labels, violated alone, is seen alone") {
  CHECK(rules_after([](auto& l) { l.reserved[2] = 1; }) == Rules{"LB14"});
  CHECK(rules_after([](auto& l) { l.spa_location_cookie = 1u; }) == Rules{"LB14"});
  CHECK(rules_after([](auto& l) { l.reserved2[0] = 1; }) == Rules{"LB14"});
  CHECK(rules_after([](auto& l) { l.reserved2[79] = 1; }) == Rules{"LB14"});
  CHECK(rules_after([](auto& l) { l.type_guid = swapped(guids::pm); }) == Rules{"LB15"});
  CHECK(rules_after([](auto& l) { l.abstraction_guid = swapped(guids::btt); }) == Rules{"LB16"});
  CHECK(rules_after([](auto& l) { l.abstraction_guid = guids::pm; }) == Rules{"LB16"});
  Label256 label = worked();
  label.checksum = label.checksum.value() ^ 1;
  CHECK(rules_of(validate(label, SlotIndex{0})) == Rules{"4.2.3"});
}

TEST_CASE("the reserved word of 1.1 labels is a rule of its own format") {
  CHECK(rules_after_1_1([](auto& l) { l.unused = 1u; }) == Rules{"LB14"});
}

TEST_CASE("what readers accept violates no rule") {
  auto accepted = [](auto change) { return rules_after(change).empty(); };
  for (const std::uint64_t lbasize : {0u, 512u, 4096u})
    CHECK(accepted([=](auto& l) { l.lbasize = lbasize; }));
  for (const Guid& abstraction : {guids::btt, guids::btt2, guids::pfn, guids::dax, Guid{}})
    CHECK(accepted([=](auto& l) { l.abstraction_guid = abstraction; }));
  CHECK(accepted([](auto& l) { l.type_guid = {}; }));  // on CXL
  CHECK(accepted([](auto& l) { l.flags = label_flags::local | label_flags::updating; }));
  CHECK(accepted([](auto& l) {
    l.flags = label_flags::spacookie_bound;
    l.spa_location_cookie = 0x1234u;
  }));
  CHECK(accepted([](auto& l) { l.alignment = std::uint8_t{255}; }));
}

TEST_CASE("only slot number and checksum decide whether a label is taken") {
  Label256 label = worked();
  label.checksum = 0u;
  CHECK_FALSE(validate(label, SlotIndex{0}).trusted());
  CHECK_FALSE(validate(worked(), SlotIndex{1}).trusted());
  label = worked();
  label.uuid = {};
  label.rawsize = 0u;
  label.flags = ~0u;
  label.name.fill(0xff);
  label.type_guid = guids::btt;
  label.checksum = checksum_of(label);
  CHECK(validate(label, SlotIndex{0}).trusted());
}

TEST_CASE("an extent may end at 2^64 and not beyond") {
  constexpr std::uint64_t top = std::uint64_t{1} << 63;
  struct Case {
    std::uint64_t dpa;
    std::uint64_t rawsize;
    Rules wanted;
  };
  constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
  for (const Case& c : {Case{top, top, {}}, Case{top, top + 1, {"LB06"}},
                        Case{top + 1, top, {"LB06"}}, Case{largest, 1, {}}, Case{1, largest, {}},
                        Case{2, largest, {"LB06"}}, Case{largest, largest, {"LB06"}},
                        Case{0, largest, {}}, Case{0, 0, {"LB05"}}, Case{largest, 0, {"LB05"}}})
    CHECK(rules_after([&](auto& l) {
            l.dpa = c.dpa;
            l.rawsize = c.rawsize;
          }) == c.wanted);
}

TEST_CASE("slots of zeros or ones only are blank") {
  const Label256 zeros{};
  CHECK(rules_of(validate(zeros, SlotIndex{0})) == Rules{"SL02", "LB05", "LB08"});
  CHECK(validate(zeros, SlotIndex{0}).trusted());  // it passes both tests of Linux
  CHECK(validate(zeros, SlotIndex{1}).has<"4.2.2">());
  CHECK(validate(Label128{}, SlotIndex{0}).has<"SL02">());

  const auto ones = decode<Label256>(Bytes(256, std::byte{0xff}));
  const LabelViolations violations = validate(ones, SlotIndex{0});
  CHECK(violations.has<"SL02">());
  CHECK_FALSE(violations.trusted());
  CHECK(validate(decode<Label128>(Bytes(128, std::byte{0xff})), SlotIndex{0}).has<"SL02">());
}

TEST_CASE("one other byte makes a slot not blank") {
  for (const std::byte fill : {std::byte{0x00}, std::byte{0xff}})
    for (std::size_t at = 0; at < 256; ++at) {
      Bytes bytes(256, fill);
      bytes[at] = std::byte{0x5a};
      REQUIRE_FALSE(validate(decode<Label256>(bytes), SlotIndex{0}).has<"SL02">());
    }
}

TEST_CASE("names end at the first NUL and never behind the field") {
  std::array<std::uint8_t, 64> name{};
  CHECK(label_name(name).empty());
  name.fill('n');
  CHECK(label_name(name).size() == 64);
  name[63] = 0;
  CHECK(label_name(name).size() == 63);
  name[4] = 0;
  CHECK(label_name(name) == "nnnn");
}

TEST_CASE("a name of 63 bytes of UTF-8 is legal, and one cut in a character is not") {
  constexpr std::string_view longest =
      "\xe2\x82\xac 60 more bytes of a name that fills its field completely....";
  static_assert(longest.size() == 63);
  CHECK(rules_after([&](auto& l) { set_name(l, longest); }).empty());
  CHECK(rules_after([&](auto& l) {
          set_name(l, longest);
          l.name[61] = 0xe2;
          l.name[62] = 0x82;
        }) == Rules{"LB12"});
}

TEST_CASE("a violation tells field, place, value read and value wanted") {
  Label256 label = worked();
  label.slot = 7u;
  label.checksum = checksum_of(label);
  const LabelViolations violations = validate(label, SlotIndex{3});
  REQUIRE(violations.size() == 1);
  const Violation& violation = *violations.begin();
  CHECK(violation.field == "slot");
  CHECK(violation.offset == 120);
  CHECK(violation.size == 4);
  CHECK(violation.read == 7);
  CHECK(violation.expected == 3);
}

TEST_CASE("an abstraction in the wrong byte order is told with the right one") {
  Label256 label = worked();
  label.abstraction_guid = swapped(guids::btt2);
  const LabelViolations violations = validate(label, SlotIndex{0});
  const auto found = std::ranges::find(violations, "LB16", &Violation::rule);
  REQUIRE(found != violations.end());
  CHECK(found->read == 0x17423517fc3b6318);      // 18 63 3b fc 17 35 42 17
  CHECK(found->expected == 0x4217173518633bfc);  // fc 3b 63 18 35 17 17 42
}

TEST_CASE("decoding and encoding labels keeps every byte, and validating random ones is safe") {
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    const Bytes bytes = test::random_bytes(256, seed);
    Bytes again(256);
    encode(decode<Label256>(bytes), again);
    CHECK(again == bytes);
    Bytes short_again(128);
    encode(decode<Label128>(bytes), short_again);
    CHECK(std::equal(short_again.begin(), short_again.end(), bytes.begin()));
    CHECK_FALSE(validate(decode<Label256>(bytes), SlotIndex{seed}).trusted());
    CHECK_FALSE(validate(decode<Label128>(bytes), SlotIndex{seed}).trusted());
  }
}

}  // namespace
}  // namespace ndmedic
