// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/fsck/arena_plan.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include <ndmedic/fsck/lane_claims.h>

namespace ndmedic {
namespace {

constexpr std::size_t line_words = 16;  // of 64 bytes

/// Entries whose claim is in doubt: those of shared blocks, and those with a block out of range.
class Claimants final : public MapClaims {
 public:
  struct Entry {
    PremapLba lba{};
    MapEntry word{};
  };

  Claimants(const Ownership& ownership, std::uint64_t blocks) : blocks_(blocks) {
    for (const SharedBlock& shared : ownership.shared) of_block[shared.block.value];
  }

  void initial(std::uint64_t first, std::uint64_t count) override {
    for (auto at = of_block.lower_bound(static_cast<std::uint32_t>(first));
         at != of_block.end() && at->first < first + count; ++at)
      keep(at->second, {{at->first}, {}});
  }
  void normal(std::uint64_t first, std::span<const std::uint32_t> words) override {
    for (std::size_t i = 0; i < words.size(); ++i)
      other({static_cast<std::uint32_t>(first + i)}, {words[i]});
  }
  void other(PremapLba lba, MapEntry word) override {
    const std::uint32_t block = word.postmap(lba).value;
    if (block >= blocks_) return keep(without_block, {lba, word});
    const auto at = of_block.find(block);
    if (at != of_block.end()) keep(at->second, {lba, word});
  }

  std::map<std::uint32_t, std::vector<Entry>> of_block{};
  std::vector<Entry> without_block{};
  bool all_kept = true;

 private:
  void keep(std::vector<Entry>& list, Entry entry) {
    if (kept_++ >= planned_claims_max)
      all_kept = false;
    else
      list.push_back(entry);
  }

  std::uint64_t blocks_;
  std::size_t kept_ = 0;
};

using Entry = Claimants::Entry;

class Planner {
 public:
  Planner(const Media& ns, const Arena& arena, const LaneTable& lanes, const Ownership& ownership)
      : ns_(ns),
        arena_(arena),
        lanes_(lanes),
        ownership_(ownership),
        reformatted_(reformatted_conflicts(ownership, arena, lanes) != 0),
        claimants_(ownership, arena.geometry.internal_nlba),
        history_(past_writes(lanes)) {}

  Result<ArenaPlan> run() {
    note_pending();
    if (ownership_.unowned == 0 && ownership_.shared.empty()) return take_plan();
    if (!can_be_planned()) return ArenaPlan{};
    NDMEDIC_CHECK(read_claimants());
    if (!claimants_.all_kept) return ArenaPlan{};
    for (const BlockRun& run : ownership_.unowned_runs)
      for (std::uint64_t i = 0; i < run.count; ++i)
        spare_.insert(run.first.value + static_cast<std::uint32_t>(i));
    std::ranges::stable_sort(history_, {}, [](const PastWrite& past) { return past.lba.value; });
    if (!plan_certain_entry()) {
      find_moves();
      for (const SharedBlock& shared : ownership_.shared) NDMEDIC_CHECK(plan_shared(shared));
      plan_bad_entries();
      plan_bad_lanes();
      if (!hand_out_spares()) return ArenaPlan{};
    }
    return take_plan();
  }

 private:
  // -- what is known ----------------------------------------------------------------------------

  bool can_be_planned() const {
    std::uint64_t listed = 0;
    for (const BlockRun& run : ownership_.unowned_runs) listed += run.count;
    return ownership_.complete && ownership_.shared_all_listed && listed == ownership_.unowned &&
           listed <= planned_claims_max &&
           listed == ownership_.bad_entries + ownership_.bad_lanes + ownership_.repeats;
  }

  Status read_claimants() {
    NoFindings told_already;
    CensusOptions options;
    options.claims = &claimants_;
    const auto counted = count_map(ns_, arena_, options, told_already);
    return counted ? Status() : Status(counted.error());
  }

