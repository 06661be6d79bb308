// SPDX-License-Identifier: BSD-3-Clause
#include "scheduler.h"

#include <array>
#include <utility>

namespace ndmedic::laboratory {
namespace {

constexpr std::size_t stack_size = 512 * 1024;

/// Stacks are used again by later runs of the thread: fresh ones would have to be paged in.
thread_local std::vector<std::unique_ptr<std::byte[]>> spare_stacks;

std::unique_ptr<std::byte[]> take_stack() {
  if (spare_stacks.empty()) return std::unique_ptr<std::byte[]>(new std::byte[stack_size]);
  std::unique_ptr<std::byte[]> stack = std::move(spare_stacks.back());
  spare_stacks.pop_back();
  return stack;
}

}  // namespace

Scheduler::Scheduler(std::uint64_t seed) : random_(seed) {
  static constexpr std::array<std::uint32_t, 4> calms{2, 3, 6, 20};
  calm_ = calms[random_.below(calms.size())];
}

void Scheduler::spawn(std::function<void()> body) {
  auto fiber = std::make_unique<Fiber>();
  fiber->body = std::move(body);
  fiber->stack = take_stack();
  ::getcontext(&fiber->context);
  fiber->context.uc_stack.ss_sp = fiber->stack.get();
  fiber->context.uc_stack.ss_size = stack_size;
  fiber->context.uc_link = &main_;
  // makecontext() passes ints only.
  const auto self = reinterpret_cast<std::uintptr_t>(this);
  ::makecontext(&fiber->context, reinterpret_cast<void (*)()>(&Scheduler::enter), 2,
                static_cast<unsigned>(self), static_cast<unsigned>(self >> 32));
  fibers_.push_back(std::move(fiber));
}

void Scheduler::enter(unsigned low, unsigned high) {
  auto* const self = reinterpret_cast<Scheduler*>(std::uintptr_t{low} | std::uintptr_t{high} << 32);
  Fiber& fiber = *self->fibers_[self->current_];
  fiber.body();
  fiber.finished = true;
}

bool Scheduler::run(std::uint64_t steps_max) {
  running_ = true;
  std::vector<unsigned> ready;
  bool finished = false;
  while (!finished && steps_ < steps_max) {
    ready.clear();
    for (unsigned i = 0; i < fibers_.size(); ++i)
      if (!fibers_[i]->finished) ready.push_back(i);
    finished = ready.empty();
    if (finished) break;
    // Who waits lets the others go first.
    if (waiting_ && ready.size() > 1) std::erase(ready, current_);
    waiting_ = false;
    current_ = ready[random_.below(ready.size())];
    ::swapcontext(&main_, &fibers_[current_]->context);
  }
  running_ = false;
  current_ = 0;
  if (finished)
    for (const auto& fiber : fibers_) spare_stacks.push_back(std::move(fiber->stack));
  fibers_.clear();
  return finished;
}

void Scheduler::switch_away() { ::swapcontext(&fibers_[current_]->context, &main_); }

void Scheduler::point() {
  if (!running_) return;
  ++steps_;
  if (fibers_.size() > 1 && random_.one_in(calm_)) switch_away();
}

void Scheduler::wait() {
  if (!running_) return;
  ++steps_;
  waiting_ = true;
  switch_away();
}

}  // namespace ndmedic::laboratory
