// SPDX-License-Identifier: BSD-3-Clause
// locate(): every kind of PLACE, over media laid out by hand with the numbers of the
// specification's examples (btt.md 2.7 E-1, labels.md 3.2).
#include <ndmedic/image/place_map.h>

#include <doctest/doctest.h>

#include <ndmedic/format/cxl_label.h>
#include <ndmedic/format/label.h>
#include <ndmedic/format/label_index.h>
#include <ndmedic/format/nfit_read.h>
#include <ndmedic/format/pool_header.h>
#include <ndmedic/media/memory_media.h>

namespace ndmedic {
namespace {

constexpr Guid some_uuid = guid_literal("01234567-89ab-cdef-0123-456789abcdef", GuidOrder::text);

/// One DIMM with a label area of 128 KiB (labels 1.2) and one namespace of 16 MiB (E-1).
struct OneDimm {
  SparseMedia whole{(16 << 20) + (128 << 10)};
  SparseMedia labels{128 << 10};
  SparseMedia data{16 << 20};
  PlaceMap map;

  OneDimm() {
    DevicePlaces device;
    device.whole = &whole;
    device.labels = &labels;
    device.geometry = {128 << 10, 256, 256, 510};
    map.devices.push_back(device);
    ArenaPlaces arena;
    arena.geometry = {.arena_size = 0x1000000,
                      .external_lbasize = 512,
                      .external_nlba = 32202,
                      .internal_lbasize = 512,
                      .internal_nlba = 32458,
                      .nfree = 256,
                      .dataoff = 0x1000,
                      .mapoff = 0xFDB000,
                      .flogoff = 0xFFB000,
                      .infooff = 0xFFF000};
    NamespacePlaces ns;
    ns.uuid = some_uuid;
    ns.media = &data;
    ns.info = &info_block_structure;
    ns.arenas.push_back(arena);
    map.namespaces.push_back(ns);
  }

