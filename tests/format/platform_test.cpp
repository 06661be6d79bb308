// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/platform.h>
#include <ndmedic/format/platform_nfit.h>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "hex.h"
#include "nfit_bytes.h"

using namespace ndmedic;

namespace {

constexpr std::uint64_t mib = 1 << 20;

/// The example of the kernel's libnvdimm document: four DIMMs, the lower halves of two of them one
/// region, the upper halves of all four the other.
Platform example(bool with_lines) {
  Platform platform;
  for (std::uint32_t slot = 0; slot < 4; ++slot) {
    const auto number = static_cast<std::uint16_t>(slot + 1);
    platform.dimms.push_back({.handle = number,
                              .physical_id = number,
                              .control_index = number,
                              .size = 64 * mib,
                              .identity = qemu_identity(slot)});
  }
  if (with_lines) platform.interleaves.push_back({.line_size = 4096});
  std::uint64_t base = qemu_first_address;
  for (std::uint16_t number = 1; number <= 2; ++number) {
    PlatformRegion region{.range_index = number, .base = base, .size = number * 64 * mib};
    for (std::size_t i = 0; i < 2U * number; ++i)
      region.mappings.push_back({.dimm = i,
                                 .dpa = (number - 1U) * 32 * mib,
                                 .size = 32 * mib,
                                 .region_offset = 4096 * i,
                                 .region_id = number});
    if (with_lines)
      for (PlatformMapping& mapping : region.mappings) mapping.interleave = 0;
    base += region.size;
    platform.regions.push_back(region);
  }
  return platform;
}

using Change = std::function<void(Platform&)>;

PlatformFault fault_after(const Change& change, bool with_lines = true) {
  Platform platform = example(with_lines);
  change(platform);
  const auto found = find_fault(platform);
  REQUIRE(found.has_value());
  return found->fault;
}

Platform written_and_read(const Platform& platform, NfitForm form = NfitForm::table) {
  const auto again = read_platform(write_nfit(platform, form), form);
  REQUIRE(again.has_value());
  return *again;
}

}  // namespace

TEST_CASE("the tables of guests with one and two DIMMs are QEMU's, byte by byte (5.5)") {
  const std::array slots = {QemuRegion{.slot = 0, .size = 64 * mib},
                            QemuRegion{.slot = 1, .size = 64 * mib}};
  const Platform two = qemu_platform(slots);
  CHECK(write_nfit(two, NfitForm::table) == test::nfit_two_dimms());
  CHECK(write_nfit(qemu_platform({slots.data(), 1}), NfitForm::table) == test::nfit_one_dimm());
  const test::Bytes table = test::nfit_two_dimms();
  CHECK(write_nfit(two, NfitForm::fit_buffer) == test::Bytes(table.begin() + 40, table.end()));

  const auto read = read_platform(table, NfitForm::table);
  REQUIRE(read.has_value());
  CHECK(*read == two);
  CHECK_FALSE(find_fault(two).has_value());
}

TEST_CASE("capabilities are what QEMU writes for nvdimm-persistence (5.7, type 7)") {
  const std::array slots = {QemuRegion{.slot = 0, .size = 64 * mib}};
  Platform platform = qemu_platform(slots);
  for (const auto& [capabilities, tail] : {std::pair{2U,
                                                     "07001000"
                                                     "01000000"
                                                     "02000000"
                                                     "00000000"},
                                           std::pair{3U,
                                                     "07001000"
                                                     "01000000"
                                                     "03000000"
                                                     "00000000"}}) {
    platform.capabilities = capabilities;
    const auto table = write_nfit(platform, NfitForm::table);
    REQUIRE(table.size() == 240);
    CHECK(test::Bytes(table.end() - 16, table.end()) == test::hex(tail));
    CHECK(validate_nfit_header(table).empty());
    CHECK(written_and_read(platform) == platform);
  }
}

TEST_CASE("the cookies of QEMU's slots are those of 5.5") {
  const std::array slots = {QemuRegion{.slot = 0, .size = mib}, QemuRegion{.slot = 2, .size = mib}};
  const Platform platform = qemu_platform(slots);
  CHECK(cookies_of(platform, platform.regions[0]) ==
        SetCookies{0x002468ac00123456, 0x00ba90120012b4dc, 0x002468ac00123456});
  CHECK(cookies_of(platform, platform.regions[1]) ==
        SetCookies{0x002468b000123458, 0x00ba90260012b4de, 0x002468b000123458});
}