  std::span<const PastWrite> past_of(PremapLba lba) const {
    const auto found = std::ranges::equal_range(
        history_, lba.value, {}, [](const PastWrite& past) { return past.lba.value; });
    return {found.begin(), found.end()};
  }

  /// The words that recovery stores, in the order of lanes (claims_of()).
  void note_pending() {
    for (const LaneClaim& claim : claims_of(lanes_).claims) {
      lanes_by_block_.emplace(claim.block.value, claim.lane);
      if (!claim.interrupted) continue;
      const LaneReading& lane = lanes_.lanes[claim.lane.value];
      const FlogEntry& entry = lanes_.entry(lane, *lane.current);
      pending_[entry.lba.value()] = {claim.lane, entry.new_block()};
    }
  }

  ArenaPlan take_plan() {
    std::ranges::sort(plan_.salvage, {}, &PostmapLba::value);
    const auto again = std::ranges::unique(plan_.salvage);
    plan_.salvage.erase(again.begin(), again.end());
    for (const auto& [lba, write] : pending_)
      plan_.pending.push_back({{lba}, {write.second.value | map_normal_bits}});
    return std::move(plan_);
  }

  // -- entries with evidence --------------------------------------------------------------------

  /// XR-10: one entry and one block are left over.
  bool plan_certain_entry() {
    if (ownership_.unowned != 1 || !ownership_.shared.empty() || ownership_.bad_lanes != 0)
      return false;
    const Entry& entry = claimants_.without_block.front();
    const std::uint32_t flags = entry.word.state() == MapState::initial
                                    ? map_normal_bits
                                    : entry.word.word & map_normal_bits;
    plan_.entries.push_back({entry.lba,
                             entry.word,
                             {*spare_.begin() | flags},
                             ProblemId::map_entry_certain,
                             RepairBasis::arithmetic,
                             {}});
    return true;
  }

  /// EV-1 for every entry in doubt. Evidence that names two blocks for one LBA, or one block for
  /// two, is none.
  void find_moves() {
    std::map<std::uint32_t, std::set<std::uint32_t>> lbas_of;
    std::map<std::uint32_t, std::set<std::uint32_t>> blocks_of;
    const auto look = [&](const Entry& entry) {
      for (const PastWrite& past : past_of(entry.lba)) {
        if (!spare_.contains(past.new_block.value)) continue;
        lbas_of[past.new_block.value].insert(entry.lba.value);
        blocks_of[entry.lba.value].insert(past.new_block.value);
        moved_[entry.lba.value] = past;
      }
    };
    for (const auto& [block, entries] : claimants_.of_block) std::ranges::for_each(entries, look);
    std::ranges::for_each(claimants_.without_block, look);
    std::erase_if(moved_, [&](const auto& move) {
      return blocks_of[move.first].size() != 1 || lbas_of[move.second.new_block.value].size() != 1;
    });
  }

  /// Readable, unless it was marked before.
  void set_entry(const Entry& entry, std::uint32_t block, ProblemId cures, RepairBasis basis,
                 std::optional<Lane> witness = {}) {
    spare_.erase(block);
    const bool was_marked = entry.word.state() == MapState::error;
    const std::uint32_t flags = was_marked ? map_error_bit : map_normal_bits;
    plan_.entries.push_back({entry.lba, entry.word, {block | flags}, cures, basis, witness});
  }

  /// E, with a block that stays or, from hand_out_spares(), with one of the spares.
  void mark_entry(const Entry& entry, bool keeps_block, ProblemId cures, RepairBasis basis) {
    plan_.doubtful.push_back(entry.lba);
    const MapEntry word = marked(entry.word, entry.lba);
    if (keeps_block) {
      plan_.entries.push_back({entry.lba, entry.word, word, cures, basis, {}});
      plan_.salvage.push_back(word.postmap(entry.lba));
    } else {
      entries_in_need_.push_back({entry.lba, entry.word, {}, cures, basis, {}});
    }
  }

  void need_block(Lane lane, ProblemId cures, RepairBasis basis) {
    lanes_in_need_.push_back({lane, {}, cures, basis});
  }

