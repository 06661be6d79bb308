// SPDX-License-Identifier: BSD-3-Clause
// Reads an undo file, judges whether images are those it is about, and takes its changes back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <ndmedic/media/media.h>
#include <ndmedic/media/undo_format.h>

namespace ndmedic {

struct UndoDevice {
  std::uint64_t size = 0;
  std::string path{};  ///< as it was when the file was made; untrusted
};

/// A place of a device that cannot be restored, and why.
struct UndoGap {
  std::uint32_t device = 0;
  Extent range{};
  bool damaged = false;  ///< the undo file is, there; else the place could not be read before
  friend bool operator==(const UndoGap&, const UndoGap&) = default;
};

/// Everything in it is bounds-checked against the file; memory is bounded by the file's size.
/// Not thread-safe.
class UndoReader {
 public:
  /// `file` must outlive the reader. Errors: not_found (no header that is whole: the command had
  /// changed nothing yet, or this is no undo file), not_supported (of a later version, or with
  /// features that are not known), damaged (the header contradicts the file), those of Media.
  static Result<UndoReader> open(Media& file);

  /// None: damaged, so that images may be at any point.
  std::optional<UndoState> state() const { return state_; }
  const std::string& command() const { return command_; }
  const std::vector<UndoDevice>& devices() const { return devices_; }
  std::uint64_t record_count() const { return records_.size() + lost_; }
  /// Damaged records that do not even tell their place.
  std::uint64_t lost_records() const { return lost_; }
  const std::vector<UndoGap>& gaps() const { return gaps_; }

  /// Is every byte of `images` what the command left there, or, when it or its undoing may have
  /// been interrupted, what stood there at some point? Errors: changed (failed_device() says whose
  /// byte), out_of_range for an image of another size, those of Media.
  Status verify(std::span<Media* const> images);

  /// Takes the sound records back, the last first, a fence behind each group; then says durably
  /// that it is done, unless parts of the undo file are damaged. May be repeated at any time.
  /// Errors: those of Media; failed_device() says whose, devices().size() is the undo file.
  Status restore(std::span<Media* const> images);

  std::uint32_t failed_device() const { return failed_device_; }

 private:
  struct Record {
    std::uint64_t group = 0;
    std::uint32_t device = 0;
    Extent range{};
    UndoContent before = UndoContent::zero;
    UndoContent after = UndoContent::zero;
    std::uint64_t content = 0;
    bool sound = true;  // its content
  };

  explicit UndoReader(Media& file) : file_(&file) {}
  Result<UndoHeader> read_header();
  Status read_names(std::span<const std::byte> bytes, std::size_t devices);
  Status read_records(std::uint64_t begin, std::uint64_t count);
  std::optional<Record> record_of(const UndoRecordEntry& entry, std::uint64_t least) const;
  Status check_content(Record& record, std::uint32_t crc);
  Status load(const Record& record, bool after, std::span<std::byte> into) const;
  std::vector<std::size_t> overlapping(const Record& record) const;
  Result<bool> is_last(const Record& record, std::span<const std::byte> now) const;
  Result<bool> is_known(const Record& record, std::span<const std::byte> now) const;
  Status check_sizes(std::span<Media* const> images);
  Status take_back(const Record& record, Media& image) const;
  Status fence_all(std::span<Media* const> images);
  Status set_state(UndoState state);

  Media* file_;
  std::optional<UndoState> state_;
  std::string command_;
  std::vector<UndoDevice> devices_;
  std::vector<Record> records_;        // in the order of the plan
  std::vector<std::size_t> by_place_;  // records_ by device and offset
  std::vector<UndoGap> gaps_;
  std::uint64_t longest_ = 0;  // bytes of the longest record
  std::uint64_t lost_ = 0;
  std::uint32_t failed_device_ = 0;
};

}  // namespace ndmedic
