// SPDX-License-Identifier: BSD-3-Clause
// First pass: bits. Second pass, only where blocks are shared: their owners by name.
#include <ndmedic/fsck/ownership.h>

#include <algorithm>
#include <unordered_map>

#include <ndmedic/fsck/claim_bits.h>
#include <ndmedic/fsck/lane_claims.h>

namespace ndmedic {
namespace {

constexpr std::size_t owners_kept = 2;
constexpr std::size_t unowned_runs_max = 65536;

class BitPass final : public MapClaims {
 public:
  BitPass(ClaimBits& bits, Ownership& ownership, std::uint64_t blocks)
      : bits_(bits), ownership_(ownership), blocks_(blocks) {}

  void initial(std::uint64_t first, std::uint64_t count) override { bits_.claim_run(first, count); }

  void normal(std::uint64_t, std::span<const std::uint32_t> words) override {
    const std::uint32_t first = words.front();
    bool ascending = words.back() - first == words.size() - 1;
    for (std::uint32_t i = 0; ascending && i < words.size(); ++i) ascending = words[i] == first + i;
    if (ascending) {
      bits_.claim_run(first & map_postmap_mask, words.size());
    } else {
      bits_.claim_words(words, map_postmap_mask);
    }
  }

  void other(PremapLba lba, MapEntry entry) override {
    const PostmapLba block = entry.postmap(lba);
    if (block.value < blocks_) return bits_.claim(block.value);
    ++ownership_.bad_entries;
    if (!ownership_.bad_entry) ownership_.bad_entry = lba;
  }

 private:
  ClaimBits& bits_;
  Ownership& ownership_;
  std::uint64_t blocks_;
};

/// Names the owners of shared blocks. A bit a block keeps the table out of most look-ups.
class NamePass final : public MapClaims {
 public:
  NamePass(Ownership& ownership, std::uint64_t blocks) : wanted_(blocks) {
    for (SharedBlock& shared : ownership.shared) {
      table_.emplace(shared.block.value, &shared);
      wanted_[shared.block.value] = true;
      sorted_.push_back(&shared);
    }
  }

  void initial(std::uint64_t first, std::uint64_t count) override {
    const auto block_of = [](const SharedBlock* shared) { return shared->block.value; };
    for (auto at = std::ranges::lower_bound(sorted_, first, {}, block_of);
         at != sorted_.end() && (*at)->block.value < first + count; ++at)
      add({(*at)->block.value}, {}, **at);
  }

  void normal(std::uint64_t first, std::span<const std::uint32_t> words) override {
    for (std::size_t i = 0; i < words.size(); ++i)
      look({static_cast<std::uint32_t>(first + i)}, {words[i]});
  }

  void other(PremapLba lba, MapEntry entry) override { look(lba, entry); }

 private:
  void look(PremapLba lba, MapEntry entry) {
    const PostmapLba block = entry.postmap(lba);
    if (block.value < wanted_.size() && wanted_[block.value])
      add(lba, entry, *table_.find(block.value)->second);
  }

  static void add(PremapLba lba, MapEntry entry, SharedBlock& shared) {
    ++shared.entry_count;
    if (entry.state() == MapState::initial) {
      shared.initial = lba;
    } else if (shared.entries.size() < owners_kept) {
      shared.entries.push_back(lba);
    }
  }

  std::vector<bool> wanted_;
  std::unordered_map<std::uint32_t, SharedBlock*> table_;
  std::vector<SharedBlock*> sorted_;
};

void list_shared(const ClaimBits& bits, Ownership& ownership) {
  ownership.shared.reserve(bits.shared().size());
  for (const std::uint32_t block : bits.shared()) {
    ownership.shared.emplace_back();
    ownership.shared.back().block = {block};
  }
  std::ranges::sort(ownership.shared, {},
                    [](const SharedBlock& shared) { return shared.block.value; });
  ownership.shared_all_listed = bits.shared_all_kept();
  ownership.repeats = bits.repeats();
}

void list_unowned(const ClaimBits& bits, Ownership& ownership) {
  ownership.unowned = bits.unclaimed();
  if (ownership.unowned == 0) return;
  bits.for_each_unclaimed([&](std::uint64_t first, std::uint64_t count) {
    if (ownership.unowned_runs.size() < unowned_runs_max)
      ownership.unowned_runs.push_back({{static_cast<std::uint32_t>(first)}, count});
  });
}

void name_lanes(const LaneClaims& lanes, Ownership& ownership) {
  for (const LaneClaim& claim : lanes.claims) {
    const auto at = std::ranges::lower_bound(ownership.shared, claim.block.value, {},
                                             [](const SharedBlock& s) { return s.block.value; });
    if (at == ownership.shared.end() || at->block != claim.block) continue;
    ++at->lane_count;
    at->lane_interrupted = at->lane_interrupted || claim.interrupted;
    if (at->lanes.size() < owners_kept) at->lanes.push_back(claim.lane);
  }
}

}  // namespace

Result<Ownership> read_ownership(const Media& ns, const Arena& arena, const LaneTable& lanes,
                                 const CensusOptions& options, FindingSink& findings) {
  Ownership ownership;
  const LaneClaims claims = claims_of(lanes);
  const std::uint64_t blocks = arena.geometry.internal_nlba;
  {
    ClaimBits bits(blocks);
    BitPass pass(bits, ownership, blocks);
    CensusOptions first = options;
    first.claims = &pass;
    NDMEDIC_TRY(ownership.census, count_map(ns, arena, first, findings));
    if (ownership.census.cancelled) return ownership;
    for (const LaneClaim& claim : claims.claims) bits.claim(claim.block.value);
    bits.settle();
    ownership.complete = claims.complete && ownership.census.not_checked == 0;
    ownership.bad_lanes = claims.bad;
    ownership.bad_lane = claims.first_bad;
    list_shared(bits, ownership);
    if (ownership.complete) list_unowned(bits, ownership);
  }
  if (!ownership.shared.empty()) {
    NamePass pass(ownership, blocks);
    NoFindings told_already;
    CensusOptions second;
    second.context = options.context;
    second.claims = &pass;
    if (options.progress)
      second.progress = [&](std::uint64_t, std::uint64_t total) {
        return options.progress(total, total);
      };
    NDMEDIC_TRY(const MapCensus again, count_map(ns, arena, second, told_already));
    ownership.census.cancelled = again.cancelled;
    name_lanes(claims, ownership);
  }
  report_ownership(ownership, arena, lanes, options.context, findings);
  return ownership;
}

}  // namespace ndmedic
