// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/fsck/sighting.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include <ndmedic/format/btt_info.h>
#include <ndmedic/format/checked.h>
#include <ndmedic/format/cxl_label.h>
#include <ndmedic/format/fletcher64.h>
#include <ndmedic/format/label.h>
#include <ndmedic/format/label_index.h>
#include <ndmedic/format/pfn_info.h>
#include <ndmedic/format/pool_header.h>
#include <ndmedic/format/structure_checksum.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t index_size_min = 256;
constexpr std::uint64_t index_size_max = std::uint64_t{2} << 20;  // areas are below 4 GiB

/// None where the media have no such bytes.
template <class T>
Result<std::optional<T>> read_if_there(const Media& media, std::uint64_t offset) {
  auto structure = read_structure<T>(media, offset);
  if (structure) return std::optional<T>(*structure);
  if (is_gap(structure.error())) return std::optional<T>();
  return structure.error();
}

struct Judgement {
  bool is_one = false;
  bool whole = false;
  Guid uuid{};
};

Judgement judge(const InfoBlock& info) {
  const bool whole = checksum_of(info) == info.checksum.value();
  const bool known_version = (info.major.value() == 1 && info.minor.value() == 1) ||
                             (info.major.value() == 2 && info.minor.value() == 0);
  const bool adds_up =
      info.nfree.value() > 0 &&
      std::uint64_t{info.external_nlba.value()} + info.nfree.value() == info.internal_nlba.value();
  const int sense = (known_version ? 1 : 0) + (adds_up ? 1 : 0) +
                    (info.infosize.value() == info_block_size ? 1 : 0);
  return {whole || sense >= 2, whole, info.uuid};
}

Judgement judge(const PfnInfo& info) {
  const bool whole = checksum_of(info) == info.checksum.value();
  const bool sensible = (info.mode.value() == pfn_mode_ram || info.mode.value() == pfn_mode_pmem) &&
                        info.major.value() == 1 && info.dataoff.value() % 4096 == 0 &&
                        info.dataoff.value() != 0;
  return {whole || sensible, whole, info.uuid};
}

Judgement judge(const PoolHeader& header) {
  const bool whole = checksum_of(header) == header.checksum.value();
  const bool sensible = header.major.value() == 1 && header.machine_class.value() == 2 &&
                        (header.data.value() == 1 || header.data.value() == 2);
  return {whole || sensible, whole, header.poolset_uuid};
}

template <class T>
Result<std::optional<Sighting>> sighting_of(const Media& media, SightingKind kind,
                                            std::uint64_t offset) {
  const auto structure = read_if_there<T>(media, offset);
  if (!structure) return structure.error();
  if (!*structure) return std::optional<Sighting>();
  const Judgement judgement = judge(**structure);
  if (!judgement.is_one) return std::optional<Sighting>();
  return std::optional(Sighting{kind, offset, sizeof(T), judgement.whole, judgement.uuid});
}

/// What an index block says of sizes, where that is possible at all.
struct IndexShape {
  std::uint64_t index_size = 0;
  std::uint32_t slot_size = 0;
};

std::optional<IndexShape> shape_of(const IndexHeader& header) {
  const std::uint64_t size = header.labeloff.value() / 2;
  const auto slot_size = slot_size_of(header);
  const bool fits = header.labeloff.value() % (2 * index_size_min) == 0 && size >= index_size_min &&
                    size <= index_size_max && header.mysize.value() >= sizeof(IndexHeader) &&
                    header.mysize.value() <= size &&
                    header.nslot.value() <= (size - sizeof(IndexHeader)) * 8 &&
                    header.nslot.value() > 0;
  const bool placed = (header.myoff.value() == 0 && header.otheroff.value() == size) ||
                      (header.myoff.value() == size && header.otheroff.value() == 0);
  if (!slot_size || !fits || !placed) return std::nullopt;
  return IndexShape{size, *slot_size};
}

Result<std::optional<Sighting>> index_at(const Media& media, std::uint64_t offset) {
  const auto header = read_if_there<IndexHeader>(media, offset);
  if (!header) return header.error();
  if (!*header) return std::optional<Sighting>();
  const auto shape = shape_of(**header);
  if (!shape) return std::optional<Sighting>();
  std::vector<std::byte> block(static_cast<std::size_t>(shape->index_size));
  const Status read = media.read(offset, block);
  if (!read && !is_gap(read.error())) return read.error();
  const bool whole = read && index_checksum(block) == (*header)->checksum.value();
  return std::optional(Sighting{SightingKind::index_block, offset, shape->index_size, whole, {}});
}

bool has_right_checksum(std::span<const std::byte> label) {
  return structure_checksum(label256_structure, label) ==
         reinterpret_cast<const Label256*>(label.data())->checksum.value();
}

/// The uuid of a label of 128 or 256 bytes of `kind`.
Guid uuid_of(SightingKind kind, std::span<const std::byte> label) {
  const bool is_cxl = kind == SightingKind::cxl_namespace || kind == SightingKind::cxl_region;
  const std::size_t at = is_cxl ? offsetof(CxlNamespaceLabel, uuid) : offsetof(LabelHead, uuid);
  Guid uuid;
  std::memcpy(uuid.bytes.data(), label.data() + at, sizeof uuid.bytes);
  return uuid;
}

