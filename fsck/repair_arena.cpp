// SPDX-License-Identifier: BSD-3-Clause
// Flog and map: the arena's plan as repairs (btt.md 5.3 to 5.5).
#include <ndmedic/fsck/repair_parts.h>

#include <algorithm>
#include <memory>

#include <ndmedic/btt/attach.h>
#include <ndmedic/btt/flog_writer.h>
#include <ndmedic/btt/map_words.h>
#include <ndmedic/btt/report.h>
#include <ndmedic/fsck/arena_plan.h>

namespace ndmedic::repairs {
namespace {

constexpr std::size_t candidates_max = 64;

Status store_word(Media& ns, const Arena& arena, PremapLba lba, MapEntry word) {
  NDMEDIC_CHECK(store_map_word(ns, arena, lba, word));
  return ns.fence();
}

class ArenaRepairs {
 public:
  ArenaRepairs(NamespaceImage& ns, std::size_t ns_index, std::size_t arena_index, ArenaPlan plan,
               std::vector<Repair>& out)
      : ns_(ns),
        ns_index_(static_cast<std::uint32_t>(ns_index)),
        arena_index_(arena_index),
        image_(ns.btt->arenas[arena_index]),
        arena_(ns.btt->arena(image_)),
        plan_(std::move(plan)),
        out_(out) {}

  /// Map entries, lanes, interrupted writes.
  void add() {
    for (const EntryPlan& entry : plan_.entries) add_entry(entry);
    for (const LanePlan& lane : plan_.lanes) add_lane(lane);
    if (!plan_.pending.empty()) add_pending();
  }

 private:
  Repair make(ProblemId cures, RepairAction action, RepairBasis basis, PlaceKind kind,
              std::uint64_t first) const {
    Repair repair{.cures = cures, .action = action, .basis = basis};
    repair.consent = basis == RepairBasis::undecided && cures == ProblemId::map_lane_share
                         ? RepairClass::manual
                         : std::max(problem(cures).repair, RepairClass::safe);
    repair.place = ns_.btt->options.context.ns;
    repair.place.kind = kind;
    repair.place.arena = arena_.index.value;
    repair.place.first = repair.place.last = first;
    return repair;
  }

  ExternalLba external(PremapLba lba) const { return {arena_.first_lba.value + lba.value}; }

  /// Blocks that get an owner by lot, or lose one, with all LBAs whose content they may hold.
  bool is_doubtful(PostmapLba block) const {
    return std::ranges::binary_search(plan_.salvage, block.value, {}, &PostmapLba::value);
  }

  void add_salvage(Repair& repair, PostmapLba block) const {
    if (!is_doubtful(block)) return;
    SalvageBlock kept{.ns = ns_index_, .arena = arena_index_, .block = block};
    for (const PremapLba lba : plan_.doubtful) {
      if (kept.candidates.size() == candidates_max) break;
      kept.candidates.push_back(external(lba));
    }
    repair.salvage.push_back(std::move(kept));
  }

  void add_entry(const EntryPlan& entry) {
    const bool readable = entry.word.state() != MapState::error;
    const PostmapLba block = entry.word.postmap(entry.lba);
    Repair repair = make(entry.cures, readable ? RepairAction::set_entry : RepairAction::mark_entry,
                         entry.basis, PlaceKind::map, entry.lba.value);
    repair.arguments = {decimal("lba", external(entry.lba).value), decimal("block", block.value)};
    if (entry.witness) repair.arguments.push_back(decimal("lane", entry.witness->value));
    Media* media = ns_.media.get();
    if (!readable) {
      add_salvage(repair, block);
      if (entry.found.state() != MapState::error) {
        repair.lost.push_back({ns_index_, external(entry.lba), 1});
        repair.prepare = [media, arena = arena_, entry] {
          return store_word(*media, arena, entry.lba, marked(entry.found, entry.lba));
        };
      }
    }
    const bool is_done = !readable && entry.word.word == marked(entry.found, entry.lba).word;
    repair.carry_out = [media, arena = arena_, entry, is_done] {
      return is_done ? Status() : store_word(*media, arena, entry.lba, entry.word);
    };
    out_.push_back(std::move(repair));
  }

  void add_lane(const LanePlan& lane) {
    Repair repair =
        make(lane.cures, RepairAction::set_lane, lane.basis, PlaceKind::flog, lane.lane.value);
    repair.arguments = {decimal("lane", lane.lane.value), decimal("block", lane.block.value)};
    add_salvage(repair, lane.block);
    const LaneTable* lanes = &image_.lanes;
    const BttContainer container = ns_.btt->options.context.container;
    Media* media = ns_.media.get();
    repair.carry_out = [media, arena = arena_, lanes, container, lane] {
      const LaneReading& reading = lanes->lanes[lane.lane.value];
      return give_free_block(*media, arena, *lanes, reading, lane.block, container);
    };
    out_.push_back(std::move(repair));
  }

  void add_pending() {
    Repair repair = make(ProblemId::flog_write_interrupted, RepairAction::complete_write,
                         RepairBasis::structure, PlaceKind::map, plan_.pending.front().lba.value);
    repair.arguments = {decimal("count", plan_.pending.size()),
                        decimal("lba", external(plan_.pending.front().lba).value)};
    Media* media = ns_.media.get();
    repair.carry_out = [media, arena = arena_, pending = plan_.pending] {
      return roll_forward(*media, arena, pending);
    };
    out_.push_back(std::move(repair));
  }

  NamespaceImage& ns_;
  std::uint32_t ns_index_;
  std::size_t arena_index_;
  const ArenaImage& image_;
  const Arena& arena_;
  ArenaPlan plan_;
  std::vector<Repair>& out_;
};

/// An info block that does not fit its place, or that another generation contradicts, may be that
/// of a former BTT (IB-04, IB-10): its flog and map are nothing to write to.
bool is_trusted(const ArenaPlace& place) {
  const InfoCopy* used = place.used_copy();
  return used != nullptr && used->state == CopyState::valid &&
         place.difference != CopyDifference::generations;
}

}  // namespace

Status add_arena_repairs(ImageTree& tree, const CheckResult& checked, std::vector<Repair>& out) {
  for (const ArenaOwnership& owned : checked.arenas) {
    NamespaceImage& ns = tree.namespaces[owned.ns];
    const ArenaImage& image = ns.btt->arenas[owned.arena];
    if (ns.btt->chain.start_wiped) continue;  // FO-08: destroyed on purpose, perhaps
    if (!is_trusted(ns.btt->chain.places[image.place])) continue;
    NDMEDIC_TRY(ArenaPlan plan,
                plan_arena(*ns.media, ns.btt->arena(image), image.lanes, owned.ownership));
    ArenaRepairs(ns, owned.ns, owned.arena, std::move(plan), out).add();
  }
  return {};
}

}  // namespace ndmedic::repairs
