// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/labels/label_copies.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <tuple>

#include <ndmedic/format/fletcher64.h>
#include <ndmedic/format/label.h>

namespace ndmedic {
namespace {

/// Copies looked at for one damaged label. Linux leaves one; only hostile areas have many.
constexpr std::size_t copies_compared_max = 16;
/// RP2: with more contradictions a copy is put in place on consent only.
constexpr unsigned contradictions_max = 1;

using Raw = std::array<std::byte, 256>;

void put_number(Raw& raw, const Field& field, std::uint64_t value) {
  for (std::uint32_t i = 0; i < field.size; ++i)
    raw[field.offset + i] = static_cast<std::byte>(value >> 8 * i);
}

/// The bytes of a label as an update would write them into `slot`, checksum left as it is.
Raw rewritten(const LabelRecord& label, const Structure& structure, std::uint64_t slot) {
  Raw raw = label.raw;
  const Field& flags = *find_field(structure.fields, "flags");
  put_number(raw, flags, field_number(flags, raw) & ~std::uint64_t{label_flags::updating});
  put_number(raw, *find_field(structure.fields, "slot"), slot);
  return raw;
}

std::uint64_t sum_of(const Raw& raw, const Field& checksum) {
  return fletcher64(raw, {checksum.offset, checksum.size});
}

/// 1 when the stored checksum of `damaged` is not that of `copy` in the place of `damaged`. One
/// with a wrong slot number may also be right for the slot that it was written to.
unsigned checksum_contradicts(const LabelRecord& damaged, const LabelRecord& copy) {
  const Structure& structure = structure_of(copy.format);
  const Field* checksum = find_field(structure.fields, "checksum");
  if (checksum == nullptr) return 0;
  const std::uint64_t stored = field_number(*checksum, damaged.raw);
  for (const std::uint32_t slot : {damaged.slot, damaged.slot_field})
    if (sum_of(rewritten(copy, structure, slot), *checksum) == stored) return 0;
  return 1;
}

/// Which labels are copies of each other: all that Linux keeps through the two phases of an update.
auto identity(const LabelRecord& record) {
  return std::tuple(record.format, record.uuid, record.position, record.dpa, record.rawsize);
}

/// RP2: a damaged label and an intact copy agree on the name or on the extent of the label.
auto by_uuid(const LabelRecord& record) { return std::tuple(record.uuid, record.position); }
auto by_extent(const LabelRecord& record) { return std::tuple(record.dpa, record.rawsize); }

using Records = std::vector<LabelRecord*>;

template <class Key>
Records sorted(const Records& records, Key key) {
  Records copy = records;
  std::ranges::sort(copy, {}, [&](const LabelRecord* r) { return std::tuple(key(*r), r->slot); });
  return copy;
}

template <class Key>
auto first_equal(const Records& sorted, const LabelRecord& wanted, Key key) {
  return std::ranges::lower_bound(sorted, key(wanted), {},
                                  [&](const LabelRecord* r) { return key(*r); });
}

/// The capacity that active labels claim on the DIMM (4.2), as intervals to look up.
class Claims {
 public:
  explicit Claims(const Records& active) {
    for (const LabelRecord* label : active)
      if (label->rawsize != 0 || label->dpa == 0) ends_.emplace_back(label->dpa, last(*label));
    std::ranges::sort(ends_);
    std::uint64_t farthest = 0;
    for (auto& [first, end] : ends_) end = farthest = std::max(farthest, end);
  }

  bool touch(const LabelRecord& label) const {
    const auto behind = std::ranges::upper_bound(ends_, last(label), {}, &Claim::first);
    return behind != ends_.begin() && std::prev(behind)->second >= label.dpa;
  }

 private:
  using Claim = std::pair<std::uint64_t, std::uint64_t>;
  /// Last byte; an extent that wraps reaches to the end.
  static std::uint64_t last(const LabelRecord& label) {
    const std::uint64_t byte = label.dpa + label.rawsize - 1;
    return byte < label.dpa ? std::numeric_limits<std::uint64_t>::max() : byte;
  }
  std::vector<Claim> ends_{};  ///< first bytes, each with the last one claimed so far
};

/// Free copies that may stand in for damaged labels, and what they must not touch.
class Substitutes {
 public:
  Substitutes(const Records& copies, const Claims& namespaces, const Claims& regions)
      : by_uuid_(sorted(copies, by_uuid)),
        by_extent_(sorted(copies, by_extent)),
        namespaces_(namespaces),
        regions_(regions) {}

