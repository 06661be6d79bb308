// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/labels/index_choice.h>

#include <algorithm>
#include <bit>
#include <optional>

#include <ndmedic/format/byte_runs.h>
#include <ndmedic/format/checked.h>
#include <ndmedic/format/codec.h>

namespace ndmedic {
namespace {

/// No generation has larger index blocks in areas up to 1 GiB; a block that claims more is not
/// read.
constexpr std::uint64_t index_size_max = std::uint64_t{4} << 20;
constexpr std::uint64_t header_size = sizeof(IndexHeader);

LabelLayout layout_of(const LabelGeometry& geometry, LabelLayoutKind kind) {
  const std::uint64_t room = geometry.area_size - geometry.label_off();
  return {.kind = kind,
          .index_off = {0, geometry.index_size},
          .index_size = geometry.index_size,
          .label_off = geometry.label_off(),
          .slot_size = geometry.slot_size,
          .nslot = geometry.nslot,
          .capacity = static_cast<std::uint32_t>(
              std::min<std::uint64_t>(room / geometry.slot_size, UINT32_MAX))};
}

LabelGeometry geometry_of(const LabelLayout& layout, std::uint64_t area_size) {
  return {area_size, layout.slot_size, layout.index_size, layout.nslot};
}

/// Reads and judges block `number` by `layout` with the tests of Linux (4.1).
IndexBlock read_block(const Media& media, const LabelLayout& layout, unsigned number) {
  IndexBlock block{.number = number, .offset = layout.index_off[number], .size = layout.index_size};
  block.bytes.resize(layout.index_size);
  if (const Status status = media.read(block.offset, block.bytes); !status) {
    block.state = IndexState::not_checked;
    block.bad_media = status.error().code != Errc::absent;
    block.bytes.clear();
    return block;
  }
  block.header = decode<IndexHeader>(block.bytes);
  const IndexViolations found =
      validate(block.bytes, IndexContext{number, geometry_of(layout, media.size())});
  block.violations.assign(found.begin(), found.end());
  block.signed_ok = !found.has<"4.1.1">();
  block.checksum_ok = !found.has<"4.1.3">();
  block.state = found.trusted()         ? IndexState::valid
                : all_zero(block.bytes) ? IndexState::blank
                                        : IndexState::invalid;
  return block;
}

bool valid(const IndexBlock& block) { return block.state == IndexState::valid; }
bool any_valid(const std::array<IndexBlock, 2>& blocks) {
  return valid(blocks[0]) || valid(blocks[1]);
}

std::array<IndexBlock, 2> read_blocks(const Media& media, const LabelLayout& layout) {
  return {read_block(media, layout, 0), read_block(media, layout, 1)};
}

/// The one of two blocks that 4.1 makes current, and why.
void settle(LabelArea& area) {
  const IndexBlock& first = area.index[0];
  const IndexBlock& second = area.index[1];
  if (valid(first) && valid(second)) {
    area.current = newer_index(first.seq(), second.seq());
    area.reason = first.seq() == second.seq() ? IndexReason::tie : IndexReason::successor;
  } else {
    area.current = valid(first) ? 0u : 1u;
    const IndexBlock& other = area.index[area.next_index()];
    area.reason = other.state == IndexState::not_checked ? IndexReason::other_unknown
                  : !area.other_size.empty()             ? IndexReason::size_128_wins
                                                         : IndexReason::only_valid;
  }
  const IndexBlock& block = area.index[*area.current];
  area.layout.nslot = block.nslot();
  area.layout.capacity = std::max(area.layout.capacity, block.nslot());
  area.major = block.header.major.value();
  area.minor = block.header.minor.value();
}

/// 128 first, then 256; the first size with a valid block wins (4.1).
bool choose_by_linux(const Media& media, LabelArea& area) {
  for (const std::uint32_t slot_size : {128u, 256u}) {
    const auto geometry = label_geometry(area.size, slot_size);
    if (!geometry) continue;
    const LabelLayout layout = layout_of(*geometry, LabelLayoutKind::g3);
    auto blocks = read_blocks(media, layout);
    if (!any_valid(blocks)) continue;
    if (area.layout.kind == LabelLayoutKind::g3) {
      for (IndexBlock& block : blocks)
        if (valid(block)) area.other_size.push_back(std::move(block));
      continue;
    }
    area.layout = layout;
    area.index = std::move(blocks);
  }
  if (area.layout.kind != LabelLayoutKind::g3) return false;
  area.linux_accepts = true;
  settle(area);
  return true;
}

/// The parts of a self-described layout must be disjoint and lie within the area (3.6 rule 1).
bool parts_are_disjoint(const LabelLayout& layout, std::uint64_t area_size) {
  std::array<Extent, 3> parts{{{layout.index_off[0], layout.index_size},
                               {layout.index_off[1], layout.index_size},
                               {layout.label_off, std::uint64_t{layout.nslot} * layout.slot_size}}};
  std::ranges::sort(parts, {}, &Extent::offset);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::uint64_t limit = i + 1 < parts.size() ? parts[i + 1].offset : area_size;
    if (!lies_within(parts[i].offset, parts[i].size, limit)) return false;
  }
  return true;
}

/// The layout that the block at `offset` describes by itself, if it can be believed (3.6 rule 1).
std::optional<LabelLayout> described_at(const Media& media, std::uint64_t offset) {
  if (media.size() > UINT32_MAX || !lies_within(offset, header_size, media.size()))
    return std::nullopt;
  const Result<IndexHeader> header = read_structure<IndexHeader>(media, offset);
  if (!header || header->sig != index_signature || header->myoff.value() != offset ||
      (header->seq.value() & 3) == 0)
    return std::nullopt;
  const std::uint64_t size = header->mysize.value();
  const auto slot_size = slot_size_of(*header);
  if (!slot_size || size % 256 != 0 || size < 256 || size > index_size_max ||
      !lies_within(offset, size, media.size()))
    return std::nullopt;
  const std::uint64_t other = header->otheroff.value();
  const std::uint64_t bitmap_bits = 8 * (size - header_size);
  LabelLayout layout{.kind = LabelLayoutKind::self_described,
                     .index_off = {std::min(offset, other), std::max(offset, other)},
                     .index_size = size,
                     .label_off = header->labeloff.value(),
                     .slot_size = *slot_size,
                     .nslot = header->nslot.value(),
                     .capacity = header->nslot.value()};
  if (layout.nslot > bitmap_bits || !parts_are_disjoint(layout, media.size())) return std::nullopt;
  std::vector<std::byte> bytes(size);
  if (!media.read(offset, bytes) || index_checksum(bytes) != header->checksum.value())
    return std::nullopt;
  return layout;
}

/// Block `number` of a layout that need not be adjacent: valid when it describes the same places.
IndexBlock read_described(const Media& media, const LabelLayout& layout, unsigned number) {
  IndexBlock block = read_block(media, layout, number);
  if (block.state == IndexState::not_checked) return block;
  const auto own = described_at(media, block.offset);
  const bool same = own && own->index_off == layout.index_off &&
                    own->index_size == layout.index_size && own->label_off == layout.label_off &&
                    own->slot_size == layout.slot_size;
  if (same)
    block.state = IndexState::valid;
  else if (block.state == IndexState::valid)
    block.state = IndexState::invalid;
  return block;
}

LabelLayoutKind generation_of(const LabelLayout& layout, std::uint64_t area_size) {
  for (const auto& [generation, kind] : {std::pair{LabelGeneration::g2, LabelLayoutKind::g2},
                                         std::pair{LabelGeneration::g1, LabelLayoutKind::g1}}) {
    const auto geometry = label_geometry(area_size, layout.slot_size, generation);
    if (geometry && geometry->index_size == layout.index_size && layout.index_off[0] == 0 &&
        layout.index_off[1] == layout.index_size && layout.label_off == geometry->label_off())
      return kind;
  }
  return LabelLayoutKind::self_described;
}

bool choose_by_own_fields(const Media& media, LabelArea& area) {
  for (const std::uint64_t offset : index_offsets(area.size)) {
    const auto layout = described_at(media, offset);
    if (!layout) continue;
    area.layout = *layout;
    area.layout.kind = generation_of(*layout, area.size);
    area.index = {read_described(media, *layout, 0), read_described(media, *layout, 1)};
    settle(area);
    return true;
  }
  return false;
}

/// No block is valid: show the blocks by the slot size that they claim, else by 256.
void settle_without_index(const Media& media, LabelArea& area) {
  std::optional<LabelGeometry> shown = label_geometry(area.size, 256);
  if (!shown) shown = label_geometry(area.size, 128);
  if (!shown) {
    area.reason = IndexReason::no_layout;
    return;
  }
  area.layout = layout_of(*shown, LabelLayoutKind::none);
  area.index = read_blocks(media, area.layout);
  for (const IndexBlock& block : area.index) {
    if (!block.signed_ok || block.state == IndexState::not_checked) continue;
    area.major = block.header.major.value();
    area.minor = block.header.minor.value();
    const auto claimed = slot_size_of(block.header);
    const auto geometry = label_geometry(area.size, claimed.value_or(0));
    if (!geometry || *claimed == area.layout.slot_size) break;
    area.layout = layout_of(*geometry, LabelLayoutKind::none);
    area.index = read_blocks(media, area.layout);
    break;
  }
  const auto has = [&area](IndexState state) {
    return area.index[0].state == state || area.index[1].state == state;
  };
  if (area.index[0].signed_ok || area.index[1].signed_ok)
    area.reason = IndexReason::remains;
  else if (has(IndexState::not_checked))
    area.reason = IndexReason::not_checked;
  else if (has(IndexState::invalid))
    area.reason = IndexReason::other_content;
  else
    area.reason = IndexReason::blank;
}

}  // namespace

