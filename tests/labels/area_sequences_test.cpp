// SPDX-License-Identifier: BSD-3-Clause
// Random changes of label areas of 1 KiB to 16 MiB, empty and full, of all versions, against a list
// of slots. A failing run prints its seed (docs/TESTING.md).
#include <doctest/doctest.h>

#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <ostream>
#include <vector>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/endian.h>
#include <ndmedic/format/fletcher64.h>
#include <ndmedic/labels/area_writer.h>
#include <ndmedic/labels/label_area.h>
#include <ndmedic/media/memory_media.h>

#include "area_builder.h"

namespace ndmedic::tests {
namespace {

constexpr std::uint64_t kib = 1024;

/// One change, in numbers that mean something in every area.
struct Change {
  enum class Kind : std::uint8_t { put, replace, free, reopen, initialise };
  Kind kind = Kind::put;
  std::uint8_t uuid = 1;
  bool updating = false;
  std::uint32_t which = 0;  ///< of the slots in use, counted from here
  std::uint32_t count = 1;
};

void showValue(const Change& change, std::ostream& out) {
  constexpr std::array names = {"put", "replace", "free", "reopen", "initialise"};
  out << names[static_cast<std::size_t>(change.kind)] << " uuid " << unsigned{change.uuid}
      << (change.updating ? " updating" : "") << " which " << change.which << " count "
      << change.count;
}

rc::Gen<Change> any_change() {
  using Kind = Change::Kind;
  return rc::gen::build<Change>(
      rc::gen::set(&Change::kind, rc::gen::weightedElement<Kind>({{8, Kind::put},
                                                                  {6, Kind::replace},
                                                                  {5, Kind::free},
                                                                  {3, Kind::reopen},
                                                                  {1, Kind::initialise}})),
      rc::gen::set(&Change::uuid, rc::gen::inRange<std::uint8_t>(1, 250)),
      rc::gen::set(&Change::updating), rc::gen::set(&Change::which),
      rc::gen::set(&Change::count, rc::gen::inRange<std::uint32_t>(1, 5)));
}

/// Of any magnitude between the borders, and often odd.
std::uint64_t any_size(unsigned least_power, unsigned most_power) {
  const unsigned power = *rc::gen::inRange(least_power, most_power);
  const std::uint64_t extra = *rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << power);
  return (std::uint64_t{1} << power) + (*rc::gen::arbitrary<bool>() ? extra : 0);
}

LabelBytes label_of(LabelVersion version, std::uint8_t uuid) {
  LabelBytes label;
  if (version == label_version_1_1) {
    label.format = LabelFormat::v1_1;
    encode(make_label128({.uuid = uuid_number(uuid)}), label.raw);
  } else if (version == label_version_1_2) {
    encode(make_label(LabelValues{.uuid = uuid_number(uuid)}), label.raw);
  } else {
    label.format = LabelFormat::cxl_namespace;
    encode(make_label(CxlNamespaceValues{.uuid = uuid_number(uuid)}), label.raw);
  }
  return label;
}

using Slots = std::vector<std::uint32_t>;

/// The bytes of every slot, and which ones are in use.
class Model {
 public:
  explicit Model(const LabelGeometry& geometry)
      : geometry_(geometry),
        bytes_(std::size_t{geometry.nslot} * geometry.slot_size),
        used_(geometry.nslot, false) {}

  void clear() { used_.assign(used_.size(), false); }

  Slots in_use() const {
    Slots slots;
    for (std::uint32_t slot = 0; slot < used_.size(); ++slot)
      if (used_[slot]) slots.push_back(slot);
    return slots;
  }

  std::optional<std::uint32_t> put(const LabelBytes& label, bool updating, const Slots& freed) {
    const auto free = std::ranges::find(used_, false);
    if (free == used_.end()) return std::nullopt;
    const auto slot = static_cast<std::uint32_t>(free - used_.begin());
    place(slot, label, updating);
    release(freed);
    return slot;
  }

  /// By the offsets of labels.md 2.4 to 2.6.
  void place(std::uint32_t slot, const LabelBytes& label, bool updating) {
    used_[slot] = true;
    const auto into =
        std::span(bytes_).subspan(std::size_t{slot} * geometry_.slot_size, geometry_.slot_size);
    std::ranges::copy(label.bytes(), into.begin());
    encode(Le32(updating ? 8 : 0),
           into.subspan(label.format == LabelFormat::cxl_namespace ? 96 : 80));
    encode(Le32(slot), into.subspan(120));
    if (label.format == LabelFormat::v1_1) return;
    encode(Le64(0), into.subspan(248));
    encode(Le64(fletcher64(into)), into.subspan(248));
  }

  void release(const Slots& slots) {
    for (const std::uint32_t slot : slots) used_[slot] = false;
  }

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  LabelGeometry geometry_;
  std::vector<std::byte> bytes_;
  std::vector<bool> used_;
};

/// An area, the writer on it, and the model.
class Subject {
 public:
  Subject(std::uint64_t size, LabelVersion version)
      : version_(version),
        media_(size),
        geometry_(*initialise_label_area(media_, version)),
        model_(geometry_),
        writer_(open()) {}

