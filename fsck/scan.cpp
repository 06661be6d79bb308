// SPDX-License-Identifier: BSD-3-Clause
// The pass: windows of data through the search for signatures and the one for flogs, and a look at
// each structure that they name.
#include <ndmedic/fsck/scan.h>

#include <algorithm>
#include <tuple>

#include <ndmedic/format/btt_info.h>
#include <ndmedic/format/checked.h>
#include <ndmedic/fsck/flog_shape.h>
#include <ndmedic/fsck/sighting.h>
#include <ndmedic/fsck/signature_search.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t window = std::uint64_t{256} << 10;  // stays in the cache of a core
constexpr std::uint64_t page = 4096;
constexpr std::size_t areas_max = 64;  // whose slots are looked at

class Scan {
 public:
  Scan(const Media& media, const Progress& progress)
      : media_(media), progress_(progress), buffer_(window + signature_lookahead) {}

  Result<ScanReport> run() {
    Status failed;
    const std::uint64_t size = media_.size();
    for (std::uint64_t at = 0; at < size && !report_.cancelled;) {
      const auto run = media_.run_at(at, size);
      if (!run) return run.error();
      NDMEDIC_CHECK(look_at(*run));
      at += run->range.size;
    }
    flogs_.finish();
    std::ranges::sort(report_.sightings, [](const Sighting& a, const Sighting& b) {
      return std::tie(a.offset, a.kind) < std::tie(b.offset, b.kind);
    });
    return std::move(report_);
  }

 private:
  Status look_at(const ExtentRun& run) {
    if (run.kind == ExtentKind::zero) report_.skipped += run.range.size;
    if (run.kind == ExtentKind::absent || run.kind == ExtentKind::bad)
      report_.unreadable += run.range.size;
    const std::uint64_t end = run.range.offset + run.range.size;
    std::uint64_t at = run.range.offset;
    while (run.kind == ExtentKind::data && at < end) {
      const std::uint64_t size = std::min(end - at, window - at % window);
      NDMEDIC_CHECK(look_at_window(at, size));
      at += size;
      if (progress_ && !progress_(at, media_.size())) {
        report_.cancelled = true;
        return {};
      }
    }
    return {};
  }

  /// A page that cannot be read costs the others of its window nothing.
  Status look_at_window(std::uint64_t at, std::uint64_t size) {
    // Positions of GUIDs count from the start of the window.
    const std::uint64_t shift = at % 4;
    const std::span<std::byte> whole = std::span(buffer_).subspan(shift, size);
    const Status read = media_.read(at, whole);
    if (read) {
      std::ranges::fill(std::span(buffer_).first(shift), std::byte{0});
      read_ahead(at + size, std::span(buffer_).subspan(shift + size, signature_lookahead));
      report_.scanned += size;
      flogs_.feed(at, whole);
      return search(at - shift, shift + size);
    }
    if (!is_unreadable(read.error().code)) return read;
    if (size <= page) {
      report_.unreadable += size;
      return {};
    }
    for (std::uint64_t done = 0; done < size;) {
      const std::uint64_t piece = std::min(size - done, page - (at + done) % page);
      NDMEDIC_CHECK(look_at_window(at + done, piece));
      done += piece;
    }
    return {};
  }

  /// The first bytes behind a window, for what begins in it; zeros where there are none.
  void read_ahead(std::uint64_t at, std::span<std::byte> into) {
    std::ranges::fill(into, std::byte{0});
    const auto size = std::min<std::uint64_t>(into.size(), media_.size() - at);
    if (!media_.read(at, into.first(size))) std::ranges::fill(into, std::byte{0});
  }

  Status search(std::uint64_t base, std::uint64_t count) {
    hits_.clear();
    search_signatures(std::span(buffer_).first(count + signature_lookahead), count, hits_);
    for (const SignatureHit& hit : hits_) {
      const auto offset = (Checked(base) + hit.position - hit.within).get();
      if (!offset || is_slot(hit.kind, *offset)) continue;
      if (kept(hit.kind) >= sightings_max) {
        ++report_.counts[static_cast<std::size_t>(hit.kind)];
        continue;
      }
      auto sighting = look_at_structure(media_, hit.kind, *offset);
      if (!sighting) return sighting.error();
      if (!*sighting) continue;
      add(**sighting);
      if (hit.kind == SightingKind::index_block && (*sighting)->whole)
        NDMEDIC_CHECK(look_at_slots(*offset));
    }
    return {};
  }

  Status look_at_slots(std::uint64_t index_offset) {
    const auto slots = slots_named_by(media_, index_offset);
    if (!slots) return slots.error();
    if (!*slots || areas_.size() >= areas_max || std::ranges::find(areas_, **slots) != areas_.end())
      return {};
    areas_.push_back(**slots);
    return visit_labels(media_, index_offset, **slots,
                        [this](const Sighting& label) { add(label); });
  }

  /// A label that was found by its index block is not found again by its GUID.
  bool is_slot(SightingKind kind, std::uint64_t offset) const {
    return kind >= SightingKind::label_1_1 &&
           std::ranges::any_of(areas_, [&](const SlotArray& a) { return a.has(offset); });
  }

  std::size_t kept(SightingKind kind) const { return kept_[static_cast<std::size_t>(kind)]; }

  void add(const Sighting& sighting) {
    const auto kind = static_cast<std::size_t>(sighting.kind);
    ++report_.counts[kind];
    if (kept_[kind] >= sightings_max) return;
    ++kept_[kind];
    report_.sightings.push_back(sighting);
  }

  const Media& media_;
  const Progress& progress_;
  std::vector<std::byte> buffer_;
  std::vector<SignatureHit> hits_{};
  std::vector<SlotArray> areas_{};
  std::array<std::size_t, sighting_kind_count> kept_{};
  ScanReport report_{};
  FlogFinder flogs_{[this](const FlogShape& flog) {
    add({SightingKind::flog, flog.offset, flog.lanes * flog_group_size, flog.broken == 0, {}});
  }};
};

}  // namespace

Result<ScanReport> scan(const Media& media, const Progress& progress) {
  return Scan(media, progress).run();
}

}  // namespace ndmedic
