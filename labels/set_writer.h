// SPDX-License-Identifier: BSD-3-Clause
// Several label areas that are changed together: the two phases in which the labels of one
// namespace change on all its DIMMs (labels.md 4.5, V11, V15). All are written with flag UPDATING,
// then all without, each step durable before the next.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include <ndmedic/labels/area_writer.h>
#include <ndmedic/labels/label_record.h>
#include <ndmedic/labels/label_set.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// A DIMM whose labels may be changed.
struct LabelTarget {
  std::uint32_t device = 0;  ///< ordinal, unlike all others': what regions name
  Media* media = nullptr;    ///< its label area; must outlive the call
};

/// What becomes of the labels of one namespace on one DIMM.
struct LabelChange {
  std::uint32_t device = 0;
  LabelRecord label{};
  bool announced = true;  ///< written with flag UPDATING in the first phase
  bool stays = true;      ///< written without it in the second phase; false: its slots are freed
  std::vector<std::uint32_t> old{};  ///< slots that the first of these frees
};

/// The areas as read, and their writers. After an Error it refuses further calls for the area that
/// it was about; the media are then as a power loss at that moment could have left them. Not
/// thread-safe.
class SetWriter {
 public:
  /// Reads all areas; never writes.
  explicit SetWriter(std::span<const LabelTarget> targets);
  SetWriter(const SetWriter&) = delete;
  SetWriter& operator=(const SetWriter&) = delete;

  /// The areas as they were read: carry_out() does not change them.
  std::span<const LabelDevice> devices() const { return devices_; }

  /// True when the area's current index is known for certain (AreaWriter::open()).
  bool writable(std::uint32_t device) const { return writers_.contains(device); }

  /// Of the area now; 0 where it is not writable.
  std::uint32_t free_slots(std::uint32_t device) const;

  /// First phase in the order of `changes`, then the second one. Each area needs one free slot, two
  /// where a label is added; none where nothing is written but its index. Durable on return.
  /// Errors: not_found (an area that is not writable) and invalid (a label with a field that its
  /// format cannot hold), with nothing written; those of AreaWriter.
  Status carry_out(std::vector<LabelChange> changes);

 private:
  std::vector<LabelArea> areas_{};
  std::vector<LabelDevice> devices_{};
  std::map<std::uint32_t, AreaWriter> writers_{};
};

}  // namespace ndmedic
