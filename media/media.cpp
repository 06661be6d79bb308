// SPDX-License-Identifier: BSD-3-Clause
// What every medium has in common: walking its runs, and asking whether a range is zero.
#include <ndmedic/media/media.h>

#include <algorithm>
#include <optional>

#include <ndmedic/media/bounds.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t zero_check_window = std::uint64_t{1} << 20;

bool all_zero(std::span<const std::byte> bytes) {
  return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

/// Reads a data run window by window; false at the first window that holds another byte than 0.
Result<bool> reads_as_zero(const Media& media, Extent run, std::vector<std::byte>& window) {
  for (std::uint64_t done = 0; done < run.size;) {
    const std::uint64_t size = std::min(run.size - done, zero_check_window);
    if (window.size() < size) window.resize(size);
    const auto part = std::span(window).first(size);
    NDMEDIC_CHECK(media.read(run.offset + done, part));
    if (!all_zero(part)) return false;
    done += size;
  }
  return true;
}

}  // namespace

Result<ExtentRun> Media::run_at(std::uint64_t offset, std::uint64_t limit) const {
  NDMEDIC_CHECK(check_run(offset, limit, size(), "media"));
  return ExtentRun{{offset, limit - offset}, ExtentKind::data};
}

Status for_each_run(const Media& media, Extent range,
                    const std::function<bool(const ExtentRun&)>& visit) {
  NDMEDIC_CHECK(check_within(range.offset, range.size, media.size(), "media"));
  const std::uint64_t end = range.offset + range.size;
  std::optional<ExtentRun> pending;
  for (std::uint64_t at = range.offset; at < end;) {
    NDMEDIC_TRY(const ExtentRun run, media.run_at(at, end));
    // A medium that breaks its contract must not make this loop endless.
    if (run.range.offset != at || run.range.size == 0 || run.range.size > end - at)
      return Error{Errc::invalid, {at, end - at}, "run of a medium"};
    at += run.range.size;
    if (pending && pending->kind == run.kind) {
      pending->range.size += run.range.size;
      continue;
    }
    if (pending && !visit(*pending)) return {};
    pending = run;
  }
  if (pending) visit(*pending);
  return {};
}

Result<std::vector<ExtentRun>> extents(const Media& media, Extent range, std::size_t most) {
  std::vector<ExtentRun> runs;
  std::optional<Error> failure;
  NDMEDIC_CHECK(for_each_run(media, range, [&](const ExtentRun& run) {
    if (runs.size() == most) {
      const std::uint64_t end = range.offset + range.size;
      failure = Error{Errc::too_large, {run.range.offset, end - run.range.offset}, "extents"};
      return false;
    }
    runs.push_back(run);
    return true;
  }));
  if (failure) return *failure;
  return runs;
}

Result<bool> is_zero(const Media& media, Extent range) {
  std::vector<std::byte> window;
  Result<bool> answer = true;
  NDMEDIC_CHECK(for_each_run(media, range, [&](const ExtentRun& run) {
    if (run.kind == ExtentKind::data) answer = reads_as_zero(media, run.range, window);
    if (run.kind == ExtentKind::absent) answer = Error{Errc::absent, run.range, "media"};
    if (run.kind == ExtentKind::bad) answer = Error{Errc::bad_media, run.range, "media"};
    return answer && *answer;
  }));
  return answer;
}

}  // namespace ndmedic
