// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/pfn_layout.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string_view>

#include <ndmedic/format/checked.h>

using namespace ndmedic;

namespace {

constexpr std::uint64_t kib = 1 << 10;
constexpr std::uint64_t mib = 1 << 20;
constexpr std::uint64_t gib = 1 << 30;
constexpr std::uint64_t base = 4 * gib;  // where QEMU has its first DIMM

PfnRequest request(std::uint64_t size) {
  return {.namespace_size = size, .physical_base = base, .writer = PfnWriter::kernel};
}

using Change = std::function<void(PfnRequest&)>;

std::optional<PfnLayout> after(const Change& change, std::uint64_t size = gib) {
  PfnRequest changed = request(size);
  change(changed);
  const auto layout = pfn_layout(changed);
  return layout ? std::optional(*layout) : std::nullopt;
}

/// What is wrong with a request after a change; empty when nothing is.
std::string_view wrong(const Change& change, std::uint64_t size = gib) {
  PfnRequest changed = request(size);
  change(changed);
  const auto layout = pfn_layout(changed);
  if (layout) return {};
  CHECK(layout.error().code == Errc::invalid);
  return layout.error().what;
}

/// The rules of 6.3 and what a kernel does with the block, for one request that has a layout.
void check_rules(const PfnRequest& wanted, const PfnInfo& info) {
  const auto found = validate(info, {.namespace_size = wanted.namespace_size,
                                     .parent_uuid = Guid{},
                                     .physical_base = wanted.physical_base,
                                     .kind = PfnKind::devdax,
                                     .compatible_align = wanted.compatible_align});
  CHECK(found.empty());
  CHECK(info.page_size.value() == wanted.page_size);
  CHECK(info.page_struct_size.value() == wanted.page_struct_size);
  CHECK(info.align.value() == wanted.align);
  const std::uint64_t dataoff = info.dataoff.value();
  CHECK(dataoff % wanted.page_size == 0);

  const std::uint64_t a = std::max(wanted.align, wanted.compatible_align);
  const std::uint64_t usable = *usable_size(info, wanted.namespace_size);
  CHECK((wanted.physical_base + dataoff) % a == 0);
  CHECK((wanted.physical_base + dataoff + usable) % a == 0);
  CHECK(info.npfns.value() * wanted.page_size == usable);

  const std::uint64_t head = std::max<std::uint64_t>(8192, wanted.page_size);
  const std::uint64_t map =
      wanted.mode == pfn_mode_pmem ? info.npfns.value() * wanted.page_struct_size : 0;
  CHECK(head + map <= dataoff);
  // Nothing is given away: with one unit less, the page map of the whole namespace has no room.
  const std::uint64_t whole =
      wanted.mode == pfn_mode_pmem
          ? (wanted.namespace_size - head) / wanted.page_size * wanted.page_struct_size
          : 0;
  if (dataoff > a) CHECK(dataoff - a < head + whole);
}

}  // namespace

TEST_CASE("layouts of other architectures, worked out by hand from 6.4") {
  // 64 KiB pages: 16383 pages behind the page that is kept, 1048512 bytes of map, in 2 MiB.
  CHECK(after([](PfnRequest& r) { r.page_size = 65536, r.align = 2 * mib; }) ==
        PfnLayout{2 * mib, (gib - 2 * mib) / 65536, 0, 0});
  // 16 KiB pages: 65535 pages, 4194240 bytes of map, and 16 KiB: 4210624, which is 3 * 2 MiB.
  CHECK(after([](PfnRequest& r) { r.page_size = 16384; }) ==
        PfnLayout{6 * mib, (gib - 6 * mib) / 16384, 0, 0});
  // The same with huge pages of 32 MiB.
  CHECK(after([](PfnRequest& r) { r.page_size = 16384, r.align = 32 * mib; }) ==
        PfnLayout{32 * mib, (gib - 32 * mib) / 16384, 0, 0});
  // 4 KiB pages, descriptors of 128 bytes: 262142 of them, 33554176 bytes, and 8 KiB: 34 MiB.
  CHECK(after([](PfnRequest& r) { r.page_struct_size = 128; }) ==
        PfnLayout{34 * mib, (gib - 34 * mib) / 4096, 0, 0});
  // A platform of 16 MiB: 16776960 + 8192 bytes are more than 16 MiB.
  CHECK(after([](PfnRequest& r) { r.compatible_align = 16 * mib, r.align = 65536; }) ==
        PfnLayout{32 * mib, (gib - 32 * mib) / 4096, 0, 0});
  // 1 GiB: of 4 GiB the first one holds the map.
  CHECK(after([](PfnRequest& r) { r.align = gib; }, 4 * gib) ==
        PfnLayout{gib, 3 * gib / 4096, 0, 0});
  // From 4.5 GiB on, the next multiple is 0.5 GiB away, and so is the one before the end.
  CHECK(after([](PfnRequest& r) { r.align = gib, r.physical_base = base + gib / 2; }, 4 * gib) ==
        PfnLayout{gib / 2, 3 * gib / 4096, 0, gib / 2});
}

TEST_CASE("where the map ends within 8 KiB of a unit, a kernel of 64 KiB pages has room for it") {
  // 32638 pages and one kept: 2088832 bytes of map and 8 KiB lie within 2 MiB, and 64 KiB do not.
  const std::uint64_t size = std::uint64_t{32639} * 65536;
  const auto layout = after([](PfnRequest& r) { r.page_size = 65536; }, size);
  REQUIRE(layout.has_value());
  CHECK(layout->dataoff == 4 * mib);
}

