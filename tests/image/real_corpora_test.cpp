// SPDX-License-Identifier: BSD-3-Clause
// The committed images that other systems wrote (corpora/real): unpacked, compared with their
// facts, and every structure decoded and encoded again without a changed byte.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <ndmedic/format/btt_flog.h>
#include <ndmedic/format/btt_info.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/label.h>
#include <ndmedic/format/label_index.h>
#include <ndmedic/format/nfit_read.h>
#include <ndmedic/format/pfn_layout.h>
#include <ndmedic/format/pool_header.h>

namespace ndmedic {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path packed_dir = NDMEDIC_SOURCE_DIR "/corpora/real";
const fs::path unpacked_dir = NDMEDIC_BINARY_DIR "/corpora-real";

/// Unpacks one file of a case, sparse, unless an earlier run has done it.
fs::path unpack(const fs::path& folder, const json& file) {
  const fs::path packed = packed_dir / folder / file.at("packed").get<std::string>();
  const fs::path target = unpacked_dir / folder / file.at("unpacked").get<std::string>();
  if (packed.extension() != ".zst") return packed;
  fs::create_directories(target.parent_path());
  if (fs::exists(target) && fs::last_write_time(target) >= fs::last_write_time(packed) &&
      fs::file_size(target) == file.at("size").get<std::uintmax_t>())
    return target;
  const std::string from = "'" + packed.string() + "'";
  const std::string into = "'" + target.parent_path().string() + "'";
  const std::string command =
      packed.stem().extension() == ".tar"
          ? "zstd -dcq " + from + " | tar -C " + into + " --no-same-owner -xf -"
          : "zstd -dqf --sparse " + from + " -o '" + target.string() + "'";
  REQUIRE(std::system(command.c_str()) == 0);
  fs::last_write_time(target, fs::file_time_type::clock::now());
  return target;
}

/// A case: its facts and its files, open.
struct Case {
  json facts;
  std::map<std::string, std::unique_ptr<std::ifstream>> files;
  std::map<std::string, std::uintmax_t> sizes;

  explicit Case(const fs::path& folder)
      : facts(json::parse(std::ifstream(packed_dir / folder / "facts.json"))) {
    for (const json& file : facts.at("files")) {
      const fs::path path = unpack(folder, file);
      const auto name = file.at("unpacked").get<std::string>();
      files[name] = std::make_unique<std::ifstream>(path, std::ios::binary);
      sizes[name] = fs::file_size(path);
    }
  }

  std::vector<std::byte> read(const std::string& name, std::uint64_t offset, std::size_t size) {
    std::vector<std::byte> bytes(size);
    std::ifstream& in = *files.at(name);
    in.seekg(static_cast<std::streamoff>(offset));
    in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
    REQUIRE(in.gcount() == static_cast<std::streamsize>(size));
    return bytes;
  }