  // -- shared blocks ----------------------------------------------------------------------------

  Status plan_shared(const SharedBlock& shared) {
    std::vector<Entry> entries = claimants_.of_block[shared.block.value];
    std::vector<Lane> lanes = lanes_of(shared.block);
    const std::size_t claims = entries.size() + lanes.size();
    const ProblemId id = problem_of(shared, entries);
    // As many may move away as leave one owner behind.
    const auto moves = std::ranges::count_if(
        entries, [this](const Entry& entry) { return moved_.contains(entry.lba.value); });
    if (static_cast<std::size_t>(moves) < claims)
      std::erase_if(entries, [&](const Entry& entry) {
        const auto move = moved_.find(entry.lba.value);
        if (move == moved_.end()) return false;
        set_entry(entry, move->second.new_block.value, id, RepairBasis::moved, move->second.lane);
        return true;
      });
    if (entries.size() + lanes.size() <= 1) return {};
    if (lanes.empty()) return plan_entries(entries, id);
    if (entries.empty()) return plan_lanes(lanes), Status();
    plan_entry_and_lanes(shared, entries, lanes);
    return {};
  }

  std::vector<Lane> lanes_of(PostmapLba block) const {
    std::vector<Lane> lanes;
    const auto [begin, end] = lanes_by_block_.equal_range(block.value);
    for (auto at = begin; at != end; ++at) lanes.push_back(at->second);
    return lanes;
  }

  static ProblemId problem_of(const SharedBlock& shared, std::span<const Entry> entries) {
    if (entries.size() == 2 && shared.initial) return ProblemId::map_initial_claimed;
    if (entries.size() > 1) return ProblemId::map_block_shared;
    if (entries.empty()) return ProblemId::lanes_share;
    return shared.lane_interrupted ? ProblemId::interrupted_block_owned : ProblemId::map_lane_share;
  }

  /// Initial, or marked as bad where it stood: never written, as nothing else leaves the identity.
  static bool is_unwritten(const Entry& entry) {
    return entry.word.state() == MapState::initial ||
           (entry.word.state() == MapState::error &&
            entry.word.postmap(entry.lba).value == entry.lba.value);
  }

  Status plan_entries(std::span<const Entry> entries, ProblemId id) {
    const auto unwritten = std::ranges::find_if(entries, &Planner::is_unwritten);
    if (entries.size() == 2 && unwritten != entries.end()) return plan_lost_word(*unwritten);
    for (const Entry& entry : entries)
      mark_entry(entry, &entry == entries.data(), id, RepairBasis::undecided);
    return {};
  }

  /// XR-11: the explicit entry keeps the block. Whose the one left over is, EV-2 and EV-3 tell, but
  /// not for a whole line of zeros (MP-04).
  Status plan_lost_word(const Entry& initial) {
    NDMEDIC_TRY(const auto witness, witness_of_lost_word(initial.lba));
    if (witness) {
      set_entry(initial, *spare_.begin(), ProblemId::map_initial_claimed, RepairBasis::lost_word,
                witness);
      return {};
    }
    mark_entry(initial, false, ProblemId::map_initial_claimed, RepairBasis::precedence);
    return {};
  }

  Result<std::optional<Lane>> witness_of_lost_word(PremapLba lba) const {
    if (ownership_.unowned != 1) return std::optional<Lane>();
    const auto told = std::ranges::find_if(history_, [lba](const PastWrite& past) {
      const bool was_free = past.old_block.value == lba.value || past.new_block.value == lba.value;
      return past.lba == lba ? past.current : was_free;
    });
    NDMEDIC_TRY(const bool line_lost, line_is_zero(lba));
    const bool counts = told != history_.end() && !line_lost;
    return counts ? std::optional(told->lane) : std::nullopt;
  }

