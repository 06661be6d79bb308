// SPDX-License-Identifier: BSD-3-Clause
// Steps on a label area: carried out by the code that ships, and by the rules of labels.md 4.3, 4.4
// and 4.6 on a list of slots.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <ndmedic/format/guid.h>
#include <ndmedic/labels/area_writer.h>
#include <ndmedic/labels/label_area.h>
#include <ndmedic/media/media.h>

namespace ndmedic::laboratory {

/// What the ordinary reader makes of an area.
struct SeenLabels {
  struct Entry {
    std::uint32_t slot = 0;
    Guid uuid{};
    bool updating = false;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  bool index = false;
  bool sound = true;  ///< every slot in use holds an intact label
  std::vector<Entry> in_use{};
  friend bool operator==(const SeenLabels&, const SeenLabels&) = default;
};
SeenLabels see(const LabelArea& area);
SeenLabels see(std::span<const std::byte> image);

struct LabelStep {
  enum class Verb : std::uint8_t { initialise, put, free };
  Verb verb = Verb::put;
  LabelVersion version{};  ///< initialise
  LabelBytes label{};      ///< put
  bool updating = false;
  std::vector<std::uint32_t> freed{};  ///< put and free
};
std::string to_string(const LabelStep& step);

LabelStep initialising(LabelVersion version);
/// A label with few bytes that are not zero, so that few units are in flight.
LabelStep putting(LabelVersion version, std::uint8_t uuid, std::vector<std::uint32_t> freed = {},
                  bool updating = false);
/// A label with a value in every field.
LabelStep putting_full(LabelVersion version, std::uint8_t uuid);
LabelStep freeing(std::vector<std::uint32_t> slots);

/// Carries the step out as every caller would.
Status carry_out(Media& media, const LabelStep& step);

/// What must be seen when the step is done: 4.3, or the lowest free slot taken and `freed` free.
SeenLabels seen_after(const SeenLabels& before, const LabelStep& step);

/// The bytes of `area` that the step may change (V3): the next index block and one free slot; of a
/// new layout the index blocks, and signatures.
std::vector<Extent> may_change(std::span<const std::byte> image, const LabelArea& area,
                               const LabelStep& step);

/// Steps that somebody may want next after `last` was cut off and `found` was read.
std::vector<LabelStep> next_steps(const LabelStep& last, const LabelArea& found);

}  // namespace ndmedic::laboratory