  const LabelGeometry& geometry() const { return geometry_; }

  /// Labels in all slots but the last `left_free`, without going through the writer.
  void fill(std::uint32_t left_free) {
    const std::uint32_t used = geometry_.nslot - std::min(left_free, geometry_.nslot);
    for (std::uint32_t slot = 0; slot < used; ++slot)
      model_.place(slot, label_of(version_, static_cast<std::uint8_t>(slot)), false);
    std::ranges::copy(model_.bytes(), media_.bytes().subspan(geometry_.label_off()).begin());
    for (unsigned number = 0; number < 2; ++number) {
      const auto block =
          media_.bytes().subspan(number * geometry_.index_size, geometry_.index_size);
      for (std::uint32_t slot = 0; slot < used; ++slot)
        block[72 + slot / 8] &= ~static_cast<std::byte>(1u << slot % 8);
      encode(Le64(0), block.subspan(64));
      encode(Le64(fletcher64(block)), block.subspan(64));
    }
    writer_ = open();
  }

  void apply(const Change& change) {
    const LabelBytes label = label_of(version_, change.uuid);
    switch (change.kind) {
      case Change::Kind::put:
        return put(label, change.updating, {});
      case Change::Kind::replace:
        return put(label, change.updating, chosen(change));
      case Change::Kind::free: {
        const Slots slots = chosen(change);
        RC_ASSERT(writer_.free(slots).has_value());
        return model_.release(slots);
      }
      case Change::Kind::initialise:
        RC_ASSERT(initialise_label_area(media_, version_).has_value());
        model_.clear();
        break;
      case Change::Kind::reopen:
        break;
    }
    writer_ = open();
  }

  /// What the ordinary reader finds, and every byte of every slot.
  void check() const {
    const LabelArea area = read_label_area(media_, {.max_records = 200000});
    RC_ASSERT(area.linux_accepts);
    RC_ASSERT(area.layout.nslot == geometry_.nslot);
    Slots seen;
    for (const LabelRecord& record : area.slots) {
      if (!record.marked_in_use) continue;
      RC_ASSERT(record.active());
      seen.push_back(record.slot);
    }
    RC_ASSERT(seen == model_.in_use());
    RC_ASSERT(writer_.free_slots() == geometry_.nslot - seen.size());
    RC_ASSERT(std::ranges::equal(
        model_.bytes(), media_.bytes().subspan(geometry_.label_off(), model_.bytes().size())));
  }

 private:
  AreaWriter open() {
    auto writer = AreaWriter::open(media_, read_label_area(media_, {.max_records = 1}));
    RC_ASSERT(writer.has_value());
    return *writer;
  }

  void put(const LabelBytes& label, bool updating, const Slots& freed) {
    const auto expected = model_.put(label, updating, freed);
    RC_ASSERT(writer_.lowest_free() == expected);
    const auto slot = writer_.put(label, updating, freed);
    RC_ASSERT(slot.has_value() == expected.has_value());
    if (slot)
      RC_ASSERT(*slot == *expected);
    else
      RC_ASSERT(slot.error().code == Errc::too_large);
  }

  /// Some slots in use; none when there are none.
  Slots chosen(const Change& change) const {
    const Slots used = model_.in_use();
    if (used.empty()) return {};
    Slots slots;
    for (std::uint32_t i = 0; i < std::min<std::size_t>(change.count, used.size()); ++i)
      slots.push_back(used[(std::uint64_t{change.which} + i) % used.size()]);
    return slots;
  }

  LabelVersion version_;
  MemoryMedia media_;
  LabelGeometry geometry_;
  Model model_;
  AreaWriter writer_;
};

/// A run: an area, empty, full or nearly so, and changes of it.
void run(unsigned least_power, unsigned most_power, bool check_each_time) {
  const LabelVersion version =
      *rc::gen::element(label_version_1_1, label_version_1_2, label_version_cxl_2_1);
  Subject subject(any_size(least_power, most_power), version);
  subject.fill(*rc::gen::element<std::uint32_t>(UINT32_MAX, UINT32_MAX, 0, 1, 2, 7));
  for (const Change& change : *rc::gen::container<std::vector<Change>>(any_change())) {
    subject.apply(change);
    if (check_each_time) subject.check();
  }
  subject.check();
}

TEST_CASE("areas of 1 KiB to 64 KiB hold what a list of slots holds, after every change") {
  CHECK(rc::check("small areas", [] { run(10, 16, true); }));
}

TEST_CASE("areas up to 16 MiB hold what a list of slots holds, after many changes") {
  CHECK(rc::check("large areas", [] { run(16, 24, false); }));
}

TEST_CASE("areas of 16 MiB, of every version") {
  for (const LabelVersion version : {label_version_1_1, label_version_1_2, label_version_cxl_2_1}) {
    Subject subject(std::uint64_t{16} << 20, version);
    subject.fill(2);
    using Kind = Change::Kind;
    for (const Kind kind :
         {Kind::put, Kind::replace, Kind::put, Kind::free, Kind::reopen, Kind::put})
      subject.apply({.kind = kind, .uuid = 9, .which = 40000, .count = 3});
    subject.check();
  }
}

}  // namespace
}  // namespace ndmedic::tests
