// SPDX-License-Identifier: BSD-3-Clause
// Label areas compared by meaning.
#include <ndmedic/labels/label_diff.h>

#include <doctest/doctest.h>

#include "area_builder.h"

namespace ndmedic::tests {
namespace {

LabelValues second() { return {.uuid = uuid_number(2), .name = "log", .dpa = 32 * mib}; }

TEST_CASE("where labels lie and how often they were written is no difference") {
  AreaBuilder moved;
  moved.put(7, make_label(LabelValues{})).block(0, 1, {7}).block(1, 2, {7});
  CHECK(compare_label_areas(one_namespace().read(), moved.read()).same());
}

TEST_CASE("labels added, removed and changed are told, each once") {
  LabelValues renamed;
  renamed.name = "other";
  renamed.rawsize = 32 * mib;
  const LabelArea before = with_labels({LabelValues{}}).read();
  const LabelArea after = with_labels({renamed, second()}).read();
  const AreaComparison there = compare_label_areas(before, after);
  CHECK_FALSE(there.area.any());
  REQUIRE(there.labels.size() == 2);
  REQUIRE(there.labels[0].fields.size() == 2);
  CHECK(there.labels[0].fields[0]->name == "name");
  CHECK(there.labels[0].fields[1]->name == "rawsize");
  CHECK(there.labels[1].before == nullptr);
  CHECK(there.labels[1].after->uuid == uuid_number(2));
  const AreaComparison back = compare_label_areas(after, before);
  REQUIRE(back.labels.size() == 2);
  CHECK(back.labels[1].after == nullptr);
}

TEST_CASE("a label of version 1.1 and its like of 1.2 differ by the version alone") {
  AreaBuilder old(131072, 128);
  old.put(0, make_label128(LabelValues{})).block(0, 1, {0}).block(1, 2, {0});
  const LabelArea before = old.read();
  const LabelArea after = one_namespace().read();
  const AreaComparison comparison = compare_label_areas(before, after);
  CHECK(comparison.area.version);
  CHECK(comparison.area.nslot);
  CHECK(comparison.labels.empty());
}

TEST_CASE("local labels of one uuid are told apart by their extents") {
  LabelValues a{.flags = label_flags::local, .nlabel = 2, .dpa = 0};
  LabelValues b{.flags = label_flags::local, .nlabel = 2, .dpa = 64 * mib};
  LabelValues c{.flags = label_flags::local, .nlabel = 2, .dpa = 128 * mib};
  const LabelArea before = with_labels({a, b}).read();
  const LabelArea after = with_labels({c, a}).read();
  const AreaComparison comparison = compare_label_areas(before, after);
  REQUIRE(comparison.labels.size() == 1);
  CHECK(comparison.labels[0].before->dpa == 64 * mib);
  CHECK(comparison.labels[0].after->dpa == 128 * mib);
}

TEST_CASE("a lost index and a damaged label are differences of the area") {
  AreaBuilder lost = one_namespace();
  lost.block_byte(0, 0) = std::byte{0};
  lost.block_byte(1, 0) = std::byte{0};
  const LabelArea whole = one_namespace().read();
  CHECK(compare_label_areas(whole, lost.read()).area.index);
  AreaBuilder torn = one_namespace();
  torn.slot_byte(1, 20) ^= std::byte{1};
  const LabelArea damaged = torn.read();
  const AreaComparison comparison = compare_label_areas(whole, damaged);
  CHECK(comparison.area.unreadable);
  REQUIRE(comparison.labels.size() == 1);
  CHECK(comparison.labels[0].after == nullptr);
}

}  // namespace
}  // namespace ndmedic::tests
