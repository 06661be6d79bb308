// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/fault_media.h>

#include <algorithm>
#include <cerrno>

#include <ndmedic/media/bounds.h>

namespace ndmedic {
namespace {

std::uint64_t end_of(Extent range) {
  return (Checked(range.offset) + range.size).get().value_or(~std::uint64_t{0});
}

bool overlap(Extent a, Extent b) {
  return a.size > 0 && b.size > 0 && a.offset < end_of(b) && b.offset < end_of(a);
}

}  // namespace

void FaultMedia::fail_call(std::uint64_t n) {
  const std::lock_guard lock(mutex_);
  calls_left_ = n;
  stops_ = false;
}

void FaultMedia::stop_at_call(std::uint64_t n) {
  const std::lock_guard lock(mutex_);
  calls_left_ = n;
  stops_ = true;
}

Status FaultMedia::count_call(Extent range) const {
  const std::lock_guard lock(mutex_);
  if (calls_left_ == 0 || --calls_left_ > 0) return {};
  if (stops_) calls_left_ = 1;
  return Error{Errc::io, range, "fault", EIO};
}

Status FaultMedia::check_faults(Extent range) const {
  std::optional<Error> first;
  for (const ExtentRun& fault : faults_) {
    if (!overlap(fault.range, range)) continue;
    const std::uint64_t begin = std::max(range.offset, fault.range.offset);
    if (first && first->where.offset <= begin) continue;
    const std::uint64_t end = std::min(end_of(range), end_of(fault.range));
    const Errc code = fault.kind == ExtentKind::bad ? Errc::bad_media : Errc::absent;
    first = Error{code, {begin, end - begin}, "fault", code == Errc::bad_media ? EIO : 0};
  }
  if (first) return *first;
  return {};
}

Status FaultMedia::read(std::uint64_t offset, std::span<std::byte> into) const {
  const Extent range{offset, into.size()};
  NDMEDIC_CHECK(check_within(offset, into.size(), size(), "fault"));
  NDMEDIC_CHECK(count_call(range));
  NDMEDIC_CHECK(check_faults(range));
  if (end_ && end_of(range) > *end_) {
    const std::uint64_t begin = std::max(offset, *end_);
    return Error{Errc::short_read, {begin, end_of(range) - begin}, "fault"};
  }
  return base_.read(offset, into);
}

Status FaultMedia::write(std::uint64_t offset, std::span<const std::byte> from) {
  const Extent range{offset, from.size()};
  NDMEDIC_CHECK(check_within(offset, from.size(), size(), "fault"));
  NDMEDIC_CHECK(count_call(range));
  NDMEDIC_CHECK(check_faults(range));
  return base_.write(offset, from);
}

Status FaultMedia::flush(Extent range) {
  NDMEDIC_CHECK(count_call(range));
  return base_.flush(range);
}

Status FaultMedia::fence() {
  NDMEDIC_CHECK(count_call({0, size()}));
  return base_.fence();
}

Result<ExtentRun> FaultMedia::run_at(std::uint64_t offset, std::uint64_t limit) const {
  NDMEDIC_CHECK(check_run(offset, limit, size(), "fault"));
  for (const ExtentRun& fault : faults_) {
    if (overlap(fault.range, {offset, 1})) {
      const std::uint64_t end = std::min(limit, end_of(fault.range));
      return ExtentRun{{offset, end - offset}, fault.kind};
    }
    if (fault.range.size > 0 && fault.range.offset > offset)
      limit = std::min(limit, fault.range.offset);
  }
  return base_.run_at(offset, limit);
}

MediaTraits FaultMedia::traits() const {
  MediaTraits traits = base_.traits();
  traits.direct = {};
  return traits;
}

}  // namespace ndmedic
