// SPDX-License-Identifier: BSD-3-Clause
// The access policy of the laboratory: crash media below, the seeded scheduler at every call, and
// faults of the writer on request.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <ndmedic/btt/access.h>
#include <ndmedic/format/endian.h>
#include <ndmedic/media/crash_media.h>

#include "commit_watch.h"
#include "scheduler.h"

namespace ndmedic::laboratory {

/// What the writer is made to forget or to do in the wrong order.
struct Faults {
  std::array<bool, site_count> fence{};       ///< left out
  std::array<bool, site_count> write_back{};  ///< left out
  /// Stores at `late`, with their write-backs, wait for the next store at `early` of the same
  /// thread and follow it at once.
  struct Swap {
    Site late{};
    Site early{};
  };
  std::optional<Swap> swap{};
  bool no_locks = false;  ///< map locks exclude nobody
  /// Looking at map words again gives what the first look gave.
  enum class StaleLooks : std::uint8_t { none, of_writers, of_readers };
  StaleLooks stale_looks = StaleLooks::none;
};

/// Calls by site: what there is to be taken away.
struct SiteUse {
  std::array<std::uint64_t, site_count> fences{};
  std::array<std::uint64_t, site_count> write_backs{};
};

/// Models BttAccess.
class CrashAccess {
 public:
  /// `block_size`: bytes of a block of the arenas.
  CrashAccess(CrashMedia& media, std::size_t block_size, Scheduler& scheduler, CommitWatch& watch,
              const Faults& faults, SiteUse& use)
      : media_(media),
        block_size_(block_size),
        scheduler_(scheduler),
        watch_(watch),
        faults_(faults),
        use_(use) {}

  bool load_data(AccessContext& context, std::uint64_t offset, std::span<std::byte> into);
  void will_load(std::uint64_t) const {}
  bool load_words(AccessContext& context, std::uint64_t offset, std::span<std::uint32_t> words);
  bool store_data(AccessContext& context, Site site, std::uint64_t offset,
                  std::span<const std::byte> from);
  bool store_halves(AccessContext& context, Site site, std::uint64_t group,
                    std::span<const FlogHalf> halves);
  bool store_words(AccessContext& context, Site site, std::uint64_t offset,
                   std::span<const std::uint32_t> words);
  bool write_back(AccessContext& context, Site site, Extent range);
  bool fence(AccessContext& context, Site site);
  void lock(MapLock& lock);
  void unlock(MapLock& lock);
  /// The calls of this thread from here on belong to reads, or not.
  void reads(bool reading) { reading_[scheduler_.current()] = reading; }
  void pause() { scheduler_.wait(); }
  unsigned thread() const { return scheduler_.current(); }

 private:
  struct Late {
    std::uint64_t offset;
    std::vector<std::byte> bytes;  // of a store; empty for a write-back
    Extent range;
  };

  /// The last words a thread looked at.
  struct Look {
    std::uint64_t offset = 0;
    std::vector<std::uint32_t> words{};
  };

  bool store_half(AccessContext& context, Site site, std::uint64_t group, const FlogHalf& half);
  bool is_image_of(std::uint64_t group, const FlogImage& image) const;
  bool is_stale(const Look& look, std::uint64_t offset, std::size_t count) const;
  void step();
  bool store(AccessContext& context, Site site, std::uint64_t offset,
             std::span<const std::byte> bytes);
  bool is_late(Site site) const { return faults_.swap && faults_.swap->late == site; }
  bool follow(AccessContext& context, Site site);
  static bool note(AccessContext& context, const Status& status);

  CrashMedia& media_;
  std::size_t block_size_;
  Scheduler& scheduler_;
  CommitWatch& watch_;
  const Faults& faults_;
  SiteUse& use_;
  std::array<std::vector<Late>, CrashMedia::threads_max> late_{};
  std::array<Look, CrashMedia::threads_max> looks_{};
  std::array<bool, CrashMedia::threads_max> reading_{};
};
static_assert(BttAccess<CrashAccess>);

}  // namespace ndmedic::laboratory
