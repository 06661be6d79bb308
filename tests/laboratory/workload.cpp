// SPDX-License-Identifier: BSD-3-Clause
#include "workload.h"

#include <algorithm>

namespace ndmedic::laboratory {
namespace {

bool is_model(Writer writer) {
  return writer != Writer::engine_wp3a && writer != Writer::engine_wp2;
}

Shape make_shape(Kind kind, Writer writer, Random& random) {
  Shape shape;
  shape.lbas = 4 + random.below(5);
  // Beyond 16 LBAs a second map lock comes into play.
  if (random.one_in(4)) shape.lbas = 18 + random.below(4);
  shape.lanes = 2 + random.below(2);
  if (kind == Kind::handover) shape.lanes = 1 + random.below(2);
  shape.block = random.one_in(2) ? 16 : 24;
  shape.sector = random.one_in(4) ? shape.block - 4 : shape.block;
  shape.layout = random.one_in(2) ? FlogLayout::slots_0_1 : FlogLayout::slots_0_2;
  if (random.one_in(2)) {
    shape.container = BttContainer::pool;
    shape.layout = FlogLayout::slots_0_1;  // libpmemblk knows no other
  }
  shape.arenas = !is_model(writer) && random.one_in(5) ? 2 : 1;
  return shape;
}

/// Draws the LBAs that a run works on: few, so that calls meet.
class Targets {
 public:
  Targets(std::uint32_t sectors, std::uint32_t count, Random& random)
      : sectors_(sectors), random_(random) {
    const std::uint32_t first = random.below(sectors);
    for (std::uint32_t i = 0; i < count; ++i) {
      const bool near = random.one_in(2);
      lbas_.push_back(near ? (first + i) % sectors : random.below(sectors));
    }
  }

  std::uint32_t one() { return lbas_[random_.below(lbas_.size())]; }

  std::vector<std::uint32_t> run(std::uint32_t most) {
    const std::uint32_t first = one();
    const std::uint32_t count = 1 + random_.below(std::min(most, sectors_ - first));
    std::vector<std::uint32_t> lbas(count);
    for (std::uint32_t i = 0; i < count; ++i) lbas[i] = first + i;
    return lbas;
  }

  std::vector<std::uint32_t> scattered(std::uint32_t most) {
    std::vector<std::uint32_t> lbas(1 + random_.below(most));
    for (std::uint32_t& lba : lbas) lba = random_.one_in(3) ? random_.below(sectors_) : one();
    return lbas;
  }

 private:
  std::uint32_t sectors_;
  Random& random_;
  std::vector<std::uint32_t> lbas_;
};

Call::Kind draw_state(Random& random) {
  static constexpr std::array kinds{Call::Kind::write, Call::Kind::write, Call::Kind::zero,
                                    Call::Kind::mark_error};
  return kinds[random.below(kinds.size())];
}

Call draw_call(Kind kind, std::uint32_t thread, Targets& targets, Random& random) {
  switch (kind) {
    case Kind::batch:
      return {Call::Kind::write, random.one_in(2) ? targets.run(8) : targets.scattered(6)};
    case Kind::lanes:
      return {Call::Kind::write,
              random.one_in(3) ? targets.run(3) : std::vector<std::uint32_t>{targets.one()}};
    case Kind::states: {
      const Call::Kind what = draw_state(random);
      return {what, what == Call::Kind::write ? targets.scattered(2) : targets.run(3)};
    }
    case Kind::readers: {
      const bool read = thread > 0 && !random.one_in(5);
      return {read ? Call::Kind::read : draw_state(random), targets.run(3)};
    }
    default:
      return {Call::Kind::write, {targets.one()}};
  }
}

}  // namespace

Workload make_workload(Kind kind, Writer writer, Random& random) {
  Workload workload;
  workload.shape = make_shape(kind, writer, random);
  std::uint32_t threads = 1;
  if (kind == Kind::lanes || kind == Kind::readers) threads = 2 + random.below(2);
  if (kind == Kind::one_lba) threads = 2;
  if (kind == Kind::handover) threads = workload.shape.lanes + 1;
  if (kind == Kind::states) threads = 1 + random.below(2);
  if (is_model(writer)) threads = 1;
  if (random.one_in(8)) workload.fences = CrashMedia::FenceReach::all_flushes;
  const std::uint32_t spread = kind == Kind::overwrite ? 1 : kind == Kind::one_lba ? 2 : 5;
  Targets targets(workload.shape.lbas * workload.shape.arenas, spread, random);
  for (std::uint32_t thread = 0; thread < threads; ++thread) {
    std::vector<Call>& calls = workload.threads.emplace_back();
    const std::uint32_t count = threads == 1 ? 3 + random.below(4) : 1 + random.below(3);
    for (std::uint32_t i = 0; i < count; ++i)
      calls.push_back(draw_call(kind, thread, targets, random));
    if (wants_recovery(writer)) calls.push_back({Call::Kind::flush, {}});
  }
  workload.queued = writer == Writer::engine_wp3a && threads > 1 && random.one_in(2);
  return workload;
}

}  // namespace ndmedic::laboratory
