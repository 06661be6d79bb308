// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/btt_map.h>

#include <doctest/doctest.h>

using namespace ndmedic;

TEST_CASE("Z is bit 31 and E is bit 30 of a map entry (2.4, PF-1)") {
  CHECK(MapEntry{0x00000000}.state() == MapState::initial);
  CHECK(MapEntry{0x3FFFFFFF}.state() == MapState::initial);
  CHECK(MapEntry{0x40000000}.state() == MapState::error);
  CHECK(MapEntry{0x7FFFFFFF}.state() == MapState::error);
  CHECK(MapEntry{0x80000000}.state() == MapState::zero);
  CHECK(MapEntry{0xBFFFFFFF}.state() == MapState::zero);
  CHECK(MapEntry{0xC0000000}.state() == MapState::normal);
  CHECK(MapEntry{0xFFFFFFFF}.state() == MapState::normal);
}

TEST_CASE(
    "an initial entry owns the block of its own number, whatever its low bits say (MP-1, MP-4)") {
  CHECK(MapEntry{0x00000000}.postmap(PremapLba{7}) == PostmapLba{7});
  CHECK(MapEntry{0x000085AA}.postmap(PremapLba{5}) == PostmapLba{5});
  CHECK(MapEntry{0x3FFFFFFF}.postmap(PremapLba{0}) == PostmapLba{0});
}

TEST_CASE("every other entry owns the block of its low 30 bits (MP-2)") {
  // The words that a libpmemblk trace left on media (2.7).
  CHECK(MapEntry{0xC00085AA}.postmap(PremapLba{5}) == PostmapLba{0x85AA});
  CHECK(MapEntry{0x800085AB}.postmap(PremapLba{5}) == PostmapLba{0x85AB});
  CHECK(MapEntry{0x40000009}.postmap(PremapLba{7}) == PostmapLba{9});
  CHECK(MapEntry{0xFFFFFFFF}.postmap(PremapLba{0}) == PostmapLba{0x3FFFFFFF});
}
