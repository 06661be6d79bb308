// SPDX-License-Identifier: BSD-3-Clause
// What open_images() takes an image for, and what it says where evidence is missing, damaged or
// contradicts itself.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include <ndmedic/image/image.h>
#include <ndmedic/image/recipe.h>
#include <ndmedic/media/fault_media.h>
#include <ndmedic/media/file_media.h>
#include <ndmedic/media/memory_media.h>

namespace ndmedic {
namespace {

struct Opened {
  ImageTree tree;
  Findings findings;

  bool found(ProblemId id) const {
    return std::any_of(findings.list().begin(), findings.list().end(),
                       [id](const Finding& finding) { return finding.id == id; });
  }
};

Opened opened(std::vector<std::unique_ptr<Media>> media, OpenOptions options = {}) {
  std::vector<ImageInput> inputs;
  for (auto& one : media) inputs.push_back({"image", std::move(one), nullptr});
  options.probe_content = false;
  Opened result;
  auto tree = open_images(std::move(inputs), options, result.findings);
  REQUIRE(tree);
  result.tree = std::move(*tree);
  return result;
}

std::unique_ptr<SparseMedia> device(std::string_view recipe) {
  auto made = make_media(recipe);
  REQUIRE(made);
  return std::move(made->devices.front());
}

Opened opened(std::string_view recipe, const OpenOptions& options = {}) {
  std::vector<std::unique_ptr<Media>> media;
  media.push_back(device(recipe));
  return opened(std::move(media), options);
}

Opened opened(std::unique_ptr<Media> one, const OpenOptions& options = {}) {
  std::vector<std::unique_ptr<Media>> media;
  media.push_back(std::move(one));
  return opened(std::move(media), options);
}

void put(Media& media, std::uint64_t offset, std::string_view text) {
  REQUIRE(media.write(offset, std::as_bytes(std::span(text.data(), text.size()))));
}

/// A medium of its own with the bytes of `from` at `offset`.
std::unique_ptr<SparseMedia> holding(const Media& from, std::uint64_t offset, std::uint64_t size) {
  auto to = std::make_unique<SparseMedia>(size);
  std::vector<std::byte> bytes(from.size());
  REQUIRE(from.read(0, bytes));
  REQUIRE(to->write(offset, bytes));
  return to;
}

TEST_CASE("an image of no bytes is told to be empty") {
  const Opened image = opened(std::make_unique<SparseMedia>(0));
  CHECK(image.found(ProblemId::image_empty));
  CHECK(image.tree.namespaces.empty());
}

TEST_CASE("label areas of odd sizes are found at the end, whatever their size") {
  for (const std::string size : {"128K", "132K", "1M", "2M"}) {
    CAPTURE(size);
    const Opened image = opened("dimm 64M label-size " + size + "\nnamespace size 32M name a\n");
    REQUIRE(image.tree.devices.front().kind == DeviceKind::dimm);
    CHECK(image.tree.devices.front().data->size() == std::uint64_t{64} << 20);
    CHECK(image.tree.namespaces.size() == 1);
  }
}

TEST_CASE("a copy of a label area in the middle of data is data") {
  const auto lsa = device("lsa 128K version 1.2\n");
  const Opened image = opened(holding(*lsa, std::uint64_t{50} << 20, std::uint64_t{64} << 20));
  CHECK(image.tree.devices.front().kind == DeviceKind::bare);
  CHECK(image.found(ProblemId::label_area_nested));
  REQUIRE(image.tree.namespaces.size() == 1);
  CHECK(image.tree.namespaces.front().size == std::uint64_t{64} << 20);
}

TEST_CASE("an image cut inside its label area keeps its data, and the missing slots are unknown") {
  const Opened image =
      opened("dimm 64M label-size 128K\nnamespace sector 4096 size 64M name a\ncut 67235840\n");
  const DeviceImage& dimm = image.tree.devices.front();
  REQUIRE(dimm.kind == DeviceKind::dimm);
  CHECK(dimm.data->size() == std::uint64_t{64} << 20);
  CHECK(dimm.labels->size() == 131072);
  CHECK(image.found(ProblemId::label_area_cut));
  REQUIRE(image.tree.namespaces.size() == 1);
  CHECK(image.tree.namespaces.front().personality == Personality::btt_2_0);
}

TEST_CASE("two label areas that end with the image alike are told, and none is taken") {
  // An LSA dump of 256 KiB whose last 128 KiB are an area of their own.
  const auto small = device("lsa 128K version 1.2\n");
  auto both = device("lsa 256K version 1.2\n");
  std::vector<std::byte> bytes(small->size());
  REQUIRE(small->read(0, bytes));
  REQUIRE(both->write(128 * 1024, bytes));
  const Opened image = opened(std::move(both));
  CHECK(image.found(ProblemId::label_area_ambiguous));
  CHECK_FALSE(image.tree.devices.front().area);
}

TEST_CASE("whole regions and 128 KiB of zeros are a hint, not a decision") {
  const Opened image = opened(std::make_unique<SparseMedia>((std::uint64_t{64} << 20) + 131072));
  CHECK(image.found(ProblemId::label_area_suspected));
  CHECK(image.tree.devices.front().kind == DeviceKind::bare);
}

TEST_CASE("a valid label area outweighs a signature that any user of the data can write") {
  using namespace std::string_view_literals;
  for (const std::string_view signature : {"PMEMBLK\0"sv, "PMEMPOOLSET\n"sv}) {
    auto dimm = device("dimm 64M label-size 128K\nnamespace raw size 64M name a\n");
    put(*dimm, 0, signature);
    const Opened image = opened(std::move(dimm));
    CHECK(image.tree.devices.front().kind == DeviceKind::dimm);
    REQUIRE(image.tree.namespaces.size() == 1);
    CHECK(image.tree.namespaces.front().name == "a");
  }
  auto pool = device("dimm 64M label-size 128K\nnamespace raw size 64M name a\n");
  put(*pool, 0, "PMEMBLK\0"sv);
  OpenOptions options;
  options.as = DeviceKind::pool;
  CHECK(opened(std::move(pool), options).tree.devices.front().kind == DeviceKind::pool);
}

TEST_CASE("a label size by option makes a DIMM of anything") {
  using namespace std::string_view_literals;
  auto pool = device("pool 17M block 512\n");
  OpenOptions options;
  options.label_size = 131072;
  const Opened image = opened(std::move(pool), options);
  CHECK(image.tree.devices.front().kind == DeviceKind::dimm);
  CHECK(image.tree.devices.front().labels->size() == 131072);
}

TEST_CASE("a labelled fsdax or devdax namespace without its info block is damaged") {
  for (const std::string mode : {"fsdax", "devdax"}) {
    CAPTURE(mode);
    const std::string recipe = "dimm 64M\nnamespace " + mode + " size 32M name a\n";
    CHECK_FALSE(opened(recipe).found(ProblemId::pfn_missing));
    auto dimm = device(recipe);
    put(*dimm, 4096, "XX");
    const Opened image = opened(std::move(dimm));
    CHECK(image.found(ProblemId::pfn_missing));
    CHECK_FALSE(image.tree.namespaces.front().pfn);
  }
}

TEST_CASE("a bad sector in the label area does not hide the area") {
  auto dimm = device("dimm 64M label-size 128K\nnamespace size 32M name a\n");
  auto faulty = std::make_unique<FaultMedia>(*dimm);
  faulty->mark_bad({(std::uint64_t{64} << 20) + 65536, 512});
  const Opened image = opened(std::unique_ptr<Media>(std::move(faulty)));
  CHECK(image.tree.devices.front().kind == DeviceKind::dimm);
  CHECK(image.found(ProblemId::image_unreadable_part));
}

TEST_CASE("a lost first arena keeps its number, and so does the second") {
  auto big = device("arena 0x8001000000 sector 4096\n");
  const std::vector<std::byte> zeros(4096);
  REQUIRE(big->write(0, zeros));
  REQUIRE(big->write((std::uint64_t{1} << 39) - 4096, zeros));
  const Opened image = opened(std::move(big));
  const PlaceMap map = place_map(image.tree);
  const auto lost = locate(map, *parse_place("ns/0/arena0/info"));
  REQUIRE(lost);
  CHECK(lost->range.offset == 0);
  CHECK(locate(map, *parse_place("ns/0/arena0/backup"))->range.offset ==
        (std::uint64_t{1} << 39) - 4096);
  CHECK_FALSE(locate(map, *parse_place("ns/0/arena0/flog/0")));
  const auto second = locate(map, *parse_place("ns/0/arena1/info"));
  REQUIRE(second);
  CHECK(second->range.offset == std::uint64_t{1} << 39);
}

TEST_CASE("a pool cut before its BTT is cut, not fresh") {
  CHECK(opened("pool 17M block 512 virgin\n").found(ProblemId::pool_not_written));
  const Opened image = opened("pool 17M block 512\ncut 8192\n");
  CHECK(image.found(ProblemId::pool_cut));
  CHECK_FALSE(image.found(ProblemId::pool_not_written));
}

TEST_CASE("a cut NFIT is an NFIT, and the missing bytes are told") {
  const Opened image = opened("nfit qemu 2 64M\ncut 200\n");
  CHECK(image.tree.devices.front().kind == DeviceKind::nfit);
  CHECK(image.found(ProblemId::nfit_length));
}

TEST_CASE("a set whose bytes nobody says how to find is shown, not read") {
  auto made = make_media("dimm 64M ways 2\nnamespace sector 4096 size 64M name a\n");
  REQUIRE(made);
  std::vector<std::unique_ptr<Media>> media;
  for (auto& one : made->devices) media.push_back(std::move(one));
  const Opened image = opened(std::move(media));
  REQUIRE(image.tree.namespaces.size() == 1);
  CHECK(image.tree.namespaces.front().unreachable == Unreachable::interleave_unknown);
  CHECK(image.found(ProblemId::data_not_reachable));
}

TEST_CASE("an NFIT with an interleave structure opens the data of a set") {
  auto made =
      make_media("dimm 64M ways 2 interleave 4096\nnamespace sector 4096 size 64M name a\nnfit\n");
  REQUIRE(made);
  std::vector<std::unique_ptr<Media>> media;
  for (auto& one : made->devices) media.push_back(std::move(one));
  const Opened image = opened(std::move(media));
  REQUIRE(image.tree.namespaces.size() == 1);
  CHECK(image.tree.namespaces.front().personality == Personality::btt_2_0);
  REQUIRE(image.tree.namespaces.front().btt);
  CHECK(image.tree.namespaces.front().btt->chain.whole());
  CHECK_FALSE(image.found(ProblemId::data_not_reachable));
}

TEST_CASE("overlapping labels do not multiply the lanes that are kept") {
  std::string recipe = "dimm 64M label-size 128K\nnamespace sector 4096 size 64M name a\n";
  for (int i = 0; i < 60; ++i) recipe += "namespace sector 4096 size 64M dpa 0 name b empty\n";
  recipe += "set ns/0/arena0/info.nfree = 256\n";
  const Opened image = opened(recipe);
  std::uint64_t lanes = 0;
  for (const NamespaceImage& ns : image.tree.namespaces)
    if (ns.btt)
      for (const ArenaImage& arena : ns.btt->arenas) lanes += arena.lanes.lanes.size();
  CHECK(image.tree.namespaces.size() == 61);
  CHECK(lanes <= std::uint64_t{1} << 18);
}

/// A folder of its own for poolsets, whose parts are files.
struct Folder {
  Folder() : path(std::filesystem::path(NDMEDIC_BINARY_DIR) / "open-images-poolset") {
    std::filesystem::create_directories(path);
  }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name, std::ios::binary | std::ios::trunc) << text;
    return (path / name).string();
  }
  std::filesystem::path path;
};

