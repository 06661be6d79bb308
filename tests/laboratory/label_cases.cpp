// SPDX-License-Identifier: BSD-3-Clause
#include "label_cases.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/label_index.h>

#include "../labels/area_builder.h"

namespace ndmedic::laboratory {
namespace {

using tests::AreaBuilder;
using Names = std::vector<std::string_view>;
using Slots = std::vector<std::uint32_t>;

constexpr std::uint64_t kib = 1024;
constexpr std::array versions = {label_version_1_1, label_version_1_2, label_version_cxl_2_1};

std::string name_of(LabelVersion version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor);
}

AreaBuilder area_of(LabelVersion version, std::uint64_t size) {
  AreaBuilder area(size, version == label_version_1_1 ? 128 : 256);
  area.major = version.major;
  area.minor = version.minor;
  return area;
}

/// The label of `step` in `slot`, sealed; the bitmap is the blocks' business.
void place(AreaBuilder& area, std::uint32_t slot, LabelStep step) {
  seal_label(step.label, slot, false);
  std::memcpy(&area.slot_byte(slot, 0), step.label.raw.data(), step.label.size());
}

/// Labels in slots 0 and 1, the one in slot 1 by the last update; block `current` has number `seq`.
AreaBuilder two_labels(LabelVersion version, unsigned current = 0, std::uint32_t seq = 3) {
  AreaBuilder area = area_of(version, 2 * kib);
  place(area, 0, putting(version, 1));
  place(area, 1, putting(version, 2));
  area.block(current, seq, {0, 1}).block(1 - current, seq == 1 ? 3 : seq - 1, {0});
  return area;
}

Names update_flushes(const LabelStep& step) {
  if (step.verb == LabelStep::Verb::free) return {"signature ended", "block", "signature"};
  return {"label", "signature ended", "block", "signature"};
}

LabelCase updating(std::string name, AreaBuilder area, std::vector<LabelStep> steps,
                   unsigned cuts) {
  LabelCase made{std::move(name), area.bytes(), std::move(steps), cuts};
  made.flushes = update_flushes(made.steps.back());
  made.fences = {"signature ended", "block", "signature"};
  return made;
}

LabelCase laying_out(std::string name, AreaBuilder area, LabelVersion version, const Names& ended,
                     unsigned cuts) {
  LabelCase made{std::move(name), area.bytes(), {initialising(version)}, cuts};
  made.flushes = ended;
  made.fences = ended;
  std::erase(made.fences, "label's signature");  // shares the fence of the blocks
  made.fences.erase(std::unique(made.fences.begin(), made.fences.end()), made.fences.end());
  for (const std::string_view call : {"block 0", "block 1", "signature 0", "signature 1"})
    made.flushes.push_back(call);
  made.fences.push_back("blocks");
  made.fences.push_back("signatures");
  return made;
}

void add_new_areas(std::vector<LabelCase>& cases) {
  for (const LabelVersion version : versions) {
    cases.push_back(
        laying_out("new " + name_of(version), area_of(version, 1 * kib), version, {}, 1));
    for (const LabelVersion old : versions)
      for (const unsigned current : {0u, 1u})
        for (const std::uint32_t seq : {1u, 2u, 3u})
          cases.push_back(
              laying_out("new " + name_of(version) + " over " + name_of(old) + ", block " +
                             std::to_string(current) + " number " + std::to_string(seq),
                         two_labels(old, current, seq), version, {"other block", "current block"},
                         version == old && seq == 1 ? 2 : 1));
  }
}

/// G1 at 132096 bytes has index blocks of 512 bytes, G2 at 190000 of 256; G3 has 256 and 512.
AreaBuilder old_kernel(std::uint64_t size, std::uint64_t index_size, std::uint32_t nslot) {
  AreaBuilder area(size, 128, index_size, nslot);
  place(area, 0, putting(label_version_1_1, 1));
  place(area, 1, putting(label_version_1_1, 2));
  area.block(0, 2, {0, 1}).block(1, 1, {0});
  return area;
}
AreaBuilder g1_area() { return old_kernel(132096, 512, 1024); }
AreaBuilder g2_area() { return old_kernel(190000, 256, 1472); }

/// A G1 area, block 1 current, with an index of its own kind in the padding of block 0: it would be
/// found when only block 0 has lost its signature.
AreaBuilder stray_before_current() {
  AreaBuilder area = g1_area();
  area.block(1, 3, {0, 1}).block(0, 2, {0});
  IndexHeader stray{};
  stray.sig = index_signature;
  stray.seq = 1;
  stray.myoff = 256;
  stray.mysize = 256;
  stray.otheroff = 4096;
  stray.labeloff = 8192;
  stray.nslot = 8;
  stray.major = 1;
  stray.minor = 1;
  const auto bytes = std::span(area.bytes()).subspan(256, 256);
  encode(stray, bytes);
  stray.checksum = index_checksum(bytes);
  encode(stray, bytes);
  area.seal(0);
  return area;
}

/// A G3 area that was laid out over a G1 area: block 1 of that stands in free slots.
AreaBuilder stray_in_free_slots() {
  AreaBuilder old = g1_area();
  AreaBuilder area(132096, 128);
  place(area, 8, putting(label_version_1_1, 3));
  area.block(0, 3, {8}).block(1, 2, {});
  std::ranges::copy(std::span(old.bytes()).subspan(512, 512), area.bytes().begin() + 512);
  return area;
}

/// The uuid of the label in slot 0, where G1 has block 1, is a signature.
AreaBuilder label_like_an_index() {
  AreaBuilder area(132096, 128);
  LabelStep step = putting(label_version_1_1, 1);
  std::memcpy(step.label.raw.data(), index_signature.data(), index_signature.size());
  place(area, 0, step);
  area.block(0, 3, {0}).block(1, 2, {});
  return area;
}

void add_old_kernels(std::vector<LabelCase>& cases) {
  const Names both = {"other block", "current block"};
  const Names after_stray = {"stray", "other block", "current block"};
  for (const LabelVersion version : {label_version_1_1, label_version_1_2}) {
    const std::string over = "new " + name_of(version) + " over ";
    cases.push_back(laying_out(over + "G1", g1_area(), version, both, 1));
    cases.push_back(laying_out(over + "G2", g2_area(), version, both, 1));
    cases.push_back(laying_out(over + "G1 with a stray index", stray_before_current(), version,
                               after_stray, 1));
    cases.push_back(laying_out(over + "a G1 index in free slots", stray_in_free_slots(), version,
                               after_stray, 1));
    cases.push_back(laying_out(over + "a label like an index", label_like_an_index(), version,
                               {"other block", "current block", "label's signature"}, 1));
  }
  for (const auto& [name, area] :
       {std::pair{" in G1", g1_area()}, std::pair{" in G2", g2_area()}}) {
    cases.push_back(updating(std::string("put") + name, area, {putting(label_version_1_1, 3)}, 1));
    cases.push_back(
        updating(std::string("replace") + name, area, {putting(label_version_1_1, 3, {0})}, 1));
    cases.push_back(updating(std::string("free") + name, area, {freeing({1})}, 1));
  }
}

void add_updates(std::vector<LabelCase>& cases) {
  for (const LabelVersion version : versions) {
    const std::string in = " in " + name_of(version);
    const unsigned cuts = version == label_version_1_1 ? 3 : 2;  // its labels have fewest units
    AreaBuilder fresh = area_of(version, 2 * kib);
    fresh.block(0, 3, {}).block(1, 2, {});
    cases.push_back(updating("first put" + in, fresh, {putting(version, 1)}, cuts));
    cases.push_back(updating("put" + in, two_labels(version), {putting(version, 3)}, cuts));
    cases.push_back(
        updating("replace" + in, two_labels(version), {putting(version, 3, {1})}, cuts));
    cases.push_back(updating("free" + in, two_labels(version), {freeing({0})}, cuts));
    cases.push_back(updating("free all" + in, two_labels(version), {freeing({0, 1})}, cuts));
    cases.push_back(updating("both phases of a change" + in, two_labels(version, 1),
                             {putting(version, 1, {0}, true), putting(version, 1, {2})}, 2));
    cases.push_back(updating("put, free, replace, free" + in, fresh,
                             {putting(version, 1), freeing({0}), putting(version, 2),
                              putting(version, 3, {0}), freeing({1})},
                             1));
    cases.push_back(
        updating("put of a label full of values" + in, fresh, {putting_full(version, 1)}, 1));
    AreaBuilder dirty = fresh;
    dirty.fill(0, 0xa5);
    cases.push_back(updating("put over old bytes" + in, dirty, {putting_full(version, 1)}, 1));
    AreaBuilder smallest = area_of(version, 1 * kib);
    place(smallest, 0, putting(version, 1));
    smallest.block(1, 1, {0}).block(0, 3, {});
    cases.push_back(
        updating("replace with one slot free" + in, smallest, {putting(version, 2, {0})}, 2));
  }
}

/// What the next block may be besides an older one.
void add_next_blocks(std::vector<LabelCase>& cases) {
  constexpr LabelVersion version = label_version_1_1;
  const auto add = [&cases](const std::string& name, const AreaBuilder& area) {
    cases.push_back(updating("put, next block " + name, area, {putting(version, 3)}, 2));
    cases.push_back(updating("free, next block " + name, area, {freeing({0})}, 2));
  };
  AreaBuilder area = two_labels(version);
  std::ranges::fill(std::span(area.bytes()).subspan(256, 256), std::byte{0});
  add("blank", area);
  area = two_labels(version);
  area.block(0, 0, {}).block(1, 3, {0, 1});
  add("of number 0", area);
  area = two_labels(version);
  area.block(0, 3, {}).block(1, 3, {0, 1});
  add("of equal number", area);
  area = two_labels(version);  // its header came, its bitmap and its sum did not
  area.block(1, 1, {});
  area.block_byte(1, 72) = std::byte{0};
  add("torn", area);
}

/// Slots in use by block `number`: those below `end` but for `without`.
void list_slots(AreaBuilder& area, unsigned number, std::uint32_t seq, std::uint32_t end,
                const Slots& without) {
  area.block(number, seq, {});
  for (std::uint32_t slot = 0; slot < end; ++slot)
    if (std::ranges::find(without, slot) == without.end())
      area.block_byte(number, 72 + slot / 8) &= ~static_cast<std::byte>(1u << slot % 8);
  area.seal(number);
}

/// The update before and this one change bit 31 of two words of the bitmap, and the sum does not
/// notice the two together: a new header fits the old bitmap.
void add_equal_sums(std::vector<LabelCase>& cases) {
  AreaBuilder area(16 * kib, 128);
  for (std::uint32_t slot = 0; slot < 96; ++slot)
    place(area, slot, putting(label_version_1_1, static_cast<std::uint8_t>(slot + 1)));
  list_slots(area, 0, 3, 95, {});
  list_slots(area, 1, 2, 95, {31});
  cases.push_back(updating("put, sums are equal", area, {putting(label_version_1_1, 200)}, 1));
  list_slots(area, 0, 3, 96, {31});
  list_slots(area, 1, 2, 96, {});
  cases.push_back(updating("free, sums are equal", area, {freeing({95})}, 1));
}

}  // namespace

std::vector<LabelCase> label_cases() {
  std::vector<LabelCase> cases;
  add_new_areas(cases);
  add_old_kernels(cases);
  add_updates(cases);
  add_next_blocks(cases);
  add_equal_sums(cases);
  return cases;
}

}  // namespace ndmedic::laboratory
