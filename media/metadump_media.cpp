// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/metadump_media.h>

#include <algorithm>
#include <cstring>

#include <ndmedic/format/checked.h>
#include <ndmedic/media/bounds.h>
#include <ndmedic/media/crc32c.h>

namespace ndmedic {
namespace {

Error damaged(std::string_view what) { return {Errc::damaged, {}, what}; }

template <class T>
std::span<const std::byte> bytes_before(const T& structure, std::size_t end) {
  return std::as_bytes(std::span(&structure, 1)).first(end);
}

ExtentKind extent_kind(MetadumpKind kind) {
  switch (kind) {
    case MetadumpKind::zero:
      return ExtentKind::zero;
    case MetadumpKind::data:
      return ExtentKind::data;
    case MetadumpKind::bad:
      break;
  }
  return ExtentKind::bad;
}

}  // namespace

bool MetadumpMedia::is_metadump(const Media& file) {
  char magic[sizeof metadump_magic];
  if (file.size() < sizeof(MetadumpHeader)) return false;
  return file.read(0, std::as_writable_bytes(std::span(magic))) &&
         std::memcmp(magic, metadump_magic, sizeof magic) == 0;
}

Result<std::unique_ptr<MetadumpMedia>> MetadumpMedia::open(std::unique_ptr<Media> file) {
  if (file->size() < sizeof(MetadumpHeader)) return damaged("header of the metadump");
  NDMEDIC_TRY(const auto header, read_structure<MetadumpHeader>(*file, 0));
  const auto covered = bytes_before(header, offsetof(MetadumpHeader, crc));
  if (std::memcmp(header.magic, metadump_magic, sizeof header.magic) != 0 ||
      header.crc.value() != crc32c(covered))
    return damaged("header of the metadump");
  if (header.version.value() != metadump_version || header.incompatible.value() != 0)
    return Error{Errc::not_supported, {}, "version of the metadump"};
  if (header.header_size.value() != sizeof header) return damaged("header of the metadump");
  if (header.extent_count.value() > metadump_extents_max)
    return Error{Errc::too_large, {}, "metadump"};
  if (header.file_size.value() > file->size()) return damaged("length of the metadump");
  std::unique_ptr<MetadumpMedia> media(new MetadumpMedia(std::move(file)));
  media->size_ = header.image_size.value();
  media->anonymised_ = (header.compatible.value() & metadump_anonymised) != 0;
  NDMEDIC_CHECK(media->read_table(header));
  return media;
}

Status MetadumpMedia::read_table(const MetadumpHeader& header) {
  const auto count = static_cast<std::size_t>(header.extent_count.value());
  const std::uint64_t table_size = count * sizeof(MetadumpExtent);
  if (!lies_within(sizeof header, table_size, file_->size()))
    return damaged("table of the metadump");
  std::vector<MetadumpExtent> table(count);
  const auto bytes = std::as_writable_bytes(std::span(table));
  NDMEDIC_CHECK(file_->read(sizeof header, bytes));
  if (crc32c(bytes) != header.table_crc.value()) return damaged("table of the metadump");
  std::uint64_t end = 0;
  for (const MetadumpExtent& entry : table) {
    const Part part{entry.offset.value(), entry.size.value(), entry.content.value(),
                    entry.crc.value(), static_cast<MetadumpKind>(entry.kind.value())};
    if (!is_valid(part, end, sizeof header + table_size)) return damaged("table of the metadump");
    parts_.push_back(part);
    end = part.offset + part.size;
  }
  seen_ = std::make_unique<std::atomic<Seen>[]>(count);
  return {};
}

bool MetadumpMedia::is_valid(const Part& part, std::uint64_t from,
                             std::uint64_t content_from) const {
  if (part.kind > MetadumpKind::bad || part.size == 0 || part.offset < from) return false;
  if (!lies_within(part.offset, part.size, size_)) return false;
  if (part.kind != MetadumpKind::data) return true;
  return part.size <= metadump_piece && part.content >= content_from &&
         lies_within(part.content, part.size, file_->size());
}

std::size_t MetadumpMedia::part_at(std::uint64_t offset) const {
  const auto ends_behind = [offset](const Part& part) { return part.offset + part.size <= offset; };
  return static_cast<std::size_t>(std::partition_point(parts_.begin(), parts_.end(), ends_behind) -
                                  parts_.begin());
}

ExtentRun MetadumpMedia::one_run(std::uint64_t offset, std::uint64_t limit) const {
  const std::size_t index = part_at(offset);
  if (index == parts_.size()) return {{offset, limit - offset}, ExtentKind::absent};
  const Part& part = parts_[index];
  if (part.offset > offset)
    return {{offset, std::min(limit, part.offset) - offset}, ExtentKind::absent};
  const bool wrong = part.kind == MetadumpKind::data && seen_[index] == Seen::wrong;
  return {{offset, std::min(limit, part.offset + part.size) - offset},
          wrong ? ExtentKind::bad : extent_kind(part.kind)};
}

Result<ExtentRun> MetadumpMedia::run_at(std::uint64_t offset, std::uint64_t limit) const {
  NDMEDIC_CHECK(check_run(offset, limit, size_, {}));
  ExtentRun run = one_run(offset, limit);
  for (std::uint64_t end = run.range.offset + run.range.size; end < limit;) {
    const ExtentRun next = one_run(end, limit);
    if (next.kind != run.kind) break;
    run.range.size += next.range.size;
    end += next.range.size;
  }
  return run;
}

Status MetadumpMedia::verify(std::size_t index) const {
  const Part& part = parts_[index];
  if (seen_[index] == Seen::not_yet) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(part.size));
    NDMEDIC_CHECK(file_->read(part.content, bytes));
    seen_[index] = crc32c(bytes) == part.crc ? Seen::right : Seen::wrong;
  }
  if (seen_[index] == Seen::right) return {};
  return Error{Errc::bad_media, {part.offset, part.size}, {}};
}

Status MetadumpMedia::read_data(std::size_t index, std::uint64_t skip,
                                std::span<std::byte> into) const {
  NDMEDIC_CHECK(verify(index));
  return file_->read(parts_[index].content + skip, into);
}

Status MetadumpMedia::read(std::uint64_t offset, std::span<std::byte> into) const {
  NDMEDIC_CHECK(check_within(offset, into.size(), size_, {}));
  while (!into.empty()) {
    const ExtentRun run = one_run(offset, offset + into.size());
    const auto part = into.first(static_cast<std::size_t>(run.range.size));
    if (run.kind == ExtentKind::absent) return Error{Errc::absent, run.range, {}};
    if (run.kind == ExtentKind::bad) return Error{Errc::bad_media, run.range, {}};
    if (run.kind == ExtentKind::zero) {
      std::ranges::fill(part, std::byte{0});
    } else {
      const std::size_t index = part_at(offset);
      NDMEDIC_CHECK(read_data(index, offset - parts_[index].offset, part));
    }
    into = into.subspan(part.size());
    offset += part.size();
  }
  return {};
}

Status MetadumpMedia::write(std::uint64_t offset, std::span<const std::byte> from) {
  return Error{Errc::read_only, {offset, from.size()}, {}};
}

Status MetadumpMedia::flush(Extent) { return {}; }

Status MetadumpMedia::fence() { return {}; }

MediaTraits MetadumpMedia::traits() const { return {}; }

}  // namespace ndmedic