  Result<bool> line_is_zero(PremapLba lba) const {
    const std::uint64_t word = arena_.map_entry(lba).value;
    const std::uint64_t size = line_words * map_entry_size;
    const Extent map = arena_.map();
    const std::uint64_t begin = std::max(word / size * size, map.offset);
    const std::uint64_t end = std::min(word / size * size + size, map.offset + map.size);
    return is_zero(ns_, {begin, end - begin});
  }

  /// XR-03: any of them may keep the block; one that was never used is surely right (EV-4).
  void plan_lanes(std::span<const Lane> lanes) {
    const auto pristine = std::ranges::find_if(
        lanes, [this](Lane lane) { return lanes_.lanes[lane.value].state == LaneState::pristine; });
    const Lane keeps = pristine == lanes.end() ? lanes.front() : *pristine;
    for (const Lane lane : lanes)
      if (lane != keeps) need_block(lane, ProblemId::lanes_share, RepairBasis::any);
  }

  void plan_entry_and_lanes(const SharedBlock& shared, std::span<const Entry> entries,
                            std::span<const Lane> lanes) {
    const Entry& entry = entries.front();
    if (entries.size() > 1 || lanes.size() > 1) {
      for (const Entry& each : entries)
        mark_entry(each, &each == entries.data(), ProblemId::map_lane_share,
                   RepairBasis::undecided);
      for (const Lane lane : lanes)
        give_up(lane, ProblemId::map_lane_share, RepairBasis::undecided);
    } else if (shared.lane_interrupted) {
      give_up(lanes.front(), ProblemId::interrupted_block_owned, RepairBasis::undecided);
    } else if (reformatted_) {
      need_block(lanes.front(), ProblemId::flog_reformatted, RepairBasis::precedence);
    } else if (wrote_last(entry.lba, shared.block)) {
      need_block(lanes.front(), ProblemId::map_lane_share, RepairBasis::last_write);
    } else if (lanes_.lanes[lanes.front().value].state == LaneState::pristine) {
      if (ownership_.unowned == 1)
        set_entry(entry, *spare_.begin(), ProblemId::map_lane_share, RepairBasis::pristine);
      else
        mark_entry(entry, false, ProblemId::map_lane_share, RepairBasis::pristine);
    } else {
      mark_entry(entry, true, ProblemId::map_lane_share, RepairBasis::undecided);
      need_block(lanes.front(), ProblemId::map_lane_share, RepairBasis::undecided);
    }
  }

  /// The lane gets another block, and its interrupted write is not completed (XR-05).
  void give_up(Lane lane, ProblemId cures, RepairBasis basis) {
    const LaneReading& reading = lanes_.lanes[lane.value];
    const auto write = pending_.find(lanes_.entry(reading, *reading.current).lba.value());
    if (write != pending_.end() && write->second.first == lane) {
      plan_.salvage.push_back(write->second.second);
      plan_.doubtful.push_back({write->first});
      pending_.erase(write);
    }
    need_block(lane, cures, basis);
  }

  bool wrote_last(PremapLba lba, PostmapLba block) const {
    return std::ranges::any_of(past_of(lba), [&](const PastWrite& past) {
      return past.current && past.new_block == block;
    });
  }

  // -- entries and lanes without a block --------------------------------------------------------

  void plan_bad_entries() {
    for (const Entry& entry : claimants_.without_block) {
      const auto move = moved_.find(entry.lba.value);
      if (move != moved_.end())
        set_entry(entry, move->second.new_block.value, ProblemId::map_block_out_of_range,
                  RepairBasis::moved, move->second.lane);
      else
        mark_entry(entry, false, ProblemId::map_block_out_of_range, RepairBasis::undecided);
    }
  }

  static std::optional<ProblemId> problem_of(const LaneReading& lane, std::uint32_t blocks,
                                             const FlogEntry* current) {
    switch (lane.state) {
      case LaneState::bad_pair:
        return ProblemId::flog_pair_bad;
      case LaneState::all_zero:
        return ProblemId::flog_group_lost;
      case LaneState::bad_lba:
        return ProblemId::flog_lba_bad;
      case LaneState::bad_block:
        return current->old_block().value < blocks ? ProblemId::flog_new_bad
                                                   : ProblemId::flog_old_bad;
      case LaneState::unreachable_pair:
        return ProblemId::flog_pair_unreachable;
      case LaneState::damaged_pristine:
        return ProblemId::flog_pristine_damaged;
      default:
        return std::nullopt;
    }
  }