TEST_CASE("whatever the architecture, layouts keep the rules by which they are read") {
  std::size_t made = 0;
  for (const std::uint32_t page : {4096U, 8192U, 16384U, 65536U})
    for (const std::uint32_t descriptor : {32U, 56U, 64U, 80U, 128U, 192U})
      for (const std::uint64_t align :
           {4 * kib, 16 * kib, 64 * kib, 2 * mib, 16 * mib, 32 * mib, 512 * mib, gib, 2 * gib})
        for (const std::uint64_t compatible : {64 * kib, 2 * mib, 16 * mib, gib})
          for (const std::uint64_t size : {16 * mib, 48 * mib + 4096, gib, 8 * gib + 2 * mib})
            for (const std::uint32_t mode : {pfn_mode_ram, pfn_mode_pmem}) {
              PfnRequest wanted = request(size);
              wanted.page_size = page;
              wanted.page_struct_size = descriptor;
              wanted.align = align;
              wanted.compatible_align = compatible;
              wanted.mode = mode;
              const auto info = make_pfn_info(wanted, PfnKind::devdax, Guid{}, Guid{});
              if (!info) continue;
              CAPTURE(page);
              CAPTURE(align);
              CAPTURE(size);
              check_rules(wanted, *info);
              ++made;
            }
  CHECK(made > 2000);
}

TEST_CASE("each member of a request has its range, and is named where it cannot be") {
  const auto page = [](std::uint32_t size) {
    return wrong([size](PfnRequest& r) { r.page_size = size; });
  };
  for (const std::uint32_t size : {0U, 2048U, 3000U, 12288U, 131072U})
    CHECK(page(size) == "page size");
  for (const std::uint32_t size : {4096U, 8192U, 16384U, 32768U, 65536U}) CHECK(page(size).empty());

  const auto descriptor = [](std::uint32_t size) {
    return wrong([size](PfnRequest& r) { r.page_struct_size = size; }, 32 * gib);
  };
  CHECK(descriptor(0) == "size of a page's descriptor");
  CHECK(descriptor(65536) == "size of a page's descriptor");
  CHECK(descriptor(1).empty());
  CHECK(descriptor(4000).empty());
  CHECK(descriptor(65535) == "size of the namespace");  // more than a page for each page

  const auto align = [](std::uint64_t size, std::uint32_t pages = 4096) {
    return wrong([=](PfnRequest& r) { r.align = size, r.page_size = pages; }, 32 * gib);
  };
  for (const std::uint64_t size :
       {std::uint64_t{0}, std::uint64_t{2048}, 3 * mib, 4 * gib, std::uint64_t{1} << 63})
    CHECK(align(size) == "alignment");
  CHECK(align(32768, 65536) == "alignment");
  for (const std::uint64_t size : {4 * kib, 64 * kib, 2 * mib, 16 * mib, gib, 2 * gib})
    CHECK(align(size).empty());

  const auto platform = [](std::uint64_t size) {
    return wrong([=](PfnRequest& r) { r.compatible_align = size; });
  };
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{2048}, 3 * mib, 4 * gib})
    CHECK(platform(size) == "alignment of the platform");
  CHECK(platform(4096).empty());

  for (const std::uint32_t mode : {0U, 3U})
    CHECK(wrong([mode](PfnRequest& r) { r.mode = mode; }) == "mode");
}

TEST_CASE("the kernel refuses a base that ndctl pads (6.4 step 2, rule 12)") {
  const auto at = [](std::uint64_t address, PfnWriter writer) {
    return wrong([=](PfnRequest& r) { r.physical_base = address, r.writer = writer; });
  };
  CHECK(at(base + mib, PfnWriter::kernel) == "physical address");
  CHECK(at(base + mib, PfnWriter::ndctl).empty());
  CHECK(at(base + 2 * mib, PfnWriter::kernel).empty());
  CHECK(after([](PfnRequest& r) { r.physical_base = base + mib, r.writer = PfnWriter::ndctl; }) ==
        PfnLayout{17825792, 257280, 1048576, 1048576});
  CHECK(wrong([](PfnRequest& r) {
          r.physical_base = base + 2 * mib;
          r.compatible_align = 16 * mib;
        }) == "physical address");
}

TEST_CASE("a namespace that leaves no page of data has no layout") {
  const auto small = [](std::uint64_t size, const Change& change) {
    return wrong(change, size) == "size of the namespace";
  };
  const Change ram = [](PfnRequest& r) { r.mode = pfn_mode_ram; };
  CHECK_FALSE(small(4 * mib, ram));
  CHECK(small(2 * mib, ram));
  CHECK(small(0, ram));
  CHECK(small(8191, ram));
  CHECK(small(4 * mib - 4096, ram));
  CHECK(small(2 * gib - 4096, [](PfnRequest& r) { r.align = gib; }));
  CHECK_FALSE(small(2 * gib, [](PfnRequest& r) { r.align = gib; }));
  // Rule 9: the data of 512 MiB could lie on a multiple of 1 GiB, the namespace is smaller.
  CHECK(
      small(gib - 2 * mib, [](PfnRequest& r) { r.align = gib, r.physical_base = base + 2 * mib; }));
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  CHECK(small(gib, [](PfnRequest& r) { r.physical_base = round_down(most - gib + 1, 2 * mib); }));
  CHECK(small(most, [](PfnRequest& r) { r.page_struct_size = 4096; }));
}
