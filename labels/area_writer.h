// SPDX-License-Identifier: BSD-3-Clause
// The write side of one label area: laying it out, and the one kind of update there is, a label
// into a free slot and then the other index block (labels.md 4.3, 4.4, 4.6, 6).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <ndmedic/format/label_geometry.h>
#include <ndmedic/labels/label_area.h>
#include <ndmedic/labels/label_bytes.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// Of a label area. The three below are those that can be written.
struct LabelVersion {
  std::uint16_t major = 1;
  std::uint16_t minor = 2;
  friend bool operator==(const LabelVersion&, const LabelVersion&) = default;
};
inline constexpr LabelVersion label_version_1_1{1, 1};
inline constexpr LabelVersion label_version_1_2{1, 2};
inline constexpr LabelVersion label_version_cxl_2_1{2, 1};

/// Lays out an empty area over all of `area` by the arithmetic of Linux (3.1), whatever was there;
/// asking is the caller's business. Signatures of old index blocks end first, the current one last,
/// each durably (V13); those of the new blocks come when all else of them is durable. A power loss
/// leaves the old labels, no index, or the new area. Slots keep their old bytes. Errors: invalid
/// (version, or a size that has no layout); those of reading a place where an old index may stand,
/// with nothing written; those of writing.
Result<LabelGeometry> initialise_label_area(Media& area, LabelVersion version = label_version_1_2);

/// Updates one area. At every instant the media hold the labels before or after the update in
/// flight (V1 to V7), also where a write arrives in part, in any order. After an Error that a write
/// gave, the object refuses all further calls. Not thread-safe.
class AreaWriter {
 public:
  /// Of an area as read from `media`, which must outlive the object. Areas of older kernels keep
  /// their layout, and all of an index block that an update does not concern. Errors: invalid
  /// (`area` is of another size); damaged, where the current index is not known for certain: none
  /// valid, the other one not readable, or labels of another slot size (IX19); not_supported, a
  /// layout of its own (IX09) that is not found again while one of its blocks is torn.
  static Result<AreaWriter> open(Media& media, const LabelArea& area);

  std::uint32_t free_slots() const { return free_slots_; }
  /// The free slot that the next put() takes, or none.
  std::optional<std::uint32_t> lowest_free() const;
  /// Free slots that put() leaves alone: they hold copies that are still needed (RP2). Added to
  /// those told before.
  void spare(std::span<const std::uint32_t> slots);
  LabelVersion version() const { return version_; }
  std::uint32_t slot_size() const { return layout_.slot_size; }

  /// 4.4: the label, sealed, into the lowest free slot; then the next index block, which also frees
  /// `freed`. Gives the slot. Durable on return. Keeping a slot free (V8) is the caller's business.
  /// Errors, with nothing written: too_large (no slot is free), invalid (a label of another format
  /// than the area's, a vendor label, a slot to free that is not in use or given twice), changed (a
  /// write failed before). Else those of the media.
  Result<std::uint32_t> put(LabelBytes label, bool updating,
                            std::span<const std::uint32_t> freed = {});

  /// 4.6: frees slots by one index block; their bytes stay. Nothing is written for none. Durable on
  /// return. Errors as put().
  Status free(std::span<const std::uint32_t> slots);

  /// Takes a free slot into use as it is, and frees `freed`, by one index block. That it holds an
  /// intact label is the caller's business. Durable on return. Errors as put().
  Status activate(std::uint32_t slot, std::span<const std::uint32_t> freed = {});

  /// The next index block from the current one, with nothing else changed (IX01). Durable on
  /// return. Errors as put().
  Status renew();

  /// What an index block holds besides the index becomes zero in both: flags, bits behind the last
  /// slot, padding (IX15 to IX17), upper bits of the sequence number (IX04). Durable on return.
  /// Errors as put().
  Status tidy();

 private:
  AreaWriter(Media& media, const LabelArea& area);
  bool takes(const LabelBytes& label) const;
  bool may_free(std::span<const std::uint32_t> slots) const;
  bool is_free(std::uint32_t slot) const;
  void mark(std::uint32_t slot, bool free);
  Status update(std::optional<std::uint32_t> slot, std::span<const std::byte> label,
                std::span<const std::uint32_t> freed);

  Media* media_;
  LabelLayout layout_;
  LabelVersion version_;
  unsigned current_;
  std::uint32_t free_slots_;
  std::vector<std::byte> index_;  // the current block
  std::vector<std::uint32_t> spared_{};
  bool failed_ = false;
};

}  // namespace ndmedic
