// SPDX-License-Identifier: BSD-3-Clause
// The model "words" (btt.md 4.1, PM-2), written out image by image.
#include <ndmedic/media/crash_media.h>

#include <array>
#include <cstring>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include <ndmedic/media/crash_images.h>

#include "pattern.h"

namespace ndmedic {
namespace {

using test::filled;
using Image = std::vector<std::uint64_t>;  // the units of a medium

std::span<const std::byte> bytes_of(const std::uint64_t& value) {
  return std::as_bytes(std::span(&value, 1));
}

void store(CrashMedia& media, std::uint64_t offset, std::uint64_t value) {
  REQUIRE(media.write(offset, bytes_of(value)));
}

void persist(CrashMedia& media, Extent range) {
  REQUIRE(media.flush(range));
  REQUIRE(media.fence());
}

Image units(std::span<const std::byte> bytes) {
  Image image(bytes.size() / 8);
  std::memcpy(image.data(), bytes.data(), image.size() * 8);
  return image;
}

std::set<Image> images_of(const CrashMedia& media, std::uint64_t samples = 0) {
  CrashImages images;
  images.take(media);
  std::set<Image> all;
  images.for_each(samples, [&](const CrashImage& image) {
    all.insert(units(image.bytes));
    return true;
  });
  return all;
}

CrashMedia zeros(std::size_t size) { return CrashMedia(filled(size, 0)); }

TEST_CASE("a store is visible at once and may be durable or not") {
  CrashMedia media = zeros(16);
  CHECK(images_of(media) == std::set<Image>{{0, 0}});
  store(media, 8, 5);
  CHECK(units(media.visible()) == Image{0, 5});
  CHECK(units(media.durable()) == Image{0, 0});
  CHECK(images_of(media) == std::set<Image>{{0, 0}, {0, 5}});
}

TEST_CASE("units in flight combine in every way, with every value since the durable one") {
  CrashMedia media = zeros(16);
  store(media, 0, 1);
  store(media, 8, 2);
  store(media, 8, 3);
  CHECK(images_of(media) == std::set<Image>{{0, 0}, {0, 2}, {0, 3}, {1, 0}, {1, 2}, {1, 3}});
}

TEST_CASE("durable for certain wants a flush that covers the unit and a fence behind it") {
  CrashMedia media = zeros(24);
  store(media, 0, 1);
  store(media, 8, 2);
  REQUIRE(media.fence());
  CHECK(images_of(media).size() == 4);
  REQUIRE(media.flush({8, 1}));
  CHECK(images_of(media).size() == 4);
  REQUIRE(media.fence());
  CHECK(images_of(media) == std::set<Image>{{0, 2, 0}, {1, 2, 0}});
  persist(media, {0, 24});
  CHECK(media.in_flight().empty());
  CHECK(units(media.durable()) == Image{1, 2, 0});
}

TEST_CASE("a store behind its flush is not covered by it") {
  CrashMedia media = zeros(8);
  store(media, 0, 1);
  REQUIRE(media.flush({0, 8}));
  store(media, 0, 2);
  REQUIRE(media.fence());
  CHECK(images_of(media) == std::set<Image>{{1}, {2}});
  REQUIRE(media.fence());
  CHECK(images_of(media) == std::set<Image>{{1}, {2}});
}

TEST_CASE("a fence settles what its own thread has flushed, whoever stored it") {
  CrashMedia media = zeros(16);
  media.run_as(1);
  store(media, 0, 1);
  store(media, 8, 1);
  REQUIRE(media.flush({0, 8}));
  media.run_as(2);
  REQUIRE(media.fence());
  CHECK(images_of(media).size() == 4);
  persist(media, {8, 8});
  CHECK(images_of(media) == std::set<Image>{{0, 1}, {1, 1}});
  media.run_as(1);
  REQUIRE(media.fence());
  CHECK(images_of(media) == std::set<Image>{{1, 1}});
}

TEST_CASE("two threads flush one unit at different values") {
  CrashMedia media = zeros(8);
  media.run_as(1);
  store(media, 0, 1);
  REQUIRE(media.flush({0, 8}));
  media.run_as(2);
  store(media, 0, 2);
  REQUIRE(media.flush({0, 8}));
  store(media, 0, 3);
  media.run_as(1);
  REQUIRE(media.fence());
  CHECK(images_of(media) == std::set<Image>{{1}, {2}, {3}});
  media.run_as(2);
  REQUIRE(media.fence());
  CHECK(images_of(media) == std::set<Image>{{2}, {3}});
}

TEST_CASE("where fences serve all threads, one settles the flushes of another") {
  CrashMedia media(filled(8, 0), CrashMedia::FenceReach::all_flushes);
  media.run_as(1);
  store(media, 0, 1);
  REQUIRE(media.flush({0, 8}));
  media.run_as(2);
  REQUIRE(media.fence());
  CHECK(media.in_flight().empty());
}

TEST_CASE("two halves of a unit do not part: the second brings the first along") {
  CrashMedia media = zeros(8);
  REQUIRE(media.write(0, filled(4, 0x11)));
  REQUIRE(media.write(4, filled(4, 0x22)));
  CHECK(images_of(media) == std::set<Image>{{0}, {0x11111111}, {0x2222222211111111}});
}

TEST_CASE("a value that comes back is one image, and its history goes on") {
  CrashMedia media = zeros(8);
  store(media, 0, 1);
  store(media, 0, 0);
  CHECK(images_of(media) == std::set<Image>{{0}, {1}});
  REQUIRE(media.flush({0, 8}));
  store(media, 0, 2);
  REQUIRE(media.fence());
  CHECK(images_of(media) == std::set<Image>{{0}, {2}});
  const std::uint64_t stores = media.stores();
  store(media, 0, 2);
  CHECK(media.stores() == stores);
}

TEST_CASE("the n-th flush or fence from now can be taken away, once") {
  for (const bool drop_flush : {true, false}) {
    CrashMedia media = zeros(8);
    persist(media, {0, 8});
    drop_flush ? media.drop_flush(2) : media.drop_fence(2);
    store(media, 0, 1);
    persist(media, {0, 8});
    CHECK(media.in_flight().empty());
    store(media, 0, 2);
    persist(media, {0, 8});
    CHECK(media.in_flight().size() == 1);
    persist(media, {0, 8});
    CHECK(media.in_flight().empty());
    CHECK(media.flushes() == 4);
    CHECK(media.fences() == 4);
  }
}

TEST_CASE("the hook sees the moment before each fence") {
  CrashMedia media = zeros(8);
  std::vector<std::size_t> seen;
  media.before_fence([&] { seen.push_back(images_of(media).size()); });
  store(media, 0, 1);
  persist(media, {0, 8});
  persist(media, {0, 8});
  CHECK(seen == std::vector<std::size_t>{2, 1});
}

TEST_CASE("after a restart only what was left counts, in a medium of any size") {
  CrashMedia media = zeros(16);
  store(media, 8, 1);
  REQUIRE(media.flush({8, 8}));
  media.restart(filled(20, 3));
  CHECK(media.size() == 20);
  REQUIRE(media.fence());
  CHECK(media.in_flight().empty());
  CHECK(test::bytes_of(media, 0, 20) == filled(20, 3));
  REQUIRE(media.write(15, filled(5, 4)));
  CHECK(media.in_flight().size() == 2);
  media.restart(filled(8, 0));
  store(media, 0, 1);
  CHECK(images_of(media) == std::set<Image>{{0}, {1}});
  CHECK(media.write(8, filled(1, 0)).error().code == Errc::out_of_range);
  CHECK(media.flush({8, 1}).error().code == Errc::out_of_range);
}

std::uint64_t hash_of(std::span<const std::byte> bytes) {
  std::uint64_t hash = 0;
  const Image image = units(bytes);
  for (std::size_t i = 0; i < image.size(); ++i) hash += crash_unit_hash(i * 8, image[i]);
  return hash;
}

TEST_CASE("an exhaustive walk visits each image once, with its hash, low offsets first") {
  CrashMedia media(test::pattern(64));
  for (std::uint64_t offset = 0; offset < 64; offset += 8) store(media, 56 - offset, offset + 1);
  persist(media, {16, 8});
  CrashImages images;
  images.take(media);
  CHECK(images.count() == 128);
  std::set<std::uint64_t> hashes;
  Image before;
  images.for_each(0, [&](const CrashImage& image) {
    const Image now = units(image.bytes);
    CHECK(image.hash == hash_of(image.bytes));
    CHECK(image.number == hashes.size());
    hashes.insert(image.hash);
    for (std::uint64_t offset = image.same_from; offset < 64; offset += 8)
      CHECK(now[offset / 8] == before[offset / 8]);
    before = now;
    return true;
  });
  CHECK(hashes.size() == 128);
}

TEST_CASE("beyond 2^16 images a sample is drawn: the same for a seed, and found by its numbers") {
  CrashMedia media = zeros(160);
  for (std::uint64_t offset = 0; offset < 160; offset += 8) store(media, offset, 1);
  CrashImages images;
  images.take(media, 7);
  CHECK(images.count() == std::uint64_t{1} << 20);
  CHECK(!images.exhaustive());
  std::vector<Image> first;
  CHECK(images.units() == 20);
  images.for_each(4 * images.units() + 4, [&](const CrashImage& image) {
    CHECK(image.hash == hash_of(image.bytes));
    first.push_back(units(image.bytes));
    return true;
  });
  const std::set<Image> different(first.begin(), first.end());
  CHECK(different.size() > 60);
  CHECK(different.contains(Image(20, 0)));
  CHECK(different.contains(Image(20, 1)));
  for (std::size_t i = 0; i < 20; ++i) {
    Image all_but_one(20, 1);
    Image only_one(20, 0);
    all_but_one[i] = 0;
    only_one[i] = 1;
    CHECK(different.contains(all_but_one));
    CHECK(different.contains(only_one));
  }
  CHECK(units(images.image(77).bytes) == first[77]);
  images.take(media, 8);
  CHECK(units(images.image(78).bytes) != first[78]);
}

TEST_CASE("the number of images does not overflow, and a visitor may stop") {
  CrashMedia media = zeros(1024);
  for (std::uint64_t offset = 0; offset < 1024; offset += 8) store(media, offset, 1);
  CrashImages images;
  images.take(media);
  CHECK(images.count() == ~std::uint64_t{0});
  int seen = 0;
  images.for_each(10, [&](const CrashImage&) { return ++seen < 3; });
  CHECK(seen == 3);
}

}  // namespace
}  // namespace ndmedic