Opened opened_poolset(const std::string& path) {
  auto file = FileMedia::open_read(path);
  REQUIRE(file);
  return opened(std::unique_ptr<Media>(std::move(*file)));
}

TEST_CASE("a poolset without its first part is told, and the rest is not read through it") {
  const Folder folder;
  const std::string part = folder.write("part1", std::string(std::size_t{16} << 20, '\0'));
  const std::string set =
      folder.write("missing.set", "PMEMPOOLSET\n16M /nonexistent/part0\n16M " + part + "\n");
  const Opened image = opened_poolset(set);
  CHECK(image.found(ProblemId::pool_part_missing));
  REQUIRE(image.tree.devices.front().pool);
  CHECK(image.tree.devices.front().pool->parts.size() == 2);
}

TEST_CASE("a part of another size than its line says is told, and moves nothing behind it") {
  const Folder folder;
  const std::string part0 = folder.write("short0", std::string(std::size_t{1} << 20, '\0'));
  const std::string part1 = folder.write("short1", std::string(std::size_t{2} << 20, '\0'));
  const std::string set =
      folder.write("short.set", "PMEMPOOLSET\n2M " + part0 + "\n2M " + part1 + "\n");
  const Opened image = opened_poolset(set);
  CHECK(image.found(ProblemId::pool_part_size));
  CHECK(image.tree.devices.front().data->size() == (std::uint64_t{4} << 20) - 4096);
}