  /// Relates the copy with the fewest contradictions; of equals, the one in the lowest slot.
  void find_for(LabelRecord& damaged) {
    LabelRecord* best = nullptr;
    unsigned fewest = std::numeric_limits<unsigned>::max();
    const auto look = [&](const Records& copies, auto key) {
      auto at = first_equal(copies, damaged, key);
      for (std::size_t n = 0; n < copies_compared_max && at != copies.end(); ++n, ++at) {
        if (key(**at) != key(damaged)) break;
        if (!is_usable(**at)) continue;
        const unsigned found = contradictions(damaged, **at);
        if (found < fewest) best = *at;
        fewest = std::min(fewest, found);
      }
    };
    look(by_uuid_, by_uuid);
    look(by_extent_, by_extent);
    if (best == nullptr) return;
    damaged.related_slot = best->slot;
    damaged.related_differs = fewest;
    if (fewest > contradictions_max) return;
    best->state = SlotState::twin;
    best->related_slot = damaged.slot;
  }

 private:
  bool is_usable(const LabelRecord& copy) const {
    const bool reservable = !copy.violates("LB05") && !copy.violates("LB06");
    const bool taken = copy.related_slot.has_value();
    return !taken && reservable && !(copy.is_region() ? regions_ : namespaces_).touch(copy);
  }

  Records by_uuid_;
  Records by_extent_;
  const Claims& namespaces_;
  const Claims& regions_;
};

/// Copies that equal an active label become its twins, and leave `copies`. Of several such labels
/// the one in the lowest slot counts: `active` ascends.
void relate_to_active(const Records& active, Records& copies) {
  const Records by_identity = sorted(copies, identity);
  for (const LabelRecord* label : active) {
    auto copy = first_equal(by_identity, *label, identity);
    for (; copy != by_identity.end() && !(*copy)->related_slot; ++copy) {
      if (identity(**copy) != identity(*label)) break;
      (*copy)->state = SlotState::twin;
      (*copy)->related_slot = label->slot;
    }
  }
  std::erase_if(copies, [](const LabelRecord* copy) { return copy->related_slot.has_value(); });
}

}  // namespace

unsigned fields_that_differ(const LabelRecord& a, const LabelRecord& b) {
  const Structure& structure = structure_of(a.format);
  if (a.format != b.format || a.raw_size < structure.size || b.raw_size < structure.size)
    return static_cast<unsigned>(structure.fields.size());
  const Raw first = rewritten(a, structure, 0);
  const Raw second = rewritten(b, structure, 0);
  unsigned differ = 0;
  for (const Field& field : structure.fields)
    if (field.kind != FieldKind::checksum &&
        std::memcmp(&first[field.offset], &second[field.offset], field.size) != 0)
      ++differ;
  return differ;
}

unsigned contradictions(const LabelRecord& damaged, const LabelRecord& copy) {
  const unsigned slot = damaged.slot_field != damaged.slot ? 1 : 0;
  const unsigned differ = fields_that_differ(damaged, copy);
  return damaged.format == copy.format ? differ + slot + checksum_contradicts(damaged, copy)
                                       : differ;
}

void relate_twins(std::vector<LabelRecord>& slots) {
  Records active;
  Records copies;
  bool damaged = false;
  for (LabelRecord& record : slots) {
    if (record.active()) active.push_back(&record);
    if (record.state == SlotState::freed && record.updating()) copies.push_back(&record);
    damaged = damaged || record.state == SlotState::damaged;
  }
  if (!copies.empty()) relate_to_active(active, copies);
  if (!damaged) return;

  const auto regions_begin =
      std::ranges::stable_partition(active, [](const LabelRecord* r) { return !r->is_region(); });
  const Claims regions({regions_begin.begin(), regions_begin.end()});
  active.erase(regions_begin.begin(), active.end());
  const Claims namespaces(active);
  Substitutes substitutes(copies, namespaces, regions);
  for (LabelRecord& record : slots)
    if (record.state == SlotState::damaged) substitutes.find_for(record);
}

}  // namespace ndmedic
