// SPDX-License-Identifier: BSD-3-Clause
// The slots of a label area, read in large windows in ascending order: memory is one window
// whatever the area's size, holes are not read, and an unreadable byte costs its slot only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <ndmedic/labels/label_area.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// What reading one slot gave: its bytes, or why there are none.
struct SlotBytes {
  std::span<const std::byte> bytes{};    ///< valid until the next call; empty when not readable
  SlotReason reason = SlotReason::none;  ///< absent or bad when not readable
};

class SlotWindows {
 public:
  /// `media` must outlive the object.
  SlotWindows(const Media& media, const LabelLayout& layout, std::uint32_t slots)
      : media_(media), layout_(layout), slots_(slots) {}

  /// The bytes of `slot`. Fast when slots are asked for in ascending order.
  SlotBytes at(std::uint32_t slot);

 private:
  void load(std::uint32_t slot);
  void load_data(std::uint32_t slot, std::uint64_t offset, std::uint64_t slots);

  const Media& media_;
  const LabelLayout& layout_;
  std::uint32_t slots_;
  std::vector<std::byte> window_{};
  std::uint32_t first_ = 0;
  std::uint32_t count_ = 0;          ///< slots that the window or the verdict covers
  std::uint32_t singles_until_ = 0;  ///< below it windows failed: read one slot at a time
  SlotReason reason_ = SlotReason::none;
  bool zero_ = false;
};

}  // namespace ndmedic
