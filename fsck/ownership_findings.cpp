// SPDX-License-Identifier: BSD-3-Clause
// From owners to findings of btt.md 5.5, with the history that the flog tells of them (5.7).
#include <algorithm>
#include <map>

#include <ndmedic/btt/report.h>
#include <ndmedic/fsck/lane_claims.h>
#include <ndmedic/fsck/ownership.h>

namespace ndmedic {
namespace {

constexpr std::size_t evidence_max = 4;  // slots told for one LBA or block

/// Slots of the flog by the LBA and by the block that they wrote (EV-1, EV-5).
class History {
 public:
  explicit History(const LaneTable& lanes) : lanes_(lanes), writes_(past_writes(lanes)) {
    told_.resize(writes_.size());
    for (std::size_t i = 0; i < writes_.size(); ++i) {
      by_lba_.emplace(writes_[i].lba.value, i);
      by_block_.emplace(writes_[i].new_block.value, i);
    }
  }

  void tell_lba(PremapLba lba, const BttReport& report) { tell(by_lba_, lba.value, report); }
  void tell_block(PostmapLba block, const BttReport& report) {
    tell(by_block_, block.value, report);
  }

 private:
  using Index = std::multimap<std::uint32_t, std::size_t>;

  void tell(const Index& index, std::uint32_t key, const BttReport& report) {
    std::size_t told = 0;
    const auto [begin, end] = index.equal_range(key);
    for (auto at = begin; at != end && told < evidence_max; ++at, ++told) {
      if (told_[at->second]) continue;
      told_[at->second] = true;
      const PastWrite& write = writes_[at->second];
      const FlogEntry& entry = lanes_.entry(lanes_.lanes[write.lane.value], write.slot);
      report.add(
          ProblemId::ownership_evidence, PlaceKind::flog, {write.lane.value, 1},
          {decimal("lane", write.lane.value), text("entry", write.slot == FlogSlot::a ? "A" : "B"),
           decimal("seq", entry.seq.value()), decimal("lba", write.lba.value),
           decimal("old", write.old_block.value), decimal("new", write.new_block.value)});
    }
  }

  const LaneTable& lanes_;
  std::vector<PastWrite> writes_;
  std::vector<bool> told_;
  Index by_lba_;
  Index by_block_;
};

class Teller {
 public:
  Teller(const Ownership& ownership, const Arena& arena, const LaneTable& lanes,
         const BttReport& report)
      : ownership_(ownership), arena_(arena), lanes_(lanes), report_(report), history_(lanes) {}

  void run() {
    if (!ownership_.complete) report_.add(ProblemId::ownership_not_checked, PlaceKind::arena, {});
    tell_reformatted();
    tell_lost_words();
    for (const SharedBlock& shared : ownership_.shared) tell(shared);
    if (!ownership_.shared_all_listed)
      report_.add(ProblemId::shared_blocks_omitted, PlaceKind::arena, {},
                  {decimal("count", ownership_.shared.size())});
    tell_unowned();
  }

 private:
  void tell(const SharedBlock& shared) {
    const std::uint64_t explicit_count = shared.entry_count - (shared.initial ? 1 : 0);
    if (shared.entry_count > 1) {
      const bool lost = shared.initial && explicit_count == 1;
      add_entries(lost ? ProblemId::map_initial_claimed : ProblemId::map_block_shared, shared);
    }
    if (shared.entry_count > 0 && shared.lane_count > 0) {
      add_lane(
          shared.lane_interrupted ? ProblemId::interrupted_block_owned : ProblemId::map_lane_share,
          shared);
    }
    if (shared.lane_count > 1)
      report_.add(ProblemId::lanes_share, PlaceKind::flog, {shared.lanes[0].value, 1},
                  {decimal("block", shared.block.value), decimal("lane", shared.lanes[0].value),
                   decimal("other", shared.lanes[1].value), decimal("count", shared.lane_count)});
    tell_history(shared);
  }

  static std::vector<PremapLba> owners(const SharedBlock& shared) {
    std::vector<PremapLba> all = shared.entries;
    if (shared.initial) all.push_back(*shared.initial);
    std::ranges::sort(all, {}, &PremapLba::value);
    return all;
  }

