// SPDX-License-Identifier: BSD-3-Clause
// Formats as btt.md 3.1 says, without its order: nobody looks before it is done.
#include "btt_builder.h"

#include <doctest/doctest.h>

#include <ndmedic/format/codec.h>

namespace ndmedic::test {

BttBuilder::BttBuilder(const BttShape& shape)
    : media_(std::make_unique<SparseMedia>(shape.container)) {
  for (std::uint64_t i = 0; i < arena_count(shape.rawsize); ++i) {
    ArenaSpan span = arena_span(shape.rawsize, i);
    span.offset += shape.initial_offset;
    format_arena(shape, span);
  }
}

void BttBuilder::format_arena(const BttShape& shape, const ArenaSpan& span) {
  const auto geometry = geometry_by_formula(span.size, shape.sector, shape.nfree, shape.rule);
  REQUIRE(geometry);
  InfoBlock info{};
  info.sig = info_signature;
  info.uuid = btt_uuid;
  info.parent_uuid = shape.parent;
  info.major = shape.version.major;
  info.minor = shape.version.minor;
  info.external_lbasize = geometry->external_lbasize;
  info.external_nlba = geometry->external_nlba;
  info.internal_lbasize = geometry->internal_lbasize;
  info.internal_nlba = geometry->internal_nlba;
  info.nfree = geometry->nfree;
  info.infosize = 4096;
  info.nextoff = span.nextoff;
  info.dataoff = geometry->dataoff;
  info.mapoff = geometry->mapoff;
  info.flogoff = geometry->flogoff;
  info.infooff = geometry->infooff;
  starts_.push_back(span.offset);
  infos_.push_back(info);
  const auto arena = static_cast<std::uint32_t>(infos_.size() - 1);
  put_info(arena, info);

  std::vector<FlogGroup> groups(geometry->nfree);
  for (std::uint32_t lane = 0; lane < geometry->nfree; ++lane) {
    const std::uint32_t block =
        (geometry->external_nlba + lane) | (shape.flagged ? map_zero_bit : 0);
    FlogEntry& entry = groups[lane].slot[0];
    entry.lba = lane;
    entry.old_map = block;
    entry.new_map = block;
    entry.seq = 1;
  }
  put_bytes(span.offset + geometry->flogoff, std::as_bytes(std::span(groups)));
}

void BttBuilder::put_bytes(std::uint64_t offset, std::span<const std::byte> bytes) {
  REQUIRE(media_->write(offset, bytes));
}

void BttBuilder::put_zeros(std::uint64_t offset, std::uint64_t size) {
  put_bytes(offset, std::vector<std::byte>(size));
}

void BttBuilder::put_primary(std::uint32_t arena, InfoBlock info, bool seal) {
  if (seal) info.checksum = checksum_of(info);
  put_bytes(start(arena), bytes_of(info));
}

void BttBuilder::put_backup(std::uint32_t arena, InfoBlock info, bool seal) {
  if (seal) info.checksum = checksum_of(info);
  put_bytes(start(arena) + infos_.at(arena).infooff.value(), bytes_of(info));
}

void BttBuilder::put_info(std::uint32_t arena, const InfoBlock& info) {
  put_primary(arena, info);
  put_backup(arena, info);
}

void BttBuilder::put_entry(std::uint32_t lane, unsigned slot, const EntryWords& words,
                           std::uint32_t arena) {
  FlogEntry entry{};
  entry.lba = words.lba;
  entry.old_map = words.old_map;
  entry.new_map = words.new_map;
  entry.seq = words.seq;
  put_bytes(start(arena) + infos_.at(arena).flogoff.value() + 64 * std::uint64_t{lane} + 16 * slot,
            bytes_of(entry));
}

void BttBuilder::put_map(std::uint32_t lba, std::uint32_t word, std::uint32_t arena) {
  const Le32 stored(word);
  put_bytes(start(arena) + infos_.at(arena).mapoff.value() + 4 * std::uint64_t{lba},
            std::as_bytes(std::span(&stored, 1)));
}

ChainOptions options_for(const BttShape& shape) {
  ChainOptions options;
  options.context.container =
      shape.rule == GeometryRule::pmemblk ? BttContainer::pool : BttContainer::ns;
  options.context.ns.kind = PlaceKind::ns;
  options.initial_offset = {shape.initial_offset};
  options.parent_uuid = namespace_uuid;
  options.version = shape.version;
  options.expected = true;
  return options;
}

std::set<ProblemId> Reading::ids() const {
  std::set<ProblemId> ids;
  for (const Finding& finding : findings.list()) ids.insert(finding.id);
  return ids;
}

Reading read_all(const Media& media, const ChainOptions& options) {
  Reading reading;
  auto chain = read_arena_chain(media, options, reading.findings);
  REQUIRE(chain);
  reading.chain = std::move(*chain);
  for (const ArenaPlace& place : reading.chain.places) {
    if (!place.arena) continue;
    auto lanes = read_lanes(media, *place.arena, options.context, reading.findings);
    REQUIRE(lanes);
    reading.lanes.push_back(std::move(*lanes));
    auto map = count_map(media, *place.arena, {.context = options.context}, reading.findings);
    REQUIRE(map);
    reading.maps.push_back(std::move(*map));
  }
  return reading;
}

}  // namespace ndmedic::test
