// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/metadump_writer.h>

#include <algorithm>
#include <cstring>

#include <ndmedic/format/byte_runs.h>
#include <ndmedic/format/checked.h>
#include <ndmedic/media/crc32c.h>
#include <ndmedic/media/metadump_format.h>

namespace ndmedic {
namespace {

/// Ascending, without overlaps, neighbours joined.
Result<std::vector<Extent>> in_order(std::vector<Extent> extents, std::uint64_t size) {
  std::ranges::sort(extents, {}, &Extent::offset);
  std::vector<Extent> joined;
  for (const Extent& extent : extents) {
    if (!lies_within(extent.offset, extent.size, size))
      return Error{Errc::out_of_range, extent, {}};
    if (extent.size == 0) continue;
    const std::uint64_t end = extent.offset + extent.size;
    if (joined.empty() || extent.offset > joined.back().offset + joined.back().size) {
      joined.push_back(extent);
      continue;
    }
    Extent& last = joined.back();
    last.size = std::max(last.offset + last.size, end) - last.offset;
  }
  return joined;
}

class Writer {
 public:
  Writer(const Media& image, const MetadumpSink& sink)
      : image_(image), sink_(sink), buffer_(metadump_piece) {}

  Status survey(const std::vector<Extent>& keep) {
    for (const Extent& extent : keep) {
      Status status;
      NDMEDIC_CHECK(for_each_run(image_, extent, [&](const ExtentRun& run) {
        status = survey_run(run);
        return status.has_value();
      }));
      NDMEDIC_CHECK(std::move(status));
    }
    return {};
  }

  Status write(bool anonymised) {
    const std::uint64_t table_size = table_.size() * sizeof(MetadumpExtent);
    std::uint64_t content = sizeof(MetadumpHeader) + table_size;
    for (MetadumpExtent& entry : table_) {
      if (kind_of(entry) != MetadumpKind::data) continue;
      entry.content = content;
      content += entry.size.value();
    }
    const auto table = std::as_bytes(std::span(table_));
    MetadumpHeader header{};
    std::memcpy(header.magic, metadump_magic, sizeof header.magic);
    header.version = metadump_version;
    header.header_size = static_cast<std::uint32_t>(sizeof header);
    header.compatible = anonymised ? metadump_anonymised : 0;
    header.image_size = image_.size();
    header.extent_count = table_.size();
    header.file_size = content;
    header.table_crc = crc32c(table);
    const auto head = std::as_bytes(std::span(&header, 1));
    header.crc = crc32c(head.first(offsetof(MetadumpHeader, crc)));
    NDMEDIC_CHECK(sink_(head));
    NDMEDIC_CHECK(sink_(table));
    return write_data();
  }

  const MetadumpSummary& summary() const { return summary_; }

 private:
  static MetadumpKind kind_of(const MetadumpExtent& entry) {
    return static_cast<MetadumpKind>(entry.kind.value());
  }

  Status survey_run(const ExtentRun& run) {
    if (run.kind == ExtentKind::absent) return {};
    if (run.kind == ExtentKind::zero) return add(run.range, MetadumpKind::zero, 0);
    const std::uint64_t end = run.range.offset + run.range.size;
    for (std::uint64_t at = run.range.offset; at < end;) {
      // Pieces end at round places, so that runs of zeros are seen in the same way everywhere.
      const std::uint64_t size = std::min(end - at, metadump_piece - at % metadump_piece);
      NDMEDIC_CHECK(survey_piece({at, size}));
      at += size;
    }
    return {};
  }

  Status survey_piece(Extent range) {
    const auto piece = std::span(buffer_).first(static_cast<std::size_t>(range.size));
    const Status read = image_.read(range.offset, piece);
    if (read)
      return all_zero(piece) ? add(range, MetadumpKind::zero, 0)
                             : add(range, MetadumpKind::data, crc32c(piece));
    if (read.error().code != Errc::bad_media) return read;
    // The smallest range that is known to fail, but no smaller than a sector.
    if (range.size <= 512) return add(range, MetadumpKind::bad, 0);
    const std::uint64_t half = range.size / 2;
    NDMEDIC_CHECK(survey_piece({range.offset, half}));
    return survey_piece({range.offset + half, range.size - half});
  }

  Status add(Extent range, MetadumpKind kind, std::uint32_t crc) {
    summary_.kept += range.size;
    if (kind == MetadumpKind::data) summary_.data += range.size;
    if (kind == MetadumpKind::bad) summary_.unreadable += range.size;
    if (!table_.empty() && kind != MetadumpKind::data) {
      MetadumpExtent& last = table_.back();
      if (kind_of(last) == kind && last.offset.value() + last.size.value() == range.offset) {
        last.size = last.size.value() + range.size;
        return {};
      }
    }
    if (table_.size() >= metadump_extents_max) return Error{Errc::too_large, range, "metadump"};
    MetadumpExtent entry{};
    entry.offset = range.offset;
    entry.size = range.size;
    entry.crc = crc;
    entry.kind = static_cast<std::uint8_t>(kind);
    table_.push_back(entry);
    return {};
  }

  Status write_data() {
    for (const MetadumpExtent& entry : table_) {
      if (kind_of(entry) != MetadumpKind::data) continue;
      const auto piece = std::span(buffer_).first(static_cast<std::size_t>(entry.size.value()));
      NDMEDIC_CHECK(image_.read(entry.offset.value(), piece));
      NDMEDIC_CHECK(sink_(piece));
    }
    return {};
  }

  const Media& image_;
  const MetadumpSink& sink_;
  std::vector<std::byte> buffer_;
  std::vector<MetadumpExtent> table_;
  MetadumpSummary summary_;
};

}  // namespace

Result<MetadumpSummary> write_metadump(const Media& image, std::vector<Extent> keep,
                                       bool anonymised, const MetadumpSink& sink) {
  NDMEDIC_TRY(const std::vector<Extent> extents, in_order(std::move(keep), image.size()));
  Writer writer(image, sink);
  NDMEDIC_CHECK(writer.survey(extents));
  NDMEDIC_CHECK(writer.write(anonymised));
  return writer.summary();
}

}  // namespace ndmedic
