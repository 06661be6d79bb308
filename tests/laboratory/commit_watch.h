// SPDX-License-Identifier: BSD-3-Clause
// Sorts images into the rows of btt.md section 4: how far the writes in flight had come.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <ndmedic/btt/access.h>

#include "world.h"

namespace ndmedic::laboratory {

enum class Row : std::uint8_t { t0, t0b, t1, t2, t3, t4, t5, x1, x2, x3 };
inline constexpr std::array<std::string_view, 10> row_names{"T-0", "T-0b", "T-1", "T-2", "T-3",
                                                            "T-4", "T-5",  "X-1", "X-2", "X-3"};
using RowCounts = std::array<std::uint64_t, row_names.size()>;

/// Told of every store of the commit protocol when the writer issues it.
class CommitWatch {
 public:
  /// `fences_serve_all`: a fence of one thread makes durable what others have flushed, too.
  CommitWatch(const World& world, std::span<const FlogLayout> layouts,
              std::span<const std::byte> visible, bool fences_serve_all);

  void data(unsigned thread, std::uint64_t offset, std::span<const std::byte> bytes,
            std::span<const std::byte> visible);
  void first_half(std::uint64_t offset, std::uint64_t value);
  void second_half(std::uint64_t offset, std::uint64_t value);
  void map_word(unsigned thread, std::uint64_t offset, std::uint32_t word);
  /// Map words of the range are the thread's to fence from here on.
  void map_written_back(unsigned thread, Extent range);
  /// The fence behind the stores of a site has returned, or should have.
  void fenced(unsigned thread, Site site);

  /// Adds a row for each write in flight.
  void classify(std::span<const std::byte> image, RowCounts& rows) const;

 private:
  struct Word {
    std::uint64_t offset = 0;
    std::uint64_t value = 0;
  };
  struct Write {
    unsigned thread = 0;
    std::uint32_t block = 0;
    std::uint64_t offset = 0;
    std::vector<std::byte> data{};
    std::vector<std::byte> before{};  // what stood there
    std::optional<Word> first{};
    std::optional<Word> second{};
    std::optional<Word> map{};
  };
  struct LaneWatch {
    std::size_t arena = 0;
    std::uint32_t free_block = 0;
    std::optional<Write> now{};
    std::optional<Write> earlier{};  // its map word may not be durable yet (WP-2)
  };

  LaneWatch* lane_of_block(std::size_t arena, std::uint32_t block);
  LaneWatch* lane_of_group(std::uint64_t offset);
  Row row_of(const Write& write, std::span<const std::byte> image) const;

  const World& world_;
  bool fences_serve_all_;
  std::vector<LaneWatch> lanes_;  // of all arenas
};

}  // namespace ndmedic::laboratory
