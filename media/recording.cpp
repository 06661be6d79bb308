// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/recording.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace ndmedic {

void Recording::tag(std::string_view name) {
  const std::lock_guard lock(mutex_);
  auto found = tags_.find(name);
  if (found == tags_.end()) found = tags_.emplace(name).first;
  tag_ = &*found;
}

std::uint64_t Recording::group_count() const {
  const std::lock_guard lock(mutex_);
  return stores_.empty() ? 0 : stores_.back().group + 1;
}

std::uint32_t Recording::device_count() const {
  const std::lock_guard lock(mutex_);
  return device_count_;
}

std::uint64_t Recording::spilled() const {
  const std::lock_guard lock(mutex_);
  return before_.spilled() + after_.spilled();
}

/// A fence with no store before it divides nothing.
void Recording::add_fence() {
  if (!stores_.empty() && stores_.back().group == group_) ++group_;
}

Result<Recording::Content> Recording::keep(ContentLog& log, std::span<const std::byte> bytes) {
  if (std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; })) return Content{};
  NDMEDIC_TRY(const std::uint64_t position, log.append(bytes));
  return Content{Content::Kind::stored, position};
}

Status Recording::load(const ContentLog& log, Content content, std::span<std::byte> into) {
  if (content.kind == Content::Kind::stored) return log.read(content.position, into);
  std::ranges::fill(into, std::byte{0});
  return {};
}

void Recording::add_store(std::uint32_t device, Extent range, Content before, Content after) {
  const auto follows = [](Content last, std::uint64_t size, Content next) {
    return last.kind == next.kind && last.from(size).position == next.position;
  };
  if (!stores_.empty()) {
    Store& last = stores_.back();
    const std::uint64_t size = last.range.size;
    if (last.tag == tag_ && last.device == device && last.group == group_ &&
        last.range.offset + size == range.offset && size + range.size <= largest_step &&
        follows(last.before, size, before) && follows(last.after, size, after)) {
      last.range.size += range.size;
      return;
    }
  }
  stores_.push_back({tag_, device, group_, range, before, after});
}

Result<Step> Recording::step_of(const Store& store) const {
  Step step;
  step.tag = *store.tag;
  step.device = store.device;
  step.group = store.group;
  step.offset = store.range.offset;
  step.before_known = store.before.kind != Content::Kind::unknown;
  if (step.before_known) {
    step.before.resize(store.range.size);
    NDMEDIC_CHECK(load(before_, store.before, step.before));
  }
  step.after.resize(store.range.size);
  NDMEDIC_CHECK(load(after_, store.after, step.after));
  return step;
}

/// Takes `next` into `step` when the two are one change of one range.
bool Recording::merge(Step& step, const Step& next) {
  if (step.tag.data() != next.tag.data() || step.device != next.device ||
      step.group != next.group || step.before_known != next.before_known)
    return false;
  const std::uint64_t end = step.offset + step.after.size();
  const std::uint64_t next_end = next.offset + next.after.size();
  if (next.offset > end || step.offset > next_end) return false;
  const std::uint64_t begin = std::min(step.offset, next.offset);
  if (std::max(end, next_end) - begin > largest_step) return false;

  const auto at = static_cast<std::ptrdiff_t>(next.offset - begin);
  const auto missing = static_cast<std::ptrdiff_t>(step.offset - begin);
  const auto behind = static_cast<std::ptrdiff_t>(next_end > end ? next_end - end : 0);
  // Grown at its ends only: a long row of small stores is not copied each time.
  const auto grow = [&](std::vector<std::byte>& bytes, const std::vector<std::byte>& from) {
    bytes.insert(bytes.begin(), from.begin(), from.begin() + missing);
    bytes.insert(bytes.end(), from.end() - behind, from.end());
  };
  // Where both overlap, `next` found what `step` left: `before` keeps the older bytes.
  if (step.before_known) grow(step.before, next.before);
  grow(step.after, next.after);
  std::ranges::copy(next.after, step.after.begin() + at);
  step.offset = begin;
  return true;
}

Status Recording::for_each_step(const std::function<bool(const Step&)>& visit) const {
  const auto nth = [this](std::size_t i) -> Result<std::optional<Step>> {
    const std::lock_guard lock(mutex_);
    if (i >= stores_.size()) return std::optional<Step>();
    NDMEDIC_TRY(Step step, step_of(stores_[i]));
    return std::optional<Step>(std::move(step));
  };
  std::optional<Step> pending;
  for (std::size_t i = 0;; ++i) {
    NDMEDIC_TRY(std::optional<Step> next, nth(i));
    if (pending && next && merge(*pending, *next)) continue;
    if (pending && !visit(*pending)) return {};
    if (!next) return {};
    pending = std::move(next);
  }
}

}  // namespace ndmedic
