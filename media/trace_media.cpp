// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/trace_media.h>

namespace ndmedic {

void TraceMedia::remember(MediaCall::Kind kind, Extent range) const {
  const std::lock_guard lock(mutex_);
  calls_.push_back({kind, range});
}

std::vector<MediaCall> TraceMedia::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

std::uint64_t TraceMedia::count(MediaCall::Kind kind) const {
  std::uint64_t count = 0;
  for (const MediaCall& call : calls()) count += call.kind == kind ? 1 : 0;
  return count;
}

std::uint64_t TraceMedia::bytes(MediaCall::Kind kind) const {
  std::uint64_t bytes = 0;
  for (const MediaCall& call : calls()) bytes += call.kind == kind ? call.range.size : 0;
  return bytes;
}

void TraceMedia::forget() {
  const std::lock_guard lock(mutex_);
  calls_.clear();
}

Status TraceMedia::read(std::uint64_t offset, std::span<std::byte> into) const {
  remember(MediaCall::Kind::read, {offset, into.size()});
  return base_.read(offset, into);
}

Status TraceMedia::write(std::uint64_t offset, std::span<const std::byte> from) {
  remember(MediaCall::Kind::write, {offset, from.size()});
  return base_.write(offset, from);
}

Status TraceMedia::flush(Extent range) {
  remember(MediaCall::Kind::flush, range);
  return base_.flush(range);
}

Status TraceMedia::fence() {
  remember(MediaCall::Kind::fence, {0, 0});
  return base_.fence();
}

Result<ExtentRun> TraceMedia::run_at(std::uint64_t offset, std::uint64_t limit) const {
  remember(MediaCall::Kind::run_at, {offset, limit - offset});
  return base_.run_at(offset, limit);
}

MediaTraits TraceMedia::traits() const {
  MediaTraits traits = base_.traits();
  traits.direct = {};
  return traits;
}

}  // namespace ndmedic
