// SPDX-License-Identifier: BSD-3-Clause
// The read side of one label area: which index block is current and why, what every slot is, and
// what is wrong (labels.md 3.3, 3.6, 4.1, 4.2, 7.1 to 7.3). Never writes (V14: nor does reading
// depend on slot contents for the choice of the index).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <ndmedic/format/finding.h>
#include <ndmedic/format/label_geometry.h>
#include <ndmedic/format/label_index.h>
#include <ndmedic/labels/label_record.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// Whose arithmetic the area follows (3.3, 3.6).
enum class LabelLayoutKind : std::uint8_t {
  none,            ///< no index block is valid by any reading; the rest is G3 with 256-byte slots
                   ///< (or what the remains suggest)
  g3,              ///< current Linux and ndctl: the only one that current Linux accepts
  self_described,  ///< the block's own fields, checksum right over its own mysize (3.6)
  g2,
  g1,
};

/// Where the parts of the area lie, in bytes from its start.
struct LabelLayout {
  LabelLayoutKind kind = LabelLayoutKind::none;
  std::array<std::uint64_t, 2> index_off{};
  std::uint64_t index_size = 0;  ///< I; 0 when the area is too small for any layout
  std::uint64_t label_off = 0;
  std::uint32_t slot_size = 256;  ///< L: 128 or 256
  std::uint32_t nslot = 0;        ///< of the current index, or of the geometry when there is none
  std::uint32_t capacity = 0;     ///< slots that the area has room for with this index_size
  std::uint64_t slot_off(std::uint32_t slot) const {
    return label_off + std::uint64_t{slot} * slot_size;
  }
};

enum class IndexState : std::uint8_t {
  valid,
  invalid,      ///< a required rule fails
  blank,        ///< all zero: never written or wiped
  not_checked,  ///< its bytes are absent or bad (RP4)
};

/// One index block as found, judged by the layout of the area.
struct IndexBlock {
  unsigned number = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  ///< bytes judged
  IndexState state = IndexState::blank;
  bool bad_media = false;  ///< not_checked because reading fails, not because bytes are absent
  bool signed_ok = false;  ///< signature right
  bool checksum_ok = false;
  IndexHeader header{};
  std::vector<Violation> violations{};
  std::vector<std::byte> bytes{};  ///< the whole block; empty when not_checked

  std::uint32_t seq() const { return header.seq.value() & 3; }
  std::uint32_t nslot() const { return header.nslot.value(); }
  bool violates(std::string_view rule) const;
};

/// Why the current index is the current one (4.1).
enum class IndexReason : std::uint8_t {
  only_valid,     ///< the other block is not valid (or of the other slot size, see size_128_wins)
  successor,      ///< its number is the successor of the other's
  tie,            ///< equal numbers: block 1
  size_128_wins,  ///< the other block is valid for 256-byte slots; 128 is tried first
  other_unknown,  ///< the other block could not be read: current as far as can be told
  blank,          ///< none valid: both blocks all zero
  remains,        ///< none valid, but signatures or plausible labels are there (IX13)
  other_content,  ///< none valid, no remains, but the index blocks are not zero either
  not_checked,    ///< none valid, and at least one could not be read
  no_layout,      ///< none: an area of this size is laid out by no generation
};

struct LabelAreaOptions {
  std::size_t max_records = 65536;  ///< slot records kept; those in use come first
};

/// One label area as read. A value: it owns copies of all it says; records are at most max_records.
struct LabelArea {
  std::uint64_t size = 0;
  LabelLayout layout{};
  bool linux_accepts = false;  ///< current Linux finds an index here (layout is g3)
  std::array<IndexBlock, 2> index{};
  /// Judged with the other slot size, when that gives a valid block too (IX19): else empty.
  std::vector<IndexBlock> other_size{};
  std::uint64_t other_size_labels = 0;  ///< intact labels that such a block lists
  std::optional<unsigned> current{};    ///< 0, 1, or none
  IndexReason reason = IndexReason::blank;

  std::vector<LabelRecord> slots{};  ///< not blank ones, ascending; in-use ones are never left out
                                     ///< in favour of free ones
  std::uint64_t slots_in_use_omitted = 0;  ///< counted, not kept
  std::uint64_t slots_free_omitted = 0;
  std::array<std::uint64_t, slot_state_count> counts{};  ///< by SlotState, all slots

  /// The block that the next update overwrites: the other one; 0 when there is no current (4.1).
  unsigned next_index() const { return current ? 1 - *current : 0; }
  /// Version of the current index, or what the remains suggest; 1.2 if nothing does.
  std::uint16_t major = 1;
  std::uint16_t minor = 2;
  bool has_index() const { return current.has_value(); }
  std::uint64_t count(SlotState state) const { return counts[static_cast<std::size_t>(state)]; }
  /// Slots that the current index marks free.
  std::uint64_t free_slots() const;
  /// What Linux shows as available_slots (3.1): free slots - 1, never negative.
  std::uint64_t available_slots() const;
  /// Bit of the current index: none without one, or at or beyond nslot.
  std::optional<bool> in_use(std::uint32_t slot) const;
  /// The kept record of a slot, or nullptr (blank, or not kept).
  const LabelRecord* find(std::uint32_t slot) const;
  /// True when the absence of a label is knowledge (RP4): a valid index, all slots in use read and
  /// passing their checks, none left out of `slots`.
  bool trustworthy() const;
};

/// Reads the area that `media` is. Never fails: what cannot be read is recorded as not checked.
/// Reads in windows of at most 1 MiB; holes cost nothing. An area with a valid index is read once,
/// one without at most once for each distinct layout that 7.5 step 1 wants tried.
LabelArea read_label_area(const Media& media, const LabelAreaOptions& options = {});

/// Visits every slot of `area` in order, blank ones and those beyond nslot included, until `visit`
/// returns false. Constant memory. related_slot is not filled in, and twins are told as freed.
void for_each_slot(const Media& media, const LabelArea& area,
                   const std::function<bool(const LabelRecord&)>& visit);

/// What can be judged from this area alone (7.1 to 7.3, and 7.6 for one device). Places carry
/// `device` where given. Ties, bitmap tails within ndctl's word, twins and ordinary freed labels
/// are no findings.
void report_label_area(const LabelArea& area, std::optional<std::uint32_t> device,
                       FindingSink& findings);

std::string_view to_string(LabelLayoutKind kind);
std::string_view to_string(IndexState state);
std::string_view to_string(IndexReason reason);

}  // namespace ndmedic
