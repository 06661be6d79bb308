// SPDX-License-Identifier: BSD-3-Clause
#include "engine_disk.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <vector>

#include "guest/sectors.h"
#include "images.h"

namespace kernel_test {

using namespace ndmedic;

namespace {

constexpr Guid namespace_uuid =
    guid_literal("5ec7a3de-0f5b-4d7f-8c3a-3f1f0d6b8a11", GuidOrder::text);
constexpr Guid btt_uuid = guid_literal("0b77e9a4-6c1d-4e0a-9b52-d1a5c4f3e712", GuidOrder::text);

}  // namespace

BttOptions Vessel::options(bool writable) const {
  BttOptions options;
  options.chain.initial_offset = initial_offset(format.container, format.version);
  options.chain.version = format.version;
  options.chain.expected = true;
  if (label_size > 0) options.chain.parent_uuid = format.parent_uuid;
  options.writable = writable;
  return options;
}

Vessel labelled_vessel(unsigned slot, std::uint32_t sector_size) {
  Vessel vessel;
  vessel.format.uuid = btt_uuid;
  vessel.format.parent_uuid = namespace_uuid;
  vessel.format.version = btt_version_2_0;
  vessel.format.external_lbasize = sector_size;
  vessel.size = std::uint64_t{32} << 20;
  vessel.label_size = std::uint64_t{128} << 10;
  vessel.recipe = fmt::format(
      "dimm 32M label-size 128K version 1.2 slot {}\n"
      "namespace sector {} size 32M name made uuid {} empty\n",
      slot, sector_size, to_string(namespace_uuid, GuidOrder::text));
  return vessel;
}

Vessel bare_vessel(std::uint32_t sector_size) {
  Vessel vessel;
  vessel.format.uuid = btt_uuid;
  vessel.format.version = btt_version_1_1;
  vessel.format.external_lbasize = sector_size;
  vessel.size = std::uint64_t{32} << 20;
  vessel.recipe = "bare 32M\n";
  return vessel;
}

void make_image(const Vessel& vessel, const std::filesystem::path& image) {
  write_image(vessel.recipe, image);
  const auto file = FileMedia::open_write(image);
  REQUIRE(file);
  const auto ns = View::slice(**file, 0, vessel.size);
  REQUIRE(ns);
  REQUIRE(format_btt(**ns, vessel.format));
}

EngineDisk::EngineDisk(const std::filesystem::path& image, const Vessel& vessel, bool writable) {
  auto file = writable ? FileMedia::open_write(image) : FileMedia::open_read(image);
  REQUIRE(file);
  file_ = std::move(*file);
  auto ns = View::slice(*file_, 0, vessel.size);
  REQUIRE(ns);
  ns_ = std::move(*ns);
  Findings findings;
  auto btt = writable ? Btt::open(*ns_, vessel.options(true), findings)
                      : Btt::open_read(*ns_, vessel.options(false), findings);
  if (!btt) FAIL(btt.error().what);
  btt_ = std::move(*btt);
}

std::string sector_list(const Btt& btt) {
  std::string list;
  std::vector<std::byte> sector(btt.sector_size());
  for (std::uint64_t lba = 0; lba < btt.sectors(); ++lba) {
    if (!btt.read({lba}, sector)) FAIL("sector " << lba << " cannot be read");
    if (!sectors::is_blank(sector)) list += fmt::format("{} {:016x}\n", lba, sectors::hash(sector));
  }
  return list;
}

}  // namespace kernel_test