  Result<Target> at(std::string_view text) const { return locate(map, *parse_place(text)); }
  Extent range(std::string_view text) const {
    const auto target = at(text);
    REQUIRE(target);
    return target->range;
  }
  Error error(std::string_view text) const {
    const auto target = at(text);
    REQUIRE(!target);
    return target.error();
  }
};

TEST_CASE("places of a label area are offsets in the area") {
  const OneDimm dimm;
  CHECK(dimm.range("labels/index0") == Extent{0, 256});
  CHECK(dimm.range("labels/index1") == Extent{256, 256});
  CHECK(dimm.range("labels/slot/0") == Extent{512, 256});
  CHECK(dimm.range("labels/slot/509") == Extent{130816, 256});
  CHECK(dimm.range("d0/labels/slot/1") == Extent{768, 256});
  CHECK(dimm.at("labels/index0")->structure == &index_block_structure);
  CHECK(dimm.at("labels/slot/3")->structure == &label256_structure);
  CHECK(dimm.at("labels/slot/3")->media == &dimm.labels);
}

TEST_CASE("fields are found by their name and by their JSON key") {
  const OneDimm dimm;
  CHECK(dimm.range("labels/index1.seq") == Extent{256 + 20, 4});
  CHECK(dimm.range("labels/slot/1.isetcookie") == Extent{768 + 88, 8});
  CHECK(dimm.range("ns/0/arena0/backup.flogoff") == Extent{0xFFF000 + 104, 8});
  CHECK(dimm.range("ns/0/arena0/backup.logoff") == Extent{0xFFF000 + 104, 8});
  CHECK(dimm.at("ns/0/info.uuid")->field->name == "uuid");
  CHECK(dimm.at("ns/0/info.uuid")->structure_offset == 0);
  CHECK(dimm.error("labels/index0.nonsense").code == Errc::not_found);
  CHECK(dimm.error("labels/index0.nonsense").what == "field");
  CHECK(dimm.error("ns/0/arena0/map/0.lba").what == "field");
}

TEST_CASE("places of an arena lie where its info block says") {
  const OneDimm dimm;
  CHECK(dimm.range("ns/0/info") == Extent{0, 4096});
  CHECK(dimm.range("ns/0/backup") == Extent{0xFFF000, 4096});
  CHECK(dimm.range("ns/0/arena0/info") == Extent{0, 4096});
  CHECK(dimm.range("ns/0/arena0/flog/3") == Extent{0xFFB0C0, 64});
  CHECK(dimm.range("ns/0/arena0/flog/3.A") == Extent{0xFFB0C0, 16});
  CHECK(dimm.range("ns/0/arena0/flog/3.B") == Extent{0xFFB0D0, 16});
  CHECK(dimm.range("ns/0/arena0/flog/3.B.seq") == Extent{0xFFB0DC, 4});
  CHECK(dimm.range("ns/0/arena0/map/100") == Extent{0xFDB190, 4});
  CHECK(dimm.range("ns/0/arena0/map/0..32201") == Extent{0xFDB000, 128808});
  CHECK(dimm.range("ns/0/arena0/block/32457") == Extent{0x1000 + 32457 * 512, 512});
  CHECK(dimm.range("ns/01234567-89ab-cdef-0123-456789abcdef/info") == Extent{0, 4096});
}

TEST_CASE("entry B lies in slot 2 of a group by the layout before Linux 4.15") {
  OneDimm dimm;
  dimm.map.namespaces[0].arenas[0].layout = FlogLayout::slots_0_2;
  CHECK(dimm.range("ns/0/arena0/flog/3.A") == Extent{0xFFB0C0, 16});
  CHECK(dimm.range("ns/0/arena0/flog/3.B") == Extent{0xFFB0E0, 16});
}

TEST_CASE("offsets count from the arena, and the backup of a namespace is its last arena's") {
  OneDimm dimm;
  SparseMedia two(0x1001000);
  dimm.map.namespaces[0].media = &two;
  ArenaPlaces small = dimm.map.namespaces[0].arenas[0];
  dimm.map.namespaces[0].arenas[0].offset = 0x1000;
  CHECK(dimm.range("ns/0/backup") == Extent{0x1000000, 4096});
  small.geometry.infooff = 0x800000;
  dimm.map.namespaces[0].arenas.push_back(small);
  CHECK(dimm.range("ns/0/backup") == Extent{0x800000, 4096});
  CHECK(dimm.range("ns/0/arena0/backup") == Extent{0x1000000, 4096});
}

TEST_CASE("what is not there is not found, and the answer says which") {
  const OneDimm dimm;
  CHECK(dimm.error("d1/labels/index0").what == "device");
  CHECK(dimm.error("d1/ns/0/info").what == "device");
  CHECK(dimm.error("labels/slot/510").what == "slot");
  CHECK(dimm.error("ns/1/info").what == "namespace");
  CHECK(dimm.error("ns/11111111-89ab-cdef-0123-456789abcdef/info").what == "namespace");
  CHECK(dimm.error("ns/0/arena1/info").what == "arena");
  CHECK(dimm.error("ns/0/arena0/flog/256").what == "lane");
  CHECK(dimm.error("pool/header").what == "pool");
  CHECK(dimm.error("nfit/0").what == "NFIT");
  for (const char* text : {"d1/labels/index0", "labels/slot/510", "ns/1/info", "nfit/0"})
    CHECK(dimm.error(text).code == Errc::not_found);
}

TEST_CASE("indexes behind a structure's end and places without bytes are errors of their own") {
  const OneDimm dimm;
  CHECK(dimm.error("ns/0/arena0/map/32202").code == Errc::out_of_range);
  CHECK(dimm.error("ns/0/arena0/map/32201..32202").code == Errc::out_of_range);
  CHECK(dimm.error("ns/0/arena0/block/32458").code == Errc::out_of_range);
  CHECK(dimm.error("@0x1020000+1").code == Errc::out_of_range);
  CHECK(dimm.range("@0x101ffff+1") == Extent{0x101ffff, 1});
  for (const PlaceKind kind :
       {PlaceKind::device, PlaceKind::labels, PlaceKind::ns, PlaceKind::arena}) {
    Place place;
    place.kind = kind;
    const auto target = locate(dimm.map, place);
    REQUIRE(!target);
    CHECK(target.error().code == Errc::wrong_kind);
  }
}

TEST_CASE("several devices, or namespaces with one uuid, must be told apart") {
  OneDimm dimm;
  dimm.map.devices.push_back(dimm.map.devices[0]);
  dimm.map.namespaces.push_back(dimm.map.namespaces[0]);
  CHECK(dimm.error("labels/index0").what == "device not unique");
  CHECK(dimm.range("d1/labels/index0") == Extent{0, 256});
  CHECK(dimm.error("ns/01234567-89ab-cdef-0123-456789abcdef/info").what == "namespace not unique");
  CHECK(dimm.range("ns/1/info") == Extent{0, 4096});
}

TEST_CASE("geometry from media that overflows or leaves the media is out of range") {
  OneDimm dimm;
  ArenaPlaces& arena = dimm.map.namespaces[0].arenas[0];
  const std::uint64_t huge = UINT64_MAX - 100;
  arena.geometry.mapoff = arena.geometry.flogoff = arena.geometry.infooff = huge;
  arena.geometry.dataoff = huge;
  for (const char* text : {"ns/0/arena0/map/100", "ns/0/arena0/flog/3", "ns/0/arena0/flog/3.A",
                           "ns/0/arena0/backup", "ns/0/arena0/block/7"})
    CHECK(dimm.error(text).code == Errc::out_of_range);
  arena.offset = huge;
  CHECK(dimm.error("ns/0/arena0/info").code == Errc::out_of_range);
  arena.offset = 0xFFF001;
  CHECK(dimm.error("ns/0/arena0/info").code == Errc::out_of_range);
  CHECK(dimm.error("ns/0/arena0/info").where == Extent{0xFFF001, 4096});
  dimm.map.devices[0].geometry.index_size = huge / 2 + 100;
  CHECK(dimm.error("labels/slot/3").code == Errc::out_of_range);
  CHECK(dimm.error("labels/index1").code == Errc::out_of_range);
}

TEST_CASE("a CXL slot has the structure that its type uuid names") {
  OneDimm dimm;
  dimm.map.devices[0].label_major = 2;
  CxlRegionLabel region{};
  region.type = guids::cxl_region;
  CxlNamespaceLabel label{};
  label.type = guids::cxl_namespace;
  REQUIRE(dimm.labels.write(512, bytes_of(region)));
  REQUIRE(dimm.labels.write(768, bytes_of(label)));
  CHECK(dimm.at("labels/slot/0")->structure == &cxl_region_label_structure);
  CHECK(dimm.at("labels/slot/1")->structure == &cxl_namespace_label_structure);
  CHECK(dimm.at("labels/slot/2")->structure == &vendor_label_structure);
  CHECK(dimm.range("labels/slot/0.hpa") == Extent{512 + 56, 8});
}

TEST_CASE("a slot of 128 bytes is a label of version 1.1") {
  OneDimm dimm;
  dimm.map.devices[0].geometry = {128 << 10, 128, 256, 1020};
  CHECK(dimm.range("labels/slot/1019") == Extent{512 + 1019 * 128, 128});
  CHECK(dimm.at("labels/slot/0")->structure == &label128_structure);
}

TEST_CASE("header and descriptor of a pool lie in its first two pages") {
  OneDimm dimm;
  dimm.map.devices[0].pool = true;
  CHECK(dimm.range("pool/header") == Extent{0, 4096});
  CHECK(dimm.range("pool/desc") == Extent{4096, 8});
  CHECK(dimm.range("pool/header.incompat") == Extent{16, 4});
  CHECK(dimm.range("pool/desc.is_zeroed") == Extent{4100, 4});
}

TEST_CASE("structures of an NFIT are counted from 0, behind the header if there is one") {
  OneDimm dimm;
  MemoryMedia table(40 + 56 + 48);
  NfitHeader header{};
  header.sig = nfit_signature;
  header.length = 40 + 56 + 48;
  NfitSpaRange range{};
  range.length = 56;
  NfitMappingStructure mapping{};
  mapping.type = 1;
  mapping.length = 48;
  REQUIRE(table.write(0, bytes_of(header)));
  REQUIRE(table.write(40, bytes_of(range)));
  REQUIRE(table.write(96, bytes_of(mapping)));
  dimm.map.devices[0].nfit = &table;
  CHECK(dimm.range("nfit/header") == Extent{0, 40});
  CHECK(dimm.range("nfit/header.checksum") == Extent{9, 1});
  CHECK(dimm.range("nfit/0") == Extent{40, 56});
  CHECK(dimm.range("nfit/1.region_offset") == Extent{96 + 24, 8});
  CHECK(dimm.error("nfit/2").what == "NFIT structure");

  MemoryMedia bare(std::vector<std::byte>(table.bytes().begin() + 40, table.bytes().end()));
  dimm.map.devices[0].nfit = &bare;
  dimm.map.devices[0].nfit_header = false;
  CHECK(dimm.range("nfit/0") == Extent{0, 56});
  CHECK(dimm.error("nfit/header").what == "NFIT header");
}

}  // namespace
}  // namespace ndmedic
