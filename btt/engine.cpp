// SPDX-License-Identifier: BSD-3-Clause
// Chooses how a BTT is worked on: read-only, mapped, or by calls of Media. The engine template is
// instantiated here.

#include <ndmedic/btt/engine.h>

#include <cassert>
#include <cstdint>
#include <utility>

#include <ndmedic/btt/mapped_access.h>
#include <ndmedic/btt/media_access.h>
#include <ndmedic/btt/sector_media.h>
#include <ndmedic/btt/write_queue.h>

namespace ndmedic {
namespace {

SectorShape shape_of(const Attachment& attachment, bool with_metadata) {
  const std::uint32_t stored = attachment.sectors.front().arena.geometry.external_lbasize;
  return {with_metadata ? stored : sector_data_size(stored, attachment.container), stored};
}

std::uint64_t count_sectors(const Attachment& attachment) {
  std::uint64_t sectors = 0;
  for (const SectorArena& arena : attachment.sectors) sectors += arena.arena.geometry.external_nlba;
  return sectors;
}

/// The view that recovery would give, without recovery.
class ReadOnlyBtt final : public Btt {
 public:
  ReadOnlyBtt(const Media& ns, const Attachment& attachment, SectorShape sector)
      : Btt(count_sectors(attachment), sector),
        sectors_(ns, attachment.container, attachment.sectors, sector.user_size) {}

  Status read(ExternalLba first, std::span<std::byte> into) const override {
    const std::uint64_t count = into.size() / sector_size();
    if (!lies_within(first.value, count, sectors()))
      return Error{Errc::out_of_range, {first.value, count}, "sectors"};
    const Status status = sectors_.read(first.value * sector_size(), into);
    if (status) return {};
    return find_failed(first, into, status.error());
  }

  Status write(ExternalLba first, std::span<const std::byte> from) override {
    return refuse({first.value, from.size() / sector_size()});
  }
  Status write(std::span<const SectorWrite>) override { return refuse({}); }
  Status zero(ExternalLba first, std::uint64_t count) override {
    return refuse({first.value, count});
  }
  Status discard(ExternalLba first, std::uint64_t count) override {
    return refuse({first.value, count});
  }
  Status mark_error(ExternalLba first, std::uint64_t count) override {
    return refuse({first.value, count});
  }
  Status flush() override { return {}; }

 private:
  static Status refuse(Extent where) { return Error{Errc::read_only, where, "BTT"}; }

  /// Errors of the media name bytes of the namespace: the sector is found by reading singly.
  Status find_failed(ExternalLba first, std::span<std::byte> into, Error error) const {
    for (; !into.empty(); into = into.subspan(sector_size()), ++first.value) {
      const Status status = sectors_.read(first.value * sector_size(), into.first(sector_size()));
      if (status) continue;
      error = status.error();
      break;
    }
    error.where = {first.value, 1};
    return error;
  }

  SectorMedia sectors_;
};

template <BttAccess Access>
class EngineBtt : public Btt {
 public:
  /// `barriers`: the engine's fences are real ones.
  EngineBtt(Access access, Media& ns, bool barriers, Attachment& attachment,
            const EngineShape& shape)
      : Btt(count_sectors(attachment), shape.sector),
        ns_(ns),
        barriers_(barriers),
        access_(std::move(access)),
        core_(access_, shape, std::move(attachment.arenas)) {}

  Status read(ExternalLba first, std::span<std::byte> into) const override {
    return core_.read(first, into);
  }
  Status write(ExternalLba first, std::span<const std::byte> from) override {
    return core_.write(first, from);
  }
  Status write(std::span<const SectorWrite> writes) override { return core_.write(writes); }
  Status zero(ExternalLba first, std::uint64_t count) override { return core_.zero(first, count); }
  Status discard(ExternalLba first, std::uint64_t count) override {
    return core_.discard(first, count);
  }
  Status mark_error(ExternalLba first, std::uint64_t count) override {
    return core_.mark_error(first, count);
  }
  Status flush() override {
    NDMEDIC_CHECK(core_.flush());
    if (barriers_) return {};
    NDMEDIC_CHECK(ns_.flush({0, ns_.size()}));
    return ns_.fence();
  }

 protected:
  EngineCore<Access>& core() { return core_; }

 private:
  Media& ns_;
  bool barriers_;
  Access access_;
  mutable EngineCore<Access> core_;
};

/// Where a fence is a system call and the device's work: single sectors are committed together.
class QueueingBtt final : public EngineBtt<MediaAccess> {
 public:
  QueueingBtt(Media& ns, Attachment& attachment, const EngineShape& shape)
      : EngineBtt(MediaAccess(ns, true), ns, true, attachment, shape), queue_(core()) {}

  using EngineBtt::write;
  Status write(ExternalLba first, std::span<const std::byte> from) override {
    if (from.size() != sector_size() || first.value >= sectors())
      return EngineBtt::write(first, from);
    return queue_.write({first, from.data()});
  }

 private:
  WriteQueue<EngineCore<MediaAccess>> queue_;
};

/// Atomic stores want their natural alignment; info blocks only promise offsets.
bool is_aligned(std::span<std::byte> window) {
  return reinterpret_cast<std::uintptr_t>(window.data()) % sizeof(std::uint64_t) == 0;
}

std::unique_ptr<Btt> engine_on(Media& ns, Attachment& attachment, const BttOptions& options,
                               SectorShape sector) {
  const EngineShape shape{attachment.container, sector, options.path};
  const MediaTraits traits = ns.traits();
  const bool barriers = options.durability == Durability::power;
  const bool by_cpu = traits.direct_durable && stream_supported();
  if (!traits.direct.empty() && is_aligned(traits.direct) && (by_cpu || !barriers))
    return std::make_unique<EngineBtt<MappedAccess>>(MappedAccess(traits.direct, barriers), ns,
                                                     barriers, attachment, shape);
  if (barriers && options.path == WritePath::wp3a)
    return std::make_unique<QueueingBtt>(ns, attachment, shape);
  return std::make_unique<EngineBtt<MediaAccess>>(MediaAccess(ns, barriers), ns, barriers,
                                                  attachment, shape);
}

Error refusal_error(const Attachment& attachment) {
  return {Errc::damaged, {attachment.refused_arena.value, 0}, to_string(attachment.refusal)};
}

}  // namespace

Result<std::unique_ptr<Btt>> Btt::open_read(const Media& ns, const BttOptions& options,
                                            FindingSink& findings) {
  assert(!options.writable);
  NDMEDIC_TRY(const Attachment attachment, read_attachment(ns, options.chain, findings));
  if (attachment.sectors.empty()) return refusal_error(attachment);
  const SectorShape sector = shape_of(attachment, options.with_metadata);
  return std::unique_ptr<Btt>(std::make_unique<ReadOnlyBtt>(ns, attachment, sector));
}

Result<std::unique_ptr<Btt>> Btt::open(Media& ns, const BttOptions& options,
                                       FindingSink& findings) {
  if (!options.writable) return open_read(ns, options, findings);
  if (!ns.traits().writable) return Error{Errc::read_only, {}, "BTT"};
  NDMEDIC_TRY(Attachment attachment, read_attachment(ns, options.chain, findings));
  if (attachment.refusal != AttachRefusal::none) return refusal_error(attachment);
  NDMEDIC_CHECK(recover(ns, attachment));
  const SectorShape sector = shape_of(attachment, options.with_metadata);
  return engine_on(ns, attachment, options, sector);
}

}  // namespace ndmedic
