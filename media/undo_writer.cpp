// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/undo_writer.h>

#include <algorithm>
#include <cstring>

#include <ndmedic/format/byte_runs.h>
#include <ndmedic/format/checked.h>

namespace ndmedic {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

/// Header, devices and names; fewer than undo_header_max bytes.
Result<std::vector<std::byte>> header_bytes(const UndoNames& names) {
  std::uint64_t size = sizeof(UndoHeader) + names.paths.size() * sizeof(UndoDeviceEntry);
  std::vector<std::byte> bytes(size);
  const auto append = [&bytes](const std::string& text) {
    const auto more = bytes_of(text);
    bytes.insert(bytes.end(), more.begin(), more.end());
    bytes.push_back(std::byte{0});
  };
  append(names.command);
  for (const std::string& path : names.paths) append(path);
  bytes.resize((bytes.size() + 7) / 8 * 8);
  if (bytes.size() > undo_header_max || names.paths.size() > undo_devices_max)
    return Error{Errc::too_large, {}, "undo file"};
  return bytes;
}

/// Zeros are not stored.
std::span<const std::byte> stored_part(const std::vector<std::byte>& bytes) {
  if (all_zero(bytes)) return {};
  return bytes;
}

struct Sizes {
  std::uint64_t records = 0;
  std::uint64_t file = 0;
};

Result<Sizes> sizes_of(const Recording& recording, std::uint64_t header) {
  Sizes sizes;
  Checked content = 0;
  NDMEDIC_CHECK(recording.for_each_step([&](const Step& step) {
    ++sizes.records;
    content = content + Checked(stored_part(step.before).size() + stored_part(step.after).size());
    return true;
  }));
  const auto file = (content + Checked(header) + Checked(sizes.records) * sizeof(UndoRecordEntry));
  if (!file.ok()) return Error{Errc::too_large, {}, "undo file"};
  sizes.file = *file.get();
  return sizes;
}

/// Writes records and their content, one behind the other in two places.
class RecordWriter {
 public:
  RecordWriter(Media& file, std::uint64_t records, std::uint64_t content)
      : file_(file), record_(records), content_(content) {}

  Status write(const Step& step) {
    UndoRecordEntry entry{};
    entry.group = step.group;
    entry.offset = step.offset;
    entry.content = content_;
    entry.size = static_cast<std::uint32_t>(step.after.size());
    entry.device = step.device;
    const std::span<const std::byte> before = stored_part(step.before);
    const std::span<const std::byte> after = stored_part(step.after);
    entry.before = kind_of(before);
    if (!step.before_known) entry.before = static_cast<std::uint8_t>(UndoContent::unknown);
    entry.after = kind_of(after);
    entry.content_crc = undo_crc(before, after);
    NDMEDIC_CHECK(append(before));
    NDMEDIC_CHECK(append(after));
    const auto bytes = std::as_bytes(std::span(&entry, 1));
    entry.crc = undo_crc(bytes.first(offsetof(UndoRecordEntry, crc)));
    NDMEDIC_CHECK(file_.write(record_, bytes));
    record_ += sizeof entry;
    return {};
  }

 private:
  static std::uint8_t kind_of(std::span<const std::byte> stored) {
    return static_cast<std::uint8_t>(stored.empty() ? UndoContent::zero : UndoContent::stored);
  }

  Status append(std::span<const std::byte> bytes) {
    if (bytes.empty()) return {};
    NDMEDIC_CHECK(file_.write(content_, bytes));
    content_ += bytes.size();
    return {};
  }

  Media& file_;
  std::uint64_t record_;
  std::uint64_t content_;
};

Status make_durable(Media& file, Extent range) {
  NDMEDIC_CHECK(file.flush(range));
  return file.fence();
}

}  // namespace

Result<std::uint64_t> undo_file_size(const Recording& recording, const UndoNames& names) {
  NDMEDIC_TRY(const auto header, header_bytes(names));
  NDMEDIC_TRY(const Sizes sizes, sizes_of(recording, header.size()));
  return sizes.file;
}

Status UndoWriter::prepare(const Recording& recording, std::span<Media* const> devices) {
  if (devices.size() != names_.paths.size()) return Error{Errc::invalid, {}, "undo file"};
  NDMEDIC_TRY(auto bytes, header_bytes(names_));
  NDMEDIC_TRY(const Sizes sizes, sizes_of(recording, bytes.size()));
  if (sizes.file > file_.size()) return Error{Errc::out_of_range, {0, sizes.file}, "undo file"};

  RecordWriter writer(file_, bytes.size(), bytes.size() + sizes.records * sizeof(UndoRecordEntry));
  Status status;
  NDMEDIC_CHECK(recording.for_each_step([&](const Step& step) {
    status = writer.write(step);
    return status.has_value();
  }));
  NDMEDIC_CHECK(status);
  NDMEDIC_CHECK(make_durable(file_, {bytes.size(), sizes.file - bytes.size()}));

  // The header says that the rest is whole, so it comes behind it.
  for (std::size_t i = 0; i < devices.size(); ++i) {
    UndoDeviceEntry entry{};
    entry.size = devices[i]->size();
    std::memcpy(bytes.data() + sizeof(UndoHeader) + i * sizeof entry, &entry, sizeof entry);
  }
  UndoHeader header{};
  std::ranges::copy(undo_magic, header.magic);
  header.version = undo_version;
  header.header_size = static_cast<std::uint32_t>(bytes.size());
  header.device_count = static_cast<std::uint32_t>(devices.size());
  header.record_count = sizes.records;
  header.file_size = sizes.file;
  std::memcpy(bytes.data(), &header, sizeof header);
  header.crc = undo_crc(bytes);
  const UndoStateWord state = undo_state_word(UndoState::begun);
  header.state = state.state;
  header.state_crc = state.crc;
  std::memcpy(bytes.data(), &header, sizeof header);
  NDMEDIC_CHECK(file_.write(0, bytes));
  NDMEDIC_CHECK(make_durable(file_, {0, bytes.size()}));
  prepared_ = true;
  return {};
}

Status UndoWriter::finish() {
  const UndoStateWord state = undo_state_word(UndoState::finished);
  constexpr std::uint64_t at = offsetof(UndoHeader, state);
  NDMEDIC_CHECK(file_.write(at, std::as_bytes(std::span(&state, 1))));
  return make_durable(file_, {at, sizeof state});
}

}  // namespace ndmedic