TEST_CASE("three described DIMMs have the cookies worked out in 5.4, in any order") {
  Platform platform;
  PlatformRegion region{.range_index = 1, .size = 3 * mib};
  const std::array<std::uint64_t, 3> offsets = {0x10000, 0, 0x100};
  const std::array<std::uint32_t, 3> serials = {0x33333333, 0x11111111, 0x22222222};
  for (std::size_t i = 0; i < 3; ++i) {
    platform.dimms.push_back(
        {.handle = static_cast<std::uint32_t>(i),
         .control_index = static_cast<std::uint16_t>(i + 1),
         .size = mib,
         .identity = {.vendor = 0x8089, .date = 0x1811, .location = 0xa1, .serial = serials[i]}});
    region.mappings.push_back({.dimm = i, .size = mib, .region_offset = offsets[i]});
  }
  platform.regions.push_back(region);
  CHECK_FALSE(find_fault(platform).has_value());
  CHECK(cookies_of(platform, region) ==
        SetCookies{0xdde1e5dc66676766, 0x1f8e129fae9beae4, 0x222a262066676766});
}

TEST_CASE("a platform comes back from its table, with lines and without") {
  for (const bool with_lines : {false, true}) {
    Platform platform = example(with_lines);
    CHECK_FALSE(find_fault(platform).has_value());
    CHECK(written_and_read(platform) == platform);
    CHECK(written_and_read(platform, NfitForm::fit_buffer) == platform);
    const auto join = join_nfit(write_nfit(platform, NfitForm::table), NfitForm::table);
    CHECK(join.remarks.empty());
    CHECK(join.interleaves.size() == (with_lines ? 1 : 0));
    CHECK(interleave_of(join, join.regions[1].mappings[2]).has_value() == with_lines);
  }
}

TEST_CASE("all that a platform can say comes back") {
  Platform platform = example(true);
  platform.oem = {{'N', 'D', 'M'}, {'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'}, 7};
  platform.capabilities = 7;
  platform.interleaves.push_back({.line_size = 64, .line_offsets = {0, 3, 1, 2}});
  PlatformDimm spare{.handle = 0x1234, .physical_id = 9, .control_index = 77, .size = 5 * mib};
  spare.identity = {1, 2, 3, 4, 5, 6, 7, 8, 9, true, 10};
  spare.flush_hints = {0xfff00000, 0xfff00040};
  platform.dimms.push_back(spare);
  PlatformRegion& region = platform.regions[1];
  region.flags = 2;
  region.proximity_domain = 3;
  region.location_cookie = 0x1122334455667788;
  region.memory_attributes = 0x8001;
  region.mappings[1].state_flags = 8;
  CHECK_FALSE(find_fault(platform).has_value());
  CHECK(written_and_read(platform) == platform);

  platform.dimms[1].label_size = 128 << 10;
  platform.dimms[1].size += mib;
  CHECK(written_and_read(platform).dimms[1] != platform.dimms[1]);
  CHECK(written_and_read(platform).dimms[1].size == 64 * mib);
}

TEST_CASE("DIMMs and interleaves are read by their numbers, in whatever order they come") {
  Platform platform = example(true);
  std::swap(platform.dimms[0], platform.dimms[3]);
  for (PlatformRegion& region : platform.regions)
    for (PlatformMapping& mapping : region.mappings)
      if (mapping.dimm % 3 == 0) mapping.dimm = 3 - mapping.dimm;
  CHECK_FALSE(find_fault(platform).has_value());
  CHECK(written_and_read(platform) == example(true));
}

TEST_CASE("a table that contradicts itself is no platform") {
  const test::Bytes table = write_nfit(example(true), NfitForm::table);
  const auto refused = [&](std::size_t at, std::uint8_t value) {
    test::Bytes bytes = table;
    bytes[at] = static_cast<std::byte>(value);
    bytes[9] = std::byte{0};
    bytes[9] = static_cast<std::byte>(nfit_checksum(bytes));
    const auto read = read_platform(bytes, NfitForm::table);
    return !read && read.error().code == Errc::damaged;
  };
  constexpr std::size_t mapping = 40 + 56;
  CHECK_FALSE(refused(mapping + 8, 0x55));      // physical id
  CHECK(refused(0, 'X'));                       // signature
  CHECK(refused(4, 39));                        // length
  CHECK(refused(mapping + 12, 9));              // no such range
  CHECK(refused(mapping + 14, 9));              // no such control region
  CHECK(refused(mapping + 14, 2));              // another DIMM's
  CHECK(refused(mapping + 40, 9));              // no such interleave
  CHECK(refused(mapping + 42, 3));              // ways
  CHECK(refused(mapping + 39, 0xff) == false);  // DPA near 2^64, still within
  test::Bytes sum = table;
  sum[9] ^= std::byte{1};
  CHECK_FALSE(read_platform(sum, NfitForm::table).has_value());
  CHECK_FALSE(read_platform(test::Bytes(table.begin(), table.end() - 1), NfitForm::table));
  CHECK_FALSE(read_platform({}, NfitForm::table).has_value());
  const auto empty = read_platform({}, NfitForm::fit_buffer);
  REQUIRE(empty.has_value());
  CHECK(empty->dimms.empty());
}