  void plan_bad_lanes() {
    for (const LaneReading& lane : lanes_.lanes) {
      const FlogEntry* current = lane.current ? &lanes_.entry(lane, *lane.current) : nullptr;
      const auto cures = problem_of(lane, arena_.geometry.internal_nlba, current);
      if (!cures || lane.free_block) continue;
      const auto block = own_block(lane);
      if (block && spare_.contains(*block)) {
        spare_.erase(*block);
        plan_.lanes.push_back({lane.lane, {*block}, *cures, RepairBasis::own_entry});
      } else {
        const bool one = ownership_.unowned == 1;
        need_block(lane.lane, *cures, one ? RepairBasis::arithmetic : RepairBasis::any);
      }
    }
  }

  /// The block that the words of the lane still name as its own (FL-03, FL-05, FL-06, FL-14).
  std::optional<std::uint32_t> own_block(const LaneReading& lane) const {
    if (lane.state == LaneState::all_zero) return std::nullopt;
    std::set<std::uint32_t> named;
    for (const FlogSlot slot : {FlogSlot::a, FlogSlot::b}) {
      if (lane.current && *lane.current != slot) continue;
      const FlogEntry& entry = lanes_.entry(lane, slot);
      if (entry.is_zero()) continue;
      const PostmapLba block =
          lane.state == LaneState::damaged_pristine ? entry.new_block() : entry.old_block();
      if (spare_.contains(block.value)) named.insert(block.value);
    }
    return named.size() == 1 ? std::optional(*named.begin()) : std::nullopt;
  }

  /// Entries first, then lanes, ascending. What an entry or a lane gets by lot is kept before.
  bool hand_out_spares() {
    if (spare_.size() != entries_in_need_.size() + lanes_in_need_.size()) return false;
    const bool in_doubt = !plan_.doubtful.empty();
    for (EntryPlan& entry : entries_in_need_) {
      const std::uint32_t block = take_spare();
      entry.word = {block | map_error_bit};
      plan_.salvage.push_back({block});
      plan_.entries.push_back(entry);
    }
    for (LanePlan& lane : lanes_in_need_) {
      lane.block = {take_spare()};
      if (in_doubt || lane.basis == RepairBasis::undecided) plan_.salvage.push_back(lane.block);
      plan_.lanes.push_back(lane);
    }
    return true;
  }

  std::uint32_t take_spare() {
    const std::uint32_t block = *spare_.begin();
    spare_.erase(spare_.begin());
    return block;
  }

  const Media& ns_;
  const Arena& arena_;
  const LaneTable& lanes_;
  const Ownership& ownership_;
  bool reformatted_;
  Claimants claimants_;
  std::vector<PastWrite> history_;                                  // by LBA
  std::map<std::uint32_t, std::pair<Lane, PostmapLba>> pending_{};  // by LBA
  std::set<std::uint32_t> spare_{};                                 // nobody's, ascending
  std::map<std::uint32_t, PastWrite> moved_{};                      // by LBA, EV-1
  std::multimap<std::uint32_t, Lane> lanes_by_block_{};
  std::vector<EntryPlan> entries_in_need_{};
  std::vector<LanePlan> lanes_in_need_{};
  ArenaPlan plan_{};
};

}  // namespace

Result<ArenaPlan> plan_arena(const Media& ns, const Arena& arena, const LaneTable& lanes,
                             const Ownership& ownership) {
  if (!lanes.layout.layout || ownership.census.cancelled) return ArenaPlan{};
  return Planner(ns, arena, lanes, ownership).run();
}

}  // namespace ndmedic
