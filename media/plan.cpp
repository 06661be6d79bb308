// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/plan.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>

namespace ndmedic {
namespace {

/// Ranges of one device that earlier steps write: what stands there is theirs, not the medium's.
class Written {
 public:
  /// Visits the parts of `range` that no earlier step writes, then counts it as written.
  Status for_each_fresh(Extent range, const std::function<Status(Extent)>& visit) {
    std::uint64_t at = range.offset;
    const std::uint64_t end = range.offset + range.size;
    std::uint64_t begin = at;
    std::uint64_t last = end;
    auto next = ends_.upper_bound(at);
    if (next != ends_.begin() && std::prev(next)->second >= at) --next;
    while (next != ends_.end() && next->first <= end) {
      if (next->first > at) NDMEDIC_CHECK(visit({at, next->first - at}));
      at = std::max(at, next->second);
      begin = std::min(begin, next->first);
      last = std::max(last, next->second);
      next = ends_.erase(next);
    }
    if (at < end) NDMEDIC_CHECK(visit({at, end - at}));
    ends_[begin] = last;
    return {};
  }

 private:
  std::map<std::uint64_t, std::uint64_t> ends_;  // by begin; apart from each other
};

/// Is what stands at `part` what the step found there?
Status compare(const Media& media, const Step& step, Extent part) {
  if (!step.before_known) return {};
  std::vector<std::byte> now(part.size);
  NDMEDIC_CHECK(media.read(part.offset, now));
  const auto before = std::span(step.before).subspan(part.offset - step.offset, part.size);
  if (!std::ranges::equal(now, before)) return Error{Errc::changed, part, "media"};
  return {};
}

}  // namespace

/// Writes steps; a group's devices are fenced when the next group begins.
class Plan::Writer {
 public:
  explicit Writer(const std::vector<Media*>& targets) : targets_(targets) {}

  Status write(const Step& step) {
    device_ = step.device;
    if (group_ != step.group) NDMEDIC_CHECK(end_group());
    group_ = step.group;
    Media& media = *targets_[step.device];
    const Extent range{step.offset, step.after.size()};
    NDMEDIC_CHECK(compare(media, step, range));
    NDMEDIC_CHECK(media.write(range.offset, step.after));
    NDMEDIC_CHECK(media.flush(range));
    unfenced_.insert(step.device);
    return {};
  }

  Status end_group() {
    for (const std::uint32_t device : unfenced_) {
      device_ = device;
      NDMEDIC_CHECK(targets_[device]->fence());
    }
    unfenced_.clear();
    return {};
  }

  bool begins_group(const Step& step) const { return group_ != step.group; }
  std::uint32_t device() const { return device_; }

 private:
  const std::vector<Media*>& targets_;
  std::optional<std::uint64_t> group_;
  std::set<std::uint32_t> unfenced_;
  std::uint32_t device_ = 0;
};

Media& Plan::add(Media& target) {
  targets_.push_back(&target);
  overlays_.push_back(std::make_unique<OverlayMedia>(recording_, target));
  return *overlays_.back();
}

Status Plan::compare_all() {
  std::vector<Written> written(targets_.size());
  Status status;
  NDMEDIC_CHECK(recording_.for_each_step([&](const Step& step) {
    failed_device_ = step.device;
    const Media& media = *targets_[step.device];
    status = written[step.device].for_each_fresh(
        {step.offset, step.after.size()}, [&](Extent part) { return compare(media, step, part); });
    return status.has_value();
  }));
  return status;
}

Result<bool> Plan::has_content() const {
  for (const Media* const target : targets_) {
    if (target->size() == 0) continue;
    NDMEDIC_TRY(const ExtentRun run, target->run_at(0, target->size()));
    if (run.kind != ExtentKind::zero || run.range.size < target->size()) return true;
  }
  return false;
}

Status Plan::write_undo(UndoWriter& undo, bool finish) {
  failed_device_ = static_cast<std::uint32_t>(targets_.size());
  return finish ? undo.finish() : undo.prepare(recording_, targets_);
}

Result<Applied> Plan::apply(const PlanProgress& progress, UndoWriter* undo) {
  NDMEDIC_CHECK(compare_all());
  if (undo != nullptr) NDMEDIC_CHECK(write_undo(*undo, false));
  std::uint64_t total = 0;
  if (progress)
    NDMEDIC_CHECK(recording_.for_each_step([&](const Step& step) {
      total += step.after.size();
      return true;
    }));
  Applied applied;
  Writer writer(targets_);
  Status status;
  bool go_on = true;
  NDMEDIC_CHECK(recording_.for_each_step([&](const Step& step) {
    applied.cancelled = !go_on && writer.begins_group(step);
    if (applied.cancelled) return false;
    status = writer.write(step);
    if (!status) return false;
    applied.bytes += step.after.size();
    go_on = !progress || progress(applied.bytes, total);
    return true;
  }));
  if (status) status = writer.end_group();
  failed_device_ = writer.device();
  if (!status) return status.error();
  if (undo != nullptr && !applied.cancelled) NDMEDIC_CHECK(write_undo(*undo, true));
  return applied;
}

}  // namespace ndmedic
