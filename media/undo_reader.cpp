// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/undo_reader.h>

#include <algorithm>
#include <cstring>
#include <tuple>

#include <ndmedic/format/checked.h>
#include <ndmedic/media/recording.h>

namespace ndmedic {
namespace {

Error damaged(Extent where = {}) { return {Errc::damaged, where, "undo file"}; }

/// The CRC was computed over zeros in these fields.
bool is_header_sound(std::vector<std::byte> bytes, UndoHeader header) {
  const std::uint32_t crc = header.crc.value();
  header.crc = 0;
  header.state = 0;
  header.state_crc = 0;
  std::memcpy(bytes.data(), &header, sizeof header);
  return undo_crc(bytes) == crc;
}

std::optional<UndoState> state_of(const UndoHeader& header) {
  for (const UndoState state :
       {UndoState::begun, UndoState::finished, UndoState::undoing, UndoState::undone}) {
    const UndoStateWord word = undo_state_word(state);
    if (word.state.value() == header.state.value() && word.crc.value() == header.state_crc.value())
      return state;
  }
  return std::nullopt;
}

}  // namespace

Result<UndoReader> UndoReader::open(Media& file) {
  UndoReader reader(file);
  NDMEDIC_TRY(const UndoHeader header, reader.read_header());
  NDMEDIC_CHECK(reader.read_records(header.header_size.value(), header.record_count.value()));
  return reader;
}

Result<UndoHeader> UndoReader::read_header() {
  const Error none{Errc::not_found, {}, "undo file"};
  if (file_->size() < sizeof(UndoHeader)) return none;
  NDMEDIC_TRY(const auto header, read_structure<UndoHeader>(*file_, 0));
  if (!std::ranges::equal(header.magic, undo_magic)) return none;
  if (header.version.value() != undo_version || header.incompatible.value() != 0)
    return Error{Errc::not_supported, {}, "undo file"};
  const std::uint64_t size = header.header_size.value();
  const std::uint64_t devices = header.device_count.value();
  if (size > undo_header_max || size > file_->size() || devices > undo_devices_max ||
      size < sizeof(UndoHeader) + devices * sizeof(UndoDeviceEntry))
    return damaged({0, sizeof header});
  std::vector<std::byte> bytes(size);
  NDMEDIC_CHECK(file_->read(0, bytes));
  if (!is_header_sound(bytes, header)) return damaged({0, size});
  const Checked end =
      Checked(header.record_count.value()) * sizeof(UndoRecordEntry) + Checked(size);
  if (header.file_size.value() > file_->size() || !end.at_most(header.file_size.value()))
    return damaged({0, sizeof header});
  state_ = state_of(header);
  NDMEDIC_CHECK(read_names(bytes, devices));
  return header;
}

Status UndoReader::read_names(std::span<const std::byte> bytes, std::size_t devices) {
  std::span<const std::byte> names =
      bytes.subspan(sizeof(UndoHeader) + devices * sizeof(UndoDeviceEntry));
  const auto next = [&names]() -> std::optional<std::string> {
    const auto end = std::ranges::find(names, std::byte{0});
    if (end == names.end()) return std::nullopt;
    const auto length = static_cast<std::size_t>(end - names.begin());
    std::string text(reinterpret_cast<const char*>(names.data()), length);
    names = names.subspan(length + 1);
    return text;
  };
  const auto command = next();
  if (!command) return damaged();
  command_ = *command;
  for (std::size_t i = 0; i < devices; ++i) {
    UndoDeviceEntry entry;
    std::memcpy(&entry, bytes.data() + sizeof(UndoHeader) + i * sizeof entry, sizeof entry);
    const auto path = next();
    if (!path) return damaged();
    devices_.push_back({entry.size.value(), *path});
  }
  return {};
}

/// `least`: content lies from there on.
std::optional<UndoReader::Record> UndoReader::record_of(const UndoRecordEntry& entry,
                                                        std::uint64_t least) const {
  const auto bytes = std::as_bytes(std::span(&entry, 1));
  if (undo_crc(bytes.first(offsetof(UndoRecordEntry, crc))) != entry.crc.value())
    return std::nullopt;
  Record record;
  record.group = entry.group.value();
  record.device = entry.device.value();
  record.range = {entry.offset.value(), entry.size.value()};
  record.content = entry.content.value();
  if (entry.before.value() > static_cast<std::uint8_t>(UndoContent::unknown) ||
      entry.after.value() > static_cast<std::uint8_t>(UndoContent::stored) ||
      record.device >= devices_.size() || record.range.size > Recording::largest_step)
    return std::nullopt;
  record.before = static_cast<UndoContent>(entry.before.value());
  record.after = static_cast<UndoContent>(entry.after.value());
  std::uint64_t stored = record.before == UndoContent::stored ? record.range.size : 0;
  if (record.after == UndoContent::stored) stored += record.range.size;
  const Checked end = Checked(record.range.offset) + Checked(record.range.size);
  const bool within = stored == 0 || (record.content >= least &&
                                      (Checked(record.content) + stored).at_most(file_->size()));
  if (!within || !end.at_most(devices_[record.device].size)) return std::nullopt;
  return record;
}

Status UndoReader::check_content(Record& record, std::uint32_t crc) {
  const auto stored = [&](UndoContent kind) {
    return kind == UndoContent::stored ? record.range.size : 0;
  };
  std::vector<std::byte> before(stored(record.before));
  std::vector<std::byte> after(stored(record.after));
  if (!before.empty()) NDMEDIC_CHECK(load(record, false, before));
  if (!after.empty()) NDMEDIC_CHECK(load(record, true, after));
  record.sound = undo_crc(before, after) == crc;
  if (!record.sound || record.before == UndoContent::unknown)
    gaps_.push_back({record.device, record.range, !record.sound});
  return {};
}

Status UndoReader::read_records(std::uint64_t begin, std::uint64_t count) {
  const std::uint64_t content = begin + count * sizeof(UndoRecordEntry);
  for (std::uint64_t i = 0; i < count; ++i) {
    NDMEDIC_TRY(const auto entry,
                read_structure<UndoRecordEntry>(*file_, begin + i * sizeof(UndoRecordEntry)));
    auto record = record_of(entry, content);
    // Groups ascend: the order of fences hangs on it.
    if (record && !records_.empty() && record->group < records_.back().group) record.reset();
    if (!record) {
      ++lost_;
      continue;
    }
    NDMEDIC_CHECK(check_content(*record, entry.content_crc.value()));
    longest_ = std::max(longest_, record->range.size);
    by_place_.push_back(records_.size());
    records_.push_back(*record);
  }
  std::ranges::sort(by_place_, {}, [this](std::size_t i) {
    return std::tuple(records_[i].device, records_[i].range.offset, i);
  });
  return {};
}

Status UndoReader::load(const Record& record, bool after, std::span<std::byte> into) const {
  const UndoContent kind = after ? record.after : record.before;
  std::ranges::fill(into, std::byte{0});
  if (kind != UndoContent::stored) return {};
  const bool behind = after && record.before == UndoContent::stored;
  return file_->read(record.content + (behind ? record.range.size : 0), into);
}

/// The records that share bytes with `record`, itself among them, in the order of the plan.
std::vector<std::size_t> UndoReader::overlapping(const Record& record) const {
  const Extent& range = record.range;
  const std::uint64_t from = range.offset - std::min(range.offset, longest_);
  auto next = std::ranges::lower_bound(
      by_place_, std::tuple(record.device, from), {},
      [this](std::size_t i) { return std::tuple(records_[i].device, records_[i].range.offset); });
  std::vector<std::size_t> found;
  for (; next != by_place_.end(); ++next) {
    const Record& other = records_[*next];
    if (other.device != record.device || other.range.offset >= range.offset + range.size) break;
    if (other.range.offset + other.range.size > range.offset) found.push_back(*next);
  }
  std::ranges::sort(found);
  return found;
}

namespace {

/// The bytes that two ranges share, as offsets within each.
struct Shared {
  std::size_t in_first;
  std::size_t in_second;
  std::size_t size;
};

Shared shared(Extent first, Extent second) {
  const std::uint64_t begin = std::max(first.offset, second.offset);
  const std::uint64_t end = std::min(first.offset + first.size, second.offset + second.size);
  return {begin - first.offset, begin - second.offset, end - begin};
}

}  // namespace

/// Does the place of `record` hold what its last writers left?
Result<bool> UndoReader::is_last(const Record& record, std::span<const std::byte> now) const {
  std::vector<std::byte> wanted(now.begin(), now.end());
  for (const std::size_t i : overlapping(record)) {
    const Record& writer = records_[i];
    const Shared part = shared(record.range, writer.range);
    std::vector<std::byte> after(writer.range.size);
    NDMEDIC_CHECK(load(writer, true, after));
    // What a damaged record left there is not known: anything will do.
    const auto from = writer.sound ? std::span<const std::byte>(after).subspan(part.in_second)
                                   : now.subspan(part.in_first);
    std::ranges::copy(from.first(part.size),
                      wanted.begin() + static_cast<std::ptrdiff_t>(part.in_first));
  }
  return std::ranges::equal(wanted, now);
}

/// Has each byte of the place of `record` stood there before or behind one of its writers?
Result<bool> UndoReader::is_known(const Record& record, std::span<const std::byte> now) const {
  std::vector<bool> known(now.size());
  for (const std::size_t i : overlapping(record)) {
    const Record& writer = records_[i];
    const Shared part = shared(record.range, writer.range);
    const bool anything = !writer.sound || writer.before == UndoContent::unknown;
    std::vector<std::byte> before(writer.range.size);
    std::vector<std::byte> after(writer.range.size);
    NDMEDIC_CHECK(load(writer, false, before));
    NDMEDIC_CHECK(load(writer, true, after));
    for (std::size_t at = 0; at < part.size; ++at) {
      const std::byte byte = now[part.in_first + at];
      if (anything || byte == before[part.in_second + at] || byte == after[part.in_second + at])
        known[part.in_first + at] = true;
    }
  }
  return std::ranges::all_of(known, [](bool is) { return is; });
}

Status UndoReader::check_sizes(std::span<Media* const> images) {
  if (images.size() != devices_.size()) return Error{Errc::invalid, {}, "number of images"};
  for (std::size_t i = 0; i < images.size(); ++i) {
    failed_device_ = static_cast<std::uint32_t>(i);
    if (images[i]->size() != devices_[i].size)
      return Error{Errc::out_of_range, {0, devices_[i].size}, "image"};
  }
  return {};
}

Status UndoReader::verify(std::span<Media* const> images) {
  NDMEDIC_CHECK(check_sizes(images));
  const bool whole = state_ == UndoState::finished && lost_ == 0;
  for (const Record& record : records_) {
    failed_device_ = record.device;
    std::vector<std::byte> now(record.range.size);
    if (const Status read = images[record.device]->read(record.range.offset, now); !read) {
      // Poison that the command was to write over and did not reach.
      if (!whole && read.error().code == Errc::bad_media) continue;
      return read.error();
    }
    NDMEDIC_TRY(const bool fits, whole ? is_last(record, now) : is_known(record, now));
    if (!fits) return Error{Errc::changed, record.range, "image"};
  }
  return {};
}

Status UndoReader::take_back(const Record& record, Media& image) const {
  std::vector<std::byte> before(record.range.size);
  std::vector<std::byte> now(record.range.size);
  NDMEDIC_CHECK(load(record, false, before));
  const Status read = image.read(record.range.offset, now);
  if (!read || now != before) NDMEDIC_CHECK(image.write(record.range.offset, before));
  return image.flush(record.range);
}

Status UndoReader::fence_all(std::span<Media* const> images) {
  for (std::size_t i = 0; i < images.size(); ++i) {
    failed_device_ = static_cast<std::uint32_t>(i);
    NDMEDIC_CHECK(images[i]->fence());
  }
  return {};
}

Status UndoReader::set_state(UndoState state) {
  failed_device_ = static_cast<std::uint32_t>(devices_.size());
  const UndoStateWord word = undo_state_word(state);
  constexpr std::uint64_t at = offsetof(UndoHeader, state);
  NDMEDIC_CHECK(file_->write(at, std::as_bytes(std::span(&word, 1))));
  NDMEDIC_CHECK(file_->flush({at, sizeof word}));
  NDMEDIC_CHECK(file_->fence());
  state_ = state;
  return {};
}

Status UndoReader::restore(std::span<Media* const> images) {
  NDMEDIC_CHECK(check_sizes(images));
  NDMEDIC_CHECK(set_state(UndoState::undoing));
  for (std::size_t left = records_.size(); left > 0; --left) {
    const Record& record = records_[left - 1];
    if (left < records_.size() && records_[left].group != record.group)
      NDMEDIC_CHECK(fence_all(images));
    failed_device_ = record.device;
    if (!record.sound || record.before == UndoContent::unknown) continue;
    NDMEDIC_CHECK(take_back(record, *images[record.device]));
  }
  NDMEDIC_CHECK(fence_all(images));
  const bool damaged_parts =
      lost_ > 0 || std::ranges::any_of(gaps_, [](const UndoGap& gap) { return gap.damaged; });
  return damaged_parts ? Status() : set_state(UndoState::undone);
}

}  // namespace ndmedic