  void add_entries(ProblemId id, const SharedBlock& shared) {
    const auto all = owners(shared);
    const bool lost = id == ProblemId::map_initial_claimed;
    const std::uint64_t lba = lost ? shared.initial->value : all[0].value;
    const std::uint64_t other = lost ? shared.entries[0].value : all[1].value;
    report_.add(id, PlaceKind::map, {lba, 1},
                {decimal("block", shared.block.value), decimal("lba", lba), decimal("other", other),
                 decimal("count", shared.entry_count)});
  }

  void add_lane(ProblemId id, const SharedBlock& shared) {
    const std::uint64_t lba = owners(shared).front().value;
    report_.add(id, PlaceKind::map, {lba, 1},
                {decimal("block", shared.block.value), decimal("lba", lba),
                 decimal("lane", shared.lanes.front().value)});
  }

  void tell_history(const SharedBlock& shared) {
    for (const PremapLba lba : owners(shared)) history_.tell_lba(lba, report_);
    history_.tell_block(shared.block, report_);
  }

  void tell_reformatted() {
    const std::uint64_t conflicts = reformatted_conflicts(ownership_, arena_, lanes_);
    if (conflicts == 0) return;
    report_.add(
        ProblemId::flog_reformatted, PlaceKind::arena, {},
        {decimal("count", lanes_.count(LaneState::pristine)), decimal("conflicts", conflicts)});
  }

  /// EV-2 and XR-08: a lane whose write is over, of an LBA that by its word was never written.
  void tell_lost_words() {
    std::uint64_t count = 0;
    for (const LaneReading& lane : lanes_.lanes) {
      if (!shows_lost_word(lane)) continue;
      ++count;
      const FlogEntry& entry = lanes_.entry(lane, *lane.current);
      report_.add(ProblemId::map_word_lost, PlaceKind::map, {entry.lba.value(), 1},
                  {decimal("lba", entry.lba.value()), decimal("lane", lane.lane.value),
                   decimal("new", entry.new_block().value)});
    }
    if (count < 2 || ownership_.census.initial != arena_.geometry.external_nlba) return;
    report_.add(ProblemId::map_reformatted, PlaceKind::arena, {}, {decimal("count", count)});
  }

  void tell_unowned() {
    const bool one = ownership_.unowned == 1 && ownership_.shared.empty() &&
                     ownership_.bad_entries + ownership_.bad_lanes == 1;
    if (one && ownership_.bad_entry) {
      report_.add(ProblemId::map_entry_certain, PlaceKind::map, {ownership_.bad_entry->value, 1},
                  {decimal("lba", ownership_.bad_entry->value),
                   decimal("block", ownership_.unowned_runs.front().first.value)});
      history_.tell_lba(*ownership_.bad_entry, report_);
      return;
    }
    for (const BlockRun& run : ownership_.unowned_runs) {
      report_.add(ProblemId::blocks_unowned, PlaceKind::block, {run.first.value, run.count},
                  {decimal("count", run.count), decimal("block", run.first.value)});
      history_.tell_block(run.first, report_);
    }
  }

  const Ownership& ownership_;
  const Arena& arena_;
  const LaneTable& lanes_;
  const BttReport& report_;
  History history_;
};

}  // namespace

std::uint64_t reformatted_conflicts(const Ownership& ownership, const Arena& arena,
                                    const LaneTable& lanes) {
  const std::uint32_t nfree = arena.geometry.nfree;
  if (lanes.count(LaneState::pristine) < nfree - nfree / 8) return 0;
  const auto conflicts = std::ranges::count_if(ownership.shared, [&](const SharedBlock& shared) {
    return shared.entry_count > 0 && shared.lane_count > 0 &&
           shared.block.value >= arena.geometry.external_nlba;
  });
  return conflicts < 2 ? 0 : static_cast<std::uint64_t>(conflicts);
}

void report_ownership(const Ownership& ownership, const Arena& arena, const LaneTable& lanes,
                      const BttContext& context, FindingSink& findings) {
  const BttReport report(context, arena.index, findings);
  Teller(ownership, arena, lanes, report).run();
}

}  // namespace ndmedic
