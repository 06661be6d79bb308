// SPDX-License-Identifier: BSD-3-Clause
// The tests of btt.md 2.6.3. One function for each group of rules that look at the same fields;
// all of them run, so that a damaged block shows everything that is wrong with it.

#include <ndmedic/format/btt_info.h>

#include <algorithm>
#include <array>

#include <boost/endian/conversion.hpp>

#include <ndmedic/format/btt_geometry.h>
#include <ndmedic/format/btt_map.h>
#include <ndmedic/format/byte_runs.h>
#include <ndmedic/format/checked.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/field_violation.h>
#include <ndmedic/format/fletcher64.h>

namespace ndmedic {
namespace {

template <RuleId Rule, RuleId Name>
void note(InfoViolations& found, const InfoBlock& info, std::uint64_t expected,
          Expect expect = Expect::equal) {
  add_field_violation<info_block_fields, Rule, Name>(found, bytes_of(info), expected, expect);
}

/// What a violation shows of 16 bytes: the first 8, as it does for the field read.
std::uint64_t head_of(const std::array<std::uint8_t, 16>& bytes) {
  return boost::endian::load_little_u64(bytes.data());
}

void check_identity(const InfoBlock& info, const InfoContext& context, InfoViolations& found) {
  if (info.sig != info_signature) note<"V-1", "sig">(found, info, head_of(info_signature));

  const std::uint64_t sum = checksum_of(info);
  if (info.checksum.value() != sum) note<"V-2", "checksum">(found, info, sum);

  // A null parent fits every namespace (IB-4).
  if (context.parent_uuid && !info.parent_uuid.is_null() &&
      info.parent_uuid != *context.parent_uuid) {
    note<"V-3", "parent_uuid">(found, info, head_of(context.parent_uuid->bytes));
  }

  const unsigned major = info.major.value();
  const unsigned minor = info.minor.value();
  if (major != 1 && major != 2) {
    note<"V-4", "major">(found, info, 2, Expect::one_of);
  } else if (minor != 2 - major) {
    note<"V-4", "minor">(found, info, 2 - major);
  }

  if (info.infosize.value() != info_block_size)
    note<"V-5", "infosize">(found, info, info_block_size);

  if (const std::uint32_t unknown = info.flags.value() & ~info_flag_error; unknown != 0)
    note<"V-16", "flags">(found, info, ~info_flag_error, Expect::no_bits_of);
}

void check_counts(const InfoBlock& info, InfoViolations& found) {
  const std::uint64_t external = info.external_nlba.value();
  const std::uint64_t internal = info.internal_nlba.value();
  const std::uint64_t nfree = info.nfree.value();
  constexpr std::uint64_t most = std::uint64_t{map_postmap_mask} + 1;
  if (nfree < 1) note<"V-6", "nfree">(found, info, 1, Expect::at_least);
  if (external < 1) note<"V-6", "external_nlba">(found, info, 1, Expect::at_least);
  if (internal != external + nfree) note<"V-6", "internal_nlba">(found, info, external + nfree);
  if (internal > most) note<"V-6", "internal_nlba">(found, info, most, Expect::at_most);

  const std::uint32_t external_size = info.external_lbasize.value();
  const std::uint32_t internal_size = info.internal_lbasize.value();
  const std::uint32_t least = std::max<std::uint32_t>(512, external_size);
  if (external_size < 1) note<"V-7", "external_lbasize">(found, info, 1, Expect::at_least);
  if (internal_size < least) note<"V-7", "internal_lbasize">(found, info, least, Expect::at_least);
}

/// ipmctl does not round the size of the last arena, and puts map, flog and backup at its end
/// (D-17).
constexpr std::uint64_t offset_unit = 512;

template <RuleId Name>
void check_alignment(const InfoBlock& info, std::uint64_t offset, InfoViolations& found) {
  if (offset % offset_unit != 0)
    note<"V-8", Name>(found, info, offset_unit, Expect::multiple_of);
  else if (offset % info_block_size != 0)
    note<"V-8-page", Name>(found, info, info_block_size, Expect::multiple_of);
}

void check_offsets(const InfoBlock& info, InfoViolations& found) {
  const std::uint64_t data = info.dataoff.value();
  const std::uint64_t map = info.mapoff.value();
  const std::uint64_t flog = info.flogoff.value();
  const std::uint64_t backup = info.infooff.value();

  if (data < info_block_size)
    note<"V-8", "dataoff">(found, info, info_block_size, Expect::at_least);
  check_alignment<"dataoff">(info, data, found);
  check_alignment<"mapoff">(info, map, found);
  check_alignment<"flogoff">(info, flog, found);
  check_alignment<"infooff">(info, backup, found);
  if (map <= data) note<"V-8", "mapoff">(found, info, data + 1, Expect::at_least);
  if (flog <= map) note<"V-8", "flogoff">(found, info, map + 1, Expect::at_least);
  if (backup <= flog) note<"V-8", "infooff">(found, info, flog + 1, Expect::at_least);

  const std::uint64_t blocks =
      std::uint64_t{info.internal_nlba.value()} * info.internal_lbasize.value();
  const auto data_end = (Checked(data) + blocks).get();
  if (!data_end || *data_end > map)
    note<"V-9", "mapoff">(found, info, data_end.value_or(UINT64_MAX), Expect::at_least);

  const Checked map_size =
      Checked(std::uint64_t{info.external_nlba.value()} * map_entry_size).round_up(info_block_size);
  const auto map_end = (Checked(map) + map_size).get();
  if (!map_end || *map_end > flog)
    note<"V-10", "flogoff">(found, info, map_end.value_or(UINT64_MAX), Expect::at_least);

  const Checked flog_size =
      Checked(std::uint64_t{info.nfree.value()} * flog_group_size).round_up(info_block_size);
  const auto flog_end = (Checked(flog) + flog_size).get();
  if (!flog_end || *flog_end > backup)
    note<"V-11", "infooff">(found, info, flog_end.value_or(UINT64_MAX), Expect::at_least);
}

void check_extent(const InfoBlock& info, const InfoContext& context, InfoViolations& found) {
  const std::uint64_t backup = info.infooff.value();
  const std::uint64_t next = info.nextoff.value();
  const auto end = (Checked(backup) + info_block_size).get();

  if (context.available && (!end || *end > *context.available)) {
    const std::uint64_t room = *context.available;
    note<"V-12", "infooff">(found, info, room < info_block_size ? 0 : room - info_block_size,
                            Expect::at_most);
  }

  if (next != 0 && next != arena_size_max) {
    note<"V-13", "nextoff">(found, info, 0, Expect::one_of);
  } else if (next == arena_size_max) {
    if (end != arena_size_max)
      note<"V-13", "infooff">(found, info, arena_size_max - info_block_size);
    if (context.available && *context.available < arena_size_max + arena_size_min)
      note<"V-13", "nextoff">(found, info, 0);
  } else if (context.available) {
    const std::uint64_t expected =
        std::min(arena_size_max, round_down(*context.available, info_block_size));
    // Not rounded down: D-17.
    if (end != expected && end != *context.available)
      note<"V-14", "infooff">(found, info,
                              expected < info_block_size ? 0 : expected - info_block_size);
  }
}

/// Notes V-15 in the first field that differs from `usual`.
void note_geometry(const InfoBlock& info, const ArenaGeometry& usual, InfoViolations& found) {
  if (info.internal_lbasize.value() != usual.internal_lbasize) {
    note<"V-15", "internal_lbasize">(found, info, usual.internal_lbasize, Expect::one_of);
  } else if (info.internal_nlba.value() != usual.internal_nlba) {
    note<"V-15", "internal_nlba">(found, info, usual.internal_nlba, Expect::one_of);
  } else if (info.external_nlba.value() != usual.external_nlba) {
    note<"V-15", "external_nlba">(found, info, usual.external_nlba, Expect::one_of);
  } else if (info.dataoff.value() != usual.dataoff) {
    note<"V-15", "dataoff">(found, info, usual.dataoff, Expect::one_of);
  } else if (info.mapoff.value() != usual.mapoff) {
    note<"V-15", "mapoff">(found, info, usual.mapoff, Expect::one_of);
  } else if (info.flogoff.value() != usual.flogoff) {
    note<"V-15", "flogoff">(found, info, usual.flogoff, Expect::one_of);
  } else {
    note<"V-15", "infooff">(found, info, usual.infooff, Expect::one_of);
  }
}

/// V-15 compares with the formulas alone: a formatter's refusal (GE-7) is no property of media.
void check_geometry(const InfoBlock& info, InfoViolations& found) {
  const auto size = (Checked(info.infooff.value()) + info_block_size).get();
  std::optional<ArenaGeometry> usual;
  if (size) {
    const ArenaGeometry stored = stored_geometry(info, *size);
    for (GeometryRule rule : {GeometryRule::kernel, GeometryRule::pmemblk, GeometryRule::ipmctl}) {
      const auto geometry = geometry_by_formula(*size, stored.external_lbasize, stored.nfree, rule);
      if (geometry == stored) return;
      if (geometry && (!usual || geometry->internal_lbasize == stored.internal_lbasize))
        usual = geometry;
    }
  }
  if (usual) {
    note_geometry(info, *usual, found);
  } else {
    note<"V-15", "infooff">(found, info, arena_size_min - info_block_size, Expect::at_least);
  }
}

}  // namespace

std::uint64_t checksum_of(const InfoBlock& info) {
  return fletcher64(bytes_of(info), {offsetof(InfoBlock, checksum), sizeof info.checksum});
}

InfoViolations validate(const InfoBlock& info, const InfoContext& context) {
  InfoViolations found;
  check_identity(info, context, found);
  check_counts(info, found);
  check_offsets(info, found);
  check_extent(info, context, found);
  check_geometry(info, found);
  if (const auto at = first_nonzero(std::as_bytes(std::span(info.unused)))) {
    found.add<"IB-09">("unused", static_cast<std::uint32_t>(offsetof(InfoBlock, unused) + *at), 1,
                       info.unused[*at], 0);
  }
  return found;
}

}  // namespace ndmedic
