// SPDX-License-Identifier: BSD-3-Clause
// The sectors of a BTT as plain bytes, read-only: what a user of the block device sees. Interrupted
// writes are shown as recovery would leave them, in memory (PF-66); nothing is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <ndmedic/btt/arena.h>
#include <ndmedic/btt/lane_state.h>
#include <ndmedic/format/btt_map.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// Bytes of a sector that a block device shows: the metadata bytes of 520, 528, 4104, 4160 and 4224
/// are left out as the kernel does (GE-9); in a pool, all of them (libpmemblk knows no metadata).
std::uint32_t sector_data_size(std::uint32_t external_lbasize, BttContainer container);

/// A map word that recovery would change: the interrupted write of a lane (R6).
struct PendingWord {
  PremapLba lba{};
  MapEntry word{};
};

/// The pending words of an arena by its lanes, ascending by LBA. Only state `interrupted` counts;
/// whether new is claimed by somebody else (R8) is not known here.
std::vector<PendingWord> pending_words(const LaneTable& lanes);

/// One arena for SectorMedia.
struct SectorArena {
  Arena arena{};
  std::vector<PendingWord> pending{};
};

/// Reading an error entry, a block out of range, or past what the namespace holds is an Error
/// (bad_media, absent) whose `where` is the sector. An initial entry reads as the block of its own
/// number in a namespace and as zeros in a pool (btt.md 2.4, D-4). Thread-safe.
class SectorMedia final : public Media {
 public:
  /// `ns` must outlive the object; `arenas` are all arenas of the BTT in order, with one and the
  /// same external_lbasize.
  /// `sector_size`: bytes of each sector that are shown; 0: sector_data_size().
  SectorMedia(const Media& ns, BttContainer container, std::vector<SectorArena> arenas,
              std::uint32_t sector_size = 0);

  std::uint64_t size() const override { return size_; }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override;
  Status write(std::uint64_t offset, std::span<const std::byte> from) override;
  Status flush(Extent range) override;
  Status fence() override;
  /// Zero where neither the map nor the blocks behind it were ever written: sectors of a sparse
  /// image are skipped without a look at each.
  Result<ExtentRun> run_at(std::uint64_t offset, std::uint64_t limit) const override;
  MediaTraits traits() const override;

  std::uint32_t sector_size() const { return sector_size_; }

 private:
  struct Position {
    const SectorArena* arena = nullptr;
    std::uint32_t premap = 0;
  };
  Position locate(std::uint64_t lba) const;
  struct SectorRun {
    std::uint64_t count = 1;
    bool zero = false;
  };
  Result<SectorRun> sector_run(const SectorArena& arena, std::uint32_t premap,
                               std::uint64_t most) const;
  Status read_sectors(std::uint64_t lba, std::uint64_t skip, std::span<std::byte> into) const;
  Status read_sector(const SectorArena& arena, PremapLba premap, MapEntry word, std::uint64_t skip,
                     std::span<std::byte> into) const;

  const Media& ns_;
  BttContainer container_;
  std::vector<SectorArena> arenas_;
  std::uint32_t sector_size_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace ndmedic
