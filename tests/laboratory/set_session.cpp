// SPDX-License-Identifier: BSD-3-Clause
#include "set_session.h"

#include <algorithm>
#include <array>
#include <utility>

#include <ndmedic/labels/dpa_space.h>

#include "../labels/two_way.h"

namespace ndmedic::laboratory {
namespace {

constexpr std::uint32_t cells = 8;
constexpr std::uint64_t share = cells * 4096;

RegionDescription described(std::size_t ways) {
  RegionDescription region = ways == 1   ? tests::one_way(0x123456)
                             : ways == 2 ? tests::two_way()
                                         : tests::three_way();
  for (RegionMapping& mapping : region.mappings) mapping.size = share;
  // Cells of a page on each DIMM, whatever their number: is_alignment().
  return region;
}

}  // namespace

SetSession::SetSession(unsigned shape) {
  const std::size_t ways = 1 + shape % 3;
  old_version_ = shape / 3 % 2 != 0;
  const std::uint64_t size = 1024 + 512 * (shape / 6 % 3);
  region_.description = described(ways);
  region_.cookies = region_cookies(region_.description);
  unit_ = share / cells;
  tests::AreaBuilder area(size, old_version_ ? 128 : 256);
  area.block(0, 3, {}).block(1, 2, {});
  slots_ = area.geometry().nslot;
  for (std::size_t i = 0; i < ways; ++i) {
    media_.push_back(std::make_unique<CrashMedia>(area.bytes()));
    media_.back()->before_fence([this] {
      if (fences_to_cut_ == 0 || --fences_to_cut_ != 0) return;
      left_.clear();
      for (const auto& medium : media_) {
        CrashImages images;
        images.take(*medium, image_);
        const auto bytes =
            images.image(images.exhaustive() ? image_ % images.count() : image_).bytes;
        left_.emplace_back(bytes.begin(), bytes.end());
      }
    });
  }
}

const char* SetSession::run(const SetOperation& operation) {
  if (operation.kind % 8 == 7) {
    const auto recovered = recover_namespaces(targets(), {&region_, 1});
    return recovered && recovered->empty() ? check(state_) : "recovery finds something";
  }
  const Step step = step_of(operation);
  return (operation.kind & 0x80) != 0 ? cut_within(step, operation.cut) : carry_out(step);
}

SetSession::Step SetSession::step_of(const SetOperation& operation) {
  const std::string name(1 + operation.second % 63, static_cast<char>('a' + operation.second % 26));
  const std::size_t which = operation.first;
  switch (operation.kind % 8) {
    case 0:
    case 1:
      return adding(operation.first, operation.second, false);
    case 2:
      return adding(operation.first, operation.second, true);
    case 3:
      return changing(which, {.name = name});
    case 4:
      return changing(which, {.name = name,
                              .lbasize = operation.second % 2 == 0 ? 512u : 4096u,
                              .abstraction = guids::btt2});
    case 5:
      return changing(which, {.size = (1 + operation.second % (cells + 1)) * unit_ * media_.size(),
                              .alignment = unit_ * media_.size()});
    default:
      return removing(which);
  }
}

Guid SetSession::next_uuid() {
  Guid uuid = tests::uuid_number(1 + made_++ % 100);
  uuid.bytes[5] = static_cast<std::uint8_t>(made_ / 100);
  return uuid;
}

std::vector<bool> SetSession::taken(const State& state) const {
  std::vector<bool> taken(cells);
  for (const Namespace& ns : state)
    for (std::uint32_t cell = ns.cell; cell < ns.cell + ns.cells; ++cell) taken[cell] = true;
  return taken;
}

std::uint32_t SetSession::room_from(std::uint32_t cell, const std::vector<bool>& taken) const {
  std::uint32_t room = 0;
  while (cell + room < cells && !taken[cell + room]) ++room;
  return room;
}

/// `again`: of a namespace that is there already.
SetSession::Step SetSession::adding(std::uint8_t size, std::uint8_t place, bool again) {
  const bool twice = again && !state_.empty();
  Namespace made{.uuid = twice ? state_[size % state_.size()].uuid : next_uuid(),
                 .name = std::string(place % 64, 'n'),
                 .cells = 1u + size % (cells + 1),
                 .lbasize = 512};
  std::optional<std::uint32_t> cell;
  if (place % 4 == 0) cell = place / 4 % (cells + 1);
  const std::uint64_t ways = media_.size();
  const NewNamespace wanted{
      .uuid = made.uuid,
      .name = made.name,
      .size = made.cells * unit_ * ways,
      .offset = cell ? std::optional<std::uint64_t>(*cell * unit_) : std::nullopt,
      .alignment = unit_ * ways,
      .lbasize = made.lbasize};
  Step step{.run = [this, wanted](std::span<const LabelTarget> dimms) {
    return add_namespace(dimms, region_, wanted);
  }};
  if (slots_ - state_.size() < 2)
    step.refusal = Refusal::no_free_slot;
  else if (twice)
    step.refusal = Refusal::duplicate_uuid;
  else
    place_new(step, std::move(made), cell);
  return step;
}

void SetSession::place_new(Step& step, Namespace made, std::optional<std::uint32_t> cell) const {
  const std::vector<bool> now = taken(state_);
  std::uint32_t largest = 0;
  for (std::uint32_t at = 0; at < cells; ++at) {
    largest = std::max(largest, room_from(at, now));
    if (!cell && room_from(at, now) >= made.cells) cell = at;
  }
  if (cell && room_from(*cell, now) == 0) {
    step.refusal = Refusal::overlap;
    return;
  }
  const std::uint32_t room = cell ? room_from(*cell, now) : largest;
  if (!cell || room < made.cells) {
    step.refusal = Refusal::does_not_fit;
    step.limit = room * unit_ * media_.size();
    return;
  }
  made.cell = *cell;
  step.after = state_;
  step.after.push_back(std::move(made));
}

SetSession::Step SetSession::changing(std::size_t which, NamespaceChange change) {
  const Guid uuid = state_.empty() ? next_uuid() : state_[which % state_.size()].uuid;
  Step step{.run = [this, uuid, change](std::span<const LabelTarget> dimms) {
    return change_namespace(dimms, region_, uuid, change);
  }};
  if (state_.empty()) {
    step.refusal = Refusal::not_found;
    return step;
  }
  step.after = state_;
  Namespace& ns = step.after[which % state_.size()];
  if (change.name) ns.name = *change.name;
  if (change.lbasize) ns.lbasize = *change.lbasize;
  if (change.abstraction) ns.abstraction = *change.abstraction;
  if (change.size) {
    const auto wanted = static_cast<std::uint32_t>(*change.size / unit_ / media_.size());
    const std::uint32_t room = ns.cells + room_from(ns.cell + ns.cells, taken(state_));
    if (wanted > room) {
      step.refusal = Refusal::does_not_fit;
      step.limit = room * unit_ * media_.size();
    }
    ns.cells = wanted;
  }
  return step;
}

SetSession::Step SetSession::removing(std::size_t which) {
  const Guid uuid = state_.empty() ? next_uuid() : state_[which % state_.size()].uuid;
  Step step{.run = [this, uuid](std::span<const LabelTarget> dimms) {
    return remove_namespace(dimms, region_, uuid);
  }};
  if (state_.empty()) {
    step.refusal = Refusal::not_found;
    return step;
  }
  step.after = state_;
  step.after.erase(step.after.begin() + static_cast<std::ptrdiff_t>(which % state_.size()));
  return step;
}

std::vector<LabelTarget> SetSession::targets() const {
  std::vector<LabelTarget> targets;
  for (const auto& medium : media_)
    targets.push_back({static_cast<std::uint32_t>(targets.size()), medium.get()});
  return targets;
}

Areas SetSession::content() const {
  Areas areas;
  for (const auto& medium : media_)
    areas.emplace_back(medium->visible().begin(), medium->visible().end());
  return areas;
}

Meaning SetSession::meaning(const State& state) const {
  Meaning meaning(media_.size());
  for (std::size_t device = 0; device < media_.size(); ++device) {
    for (const Namespace& ns : state) {
      const RegionCookies& cookies = region_.cookies;
      Said said{.uuid = ns.uuid, .name = ns.name};
      said.numbers = {0,
                      media_.size(),
                      device,
                      old_version_ ? cookies.cookie1 : cookies.cookie2,
                      ns.lbasize,
                      ns.cell * unit_,
                      ns.cells * unit_,
                      0};
      said.guids = {old_version_ ? Guid{} : guids::pm, old_version_ ? Guid{} : ns.abstraction,
                    Guid{}, Guid{}};
      meaning[device].push_back(std::move(said));
    }
    std::ranges::sort(meaning[device]);
  }
  return meaning;
}

const char* SetSession::check(const State& state) const {
  const std::vector<LabelArea> areas = read_areas(content());
  if (!are_sound(areas)) return "an area without an index, or a slot without a label";
  return meaning_of(areas) == meaning(state) ? nullptr : "the labels are not those of the model";
}

const char* SetSession::carry_out(const Step& step) {
  const Areas before = content();
  const auto answer = step.run(targets());
  if (!answer) return "a transaction on sound media fails";
  if (answer->refusal != step.refusal) return "another answer than the model's";
  if (!answer->done()) {
    if (answer->limit != step.limit && step.limit != 0) return "another limit than the model's";
    return content() == before ? nullptr : "a refusal has written";
  }
  state_ = step.after;
  for (const auto& medium : media_)
    if (!medium->in_flight().empty()) return "what has returned is not durable";
  return check(state_);
}

template <class Task>
bool SetSession::run_cut(std::uint64_t fence, std::uint64_t image, const Task& task) {
  fences_to_cut_ = fence;
  image_ = image;
  const bool done = task();
  if (fences_to_cut_ != 0) left_ = content();
  fences_to_cut_ = 0;
  restart(left_);
  return done;
}

void SetSession::restart(const Areas& areas) {
  for (std::size_t i = 0; i < media_.size(); ++i) media_[i]->restart(areas[i]);
}

const char* SetSession::cut_within(const Step& step, std::uint32_t cut) {
  const bool ran =
      run_cut(1 + cut % 24, cut / 24 % 1024, [&] { return step.run(targets()).has_value(); });
  if (!ran) return "a transaction on sound media fails";
  const std::uint32_t again = cut / 24 / 1024;
  const auto recover = [&] { return recover_namespaces(targets(), {&region_, 1}).has_value(); };
  if (again % 2 != 0 && !run_cut(1 + again / 2 % 16, again / 32, recover)) return "recovery fails";
  if (!recover()) return "recovery fails";
  if (!plan_recovery(SetWriter(targets()), {&region_, 1}).empty())
    return "recovery leaves something to recover";
  if (check(state_) == nullptr) return nullptr;
  if (step.refusal != Refusal::none) return "a refusal has written";
  state_ = step.after;
  return check(state_) == nullptr ? nullptr : "neither old nor new";
}

}  // namespace ndmedic::laboratory
