// SPDX-License-Identifier: BSD-3-Clause
// Streams the flog a second time, batch by batch: groups, the map words they name, judgement.

#include <ndmedic/btt/lane_state.h>

#include <algorithm>

#include <ndmedic/btt/lane_findings.h>
#include <ndmedic/btt/lane_judge.h>
#include <ndmedic/btt/map_words.h>
#include <ndmedic/format/codec.h>

namespace ndmedic {
namespace {

constexpr std::size_t batch_max = 16384;  // lanes, one window of the flog

class LaneCollector final : public RecordVisitor {
 public:
  LaneCollector(const Media& media, const Arena& arena, LaneTable& table, LaneReport& report)
      : media_(media), arena_(arena), table_(table), report_(report) {}

  Status data(std::uint64_t first, std::span<const std::byte> bytes) override {
    for (std::size_t at = 0; at < bytes.size(); at += flog_group_size) {
      LaneReading lane;
      lane.lane = {static_cast<std::uint32_t>(first + at / flog_group_size)};
      lane.group = decode<FlogGroup>(bytes.subspan(at));
      lane.readable = true;
      NDMEDIC_CHECK(add(lane));
    }
    return {};
  }

  Status zero(std::uint64_t first, std::uint64_t count) override {
    LaneReading lane;
    lane.readable = true;
    const std::uint64_t detailed = in_detail(first, count);
    for (std::uint64_t i = 0; i < detailed; ++i) {
      lane.lane = {static_cast<std::uint32_t>(first + i)};
      NDMEDIC_CHECK(add(lane));
    }
    if (detailed == count) return {};
    NDMEDIC_CHECK(flush());
    const Lane rest{static_cast<std::uint32_t>(first + detailed)};
    const bool known = table_.layout.layout.has_value();
    if (known) report_.run(ProblemId::flog_group_lost, rest, count - detailed);
    add_range(rest, count - detailed, known ? LaneState::all_zero : LaneState::not_checked);
    return {};
  }

  Status unread(std::uint64_t first, std::uint64_t count, ExtentKind kind) override {
    NDMEDIC_CHECK(flush());
    const std::uint64_t detailed = in_detail(first, count);
    for (std::uint64_t i = 0; i < detailed; ++i) {
      LaneReading lane;
      lane.lane = {static_cast<std::uint32_t>(first + i)};
      keep(lane);
    }
    if (detailed < count)
      add_range({static_cast<std::uint32_t>(first + detailed)}, count - detailed,
                LaneState::not_checked);
    report_.run(kind == ExtentKind::bad ? ProblemId::flog_unreadable : ProblemId::flog_not_in_image,
                {static_cast<std::uint32_t>(first)}, count);
    return {};
  }

  /// Judges what is still waiting.
  Status finish() {
    NDMEDIC_CHECK(flush());
    table_.encoding = tally_.result();
    return {};
  }

 private:
  static std::uint64_t in_detail(std::uint64_t first, std::uint64_t count) {
    return first >= lanes_detailed_max ? 0 : std::min(count, lanes_detailed_max - first);
  }

  Status add(const LaneReading& lane) {
    batch_.push_back(lane);
    return batch_.size() == batch_max ? flush() : Status{};
  }

  Status flush() {
    if (table_.layout.layout) NDMEDIC_CHECK(judge_batch(*table_.layout.layout));
    for (const LaneReading& lane : batch_) {
      report_.lane(lane);
      tally_.add(lane);
      keep(lane);
    }
    batch_.clear();
    return {};
  }

  Status judge_batch(FlogLayout layout) {
    queries_.clear();
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      LaneReading& lane = batch_[i];
      if (!judge_group(lane, arena_.geometry, layout)) continue;
      const FlogEntry& entry = lane.group.slot[slot_index(layout, *lane.current)];
      queries_.push_back({.lba = {entry.lba.value()}, .asker = i});
    }
    NDMEDIC_CHECK(look_up(media_, arena_, queries_));
    for (const MapQuery& query : queries_)
      judge_map_word(batch_[query.asker], arena_.geometry, layout, query.word);
    return {};
  }

  void keep(const LaneReading& lane) {
    table_.torn += lane.torn ? 1 : 0;
    if (lane.lane.value >= lanes_detailed_max) {
      add_range(lane.lane, 1, lane.state);
      return;
    }
    ++table_.counts[static_cast<std::size_t>(lane.state)];
    table_.lanes.push_back(lane);
  }

  void add_range(Lane first, std::uint64_t count, LaneState state) {
    table_.counts[static_cast<std::size_t>(state)] += count;
    if (!table_.rest.empty()) {
      LaneRange& last = table_.rest.back();
      if (last.state == state && last.first.value + last.count == first.value) {
        last.count += count;
        return;
      }
    }
    if (table_.rest.size() < lane_ranges_max) table_.rest.push_back({first, count, state});
  }

  const Media& media_;
  const Arena& arena_;
  LaneTable& table_;
  LaneReport& report_;
  EncodingTally tally_;
  std::vector<LaneReading> batch_;
  std::vector<MapQuery> queries_;
};

}  // namespace

Result<LaneTable> read_lanes(const Media& ns, const Arena& arena, const BttContext& context,
                             FindingSink& findings, const Progress& progress) {
  LaneTable table;
  NDMEDIC_TRY(table.layout, read_flog_layout(ns, arena, progress));
  if (table.layout.cancelled) {
    table.cancelled = true;
    return table;
  }
  report_flog_layout(table.layout, arena, context, findings);
  const BttReport report(context, arena.index, findings);
  LaneReport lanes(arena, table.layout, report);
  LaneCollector collector(ns, arena, table, lanes);
  const RecordArray groups{arena.flog().offset, flog_group_size, table.layout.lanes};
  NDMEDIC_TRY(const bool finished, stream_records(ns, groups, collector, progress));
  NDMEDIC_CHECK(collector.finish());
  lanes.finish(table.encoding);
  table.cancelled = !finished;
  return table;
}

}  // namespace ndmedic
