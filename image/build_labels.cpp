// SPDX-License-Identifier: BSD-3-Clause
// Index blocks and labels of fresh areas, as labels.md 4.3 to 4.5 describe them.
#include <ndmedic/image/build_labels.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/label_index.h>

namespace ndmedic {
namespace {

using Block = std::vector<std::byte>;

std::byte& bitmap_byte(Block& block, std::uint64_t slot) {
  return block[sizeof(IndexHeader) + static_cast<std::size_t>(slot / 8)];
}

void mark(Block& block, std::uint64_t slot, bool free) {
  const std::byte bit{static_cast<unsigned char>(1U << slot % 8)};
  bitmap_byte(block, slot) =
      free ? bitmap_byte(block, slot) | bit : bitmap_byte(block, slot) & ~bit;
}

Result<Block> read_block(const Media& area, const LabelGeometry& geometry, unsigned number) {
  Block block(static_cast<std::size_t>(geometry.index_size));
  NDMEDIC_CHECK(area.read(number * geometry.index_size, block));
  return block;
}

Status write_block(Media& area, const LabelGeometry& geometry, unsigned number, Block& block) {
  auto header = decode<IndexHeader>(block);
  header.checksum = index_checksum(block);
  encode(header, block);
  return area.write(number * geometry.index_size, block);
}

/// The current block of an area that this file laid out, whose sequence numbers are intact.
Result<unsigned> current_index(const Media& area, const LabelGeometry& geometry) {
  NDMEDIC_TRY(const auto first, read_structure<IndexHeader>(area, 0));
  NDMEDIC_TRY(const auto second, read_structure<IndexHeader>(area, geometry.index_size));
  if ((first.seq.value() & 3) == 0 || (second.seq.value() & 3) == 0)
    return Error{Errc::invalid, {}, "sequence numbers of the index blocks"};
  return newer_index(first.seq.value(), second.seq.value());
}

std::optional<std::uint32_t> lowest_free(const Block& block, std::uint32_t nslot) {
  for (std::uint32_t slot = 0; slot < nslot; ++slot)
    if (is_free(block, {slot})) return slot;
  return std::nullopt;
}

void finish(Label128&) {}
template <class Label>
void finish(Label& label) {
  label.checksum = checksum_of(label);
}

/// One update of 4.4: the label into the lowest free slot, then the other index block, which also
/// frees `replaced`. Gives the slot.
template <class Label>
Result<std::uint32_t> add_label(Media& area, const LabelGeometry& geometry, Label label,
                                std::optional<std::uint32_t> replaced) {
  NDMEDIC_TRY(const unsigned current, current_index(area, geometry));
  NDMEDIC_TRY(Block block, read_block(area, geometry, current));
  const std::optional<std::uint32_t> slot = lowest_free(block, geometry.nslot);
  if (!slot) return Error{Errc::too_large, {}, "no free slot"};
  label.slot = *slot;
  finish(label);
  NDMEDIC_CHECK(area.write(geometry.slot_off(*slot), bytes_of(label)));
  mark(block, *slot, false);
  if (replaced) mark(block, *replaced, true);
  auto header = decode<IndexHeader>(block);
  header.seq = (header.seq.value() & 3) % 3 + 1;
  header.myoff = (1 - current) * geometry.index_size;
  header.otheroff = current * geometry.index_size;
  encode(header, block);
  NDMEDIC_CHECK(write_block(area, geometry, 1 - current, block));
  return *slot;
}

template <class Label>
Status two_phases(Media& area, const LabelGeometry& geometry, Label label) {
  label.flags = label_flags::updating;
  NDMEDIC_TRY(const std::uint32_t first, add_label(area, geometry, label, std::nullopt));
  label.flags = 0;
  NDMEDIC_TRY([[maybe_unused]] const std::uint32_t last,
              add_label(area, geometry, label, std::optional(first)));
  return {};
}

}  // namespace

Result<LabelGeometry> build_label_area(Media& area, const LabelAreaPlan& plan) {
  const bool old = plan.major == 1 && plan.minor == 1;
  if (!old && !(plan.major == 1 && plan.minor == 2) && !(plan.major == 2 && plan.minor == 1))
    return Error{Errc::invalid, {}, "label version"};
  const auto geometry = label_geometry(area.size(), old ? 128 : 256, plan.generation);
  if (!geometry) return Error{Errc::invalid, {}, "size of the label area"};

  Block block(static_cast<std::size_t>(geometry->index_size));
  const std::uint64_t bits = plan.tail64 ? (geometry->nslot + 63ULL) / 64 * 64 : geometry->nslot;
  const std::uint64_t room = (geometry->index_size - sizeof(IndexHeader)) * 8;
  for (std::uint64_t slot = 0; slot < std::min(bits, room); ++slot) mark(block, slot, true);
  IndexHeader header{};
  header.sig = index_signature;
  header.labelsize = old ? 0 : 1;
  header.mysize = geometry->index_size;
  header.labeloff = geometry->label_off();
  header.nslot = geometry->nslot;
  header.major = plan.major;
  header.minor = plan.minor;
  for (unsigned number = 0; number < 2; ++number) {
    header.seq = 3 - number;
    header.myoff = number * geometry->index_size;
    header.otheroff = (1 - number) * geometry->index_size;
    encode(header, block);
    NDMEDIC_CHECK(write_block(area, *geometry, number, block));
  }
  return *geometry;
}

Status build_label(Media& area, const LabelGeometry& geometry, const Label128& label) {
  return two_phases(area, geometry, label);
}
Status build_label(Media& area, const LabelGeometry& geometry, const Label256& label) {
  return two_phases(area, geometry, label);
}
Status build_label(Media& area, const LabelGeometry& geometry, const CxlNamespaceLabel& label) {
  return two_phases(area, geometry, label);
}
Status build_label(Media& area, const LabelGeometry& geometry, const CxlRegionLabel& label) {
  return two_phases(area, geometry, label);
}

Status mark_slot(Media& area, const LabelGeometry& geometry, unsigned number, SlotIndex slot,
                 bool free) {
  NDMEDIC_TRY(Block block, read_block(area, geometry, number));
  if (sizeof(IndexHeader) + slot.value / 8 >= block.size())
    return Error{Errc::not_found, {}, "slot"};
  mark(block, slot.value, free);
  return write_block(area, geometry, number, block);
}

}  // namespace ndmedic
