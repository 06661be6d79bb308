// SPDX-License-Identifier: BSD-3-Clause
// One copy of an info block: blank, invalid, unfit for its place, or valid.

#include <ndmedic/btt/info_copy.h>

#include <ndmedic/format/byte_runs.h>
#include <ndmedic/format/checked.h>
#include <ndmedic/format/codec.h>

namespace ndmedic {
namespace {

/// Arenas must end below this, so that sums of media offsets cannot overflow.
constexpr std::uint64_t offset_limit = std::uint64_t{1} << 63;

bool geometry_holds(const InfoCopy& copy, std::uint64_t arena_start) {
  const InfoViolations& v = copy.violations;
  if (v.has<"V-1">() || v.has<"V-2">() || v.has<"V-5">() || v.has<"V-6">() || v.has<"V-7">() ||
      v.has<"V-8">() || v.has<"V-9">() || v.has<"V-10">() || v.has<"V-11">())
    return false;
  return (Checked(arena_start) + copy.block.infooff.value() + info_block_size)
      .at_most(offset_limit);
}

/// 0x0100 / 0x0100 and 0x0200 / 0: what a writer in big-endian order would leave (FO-09).
bool has_swapped_version(const InfoBlock& info) {
  return (info.major.value() == 0x0100 && info.minor.value() == 0x0100) ||
         (info.major.value() == 0x0200 && info.minor.value() == 0);
}

void judge(InfoCopy& copy, const CopyQuery& query) {
  const InfoViolations& v = copy.violations = validate(copy.block, query.context);
  copy.byte_swapped = !v.has<"V-1">() && has_swapped_version(copy.block);
  if (!geometry_holds(copy, query.arena_start)) {
    copy.state = CopyState::invalid;
    return;
  }
  const bool other_version = query.version && *query.version != version_of(copy.block);
  const bool is_backup = copy.place.value != query.arena_start;
  copy.misplaced = is_backup && (other_version || query.arena_start + copy.block.infooff.value() !=
                                                      copy.place.value);
  const bool fits = v.trusted() && !other_version && !copy.misplaced;
  copy.state = fits ? CopyState::valid : CopyState::unfit;
}

std::optional<CopyState> state_of(Errc code) {
  if (code == Errc::absent) return CopyState::absent;
  if (code == Errc::bad_media) return CopyState::bad;
  return std::nullopt;
}

}  // namespace

BttVersion version_of(const InfoBlock& info) { return {info.major.value(), info.minor.value()}; }

Arena arena_of(const InfoBlock& info, std::uint64_t index, NamespaceOffset start) {
  Arena arena;
  arena.index = {static_cast<std::uint32_t>(index)};
  arena.start = start;
  arena.uuid = info.uuid;
  arena.parent_uuid = info.parent_uuid;
  arena.flags = info.flags.value();
  arena.version = version_of(info);
  arena.nextoff = info.nextoff.value();
  arena.geometry = stored_geometry(info, info.infooff.value() + info_block_size);
  return arena;
}

bool equal_but_flags(const InfoBlock& a, const InfoBlock& b) {
  InfoBlock c = a;
  c.flags = b.flags;
  c.checksum = b.checksum;
  return std::memcmp(&c, &b, sizeof c) == 0;
}

Result<InfoCopy> read_info_copy(const Media& media, const CopyQuery& query) {
  InfoCopy copy;
  if (!query.place || !lies_within(*query.place, info_block_size, media.size())) return copy;
  copy.place = {*query.place};
  const auto run = media.run_at(*query.place, *query.place + info_block_size);
  if (run && run->kind == ExtentKind::zero && run->range.size == info_block_size) {
    copy.state = CopyState::blank;
    copy.violations = validate(copy.block, query.context);
    return copy;
  }
  auto block = read_structure<InfoBlock>(media, *query.place);
  if (!block) {
    const auto state = state_of(block.error().code);
    if (!state) return block.error();
    copy.state = *state;
    return copy;
  }
  copy.block = *block;
  judge(copy, query);
  if (!first_nonzero(bytes_of(copy.block))) copy.state = CopyState::blank;
  return copy;
}

}  // namespace ndmedic
