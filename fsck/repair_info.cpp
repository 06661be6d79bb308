// SPDX-License-Identifier: BSD-3-Clause
// Info blocks of a BTT: the bad copy from the good one (btt.md IB-01 to IB-03, FO-08).
#include <ndmedic/fsck/repair_parts.h>

#include <algorithm>

#include <ndmedic/format/codec.h>
#include <ndmedic/image/structure_seal.h>

namespace ndmedic::repairs {
namespace {

/// The first unit of the signature last: what is torn before is no info block, whatever its
/// checksum (a Fletcher sum may be right by chance).
Status store_info_block(Media& ns, std::uint64_t at, const InfoBlock& block) {
  constexpr std::size_t unit = 8;
  const std::array<std::byte, unit> nothing{};
  const std::span<const std::byte> bytes = bytes_of(block);
  NDMEDIC_CHECK(ns.write(at, nothing));
  NDMEDIC_CHECK(ns.flush({at, unit}));
  NDMEDIC_CHECK(ns.fence());
  NDMEDIC_CHECK(ns.write(at + unit, bytes.subspan(unit)));
  NDMEDIC_CHECK(ns.flush({at + unit, bytes.size() - unit}));
  NDMEDIC_CHECK(ns.fence());
  NDMEDIC_CHECK(ns.write(at, bytes.first(unit)));
  NDMEDIC_CHECK(ns.flush({at, unit}));
  return ns.fence();
}

class InfoRepairs {
 public:
  InfoRepairs(NamespaceImage& ns, const ArenaImage& image, std::vector<Repair>& out)
      : ns_(ns), image_(image), place_(ns.btt->chain.places[image.place]), out_(out) {}

  void add() {
    if (place_.used == InfoChoice::backup && place_.backup.state == CopyState::valid)
      return add_primary();
    if (place_.used != InfoChoice::primary || place_.primary.state != CopyState::valid) return;
    if (place_.backup.state == CopyState::invalid || place_.backup.state == CopyState::blank)
      return add_backup();
    if (place_.difference == CopyDifference::flags_only) add_flags();
  }

 private:
  Repair make(ProblemId cures, PlaceKind kind) const {
    Repair repair{.cures = cures, .consent = problem(cures).repair};
    repair.action = RepairAction::store_info;
    repair.place = ns_.btt->options.context.ns;
    repair.place.kind = kind;
    repair.place.arena = place_.arena->index.value;
    return repair;
  }

  /// IB-01: a backup may be the leftover of an older generation, so its flog has to be one.
  bool flog_is_plausible() const {
    const LaneTable& lanes = image_.lanes;
    const std::uint64_t lost = lanes.count(LaneState::all_zero) + lanes.count(LaneState::bad_pair) +
                               lanes.count(LaneState::not_checked);
    return lanes.layout.layout && lost < place_.arena->geometry.nfree / 2;
  }

  void add_primary() {
    if (!flog_is_plausible() || !place_.primary.has_bytes()) return;
    const bool wiped = ns_.btt->chain.start_wiped;
    Repair repair =
        make(wiped ? ProblemId::info_primary_wiped : ProblemId::info_primary_bad, PlaceKind::info);
    add(std::move(repair), {{place_.start.value, place_.backup.block}});
  }

  void add_backup() {
    const std::uint64_t at = place_.arena->backup().value;
    if (at != place_.backup.place.value) return;
    add(make(ProblemId::info_backup_bad, PlaceKind::backup), {{at, place_.primary.block}});
  }

  /// IB-03: a flag that one copy has, both get; where a copy has them all already, a power loss
  /// takes none of them.
  void add_flags() {
    InfoBlock block = place_.primary.block;
    block.flags = block.flags.value() | place_.backup.block.flags.value();
    set_checksum(info_block_structure, writable_bytes_of(block));
    std::vector<Store> stores;
    for (const InfoCopy* copy : {&place_.backup, &place_.primary})
      if (copy->block.flags.value() != block.flags.value())
        stores.push_back({copy->place.value, block});
    add(make(ProblemId::info_flags_differ, PlaceKind::info), std::move(stores));
  }

  struct Store {
    std::uint64_t at = 0;
    InfoBlock block{};
  };

  void add(Repair repair, std::vector<Store> stores) {
    Media* media = ns_.media.get();
    repair.carry_out = [media, stores = std::move(stores)]() -> Status {
      for (const Store& store : stores)
        NDMEDIC_CHECK(store_info_block(*media, store.at, store.block));
      return Status();
    };
    out_.push_back(std::move(repair));
  }

  NamespaceImage& ns_;
  const ArenaImage& image_;
  const ArenaPlace& place_;
  std::vector<Repair>& out_;
};

}  // namespace

Status add_info_repairs(ImageTree& tree, std::vector<Repair>& out) {
  for (NamespaceImage& ns : tree.namespaces) {
    if (!ns.btt || !ns.media) continue;
    for (const ArenaImage& image : ns.btt->arenas) InfoRepairs(ns, image, out).add();
  }
  return {};
}

}  // namespace ndmedic::repairs
