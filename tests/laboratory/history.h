// SPDX-License-Identifier: BSD-3-Clause
// What happened to each sector, and what it may therefore hold: every sector is a register of its
// own, so a history is linearizable when each sector's part is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "content.h"

namespace ndmedic::laboratory {

/// Calls on one sector in the order of their beginnings and ends, and the judgement: some order of
/// the calls, each at one moment between its beginning and its end, explains what reads gave.
class SectorHistory {
 public:
  using Op = std::uint32_t;

  explicit SectorHistory(Content initial) : initial_(initial) {}

  /// `behind`: a write that takes effect earlier, when one call writes the sector twice.
  Op begin_write(Content content, std::optional<Op> behind = {});
  Op begin_read();
  void end_write(Op op);
  void end_read(Op op, Content content);

  /// What the sector may hold now: writes that have not returned may have had their effect or not.
  /// Empty: what reads gave cannot be explained. At most 64 calls at once.
  std::vector<Content> possible(bool with_reads = true) const;
  /// A zero or error that has not returned: readers see its one store before it is durable.
  bool state_change_open() const;
  /// Every content that the sector ever was to hold.
  std::vector<Content> known() const;

 private:
  struct Call {
    bool write = false;
    bool ended = false;
    Content content = content_zeros;
    std::optional<Op> behind{};
  };
  struct Event {
    Op op = 0;
    bool end = false;
  };
  friend class Linearizer;

  Content initial_;
  std::vector<Call> calls_;
  std::vector<Event> events_;
};

/// All sectors, with the answers of possible() kept until something happens.
class History {
 public:
  explicit History(std::span<const Content> initial);

  std::size_t sectors() const { return sectors_.size(); }
  /// A content that was never used for this sector.
  Content next_content(std::uint32_t lba);

  SectorHistory::Op begin_write(std::uint32_t lba, Content content,
                                std::optional<SectorHistory::Op> behind = {});
  SectorHistory::Op begin_read(std::uint32_t lba);
  void end_write(std::uint32_t lba, SectorHistory::Op op);
  void end_read(std::uint32_t lba, SectorHistory::Op op, Content content);

  /// What the sector may hold when power is lost now.
  std::span<const Content> possible(std::uint32_t lba) const;
  /// The same after recovery: what a read gave stays, but for zeros and errors that have not
  /// returned.
  std::span<const Content> possible_recovered(std::uint32_t lba) const;
  /// Some order of the calls gives what reads gave.
  bool explained(std::uint32_t lba) const { return !sectors_[lba].history.possible().empty(); }
  /// The content of these bytes, if the sector ever was to hold it.
  std::optional<Content> recognise(std::uint32_t lba, std::span<const std::byte> bytes) const;
  /// Calls that have returned: what may be left of others gets less by them.
  std::uint64_t returns() const { return returns_; }

 private:
  struct Sector {
    SectorHistory history;
    std::vector<Content> possible{};
    std::vector<Content> recovered{};
    bool known = false;
    Content versions = 0;
  };
  SectorHistory& change(std::uint32_t lba);
  const Sector& know(std::uint32_t lba) const;

  mutable std::vector<Sector> sectors_;
  std::uint64_t returns_ = 0;
};

}  // namespace ndmedic::laboratory
