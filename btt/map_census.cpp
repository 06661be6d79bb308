// SPDX-License-Identifier: BSD-3-Clause
// One pass over the map. Entries with one problem that follow each other make one finding.

#include <ndmedic/btt/map_census.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include <ndmedic/btt/report.h>

namespace ndmedic {
namespace {

constexpr std::size_t chunk = 64;  // words that are looked at together

/// Joins neighbouring entries of one problem into ranges and tells each when it ends.
class RangeReport {
 public:
  RangeReport(ProblemId id, const BttReport& report) : id_(id), report_(report) {}

  void add(std::uint64_t first, std::uint64_t count, std::uint32_t word) {
    if (range_.count != 0 && range_.first + range_.count == first) {
      range_.count += count;
      return;
    }
    flush();
    range_ = {first, count};
    word_ = word;
  }

  void flush() {
    if (range_.count == 0) return;
    report_.add(
        id_, PlaceKind::map, range_,
        {decimal("lba", range_.first), decimal("count", range_.count), hexadecimal("read", word_)});
    range_ = {0, 0};
  }

 private:
  ProblemId id_;
  const BttReport& report_;
  BttReport::Span range_{0, 0};
  std::uint32_t word_ = 0;
};

class CensusVisitor final : public RecordVisitor {
 public:
  CensusVisitor(const Arena& arena, const CensusOptions& options, const BttReport& report)
      : arena_(arena),
        options_(options),
        out_of_range_(ProblemId::map_block_out_of_range, report),
        low_bits_(ProblemId::map_initial_low_bits, report),
        errors_(ProblemId::map_error_entries, report),
        zeros_(ProblemId::map_zero_entries_small_sector, report),
        absent_(ProblemId::map_not_in_image, report),
        bad_(ProblemId::map_unreadable, report) {}

  Status data(std::uint64_t first, std::span<const std::byte> bytes) override {
    std::array<std::uint32_t, chunk> words;
    const std::size_t entries = bytes.size() / map_entry_size;
    for (std::size_t at = 0; at < entries; at += chunk) {
      const std::size_t length = std::min(chunk, entries - at);
      load(bytes.subspan(at * map_entry_size, length * map_entry_size), words);
      add(first + at, std::span<const std::uint32_t>(words).first(length));
    }
    return {};
  }

  Status zero(std::uint64_t first, std::uint64_t count) override {
    census.initial += count;
    if (options_.claims != nullptr) options_.claims->initial(first, count);
    return {};
  }

  Status unread(std::uint64_t first, std::uint64_t count, ExtentKind kind) override {
    census.not_checked += count;
    (kind == ExtentKind::bad ? bad_ : absent_).add(first, count, 0);
    return {};
  }

  void finish() {
    for (RangeReport* range : {&out_of_range_, &low_bits_, &errors_, &zeros_, &absent_, &bad_})
      range->flush();
  }

  MapCensus census;

 private:
  static void load(std::span<const std::byte> bytes, std::span<std::uint32_t> words) {
    std::memcpy(words.data(), bytes.data(), bytes.size());
    if constexpr (std::endian::native == std::endian::big)
      for (std::uint32_t& word : words) word = __builtin_bswap32(word);
  }

  /// Nearly all of a map are words that are zero, or normal and in range: those go by the chunk.
  void add(std::uint64_t first, std::span<const std::uint32_t> words) {
    std::uint32_t any = 0;
    bool odd = false;
    for (const std::uint32_t word : words) {
      any |= word;
      odd |= word - map_normal_bits >= arena_.geometry.internal_nlba;
    }
    if (any == 0) {
      census.initial += words.size();
      if (options_.claims != nullptr) options_.claims->initial(first, words.size());
    } else if (!odd) {
      census.normal += words.size();
      if (options_.claims != nullptr) options_.claims->normal(first, words);
    } else {
      for (std::size_t i = 0; i < words.size(); ++i) count(first + i, {words[i]});
    }
  }

  void count(std::uint64_t index, MapEntry entry) {
    if (options_.claims != nullptr)
      options_.claims->other({static_cast<std::uint32_t>(index)}, entry);
    if (entry.word == 0) {
      ++census.initial;
      return;
    }
    switch (entry.state()) {
      case MapState::initial:
        ++census.initial;
        ++census.initial_low_bits;
        low_bits_.add(index, 1, entry.word);
        return;
      case MapState::error:
        ++census.error;
        errors_.add(index, 1, entry.word);
        keep_error(index);
        break;
      case MapState::zero:
        ++census.zero;
        if (options_.context.container == BttContainer::ns &&
            arena_.geometry.external_lbasize < 4096)
          zeros_.add(index, 1, entry.word);
        break;
      case MapState::normal:
        ++census.normal;
        break;
    }
    if ((entry.word & map_postmap_mask) < arena_.geometry.internal_nlba) return;
    ++census.out_of_range;
    out_of_range_.add(index, 1, entry.word);
  }

  void keep_error(std::uint64_t index) {
    auto& ranges = census.error_ranges;
    if (next_error_ == index && index != 0) {
      if (census.error_ranges_dropped == 0 && !ranges.empty()) ++ranges.back().count;
    } else if (ranges.size() < options_.error_ranges_max) {
      ranges.push_back({{static_cast<std::uint32_t>(index)}, 1});
    } else {
      ++census.error_ranges_dropped;
    }
    next_error_ = index + 1;
  }

  const Arena& arena_;
  const CensusOptions& options_;
  RangeReport out_of_range_;
  RangeReport low_bits_;
  RangeReport errors_;
  RangeReport zeros_;
  RangeReport absent_;
  RangeReport bad_;
  std::uint64_t next_error_ = 0;
};

}  // namespace

Result<MapCensus> count_map(const Media& ns, const Arena& arena, const CensusOptions& options,
                            FindingSink& findings) {
  const BttReport report(options.context, arena.index, findings);
  CensusVisitor visitor(arena, options, report);
  const RecordArray words{arena.map().offset, map_entry_size, arena.geometry.external_nlba};
  NDMEDIC_TRY(const bool finished, stream_records(ns, words, visitor, options.progress));
  visitor.finish();
  visitor.census.cancelled = !finished;
  return std::move(visitor.census);
}

}  // namespace ndmedic
