// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/fsck/metadump.h>

#include <algorithm>
#include <vector>

#include <ndmedic/btt/info_places.h>
#include <ndmedic/format/byte_runs.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/pfn_info.h>
#include <ndmedic/format/pool_header.h>
#include <ndmedic/fsck/traces.h>
#include <ndmedic/image/place_edit.h>
#include <ndmedic/image/structure_seal.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t window_size = std::uint64_t{1} << 20;

/// Reads what is to be noted.
class Notes {
 public:
  explicit Notes(std::span<RangeProbe* const> probes) : probes_(probes), buffer_(window_size) {
    for (RangeProbe* const probe : probes_) probe->note(true);
  }
  ~Notes() {
    for (RangeProbe* const probe : probes_) probe->note(false);
  }
  Notes(const Notes&) = delete;
  Notes& operator=(const Notes&) = delete;

  /// What is absent is left out.
  Status take(const Media& media, Extent range) {
    Status status;
    NDMEDIC_CHECK(for_each_run(media, range, [&](const ExtentRun& run) {
      if (run.kind != ExtentKind::absent) status = read(media, run.range);
      return status.has_value();
    }));
    return status;
  }

 private:
  Status read(const Media& media, Extent range) {
    for (std::uint64_t done = 0; done < range.size;) {
      const std::uint64_t size = std::min(window_size, range.size - done);
      NDMEDIC_CHECK(media.read(range.offset + done, std::span(buffer_).first(size)));
      done += size;
    }
    return {};
  }

  std::span<RangeProbe* const> probes_;
  std::vector<std::byte> buffer_;
};

bool is_lost(const Error& error) {
  return error.code == Errc::bad_media || error.code == Errc::absent;
}

/// Ranges of one namespace that hold metadata.
Result<std::vector<Extent>> ranges_of(const NamespaceImage& ns, const TraceList& traces) {
  std::vector<Extent> ranges;
  for (const Trace& trace : traces.traces)
    if (trace.ns == ns.index && !trace.in_data) ranges.push_back({trace.offset, info_block_size});
  const auto add_if_zero = [&](std::uint64_t offset, bool) -> Status {
    const Extent range{offset, info_block_size};
    if (!lies_within(range.offset, range.size, ns.media->size())) return {};
    const auto zero = is_zero(*ns.media, range);
    if (!zero && !is_lost(zero.error())) return zero.error();
    if (zero && *zero) ranges.push_back(range);
    return {};
  };
  NDMEDIC_CHECK(for_each_info_place(ns.media->size(), add_if_zero));
  if (!ns.btt) return ranges;
  for (const ArenaPlace& place : ns.btt->chain.places) {
    if (place.primary.state != CopyState::nowhere && place.arena)
      ranges.push_back({place.primary.place.value, info_block_size});
    if (place.backup.state != CopyState::nowhere && place.arena)
      ranges.push_back({place.backup.place.value, info_block_size});
    if (!place.arena) continue;
    const ArenaGeometry& geometry = place.arena->geometry;
    ranges.push_back({place.start.value + geometry.mapoff, geometry.infooff - geometry.mapoff});
  }
  std::erase_if(ranges, [&](const Extent& range) {
    return !lies_within(range.offset, range.size, ns.media->size());
  });
  return ranges;
}

Status take_labels(Notes& notes, const DeviceImage& device, const DevicePlaces& places,
                   bool anonymous) {
  if (!anonymous) return notes.take(*device.labels, {0, device.labels->size()});
  const LabelGeometry& geometry = places.geometry;
  if (geometry.index_size == 0) return {};
  const std::uint64_t end = geometry.slot_off(geometry.nslot);
  return notes.take(*device.labels, {0, std::min(end, device.labels->size())});
}

Status take_device(Notes& notes, const DeviceImage& device, const DevicePlaces& places,
                   bool anonymous) {
  if (device.labels) NDMEDIC_CHECK(take_labels(notes, device, places, anonymous));
  if (device.kind == DeviceKind::nfit) return notes.take(*device.whole, {0, device.whole->size()});
  if (device.kind != DeviceKind::pool || device.whole->size() < pool_btt_offset) return {};
  NDMEDIC_CHECK(notes.take(*device.whole, {0, sizeof(PoolHeader)}));
  return notes.take(*device.whole, {blk_descriptor_offset, sizeof(BlkDescriptor)});
}

bool is_type(const Field& field, const Guid& guid) {
  return field.name == "type" || find_known(guid, GuidOrder::efi) != nullptr ||
         find_known(guid, GuidOrder::text) != nullptr;
}

}  // namespace