Result<std::optional<Sighting>> label_at(const Media& media, SightingKind kind,
                                         std::uint64_t offset) {
  using Bytes = std::array<std::byte, sizeof(Label256)>;
  const auto label = read_if_there<Bytes>(media, offset);
  if (!label) return label.error();
  if (!*label || !has_right_checksum(**label)) return std::optional<Sighting>();
  return std::optional(Sighting{kind, offset, sizeof(Label256), true, uuid_of(kind, **label)});
}

/// Labels 2.1 are told apart by their type.
SightingKind kind_of(const IndexHeader& header, std::span<const std::byte> label) {
  if (label.size() < sizeof(Label256)) return SightingKind::label_1_1;
  if (header.major.value() < 2) return SightingKind::label_1_2;
  const bool is_region = std::memcmp(label.data(), &guids::cxl_region, sizeof(Guid)) == 0;
  return is_region ? SightingKind::cxl_region : SightingKind::cxl_namespace;
}

/// What stands in a slot, if it is worth telling.
std::optional<Sighting> in_slot(const IndexHeader& header, std::span<const std::byte> label,
                                bool used, std::uint64_t offset, std::uint32_t slot) {
  const SightingKind kind = kind_of(header, label);
  const bool is_filled = std::ranges::any_of(label, [&](std::byte b) { return b != label[0]; });
  bool whole = false;
  if (kind == SightingKind::label_1_1) {
    Label128 plain;
    std::memcpy(&plain, label.data(), sizeof plain);
    whole = used && plain.slot.value() == slot;
  } else {
    whole = is_filled && has_right_checksum(label);
  }
  if (!whole && !(used && is_filled)) return std::nullopt;
  return Sighting{kind, offset, label.size(), whole, uuid_of(kind, label)};
}

}  // namespace

Result<std::optional<Sighting>> look_at_structure(const Media& media, SightingKind kind,
                                                  std::uint64_t offset) {
  switch (kind) {
    case SightingKind::btt_info:
      return sighting_of<InfoBlock>(media, kind, offset);
    case SightingKind::pfn_info:
    case SightingKind::dax_info:
      return sighting_of<PfnInfo>(media, kind, offset);
    case SightingKind::pool_header:
      return sighting_of<PoolHeader>(media, kind, offset);
    case SightingKind::index_block:
      return index_at(media, offset);
    case SightingKind::label_1_2:
    case SightingKind::cxl_namespace:
    case SightingKind::cxl_region:
      return label_at(media, kind, offset);
    case SightingKind::label_1_1:
    case SightingKind::flog:
      break;  // have no signature
  }
  return std::optional<Sighting>();
}

Result<std::optional<SlotArray>> slots_named_by(const Media& media, std::uint64_t offset) {
  const auto header = read_if_there<IndexHeader>(media, offset);
  if (!header) return header.error();
  if (!*header) return std::optional<SlotArray>();
  const auto shape = shape_of(**header);
  if (!shape || (*header)->myoff.value() > offset) return std::optional<SlotArray>();
  const std::uint64_t area = offset - (*header)->myoff.value();
  const std::uint64_t first = area + 2 * shape->index_size;
  if (first >= media.size()) return std::optional<SlotArray>();
  const std::uint64_t room = (media.size() - first) / shape->slot_size;
  return std::optional(
      SlotArray{area, first, shape->slot_size,
                static_cast<std::uint32_t>(std::min<std::uint64_t>(room, (*header)->nslot.value())),
                shape->index_size});
}

Status visit_labels(const Media& media, std::uint64_t index_offset, const SlotArray& slots,
                    const std::function<void(const Sighting&)>& visit) {
  std::vector<std::byte> block(static_cast<std::size_t>(slots.index_size));
  if (const Status read = media.read(index_offset, block); !read)
    return is_gap(read.error()) ? Status() : read;
  IndexHeader header;
  std::memcpy(&header, block.data(), sizeof header);
  std::vector<std::byte> page(4096);
  const auto page_slots = static_cast<std::uint32_t>(page.size() / slots.slot_size);
  for (std::uint32_t slot = 0; slot < slots.count; slot += page_slots) {
    const std::uint32_t count = std::min(page_slots, slots.count - slot);
    const std::uint64_t at = slots.first + std::uint64_t{slot} * slots.slot_size;
    const std::span<std::byte> labels = std::span(page).first(count * slots.slot_size);
    const auto run = media.run_at(at, at + labels.size());
    if (run && run->kind == ExtentKind::zero && run->range.size == labels.size()) continue;
    const Status read = media.read(at, labels);
    if (!read && !is_gap(read.error())) return read;
    for (std::uint32_t i = 0; read && i < count; ++i) {
      const auto label = labels.subspan(std::size_t{i} * slots.slot_size, slots.slot_size);
      const bool used = !is_free(block, {slot + i});
      const auto sighting =
          in_slot(header, label, used, at + std::uint64_t{i} * slots.slot_size, slot + i);
      if (sighting) visit(*sighting);
    }
  }
  return {};
}

}  // namespace ndmedic