TEST_CASE("parts that do not name each other are told") {
  const Folder folder;
  std::string header(std::size_t{2} << 20, '\0');
  const std::string part0 = folder.write("ring0", header);
  header[40] = 'x';  // the part's own uuid, which its neighbour does not name
  const std::string part1 = folder.write("ring1", header);
  const Opened image =
      opened_poolset(folder.write("ring.set", "PMEMPOOLSET\n2M " + part0 + "\n2M " + part1 + "\n"));
  CHECK(image.found(ProblemId::pool_rings));
}

TEST_CASE("pools of other kinds are named, and not read") {
  using namespace std::string_view_literals;
  auto log = std::make_unique<SparseMedia>(std::uint64_t{16} << 20);
  put(*log, 0, "PMEMLOG\0"sv);
  const Opened image = opened(std::move(log));
  CHECK(image.found(ProblemId::pool_other_kind));
  CHECK(image.tree.devices.front().kind == DeviceKind::bare);
}

TEST_CASE("an NFIT of two devices beside one image is told") {
  std::vector<std::unique_ptr<Media>> media;
  media.push_back(device("dimm 64M label-size 128K\nnamespace raw size 64M name a\n"));
  media.push_back(device("nfit qemu 2 64M\n"));
  CHECK(opened(std::move(media)).found(ProblemId::nfit_devices));
}

TEST_CASE("a poolset line that is none gives its number") {
  const Folder folder;
  auto file = FileMedia::open_read(folder.write("bad.set", "PMEMPOOLSET\n# fine\nsixteen /a\n"));
  REQUIRE(file);
  std::vector<ImageInput> inputs;
  inputs.push_back({"bad.set", std::move(*file), nullptr});
  Findings findings;
  const auto tree = open_images(std::move(inputs), {}, findings);
  REQUIRE_FALSE(tree);
  CHECK(tree.error().code == Errc::invalid);
  CHECK(tree.error().where.offset == 3);
}

}  // namespace
}  // namespace ndmedic