  /// Bytes of a namespace, which lie in one of its extents.
  std::vector<std::byte> read(const json& ns, std::uint64_t offset, std::size_t size) {
    for (const json& extent : ns.at("extents")) {
      const auto length = extent.at("size").get<std::uint64_t>();
      if (offset < length)
        return read(extent.at("file").get<std::string>(),
                    extent.at("offset").get<std::uint64_t>() + offset, size);
      offset -= length;
    }
    FAIL("an offset behind the namespace");
    return {};
  }
};

/// Decodes, encodes and compares.
template <OnMedia T>
T round_trip(const std::vector<std::byte>& bytes) {
  REQUIRE(bytes.size() >= sizeof(T));
  const T structure = decode<T>(bytes);
  std::vector<std::byte> again(sizeof(T));
  encode(structure, again);
  CHECK(std::equal(again.begin(), again.end(), bytes.begin()));
  return structure;
}

void check_index_blocks(Case& images, const json& file) {
  const json& area = file.at("label_area");
  const auto name = file.at("unpacked").get<std::string>();
  const auto index_size = area.at("index_size").get<std::size_t>();
  std::array<std::uint32_t, 2> seq{};
  for (unsigned number = 0; number < 2; ++number) {
    const std::vector<std::byte> block =
        images.read(name, area.at("offset").get<std::uint64_t>() + number * index_size, index_size);
    const auto header = round_trip<IndexHeader>(block);
    CHECK(header.sig == index_signature);
    CHECK(index_checksum(block) == header.checksum.value());
    const json& fact = area.at("index").at(number);
    CHECK(header.seq.value() == fact.at("seq"));
    CHECK(header.major.value() == fact.at("major"));
    CHECK(header.minor.value() == fact.at("minor"));
    CHECK(header.checksum.value() == fact.at("checksum"));
    CHECK(header.nslot.value() == area.at("nslot"));
    std::vector<std::uint32_t> used;
    for (std::uint32_t slot = 0; slot < header.nslot.value(); ++slot)
      if (!is_free(block, {slot})) used.push_back(slot);
    CHECK(used == fact.at("used").get<std::vector<std::uint32_t>>());
    const LabelGeometry geometry{area.at("size").get<std::uint64_t>(),
                                 area.at("slot_size").get<std::uint32_t>(), index_size,
                                 header.nslot.value()};
    CHECK(validate(block, {number, geometry}).trusted());
    seq[number] = header.seq.value();
  }
  CHECK(newer_index(seq[0], seq[1]) == area.at("current"));
}

template <class Label>
void check_label(const std::vector<std::byte>& bytes, const json& fact) {
  const auto label = round_trip<Label>(bytes);
  CHECK(to_string(label.uuid, GuidOrder::text) == fact.at("uuid"));
  CHECK(label_name(label.name) == fact.at("name").get<std::string>());
  CHECK(label.flags.value() == fact.at("flags"));
  CHECK(label.nlabel.value() == fact.at("nlabel"));
  CHECK(label.position.value() == fact.at("position"));
  CHECK(label.isetcookie.value() == fact.at("isetcookie"));
  CHECK(label.lbasize.value() == fact.at("lbasize"));
  CHECK(label.dpa.value() == fact.at("dpa"));
  CHECK(label.rawsize.value() == fact.at("rawsize"));
  CHECK(validate(label, {fact.at("slot").get<std::uint32_t>()}).trusted());
}

void check_slots(Case& images, const json& file) {
  const json& area = file.at("label_area");
  const auto slot_size = area.at("slot_size").get<std::size_t>();
  for (const json& fact : area.at("slots")) {
    CAPTURE(fact.at("slot").dump());
    const std::uint64_t at = area.at("offset").get<std::uint64_t>() +
                             2 * area.at("index_size").get<std::uint64_t>() +
                             fact.at("slot").get<std::uint64_t>() * slot_size;
    const auto bytes = images.read(file.at("unpacked").get<std::string>(), at, slot_size);
    if (slot_size == 128) {
      check_label<Label128>(bytes, fact);
      continue;
    }
    check_label<Label256>(bytes, fact);
    const auto label = decode<Label256>(bytes);
    CHECK(to_string(label.type_guid, GuidOrder::efi) == fact.at("type_guid"));
    CHECK(to_string(label.abstraction_guid, GuidOrder::efi) == fact.at("abstraction_guid"));
  }
}

void check_arena(Case& images, const json& ns, const json& fact) {
  const auto start = fact.at("offset").get<std::uint64_t>();
  const auto bytes = images.read(ns, start, sizeof(InfoBlock));
  const auto info = round_trip<InfoBlock>(bytes);
  CHECK(images.read(ns, start + info.infooff.value(), sizeof(InfoBlock)) == bytes);
  CHECK(validate(info, {ns.at("size").get<std::uint64_t>() - start, std::nullopt}).trusted());
  CHECK(to_string(info.uuid, GuidOrder::text) == fact.at("uuid"));
  CHECK(to_string(info.parent_uuid, GuidOrder::text) == fact.at("parent_uuid"));
  for (const char* key :
       {"flags", "major", "minor", "external_lbasize", "external_nlba", "internal_lbasize",
        "internal_nlba", "nfree", "nextoff", "dataoff", "mapoff", "flogoff", "infooff"}) {
    CAPTURE(key);
    CHECK(field_number(*find_field(info_block_fields, key), bytes) == fact.at(key));
  }
  FlogLayoutDetector detector;
  const auto flog = images.read(ns, start + info.flogoff.value(), info.nfree.value() * 64UL);
  for (std::size_t at = 0; at < flog.size(); at += sizeof(FlogGroup))
    detector.feed(round_trip<FlogGroup>({flog.begin() + static_cast<std::ptrdiff_t>(at),
                                         flog.begin() + static_cast<std::ptrdiff_t>(at + 64)}));
  CHECK(detector.answer().layout == FlogLayout::slots_0_1);
  CHECK(detector.answer().written == !fact.at("lanes_written").empty());
}

void check_pfn(Case& images, const json& ns) {
  const auto bytes = images.read(ns, 4096, sizeof(PfnInfo));
  const auto info = round_trip<PfnInfo>(bytes);
  CHECK(checksum_of(info) == info.checksum.value());
  CHECK(pfn_kind(info) == (ns.at("mode") == "fsdax" ? PfnKind::fsdax : PfnKind::devdax));
  CHECK(to_string(info.parent_uuid, GuidOrder::text) == ns.at("uuid"));
  for (const char* key : {"flags", "major", "minor", "dataoff", "npfns", "mode", "start_pad",
                          "end_trunc", "align", "page_size", "page_struct_size"}) {
    CAPTURE(key);
    CHECK(field_number(*find_field(pfn_info_fields, key), bytes) == ns.at("info").at(key));
  }
  // Made here for the same place (QEMU: from 4 GiB on), it is the kernel's block in every byte.
  PfnRequest request{.namespace_size = ns.at("size").get<std::uint64_t>(),
                     .writer = PfnWriter::kernel};
  request.physical_base =
      (std::uint64_t{4} << 30) + ns.at("extents").at(0).at("offset").get<std::uint64_t>();
  const auto made = make_pfn_info(request, *pfn_kind(info), info.uuid, info.parent_uuid);
  REQUIRE(made.has_value());
  CHECK(std::ranges::equal(bytes_of(*made), bytes));
}

void check_pool(Case& images, const std::string& name, const json& ns) {
  const auto header = round_trip<PoolHeader>(images.read(name, 0, sizeof(PoolHeader)));
  CHECK(validate(header).trusted());
  CHECK(to_string(header.poolset_uuid, GuidOrder::text) == ns.at("uuid"));
  const auto descriptor =
      round_trip<BlkDescriptor>(images.read(name, blk_descriptor_offset, sizeof(BlkDescriptor)));
  CHECK(descriptor.bsize.value() == ns.at("sector_size"));
}

void check_nfit(Case& images, const std::string& name) {
  const auto table = images.read(name, 0, images.sizes.at(name));
  CHECK(validate_nfit_header(table).empty());
  NfitWalk walk(table, NfitForm::table);
  unsigned structures = 0;
  while (const auto item = walk.next()) ++structures;
  CHECK(walk.end() == NfitEnd::complete);
  CHECK(structures >= 3);
}

TEST_CASE("images of other systems are unpacked whole, and their structures round-trip") {
  std::size_t images_seen = 0;
  for (const auto& entry : fs::directory_iterator(packed_dir)) {
    if (!entry.is_directory()) continue;
    const std::string folder = entry.path().filename().string();
    CAPTURE(folder);
    Case images(folder);
    for (const json& file : images.facts.at("files")) {
      const auto name = file.at("unpacked").get<std::string>();
      CAPTURE(name);
      CHECK(images.sizes.at(name) == file.at("size").get<std::uintmax_t>());
      ++images_seen;
      if (file.contains("label_area")) {
        check_index_blocks(images, file);
        check_slots(images, file);
      }
      if (file.at("kind") == "nfit") check_nfit(images, name);
      if (file.at("kind") == "pool" || name == "part0.img")
        check_pool(images, name, images.facts.at("namespaces").at(0));
    }
    for (const json& ns : images.facts.at("namespaces")) {
      CAPTURE(ns.at("name").dump());
      if (ns.contains("arenas"))
        for (const json& arena : ns.at("arenas")) check_arena(images, ns, arena);
      if (ns.contains("info")) check_pfn(images, ns);
    }
  }
  CHECK(images_seen >= 25);
}

}  // namespace
}  // namespace ndmedic
