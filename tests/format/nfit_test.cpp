// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/nfit.h>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <ndmedic/format/nfit_read.h>

#include "hex.h"
#include "nfit_bytes.h"

using namespace ndmedic;
using test::NfitBuilder;

namespace {

using Rules = std::vector<std::string_view>;

Rules rules_of(const NfitHeaderViolations& violations) {
  Rules rules;
  for (const Violation& violation : violations) rules.push_back(violation.rule);
  return rules;
}

struct Walked {
  std::vector<NfitItem> items;
  NfitEnd end{};
  std::uint64_t offset = 0;
};

Walked walk(std::span<const std::byte> bytes, NfitForm form) {
  NfitWalk walk(bytes, form);
  Walked walked;
  while (const auto item = walk.next()) walked.items.push_back(*item);
  walked.end = walk.end();
  walked.offset = walk.offset();
  return walked;
}

}  // namespace

TEST_CASE("tables that QEMU wrote violate nothing, and their byte sum is 0") {
  CHECK(rules_of(validate_nfit_header(test::nfit_one_dimm())) == Rules{});
  CHECK(rules_of(validate_nfit_header(test::nfit_two_dimms())) == Rules{});
  CHECK(nfit_checksum(test::nfit_one_dimm()) == 0x1C);
  CHECK(nfit_checksum(test::nfit_two_dimms()) == 0xEE);
}

TEST_CASE("the structures of a table are given in its order with number, offset and bytes") {
  const auto bytes = test::nfit_two_dimms();
  const auto walked = walk(bytes, NfitForm::table);
  REQUIRE(walked.items.size() == 6);
  const std::uint16_t types[] = {0, 1, 4, 0, 1, 4};
  const std::uint64_t offsets[] = {40, 96, 144, 224, 280, 328};
  const std::uint16_t lengths[] = {56, 48, 80, 56, 48, 80};
  for (std::uint32_t i = 0; i < 6; ++i) {
    const NfitItem& item = walked.items[i];
    CHECK(item.number == i);
    CHECK(item.type == types[i]);
    CHECK(item.offset == offsets[i]);
    CHECK(item.length == lengths[i]);
    CHECK(item.fault == NfitFault::none);
    CHECK(item.bytes.data() == bytes.data() + offsets[i]);
    CHECK(item.bytes.size() == lengths[i]);
  }
  CHECK(walked.end == NfitEnd::complete);
  CHECK(walked.offset == 408);
  const auto range = fixed_part<NfitSpaRange>(walked.items[3]);
  REQUIRE(range.has_value());
  CHECK(range->range_index.value() == 4);
  CHECK(range->base.value() == 0x104000000);
  CHECK(range->size.value() == 0x4000000);
  CHECK(range->range_type_guid == guids::pm);
}

TEST_CASE("a _FIT buffer is the same without the header") {
  const auto table = test::nfit_two_dimms();
  const test::Bytes buffer(table.begin() + 40, table.end());
  const auto walked = walk(buffer, NfitForm::fit_buffer);
  CHECK(walked.items.size() == 6);
  CHECK(walked.end == NfitEnd::complete);
  CHECK(walked.items.front().offset == 0);
  CHECK(walk({}, NfitForm::fit_buffer).end == NfitEnd::complete);
}

TEST_CASE("each rule of the header is seen alone") {
  auto changed = [](std::size_t at, int value) {
    auto bytes = test::nfit_one_dimm();
    bytes[at] = static_cast<std::byte>(value);
    bytes[9] = static_cast<std::byte>(nfit_checksum(bytes));
    return rules_of(validate_nfit_header(bytes));
  };
  CHECK(changed(3, 'X') == Rules{"5.7-sig"});
  CHECK(changed(8, 2) == Rules{"5.7-revision"});
  CHECK(changed(36, 1) == Rules{"5.7-reserved"});
  CHECK(changed(4, 39) == Rules{"5.7-length"});
  CHECK(changed(5, 1) == Rules{"5.7-length"});
  auto bytes = test::nfit_one_dimm();
  bytes[100] ^= std::byte{1};
  CHECK(rules_of(validate_nfit_header(bytes)) == Rules{"5.7-checksum"});
  CHECK_FALSE(validate_nfit_header({}).trusted());
  CHECK(validate_nfit_header({}).has<"5.7-length">());
}

TEST_CASE("bytes behind the table's length are not looked at") {
  auto bytes = test::nfit_one_dimm();
  bytes.resize(4096, std::byte{0xAA});
  CHECK(rules_of(validate_nfit_header(bytes)) == Rules{});
  CHECK(walk(bytes, NfitForm::table).items.size() == 3);
  CHECK(walk(bytes, NfitForm::table).end == NfitEnd::complete);
}

TEST_CASE("a length of 0 ends the walk") {
  NfitBuilder builder;
  builder.structure(7, 16).structure(0, 56).put(2, 2, 0).structure(7, 16);
  const auto walked = walk(builder.bytes(), NfitForm::fit_buffer);
  CHECK(walked.items.size() == 1);
  CHECK(walked.end == NfitEnd::zero_length);
  CHECK(walked.offset == 16);
}

