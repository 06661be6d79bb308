// SPDX-License-Identifier: BSD-3-Clause
// An index block is written behind a missing signature: the signature ends, then everything else
// arrives, then the signature. So no torn form of a block is ever valid, not even one whose mix of
// old and new bytes keeps the sum (V6).
#include <ndmedic/labels/area_writer.h>

#include <algorithm>
#include <array>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/label_index.h>
#include <ndmedic/labels/index_choice.h>

namespace ndmedic {
namespace {

constexpr std::size_t bitmap_off = sizeof(IndexHeader);
/// Bytes without which a signature is none. Zeros among them end it even where a unit of the media
/// holds only some of them: none of them is zero in a signature.
constexpr std::size_t signed_bytes = 8;

void mark_in(std::span<std::byte> block, std::uint32_t slot, bool free) {
  std::byte& byte = block[bitmap_off + slot / 8];
  const auto bit = static_cast<std::byte>(1u << slot % 8);
  byte = free ? byte | bit : byte & ~bit;
}

/// Makes `block` the block `number` with sequence number `seq`.
void seal_index(std::span<std::byte> block, const std::array<std::uint64_t, 2>& index_off,
                unsigned number, std::uint32_t seq) {
  auto header = decode<IndexHeader>(block);
  header.seq = seq;
  header.myoff = index_off[number];
  header.otheroff = index_off[1 - number];
  encode(header, block);
  header.checksum = index_checksum(block);
  encode(header, block);
}

Status store(Media& media, std::uint64_t offset, std::span<const std::byte> bytes) {
  NDMEDIC_CHECK(media.write(offset, bytes));
  return media.flush({offset, bytes.size()});
}

Status end_signature(Media& media, std::uint64_t offset) {
  constexpr std::array<std::byte, signed_bytes> zeros{};
  return store(media, offset, zeros);
}

Status store_unsigned(Media& media, std::uint64_t offset, std::span<const std::byte> block) {
  return store(media, offset + signed_bytes, block.subspan(signed_bytes));
}

Status store_signature(Media& media, std::uint64_t offset, std::span<const std::byte> block) {
  return store(media, offset, block.first(signed_bytes));
}

bool lies_in_used_slot(const LabelArea& area, std::uint64_t offset) {
  if (!area.has_index() || offset < area.layout.label_off) return false;
  const std::uint64_t slot = (offset - area.layout.label_off) / area.layout.slot_size;
  return slot < area.layout.nslot && area.in_use(static_cast<std::uint32_t>(slot)).value_or(false);
}

/// Places of signatures, in the groups in which they may end: strays; the block that is not
/// current; the current one. So none comes to light because another one went. Behind them what lies
/// in slots that are labels as long as the current block stands.
using SignatureGroups = std::array<std::vector<std::uint64_t>, 4>;

std::size_t group_of(const LabelArea& area, std::uint64_t offset) {
  if (!area.has_index()) return 0;
  if (offset == area.layout.index_off[area.next_index()]) return 1;
  if (offset == area.layout.index_off[*area.current]) return 2;
  return lies_in_used_slot(area, offset) ? 3 : 0;
}

Result<SignatureGroups> old_signatures(const Media& media) {
  LabelArea old;
  choose_index(media, old);
  std::vector<std::uint64_t> places = index_offsets(media.size());
  places.insert(places.end(), old.layout.index_off.begin(), old.layout.index_off.end());
  std::ranges::sort(places);
  places.erase(std::unique(places.begin(), places.end()), places.end());
  SignatureGroups groups;
  for (const std::uint64_t offset : places) {
    std::array<std::byte, index_signature.size()> bytes{};
    NDMEDIC_CHECK(media.read(offset, bytes));
    if (std::ranges::equal(bytes, std::as_bytes(std::span(index_signature))))
      groups[group_of(old, offset)].push_back(offset);
  }
  return groups;
}

/// What ends last shares the next fence.
Status end_signatures(Media& media, const SignatureGroups& groups) {
  for (const auto& group : groups) {
    for (const std::uint64_t offset : group) NDMEDIC_CHECK(end_signature(media, offset));
    if (!group.empty() && &group != &groups.back()) NDMEDIC_CHECK(media.fence());
  }
  return {};
}

std::vector<std::byte> empty_index(const LabelGeometry& geometry, LabelVersion version) {
  std::vector<std::byte> block(geometry.index_size);
  for (std::uint32_t slot = 0; slot < geometry.nslot; ++slot) mark_in(block, slot, true);
  IndexHeader header{};
  header.sig = index_signature;
  header.labelsize = geometry.slot_size == 128 ? 0 : 1;
  header.mysize = geometry.index_size;
  header.labeloff = geometry.label_off();
  header.nslot = geometry.nslot;
  header.major = version.major;
  header.minor = version.minor;
  encode(header, block);
  return block;
}

/// Each block can be found without the other one, which may be torn.
bool found_by_either_block(const LabelArea& area) {
  const std::vector<std::uint64_t> known = index_offsets(area.size);
  return std::ranges::all_of(area.layout.index_off, [&known](std::uint64_t offset) {
    return std::ranges::find(known, offset) != known.end();
  });
}

}  // namespace

Result<LabelGeometry> initialise_label_area(Media& area, LabelVersion version) {
  constexpr std::array known = {label_version_1_1, label_version_1_2, label_version_cxl_2_1};
  if (std::ranges::find(known, version) == known.end())
    return Error{Errc::invalid, {}, "label version"};
  const auto geometry = label_geometry(area.size(), version == label_version_1_1 ? 128 : 256);
  if (!geometry) return Error{Errc::invalid, {0, area.size()}, "size of the label area"};
  NDMEDIC_TRY(const SignatureGroups old, old_signatures(area));
  NDMEDIC_CHECK(end_signatures(area, old));

  const std::array<std::uint64_t, 2> index_off = {0, geometry->index_size};
  std::array<std::vector<std::byte>, 2> blocks;
  for (unsigned number = 0; number < 2; ++number) {
    blocks[number] = empty_index(*geometry, version);
    seal_index(blocks[number], index_off, number, 3 - number);
    NDMEDIC_CHECK(store_unsigned(area, index_off[number], blocks[number]));
  }
  NDMEDIC_CHECK(area.fence());
  for (unsigned number = 0; number < 2; ++number)
    NDMEDIC_CHECK(store_signature(area, index_off[number], blocks[number]));
  NDMEDIC_CHECK(area.fence());
  return *geometry;
}

AreaWriter::AreaWriter(Media& media, const LabelArea& area)
    : media_(&media),
      layout_(area.layout),
      version_{area.major, area.minor},
      current_(*area.current),
      free_slots_(static_cast<std::uint32_t>(area.free_slots())),
      index_(area.index[*area.current].bytes) {}

Result<AreaWriter> AreaWriter::open(Media& media, const LabelArea& area) {
  if (media.size() != area.size) return Error{Errc::invalid, {0, area.size}, "label area"};
  if (!area.has_index()) return Error{Errc::damaged, {0, area.size}, "index of the label area"};
  const bool doubtful = area.reason == IndexReason::other_unknown || area.other_size_labels != 0;
  if (doubtful) return Error{Errc::damaged, {0, area.size}, "choice of the index"};
  if (!found_by_either_block(area))
    return Error{Errc::not_supported, {0, area.size}, "layout of the label area"};
  return AreaWriter(media, area);
}

bool AreaWriter::is_free(std::uint32_t slot) const {
  return ndmedic::is_free(index_, SlotIndex{slot});
}

std::optional<std::uint32_t> AreaWriter::lowest_free() const {
  for (std::uint32_t slot = 0; slot < layout_.nslot; ++slot) {
    if (slot % 8 == 0 && index_[bitmap_off + slot / 8] == std::byte{0})
      slot += 7;
    else if (is_free(slot) && std::ranges::find(spared_, slot) == spared_.end())
      return slot;
  }
  return std::nullopt;
}

void AreaWriter::spare(std::span<const std::uint32_t> slots) {
  spared_.insert(spared_.end(), slots.begin(), slots.end());
}

void AreaWriter::mark(std::uint32_t slot, bool free) {
  mark_in(index_, slot, free);
  free ? ++free_slots_ : --free_slots_;
}

bool AreaWriter::takes(const LabelBytes& label) const {
  switch (label.format) {
    case LabelFormat::v1_1:
      return layout_.slot_size == 128;
    case LabelFormat::v1_2:
      return layout_.slot_size == 256 && version_.major != 2;
    case LabelFormat::cxl_namespace:
    case LabelFormat::cxl_region:
      return layout_.slot_size == 256 && version_.major == 2;
    case LabelFormat::cxl_vendor:
      break;
  }
  return false;
}

bool AreaWriter::may_free(std::span<const std::uint32_t> slots) const {
  std::vector<std::uint32_t> sorted(slots.begin(), slots.end());
  std::ranges::sort(sorted);
  return std::ranges::adjacent_find(sorted) == sorted.end() &&
         std::ranges::none_of(
             sorted, [this](std::uint32_t slot) { return slot >= layout_.nslot || is_free(slot); });
}

Status AreaWriter::update(std::optional<std::uint32_t> slot, std::span<const std::byte> label,
                          std::span<const std::uint32_t> freed) {
  failed_ = true;
  const unsigned next = 1 - current_;
  const std::uint64_t at = layout_.index_off[next];
  if (slot) {
    NDMEDIC_CHECK(store(*media_, layout_.slot_off(*slot), label));
    mark(*slot, false);
  }
  NDMEDIC_CHECK(end_signature(*media_, at));
  NDMEDIC_CHECK(media_->fence());
  for (const std::uint32_t old : freed) mark(old, true);
  const std::uint32_t seq = decode<IndexHeader>(index_).seq.value() & 3;
  seal_index(index_, layout_.index_off, next, seq % 3 + 1);
  NDMEDIC_CHECK(store_unsigned(*media_, at, index_));
  NDMEDIC_CHECK(media_->fence());
  NDMEDIC_CHECK(store_signature(*media_, at, index_));
  NDMEDIC_CHECK(media_->fence());
  current_ = next;
  failed_ = false;
  return {};
}

Result<std::uint32_t> AreaWriter::put(LabelBytes label, bool updating,
                                      std::span<const std::uint32_t> freed) {
  if (failed_) return Error{Errc::changed, {}, "label area after a failed write"};
  if (!takes(label)) return Error{Errc::invalid, {}, "label"};
  if (!may_free(freed)) return Error{Errc::invalid, {}, "slot"};
  const auto slot = lowest_free();
  if (!slot) return Error{Errc::too_large, {}, "no free slot"};
  seal_label(label, *slot, updating);
  NDMEDIC_CHECK(update(slot, label.bytes(), freed));
  return *slot;
}

Status AreaWriter::free(std::span<const std::uint32_t> slots) {
  if (failed_) return Error{Errc::changed, {}, "label area after a failed write"};
  if (!may_free(slots)) return Error{Errc::invalid, {}, "slot"};
  if (slots.empty()) return {};
  return update(std::nullopt, {}, slots);
}

Status AreaWriter::activate(std::uint32_t slot, std::span<const std::uint32_t> freed) {
  if (failed_) return Error{Errc::changed, {}, "label area after a failed write"};
  if (slot >= layout_.nslot || !is_free(slot) || !may_free(freed))
    return Error{Errc::invalid, {}, "slot"};
  mark(slot, false);
  return update(std::nullopt, {}, freed);
}

Status AreaWriter::renew() {
  if (failed_) return Error{Errc::changed, {}, "label area after a failed write"};
  return update(std::nullopt, {}, {});
}

Status AreaWriter::tidy() {
  if (failed_) return Error{Errc::changed, {}, "label area after a failed write"};
  auto header = decode<IndexHeader>(index_);
  header.flags = decltype(header.flags){};
  encode(header, index_);
  const std::span rest = std::span(index_).subspan(bitmap_off);
  for (std::size_t byte = layout_.nslot / 8; byte < rest.size(); ++byte) {
    const unsigned kept = byte == layout_.nslot / 8 ? layout_.nslot % 8 : 0;
    rest[byte] &= static_cast<std::byte>((1u << kept) - 1);
  }
  NDMEDIC_CHECK(update(std::nullopt, {}, {}));
  return update(std::nullopt, {}, {});
}

}  // namespace ndmedic
