// SPDX-License-Identifier: BSD-3-Clause
// Values of single places changed: the bytes that change are these and no others.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>

#include <ndmedic/format/fletcher64.h>
#include <ndmedic/format/guid.h>
#include <ndmedic/image/place_edit.h>
#include <ndmedic/image/recipe.h>
#include <ndmedic/media/memory_media.h>
#include <ndmedic/media/overlay_media.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

/// Devices of a recipe, opened on an overlay that keeps what is written.
class Edited {
 public:
  explicit Edited(std::string_view recipe) {
    auto made = make_media(recipe);
    REQUIRE(made);
    std::vector<ImageInput> inputs;
    for (auto& device : made->devices) {
      overlays_.push_back(std::make_unique<OverlayMedia>(recording_, *device));
      auto view = View::slice(*overlays_.back(), 0, device->size());
      REQUIRE(view);
      inputs.push_back({"image", std::move(*view), nullptr});
      devices_.push_back(std::move(device));
    }
    OpenOptions options;
    options.probe_content = false;
    Findings ignored;
    auto tree = open_images(std::move(inputs), options, ignored);
    REQUIRE(tree);
    tree_ = std::move(*tree);
  }

  Status change(PlaceEdit& edit, const std::string& where, std::string_view value) {
    const auto place = parse_place(where);
    REQUIRE(place);
    const auto target = locate(edit.places(), *place);
    REQUIRE(target);
    NDMEDIC_TRY(const PlaceBytes bytes, parse_value(value, *target, place->kind));
    return edit.change(*place, bytes);
  }

  /// One change, written.
  Status edit(const std::string& where, std::string_view value, EditMode mode = EditMode::careful) {
    PlaceEdit edit(tree_, mode);
    NDMEDIC_CHECK(change(edit, where, value));
    left_alone_ = edit.left_alone().size();
    return edit.write();
  }

  /// Offsets of the first device whose bytes have changed.
  std::vector<std::uint64_t> changed() const {
    std::vector<std::uint64_t> offsets;
    REQUIRE(recording_.for_each_step([&](const Step& step) {
      for (std::size_t i = 0; i < step.after.size(); ++i)
        if (step.after[i] != step.before[i]) offsets.push_back(step.offset + i);
      return true;
    }));
    std::ranges::sort(offsets);
    return offsets;
  }

  std::vector<std::byte> bytes(std::uint64_t offset, std::size_t size) const {
    std::vector<std::byte> bytes(size);
    REQUIRE(overlays_.front()->read(offset, bytes));
    return bytes;
  }
  std::uint64_t number(std::uint64_t offset, std::size_t size) const {
    std::uint64_t number = 0;
    const auto read = bytes(offset, size);
    for (std::size_t i = size; i-- > 0;) number = number << 8 | std::to_integer<unsigned>(read[i]);
    return number;
  }

  ImageTree& tree() { return tree_; }
  const Recording& recording() const { return recording_; }
  std::size_t left_alone() const { return left_alone_; }

 private:
  std::vector<std::unique_ptr<SparseMedia>> devices_;
  Recording recording_;
  std::vector<std::unique_ptr<OverlayMedia>> overlays_;
  ImageTree tree_;
  std::size_t left_alone_ = 0;
};

bool sealed_info(const Edited& image, std::uint64_t offset) {
  return fletcher64(image.bytes(offset, 4096), {4088, 8}) == image.number(offset + 4088, 8);
}

/// btt.md 2.2: uuid at 16, flags at 48, nfree at 72. A BTT 1.1 without labels begins at 4096, and
/// with 20 MiB its backup ends the image.
constexpr std::uint64_t info_at = 4096;
constexpr std::uint64_t backup_at = 20 * mib - 4096;
constexpr const char* arena = "arena 20M sector 512 nfree 4 version 1.1\n";

