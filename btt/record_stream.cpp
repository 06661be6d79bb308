// SPDX-License-Identifier: BSD-3-Clause
// Runs of media kinds, cut into whole records; a window that fails is read again in small steps,
// so that one bad sector costs the records it covers and no others.

#include <ndmedic/btt/record_stream.h>

#include <algorithm>
#include <vector>

#include <ndmedic/format/checked.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t retry_window = 4096;

ExtentKind kind_of(Errc code) {
  return code == Errc::bad_media ? ExtentKind::bad : ExtentKind::absent;
}

class Stream {
 public:
  Stream(const Media& media, const RecordArray& records, RecordVisitor& visitor)
      : media_(media), records_(records), visitor_(visitor) {}

  Result<bool> run(const Progress& progress) {
    const std::uint64_t inside = records_inside();
    while (next_ < inside) {
      NDMEDIC_CHECK(step(inside));
      if (progress && !progress(next_, records_.count)) return false;
    }
    if (next_ < records_.count)
      NDMEDIC_CHECK(visitor_.unread(next_, records_.count - next_, ExtentKind::absent));
    return true;
  }

 private:
  std::uint64_t offset_of(std::uint64_t record) const {
    return records_.offset + record * records_.size;
  }

  /// Records that end within the media; the others count as absent.
  std::uint64_t records_inside() const {
    const std::uint64_t size = media_.size();
    if (records_.offset >= size) return 0;
    return std::min(records_.count, (size - records_.offset) / records_.size);
  }

  Status step(std::uint64_t inside) {
    const std::uint64_t limit = offset_of(inside);
    const std::uint64_t at = offset_of(next_);
    NDMEDIC_TRY(const ExtentRun run, media_.run_at(at, limit));
    const std::uint64_t whole = run.range.size / records_.size;
    if (run.kind == ExtentKind::absent || run.kind == ExtentKind::bad) {
      const std::uint64_t touched = whole + (run.range.size % records_.size == 0 ? 0 : 1);
      return unread(touched, run.kind);
    }
    if (run.kind == ExtentKind::zero && whole > 0) {
      const std::uint64_t first = next_;
      next_ += whole;
      return visitor_.zero(first, whole);
    }
    // A record that begins in this run and ends in another is read by itself.
    const std::uint64_t most = stream_window / records_.size;
    return data(std::clamp<std::uint64_t>(whole, 1, most));
  }

  Status unread(std::uint64_t count, ExtentKind kind) {
    const std::uint64_t first = next_;
    next_ += count;
    return visitor_.unread(first, count, kind);
  }

  Status data(std::uint64_t count) {
    buffer_.resize(count * records_.size);
    const Status read = media_.read(offset_of(next_), buffer_);
    if (read) {
      const std::uint64_t first = next_;
      next_ += count;
      return visitor_.data(first, buffer_);
    }
    if (!is_unreadable(read.error().code)) return read;
    const std::uint64_t end = next_ + count;
    const std::uint64_t portion = std::max<std::uint64_t>(1, retry_window / records_.size);
    while (next_ < end) NDMEDIC_CHECK(retry(std::min(portion, end - next_)));
    return {};
  }

  Status retry(std::uint64_t count) {
    buffer_.resize(count * records_.size);
    const Status read = media_.read(offset_of(next_), buffer_);
    if (!read && !is_unreadable(read.error().code)) return read;
    if (!read && count == 1) return unread(1, kind_of(read.error().code));
    if (!read) return halves(count, read.error());
    const std::uint64_t first = next_;
    next_ += count;
    return visitor_.data(first, buffer_);
  }

  /// Splits at the failing range when the media names a part of the portion, else gives it up.
  Status halves(std::uint64_t count, const Error& error) {
    const std::uint64_t begin = offset_of(next_);
    const std::uint64_t end = offset_of(next_ + count);
    const std::uint64_t bad = std::clamp(error.where.offset, begin, end);
    const auto reach = (Checked(error.where.offset) + error.where.size).get();
    const std::uint64_t bad_end = std::clamp(reach.value_or(end), bad, end);
    if (bad_end == bad) return unread(count, kind_of(error.code));
    const std::uint64_t good_before = (bad - begin) / records_.size;
    if (good_before > 0) return retry(good_before);
    const std::uint64_t touched = (bad_end - begin + records_.size - 1) / records_.size;
    return unread(touched, kind_of(error.code));
  }

  const Media& media_;
  const RecordArray& records_;
  RecordVisitor& visitor_;
  std::uint64_t next_ = 0;
  std::vector<std::byte> buffer_;
};

}  // namespace

Result<bool> stream_records(const Media& media, const RecordArray& records, RecordVisitor& visitor,
                            const Progress& progress) {
  const auto end = (Checked(records.count) * records.size + records.offset).get();
  if (!end || records.size == 0)
    return Error{Errc::invalid, {records.offset, records.count}, "record array"};
  return Stream(media, records, visitor).run(progress);
}

}  // namespace ndmedic
