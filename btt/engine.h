// SPDX-License-Identifier: BSD-3-Clause
// A BTT as a disk: sectors that a power loss leaves old or new, never mixed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <ndmedic/btt/arena_chain.h>
#include <ndmedic/btt/attach.h>
#include <ndmedic/btt/engine_core.h>
#include <ndmedic/format/finding.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// What a returned write survives.
enum class Durability : std::uint8_t {
  power,    ///< a power loss: real barriers
  process,  ///< the end of the process only: no barriers, the system writes back when it likes
};

struct BttOptions {
  ChainOptions chain{};
  bool writable = false;
  /// Sectors of 520, 528, 4104, 4160 and 4224 bytes are read and written whole. Otherwise by their
  /// first 512 or 4096 bytes, as Linux's disk does (GE-9); what a write leaves out is zero then.
  bool with_metadata = false;
  Durability durability = Durability::power;
  /// WP-2 saves a third of the barriers for bulk import by one thread. Until flush() a crash may
  /// leave what only recovery can read (WP-R5): call flush() at the end.
  WritePath path = WritePath::wp3a;
};

/// An opened BTT. LBAs and counts are sectors of the whole BTT. Errors of calls on sectors carry
/// {first LBA, number of LBAs} in `where`: out_of_range; bad_media (an error entry, a map entry out
/// of range, or media that fail), read_only, io; `what` says which thing it is about.
///
/// Thread-safety: all calls from any number of threads at once. Two writes of one sector at once
/// leave one of them. A call of several sectors is not one step for others: each sector is.
///
/// Durability: when write(), zero() or mark_error() returns, the sectors are durable (but see
/// BttOptions); when it fails, each sector is old or new, and those before `where` are new. Where a
/// barrier is a system call, sectors that several threads write at once share it.
/// A commit that fails half-way closes the arena for writing: the next open() decides.
///
/// Media must keep the model of Media (aligned 8-byte units are atomic). Disks that may tear a
/// whole sector at a power loss (PM-4) are not safe for any BTT.
class Btt {
 public:
  /// Attaches (btt.md 3.2): reads info blocks and flogs, not the map. With `writable` restores
  /// primary info blocks from sound backups and completes interrupted writes (3.6); otherwise
  /// shows what that would give, and writes nothing. `ns` must outlive the object and not be
  /// written by anybody else. Findings as read_attachment(). Errors: those of Media; not_found (no
  /// BTT here); damaged with what = to_string(AttachRefusal) and the arena in `where.offset`.
  static Result<std::unique_ptr<Btt>> open(Media& ns, const BttOptions& options,
                                           FindingSink& findings);
  /// For reading; `options.writable` must be false.
  static Result<std::unique_ptr<Btt>> open_read(const Media& ns, const BttOptions& options,
                                                FindingSink& findings);

  virtual ~Btt() = default;
  Btt(const Btt&) = delete;
  Btt& operator=(const Btt&) = delete;

  std::uint64_t sectors() const { return sectors_; }
  /// Bytes a sector has in read() and write().
  std::uint32_t sector_size() const { return sector_.user_size; }
  /// Bytes a sector keeps, metadata included: external_lbasize.
  std::uint32_t stored_size() const { return sector_.stored_size; }

  /// into.size() is a multiple of sector_size(), as are all sizes below.
  virtual Status read(ExternalLba first, std::span<std::byte> into) const = 0;
  virtual Status write(ExternalLba first, std::span<const std::byte> from) = 0;
  /// Sectors in any order; an LBA given twice is written twice, in this order.
  virtual Status write(std::span<const SectorWrite> writes) = 0;
  /// Sectors that read as zeros. Costs a map word, or a write where Linux would misread (MP-7).
  virtual Status zero(ExternalLba first, std::uint64_t count) = 0;
  /// The content does not matter any more: zeros where that is cheap, unchanged elsewhere.
  virtual Status discard(ExternalLba first, std::uint64_t count) = 0;
  /// Reading fails until the next write. The old content is out of reach, not erased.
  virtual Status mark_error(ExternalLba first, std::uint64_t count) = 0;
  /// A barrier: what returned before is durable, with every option.
  virtual Status flush() = 0;

 protected:
  Btt(std::uint64_t sectors, SectorShape sector) : sectors_(sectors), sector_(sector) {}

 private:
  std::uint64_t sectors_;
  SectorShape sector_;
};

}  // namespace ndmedic