TEST_CASE("a field of an info block changes in both copies, and both checksums are right") {
  Edited image(arena);
  REQUIRE(image.edit("ns/0/arena0/info.flags", "ERROR"));
  CHECK(image.number(info_at + 48, 4) == 1);
  CHECK(image.number(backup_at + 48, 4) == 1);
  CHECK(sealed_info(image, info_at));
  CHECK(sealed_info(image, backup_at));
  for (const std::uint64_t at : image.changed()) {
    const std::uint64_t in_block = at < 2 * info_at ? at - info_at : at - backup_at;
    CHECK((in_block == 48 || (in_block >= 4088 && in_block < 4096)));
  }
  CHECK(image.recording().group_count() == 2);
}

TEST_CASE("ns/SEL/info and ns/SEL/backup are the arenas' blocks, and the copies of each other") {
  Edited image(arena);
  REQUIRE(image.edit("ns/0/backup.nfree", "3"));
  CHECK(image.number(info_at + 72, 4) == 3);
  CHECK(image.number(backup_at + 72, 4) == 3);
}

TEST_CASE("several changes of one structure are written as one") {
  Edited image(arena);
  PlaceEdit edit(image.tree(), EditMode::careful);
  REQUIRE(image.change(edit, "ns/0/arena0/info.flags", "1"));
  REQUIRE(image.change(edit, "ns/0/info.nfree", "3"));
  REQUIRE(edit.write());
  CHECK(edit.edited().size() == 2);
  CHECK(image.recording().group_count() == 2);
  CHECK(image.number(info_at + 48, 4) == 1);
  CHECK(image.number(info_at + 72, 4) == 3);
  CHECK(sealed_info(image, info_at));
}

TEST_CASE("raw changes the named bytes and nothing else") {
  Edited image(arena);
  REQUIRE(image.edit("ns/0/arena0/info.nfree", "0x01020305", EditMode::raw));
  CHECK(image.changed() ==
        std::vector<std::uint64_t>{info_at + 72, info_at + 73, info_at + 74, info_at + 75});
  REQUIRE(image.edit("ns/0/arena0/info.checksum", "7", EditMode::raw));
  CHECK(image.number(info_at + 4088, 8) == 7);
  REQUIRE(image.edit("@17+3", "aabbcc", EditMode::raw));
  CHECK(image.number(17, 3) == 0xccbbaa);
}

TEST_CASE("a copy with a wrong checksum stays as it is") {
  Edited image(std::string(arena) + "set ns/0/backup.flags = 2\nset ns/0/backup.checksum = 1\n" +
               "unsealed\n");
  REQUIRE(image.edit("ns/0/arena0/info.nfree", "3"));
  CHECK(image.left_alone() == 1);
  CHECK(image.number(info_at + 72, 4) == 3);
  CHECK(image.number(backup_at + 72, 4) == 4);
  CHECK(image.number(backup_at + 4088, 8) == 1);
}

TEST_CASE("a wrong checksum is not made right unless it is forced") {
  Edited image(std::string(arena) + "set ns/0/info.flags = 2\nunsealed\n");
  const Status careful = image.edit("ns/0/arena0/info.nfree", "3");
  REQUIRE(!careful);
  CHECK(careful.error().code == Errc::damaged);
  CHECK(image.changed().empty());
  REQUIRE(image.edit("ns/0/arena0/info.nfree", "3", EditMode::forced));
  CHECK(sealed_info(image, info_at));
  CHECK(image.number(info_at + 48, 4) == 2);
}

TEST_CASE("checksums are not values, but for raw changes") {
  Edited image(arena);
  const Status changed = image.edit("ns/0/arena0/info.checksum", "1");
  REQUIRE(!changed);
  CHECK(changed.error().code == Errc::invalid);
}

TEST_CASE("labels, index blocks and NFITs keep right checksums") {
  Edited image("dimm 32M\nnamespace raw size 16M name one\nnfit\n");
  const std::uint64_t area = 32 * mib;
  REQUIRE(image.edit("d0/labels/index0.flags", "0"));
  REQUIRE(image.edit("d0/labels/index0.seq", "3"));
  CHECK(fletcher64(image.bytes(area, 256), {64, 8}) == image.number(area + 64, 8));
  REQUIRE(image.edit("d0/labels/slot/1.name", "two"));
  const std::uint64_t slot1 = area + 512 + 256;
  CHECK(image.number(slot1 + 16, 4) == 0x6f7774);
  CHECK(fletcher64(image.bytes(slot1, 256), {248, 8}) == image.number(slot1 + 248, 8));

  REQUIRE(image.edit("d1/nfit/0.range_index", "7"));
  std::uint64_t sum = 0;
  const Media& table = *image.tree().devices[1].whole;
  std::vector<std::byte> bytes(table.size());
  REQUIRE(table.read(0, bytes));
  for (const std::byte b : bytes) sum += std::to_integer<unsigned>(b);
  CHECK(sum % 256 == 0);
}