std::vector<std::uint64_t> index_offsets(std::uint64_t area_size) {
  std::vector<std::uint64_t> offsets = {0};
  for (const std::uint32_t slot_size : {128u, 256u})
    for (const auto generation : {LabelGeneration::g3, LabelGeneration::g2, LabelGeneration::g1})
      if (const auto geometry = label_geometry(area_size, slot_size, generation))
        offsets.push_back(geometry->index_size);
  std::ranges::sort(offsets);
  offsets.erase(std::unique(offsets.begin(), offsets.end()), offsets.end());
  return offsets;
}

void choose_index(const Media& media, LabelArea& area) {
  area.size = media.size();
  if (choose_by_linux(media, area) || choose_by_own_fields(media, area)) return;
  settle_without_index(media, area);
}

std::uint64_t free_bits(const IndexBlock& block) {
  std::uint64_t bits = 0;
  const std::uint32_t whole = block.nslot() / 8;
  for (std::uint32_t i = 0; i < whole && header_size + i < block.bytes.size(); ++i)
    bits += static_cast<unsigned>(
        std::popcount(std::to_integer<unsigned>(block.bytes[header_size + i])));
  for (std::uint32_t slot = whole * 8; slot < block.nslot(); ++slot)
    bits += is_free(block.bytes, SlotIndex{slot}) ? 1u : 0u;
  return bits;
}

bool lists_nothing(const IndexBlock& block) {
  return block.state == IndexState::valid && free_bits(block) == block.nslot();
}

std::vector<LabelLayout> possible_layouts(const LabelArea& area) {
  std::vector<LabelLayout> layouts;
  if (area.layout.index_size != 0) layouts.push_back(area.layout);
  for (const auto generation : {LabelGeneration::g3, LabelGeneration::g2, LabelGeneration::g1})
    for (const std::uint32_t slot_size : {256u, 128u}) {
      const auto geometry = label_geometry(area.size, slot_size, generation);
      if (!geometry) continue;
      const LabelLayout layout = layout_of(*geometry, LabelLayoutKind::none);
      const bool known = std::ranges::any_of(layouts, [&](const LabelLayout& other) {
        return other.label_off == layout.label_off && other.slot_size == layout.slot_size;
      });
      if (!known) layouts.push_back(layout);
    }
  return layouts;
}

}  // namespace ndmedic