Status note_metadata(const ImageTree& tree, std::span<RangeProbe* const> probes, bool anonymous) {
  NDMEDIC_TRY(const TraceList traces, find_traces(tree));
  std::vector<std::vector<Extent>> ranges;
  for (const NamespaceImage& ns : tree.namespaces) {
    ranges.emplace_back();
    if (!ns.media) continue;
    NDMEDIC_TRY(ranges.back(), ranges_of(ns, traces));
  }
  const PlaceMap places = place_map(tree);
  Notes notes(probes);
  for (const DeviceImage& device : tree.devices)
    NDMEDIC_CHECK(take_device(notes, device, places.devices[device.index], anonymous));
  for (std::size_t i = 0; i < ranges.size(); ++i)
    for (const Extent& range : ranges[i])
      NDMEDIC_CHECK(notes.take(*tree.namespaces[i].media, range));
  return {};
}

Status Anonymiser::run(ImageTree& tree) {
  const PlaceMap places = place_map(tree);
  for (std::size_t i = 0; i < tree.devices.size(); ++i) {
    if (tree.devices[i].labels) NDMEDIC_CHECK(change_labels(tree, places, i));
    const DeviceImage& device = tree.devices[i];
    if (device.kind == DeviceKind::pool && device.whole->size() >= sizeof(PoolHeader))
      NDMEDIC_CHECK(change_at(*device.whole, 0, pool_header_structure));
  }
  return change_namespaces(tree);
}

/// All slots: free ones hold what was removed.
Status Anonymiser::change_labels(ImageTree& tree, const PlaceMap& places, std::size_t device) {
  const DeviceImage& image = tree.devices[device];
  const LabelGeometry& geometry = places.devices[image.index].geometry;
  if (geometry.index_size == 0) {
    const auto blank = is_zero(*image.labels, {0, image.labels->size()});
    if (blank && *blank) return {};
    return Error{Errc::not_supported, {device, 0}, "label area"};
  }
  Place place;
  place.kind = PlaceKind::slot;
  place.device = image.index;
  for (std::uint32_t slot = 0; slot < geometry.nslot; ++slot) {
    place.first = place.last = slot;
    const auto target = locate(places, place);
    if (!target && is_lost(target.error())) continue;
    if (!target) return target.error();
    if (target->structure == nullptr) return Error{Errc::not_supported, {device, 0}, "label area"};
    NDMEDIC_CHECK(change_at(*image.labels, target->range.offset, *target->structure));
  }
  return {};
}

Status Anonymiser::change_namespaces(ImageTree& tree) {
  NDMEDIC_TRY(const TraceList traces, find_traces(tree));
  for (const Trace& trace : traces.traces) {
    if (trace.in_data) continue;
    Media& media = *tree.namespaces[trace.ns].media;
    switch (trace.kind) {
      case TraceKind::btt:
        NDMEDIC_CHECK(change_at(media, trace.offset, info_block_structure));
        break;
      case TraceKind::pfn:
      case TraceKind::dax:
        NDMEDIC_CHECK(change_at(media, trace.offset, pfn_info_structure));
        break;
      case TraceKind::pool:
        NDMEDIC_CHECK(change_at(media, trace.offset, pool_header_structure));
        break;
    }
  }
  return {};
}

Status Anonymiser::change_at(Media& media, std::uint64_t offset, const Structure& structure) {
  std::vector<std::byte> bytes(structure.size);
  if (const Status read = media.read(offset, bytes); !read)
    return is_lost(read.error()) ? Status() : read;
  if (is_blank(bytes)) return {};
  const std::vector<std::byte> before = bytes;
  const bool right = checksum_is_right(structure, bytes);
  for (const Field& field : structure.fields)
    change_field(field, std::span(bytes).subspan(field.offset, field.size));
  if (bytes == before) return {};
  if (right) set_checksum(structure, bytes);
  return media.write(offset, bytes);
}

void Anonymiser::change_field(const Field& field, std::span<std::byte> bytes) {
  if (field.kind == FieldKind::uuid) {
    const Guid guid = decode<Guid>(bytes);
    if (guid.is_null() || is_type(field, guid) || new_uuids_.contains(guid)) return;
    const auto [entry, fresh] = uuids_.try_emplace(guid);
    if (fresh) {
      entry->second.bytes = {0, 0, 0, 0, 0, 0, 0x40, 0, 0xa0, 0, 0, 0, 0, 0, 0, 0};
      const std::size_t number = uuids_.size();
      for (unsigned i = 0; i < 4; ++i)
        entry->second.bytes[15 - i] = static_cast<std::uint8_t>(number >> 8 * i);
      new_uuids_.insert(entry->second);
    }
    encode(entry->second, bytes);
  } else if (field.name == "name" && field.kind == FieldKind::text && !all_zero(bytes)) {
    std::string name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (new_names_.contains(name)) return;
    const auto [entry, fresh] = names_.try_emplace(std::move(name));
    if (fresh) {
      entry->second = "name" + std::to_string(names_.size());
      entry->second.resize(bytes.size());
      new_names_.insert(entry->second);
    }
    std::ranges::copy(std::as_bytes(std::span(entry->second)), bytes.begin());
  }
}

}  // namespace ndmedic
