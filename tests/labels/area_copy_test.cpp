// SPDX-License-Identifier: BSD-3-Clause
// A label area replaced by another: at every power loss the old labels, no index, or the new ones.
#include <ndmedic/labels/area_copy.h>

#include <doctest/doctest.h>

#include <algorithm>

#include <ndmedic/media/crash_images.h>
#include <ndmedic/media/crash_media.h>
#include <ndmedic/media/memory_media.h>

#include "area_builder.h"

namespace ndmedic::tests {
namespace {

constexpr std::uint64_t small = 1024;  // two slots of 256 bytes

AreaBuilder area_of(std::uint8_t uuid, std::string_view name, std::uint32_t seq) {
  AreaBuilder builder(small);
  LabelValues values;
  values.uuid = uuid_number(uuid);
  values.name = name;
  builder.put(0, make_label(values)).block(0, seq, {0}).block(1, seq % 3 + 1, {});
  return builder;
}

/// The uuids of the labels in use, or none without an index.
std::optional<std::vector<Guid>> uuids_in(std::span<const std::byte> bytes) {
  const MemoryMedia media(std::vector<std::byte>(bytes.begin(), bytes.end()));
  const LabelArea area = read_label_area(media);
  if (!area.has_index()) return std::nullopt;
  std::vector<Guid> uuids;
  for (const LabelRecord& record : area.slots)
    if (record.marked_in_use) uuids.push_back(record.active() ? record.uuid : Guid{});
  return uuids;
}

/// Replaces `old` by `now` and counts what power losses leave that is neither; `drop` takes the
/// n-th fence away.
std::size_t wrong_images(AreaBuilder& old, AreaBuilder& now, std::uint64_t drop = 0) {
  CrashMedia media(old.bytes());
  CrashImages images;
  std::size_t wrong = 0;
  const auto before = uuids_in(old.bytes());
  const auto after = uuids_in(now.bytes());
  media.before_fence([&] {
    images.take(media, 1);
    images.for_each(2000, [&](const CrashImage& image) {
      const auto seen = uuids_in(image.bytes);
      if (seen && seen != before && seen != after) ++wrong;
      return true;
    });
  });
  media.drop_fence(drop);
  CHECK(replace_label_area(media, now.bytes()));
  CHECK(std::ranges::equal(media.visible(), now.bytes()));
  return wrong;
}

TEST_CASE("a power loss leaves the old labels, no index, or the new labels") {
  AreaBuilder old = area_of(1, "old", 1);
  old.block(1, 2, {0});
  for (const std::uint32_t seq : {1u, 2u, 3u}) {
    AreaBuilder now = area_of(2, "new", seq);
    now.block(1, seq % 3 + 1, {0});
    CHECK(wrong_images(old, now) == 0);
    // The first fence keeps an older index from being found, the second one the old labels.
    CHECK(wrong_images(old, now, 2) > 0);
  }
}

TEST_CASE("an older index block never comes to light on the way") {
  AreaBuilder old = area_of(1, "old", 1);  // block 1, the current one, lists nothing
  AreaBuilder now = area_of(2, "new", 1);
  now.block(1, 3, {0});  // block 0, the current one, lists its label; block 1 too
  CHECK(wrong_images(old, now) == 0);
  CHECK(wrong_images(old, now, 1) > 0);
}

TEST_CASE("what is equal is not written, and another size is refused") {
  AreaBuilder area = area_of(1, "old", 1);
  CrashMedia media(area.bytes());
  CHECK(replace_label_area(media, area.bytes()));
  CHECK(media.stores() == 0);
  const std::vector<std::byte> larger(small + 256);
  CHECK(replace_label_area(media, larger).error().code == Errc::invalid);
  CHECK(media.stores() == 0);
}

TEST_CASE("an area without an index is restored as it is") {
  AreaBuilder old = area_of(1, "old", 1);
  AreaBuilder blank(small);
  CHECK(wrong_images(old, blank) == 0);
  CHECK(wrong_images(blank, old) == 0);
}

}  // namespace
}  // namespace ndmedic::tests