TEST_CASE("map entries and flog words are plain values") {
  Edited image(arena);
  REQUIRE(image.edit("ns/0/arena0/map/3..5", "0xc0000001"));
  PlaceEdit edit(image.tree(), EditMode::careful);
  const auto map = locate(edit.places(), *parse_place("ns/0/arena0/map/3..5"));
  REQUIRE(map);
  for (unsigned i = 0; i < 3; ++i) CHECK(image.number(map->range.offset + 4 * i, 4) == 0xc0000001);
  REQUIRE(image.edit("ns/0/arena0/flog/2.A.seq", "2"));
}

TEST_CASE("changes that lie across each other are refused, and the later one of a device counts") {
  Edited image(arena);
  PlaceEdit edit(image.tree(), EditMode::careful);
  REQUIRE(image.change(edit, "ns/0/arena0/map/4..7", "1"));
  const Status across = image.change(edit, "ns/0/arena0/map/5", "0");
  REQUIRE(!across);
  CHECK(across.error().code == Errc::invalid);
  REQUIRE(image.change(edit, "@" + std::to_string(info_at + 48) + "+1", "01"));
  REQUIRE(image.change(edit, "ns/0/arena0/info.flags", "0"));
  REQUIRE(edit.write());
  CHECK(image.number(info_at + 48, 4) == 0);
  CHECK(sealed_info(image, info_at));
}

TEST_CASE("values are what the field's kind says, and fit it") {
  Edited image("dimm 32M\nnamespace raw size 16M name one\n");
  PlaceEdit edit(image.tree(), EditMode::careful);
  const auto value = [&](const std::string& where, std::string_view text) {
    const auto place = parse_place(where);
    REQUIRE(place);
    const auto target = locate(edit.places(), *place);
    REQUIRE(target);
    return parse_value(text, *target, place->kind);
  };
  CHECK((*value("labels/slot/1.flags", "LOCAL|UPDATING"))[0] == std::byte{0x0A});
  CHECK((*value("labels/slot/1.flags", "ROLABEL,0x10"))[0] == std::byte{0x11});
  CHECK(!value("labels/slot/1.flags", "local"));
  CHECK(!value("labels/slot/1.flags", "LOCAL|"));
  CHECK(!value("labels/slot/1.nlabel", "65536"));
  CHECK(value("labels/slot/1.nlabel", "65535"));
  CHECK(!value("labels/slot/1.nlabel", "-1"));
  CHECK((*value("labels/slot/1.rawsize", "16M"))[3] == std::byte{1});
  // An EFI GUID stands with its first three groups swapped, a uuid does not.
  CHECK((*value("labels/slot/1.abstraction_guid", "btt"))[0] == std::byte{0xa2});
  CHECK((*value("labels/slot/1.uuid", "8aed63a2-29a2-4c66-8b12-f05d15d3922a"))[0] ==
        std::byte{0x8a});
  CHECK(!value("labels/slot/1.uuid", "8aed63a2"));
  CHECK(value("labels/slot/1.name", std::string(64, 'x')));
  CHECK(!value("labels/slot/1.name", std::string(65, 'x')));
  CHECK((*value("labels/slot/1.reserved", "0a0b0c"))[2] == std::byte{0x0c});
  CHECK(!value("labels/slot/1.reserved", "0A0B0C"));
  CHECK(!value("@0+4", "00112233445566"));
  CHECK((*value("@0+2", "0102"))[1] == std::byte{2});
}

}  // namespace
}  // namespace ndmedic