TEST_CASE("lengths of 1 to 3 and a rest of less than 4 bytes end the walk") {
  for (std::uint16_t length = 1; length < 4; ++length) {
    NfitBuilder builder;
    builder.structure(0, 56).put(2, 2, length);
    const auto walked = walk(builder.bytes(), NfitForm::fit_buffer);
    CHECK(walked.items.empty());
    CHECK(walked.end == NfitEnd::bad_length);
  }
  NfitBuilder builder;
  test::Bytes bytes = builder.structure(7, 16).bytes();
  bytes.resize(19);
  const auto walked = walk(bytes, NfitForm::fit_buffer);
  CHECK(walked.items.size() == 1);
  CHECK(walked.end == NfitEnd::bad_length);
  CHECK(walked.offset == 16);
}

TEST_CASE("a structure that runs out of the table is given as cut and ends the walk") {
  NfitBuilder builder;
  builder.structure(7, 16).structure(1, 48).put(2, 2, 0xFFFF);
  const auto walked = walk(builder.bytes(), NfitForm::fit_buffer);
  REQUIRE(walked.items.size() == 2);
  CHECK(walked.items[1].fault == NfitFault::cut);
  CHECK(walked.items[1].bytes.size() == 48);
  CHECK(walked.end == NfitEnd::cut);
  // By the header's length, too, not only by the bytes at hand.
  auto table = test::nfit_one_dimm();
  table[4] = std::byte{200};
  const auto short_table = walk(table, NfitForm::table);
  CHECK(short_table.items.back().fault == NfitFault::cut);
  CHECK(short_table.items.back().bytes.size() == 56);
}

TEST_CASE("every cut of a table is walked within its bytes") {
  const auto whole = test::nfit_two_dimms();
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const test::Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const auto walked = walk(cut, NfitForm::table);
    CHECK(walked.items.size() <= 6);
    CHECK(walked.offset <= size);
    CHECK(validate_nfit_header(cut).has<"5.7-length">() == (size < whole.size()));
  }
}

TEST_CASE("unknown types are given and stepped over by their length") {
  NfitBuilder builder;
  builder.structure(8, 12).structure(0xFFFF, 4).structure(7, 16);
  const auto walked = walk(builder.bytes(), NfitForm::fit_buffer);
  REQUIRE(walked.items.size() == 3);
  CHECK(walked.items[0].fault == NfitFault::none);
  CHECK(walked.items[1].type == 0xFFFF);
  CHECK(walked.items[2].is(NfitType::capabilities));
}

TEST_CASE("structures shorter than their type needs are told") {
  auto fault = [](NfitBuilder& builder) {
    return walk(builder.bytes(), NfitForm::fit_buffer).items.front().fault;
  };
  struct Case {
    std::uint16_t type;
    std::uint16_t least;
  };
  for (const Case c : {Case{0, 56}, {1, 48}, {2, 16}, {3, 8}, {4, 32}, {5, 40}, {6, 16}, {7, 16}}) {
    CAPTURE(c.type);
    NfitBuilder enough;
    CHECK(fault(enough.structure(c.type, c.least)) == NfitFault::none);
    NfitBuilder lacking;
    CHECK(fault(lacking.structure(c.type, static_cast<std::uint16_t>(c.least - 1))) ==
          NfitFault::too_short);
    NfitBuilder head;
    CHECK(fault(head.structure(c.type, 4)) == NfitFault::too_short);
  }
}

TEST_CASE("cookie, windows, lines and addresses lengthen a structure") {
  auto needed = [](NfitBuilder& builder) { return nfit_length_needed(builder.bytes()); };
  NfitBuilder cookie;
  CHECK(needed(cookie.structure(0, 64).put(6, 2, 4)) == 64);
  NfitBuilder windows;
  CHECK(needed(windows.structure(4, 80).put(30, 2, 1)) == 80);
  NfitBuilder lines;
  CHECK(needed(lines.structure(2, 16).put(8, 4, 0xFFFFFFFF)) == 16 + 4 * std::uint64_t{0xFFFFFFFF});
  NfitBuilder addresses;
  CHECK(needed(addresses.structure(6, 16).put(8, 2, 3)) == 40);
  NfitBuilder unknown;
  CHECK(needed(unknown.structure(9, 4)) == 4);
}

TEST_CASE("a structure is described by the longest table that fits in it") {
  CHECK(nfit_structure(0, 56).name == "nfit_spa_range");
  CHECK(nfit_structure(0, 63).name == "nfit_spa_range");
  CHECK(nfit_structure(0, 64).name == "nfit_spa_range_cookie");
  CHECK(nfit_structure(4, 32).name == "nfit_control_region");
  CHECK(nfit_structure(4, 80).name == "nfit_control_region_long");
  CHECK(nfit_structure(7, 16).name == "nfit_capabilities");
  CHECK(nfit_structure(8, 100).name == "nfit_unknown");
  for (std::uint16_t type = 0; type < 10; ++type)
    for (std::uint16_t length = 4; length < 100; ++length)
      CHECK(nfit_structure(type, length).size <= length);
}
