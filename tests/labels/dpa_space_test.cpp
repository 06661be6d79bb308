// SPDX-License-Identifier: BSD-3-Clause
// Free capacity of a region, and what namespaces are aligned to (labels.md 4.9).
#include <doctest/doctest.h>

#include <ndmedic/labels/dpa_space.h>

#include "two_way.h"

namespace ndmedic::tests {
namespace {

RegionDescription ways(std::size_t count, std::uint64_t share) {
  RegionDescription region;
  for (std::uint32_t i = 0; i < count; ++i) region.mappings.push_back({.device = i, .size = share});
  return region;
}

DpaSpace space_of(const RegionDescription& region, const std::vector<LabelArea>& areas) {
  std::vector<const LabelArea*> pointers;
  for (const LabelArea& area : areas) pointers.push_back(&area);
  return DpaSpace(region, pointers);
}

LabelValues extent(std::uint8_t n, std::uint64_t dpa, std::uint64_t rawsize) {
  return {.uuid = uuid_number(n), .dpa = dpa, .rawsize = rawsize};
}

}  // namespace

TEST_CASE("regions are aligned to 16 MiB, times the DIMMs where they do not divide it (4.9)") {
  CHECK(default_alignment(ways(1, 64 * mib)) == 16 * mib);
  CHECK(default_alignment(ways(2, 64 * mib)) == 16 * mib);
  CHECK(default_alignment(ways(3, 64 * mib)) == 48 * mib);
  CHECK(default_alignment(ways(4, 64 * mib)) == 16 * mib);
  CHECK(default_alignment(ways(6, 64 * mib)) == 96 * mib);
  CHECK(default_alignment(ways(2, 8 * mib)) == 16 * mib);
  CHECK(default_alignment(ways(2, 8 * mib - 4096)) == 4096);
  CHECK(default_alignment(ways(3, mib)) == 12288);
}

TEST_CASE("other alignments are a power of two of at least a page on each DIMM (4.9)") {
  const RegionDescription three = ways(3, 64 * mib);
  CHECK(is_alignment(three, 48 * mib));
  CHECK(is_alignment(three, 12288));
  CHECK(is_alignment(three, 3 * mib));
  CHECK_FALSE(is_alignment(three, mib));
  CHECK_FALSE(is_alignment(three, 6144));
  CHECK_FALSE(is_alignment(three, 9 * mib));
  CHECK_FALSE(is_alignment(three, 0));
  CHECK(is_alignment(ways(3, mib), 12288));
}

TEST_CASE("free capacity is what no label of any DIMM has, from the start of the mappings") {
  RegionDescription region = ways(2, 64 * mib);
  region.mappings[1].dpa_start = 32 * mib;
  const auto space =
      space_of(region, {with_labels({extent(1, 0, 8 * mib), extent(2, 24 * mib, 8 * mib)}).read(),
                        with_labels({extent(3, 0, 34 * mib), extent(4, 64 * mib, 4 * mib),
                                     extent(5, 90 * mib, 100 * mib)})
                            .read()});
  // DIMM 1 has 0..2, 32..36 and 58.. of the mapping taken; labels below the mapping do not count.
  CHECK(space.free() == std::vector<Extent>{{8 * mib, 16 * mib}, {36 * mib, 22 * mib}});
  CHECK(space.is_free({10 * mib, 14 * mib}));
  CHECK_FALSE(space.is_free({10 * mib, 14 * mib + 1}));
  CHECK_FALSE(space.is_free({7 * mib, 2 * mib}));
  CHECK(space.free_from(57 * mib) == mib);
  CHECK(space.free_from(58 * mib) == 0);
  CHECK(space.free_from(0) == 0);
}

TEST_CASE("the lowest place that is large enough between two multiples is the first fit") {
  const auto space = space_of(
      ways(1, 64 * mib), {with_labels({extent(1, 0, mib), extent(2, 10 * mib, 7 * mib)}).read()});
  CHECK(space.first_fit(8 * mib, 8 * mib) == 24 * mib);
  CHECK(space.first_fit(8 * mib, 2 * mib) == 2 * mib);
  CHECK(space.first_fit(9 * mib, mib) == mib);
  CHECK(space.first_fit(47 * mib, mib) == 17 * mib);
  CHECK_FALSE(space.first_fit(48 * mib, mib));
  CHECK(space.largest(mib) == Extent{17 * mib, 47 * mib});
  CHECK(space.largest(16 * mib) == Extent{32 * mib, 32 * mib});
  CHECK(space.largest(64 * mib).size == 0);
}

TEST_CASE("extents that wrap, claim everything or lie in each other leave nothing where they are") {
  const std::uint64_t last = ~std::uint64_t{0};
  CHECK(space_of(ways(1, 64 * mib), {with_labels({extent(1, 0, 0)}).read()}).free().empty());
  CHECK(space_of(ways(1, 64 * mib), {with_labels({extent(1, 16 * mib, last)}).read()}).free() ==
        std::vector<Extent>{{0, 16 * mib}});
  CHECK(space_of(ways(1, last), {with_labels({extent(1, mib, last - mib)}).read()}).free() ==
        std::vector<Extent>{{0, mib}});
  const auto nested = space_of(
      ways(1, 64 * mib), {with_labels({extent(1, 0, 32 * mib), extent(2, mib, 2 * mib)}).read()});
  CHECK(nested.free() == std::vector<Extent>{{32 * mib, 32 * mib}});
  CHECK(space_of(ways(1, last), {AreaBuilder().block(0, 3, {}).read()}).largest(16 * mib) ==
        Extent{0, last / (16 * mib) * (16 * mib)});
}

}  // namespace ndmedic::tests
