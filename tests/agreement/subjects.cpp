// SPDX-License-Identifier: BSD-3-Clause
#include "agreement/subjects.h"

#include <algorithm>

#include <ndmedic/format/codec.h>

#include "agreement/patched_media.h"

namespace agreement {

using namespace ndmedic;

namespace {

constexpr std::uint64_t area_max = std::uint64_t{4} << 20;  // areas are read whole here

void append(Differences& out, Differences more) { out.insert(out.end(), more.begin(), more.end()); }

std::vector<std::byte> content(const Media& media) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(media.size()));
  if (!media.read(0, bytes)) bytes.clear();
  return bytes;
}

const DeviceImage* device_with(const ImageTree& tree, const Media* labels) {
  for (const DeviceImage& device : tree.devices)
    if (device.labels.get() == labels) return &device;
  return nullptr;
}

const NamespaceImage* namespace_with(const ImageTree& tree, const Media* media) {
  for (const NamespaceImage& ns : tree.namespaces)
    if (ns.media.get() == media) return &ns;
  return nullptr;
}

Differences compare_block(const Media& labels, const FoundStructure& found, Bytes bytes) {
  Differences out;
  if (labels.size() > area_max) return out;
  std::vector<std::byte> area = content(labels);
  const auto number = static_cast<unsigned>(found.place.first);
  std::ranges::copy(bytes, area.begin() + static_cast<std::ptrdiff_t>(found.range.offset));
  for (const std::uint32_t slot_size : {128U, 256U})
    append(out, compare_index(area, number, slot_size));
  return out;
}

Differences compare_words(Bytes bytes, std::uint64_t first) {
  Differences out;
  for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4)
    append(out, compare_map_word(decode<Le32>(bytes.subspan(i)).value(),
                                 static_cast<std::uint32_t>(first + i / 4)));
  return out;
}

Differences compare_group(Bytes bytes) {
  const auto group = decode<FlogGroup>(bytes);
  FlogGroup pristine{};
  pristine.slot[0].seq = 1;
  Differences out = compare_flog_layout(std::array{group, pristine});
  append(out, compare_flog_layout(std::array{pristine, group, pristine}));
  append(out, compare_sequence(group.slot[0].seq.value(), group.slot[1].seq.value()));
  return out;
}

}  // namespace

Differences compare_tree(const ImageTree& tree) {
  Differences out;
  for (const DeviceImage& device : tree.devices) {
    if (device.labels && device.labels->size() <= area_max)
      append(out, compare_area(*device.labels));
    if (device.nfit && device.whole)
      append(out, compare_nfit(content(*device.whole), NfitForm::table));
  }
  for (const NamespaceImage& ns : tree.namespaces)
    if (ns.btt && ns.media) append(out, compare_btt(*ns.media, ns.btt->chain.initial_offset.value));
  return out;
}

Differences compare_around(const ImageTree& tree, const FoundStructure& found,
                           std::span<const std::byte> bytes) {
  PatchedMedia media(*found.media);
  media.patch(found.range.offset, bytes);
  if (device_with(tree, found.media) != nullptr)
    return media.size() <= area_max ? compare_area(media) : Differences{};
  const NamespaceImage* ns = namespace_with(tree, found.media);
  if (ns == nullptr || !ns->btt) return {};
  return compare_btt(media, ns->btt->chain.initial_offset.value);
}

Differences compare_structure(const ImageTree& tree, const FoundStructure& found,
                              std::span<const std::byte> bytes) {
  switch (found.place.kind) {
    case PlaceKind::index:
      return compare_block(*found.media, found, bytes);
    case PlaceKind::slot: {
      const DeviceImage* device = device_with(tree, found.media);
      const std::uint16_t major = device != nullptr ? device->area->major : std::uint16_t{1};
      return compare_label(bytes, static_cast<std::uint32_t>(found.place.first), major);
    }
    case PlaceKind::info:
      return compare_info(bytes, found.media->size() - found.range.offset);
    case PlaceKind::backup: {
      const auto arena_end = decode<InfoBlock>(found.bytes).infooff.value() + info_block_size;
      return compare_info(bytes, arena_end);
    }
    case PlaceKind::ns_info:
      return compare_pfn(bytes, found.media->size());
    case PlaceKind::pool_header:
      return compare_pool(bytes);
    case PlaceKind::flog:
      return compare_group(bytes);
    case PlaceKind::map:
      return compare_words(bytes, found.place.first);
    case PlaceKind::range:
      return compare_nfit(bytes, NfitForm::table);
    default:
      return {};  // the pool descriptor has no rules for the second reader
  }
}

}  // namespace agreement