TEST_CASE("each fault of a platform is seen") {
  using enum PlatformFault;
  const auto dimm = [](Platform& p) -> PlatformDimm& { return p.dimms[1]; };
  const auto region = [](Platform& p) -> PlatformRegion& { return p.regions[1]; };
  const auto share = [](Platform& p) -> PlatformMapping& { return p.regions[1].mappings[2]; };
  constexpr std::uint64_t most = ~std::uint64_t{0};
  CHECK(fault_after([](Platform& p) { p.dimms.clear(); }) == no_dimms);
  CHECK(fault_after([](Platform& p) { p.interleaves.resize(4097); }) == too_many);
  CHECK(fault_after([](Platform& p) { p.regions[0].mappings.resize(4097); }) == too_many);
  CHECK(fault_after([&](Platform& p) { dimm(p).handle = 1; }) == handle_twice);
  CHECK(fault_after([&](Platform& p) { dimm(p).control_index = 1; }) == control_index);
  CHECK(fault_after([&](Platform& p) { dimm(p).control_index = 0; }) == control_index);
  CHECK(fault_after([&](Platform& p) { dimm(p).size = most, dimm(p).label_size = 1; }) ==
        dimm_too_large);
  CHECK(fault_after([&](Platform& p) { dimm(p).flush_hints.resize(8190); }) == hints_too_many);
  CHECK(fault_after([](Platform& p) { p.interleaves[0].line_size = 0; }) == interleave_form);
  CHECK(fault_after([](Platform& p) { p.interleaves[0].line_offsets = {}; }) == interleave_form);
  CHECK(fault_after([](Platform& p) { p.interleaves[0].line_offsets.resize(16380); }) ==
        interleave_form);
  CHECK(fault_after([&](Platform& p) { region(p).range_index = 1; }) == range_index);
  CHECK(fault_after([&](Platform& p) { region(p).range_index = 0; }) == range_index);
  CHECK(fault_after([&](Platform& p) { region(p).size = 0; }) == region_empty);
  CHECK(fault_after([&](Platform& p) { region(p).base = most - mib; }) == region_wraps);
  CHECK(fault_after([&](Platform& p) { region(p).size += 4096; }, false) == region_size);
  CHECK(fault_after([&](Platform& p) { region(p).base -= 4096; }) == regions_overlap);
  CHECK(fault_after([&](Platform& p) { share(p).dimm = 4; }) == mapping_dimm);
  CHECK(fault_after([&](Platform& p) { share(p).dimm = 1; }) == mapping_dimm);
  CHECK(fault_after([&](Platform& p) { share(p).dpa += 4096; }) == mapping_beyond);
  CHECK(fault_after([&](Platform& p) { share(p).size = 0; }) == mapping_beyond);
  CHECK(fault_after([&](Platform& p) { p.regions[1].mappings[0].dpa = 31 * mib; }) ==
        mappings_overlap);
  CHECK(fault_after([&](Platform& p) { share(p).region_offset = 128 * mib; }) == offset_beyond);
  CHECK(fault_after([&](Platform& p) { share(p).region_offset = 0; }) == offset_twice);
  CHECK(fault_after([&](Platform& p) { share(p).interleave = 1; }) == mapping_interleave);
  CHECK(fault_after([&](Platform& p) { share(p).interleave.reset(); }) == interleaves_differ);
  CHECK(fault_after([&](Platform& p) {
          p.interleaves.push_back({.line_size = 8192});
          share(p).interleave = 1;
        }) == interleaves_differ);
  CHECK(fault_after([&](Platform& p) { share(p).size -= 4096; }) == lines_uneven);
  CHECK(fault_after([](Platform& p) { p.interleaves[0].line_size = 3 * 4096; }) == lines_uneven);
  CHECK(fault_after([&](Platform& p) { share(p).region_offset = 4 * 4096; }) == lines_beyond);
  CHECK(fault_after([](Platform& p) { p.interleaves[0].line_offsets = {4}; }) == lines_beyond);
  CHECK(fault_after([&](Platform& p) { share(p).region_offset = 4097; }) == lines_collide);
}

TEST_CASE("with lines, each byte of a region belongs to one DIMM") {
  Platform platform = example(true);
  platform.regions.erase(platform.regions.begin());
  platform.interleaves = {{4096, {0, 4}}, {4096, {4, 0}}};
  platform.regions[0].mappings[3].interleave = 1;
  CHECK_FALSE(find_fault(platform).has_value());

  const auto join = join_nfit(write_nfit(platform, NfitForm::table), NfitForm::table);
  for (std::uint64_t spa = 0; spa < 16 * 4096; spa += 2048) {
    int owners = 0;
    for (const NfitMapping& mapping : join.regions[0].mappings)
      if (interleave_of(join, mapping)->share_offset(spa)) ++owners;
    CHECK(owners == 1);
  }
}
