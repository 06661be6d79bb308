// SPDX-License-Identifier: BSD-3-Clause
#include "area_builder.h"

#include <algorithm>
#include <cstring>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/fletcher64.h>
#include <ndmedic/media/memory_media.h>

namespace ndmedic::tests {
namespace {

void set_name(std::array<std::uint8_t, 64>& field, std::string_view name) {
  field = {};
  std::copy_n(name.begin(), std::min(name.size(), field.size()), field.begin());
}

void fill_head(LabelHead& head, const LabelValues& values) {
  head.uuid = values.uuid;
  set_name(head.name, values.name);
  head.flags = values.flags;
  head.nlabel = values.nlabel;
  head.position = values.position;
  head.isetcookie = values.isetcookie;
  head.lbasize = values.lbasize;
  head.dpa = values.dpa;
  head.rawsize = values.rawsize;
}

}  // namespace

Guid uuid_number(std::uint8_t n) {
  Guid guid;
  guid.bytes.fill(0x40);
  guid.bytes.front() = guid.bytes.back() = n;
  return guid;
}

Label256 make_label(const LabelValues& values) {
  Label256 label{};
  fill_head(label, values);
  label.type_guid = values.type_guid;
  label.abstraction_guid = values.abstraction;
  return label;
}

Label128 make_label128(const LabelValues& values) {
  Label128 label{};
  fill_head(label, values);
  return label;
}

CxlNamespaceLabel make_label(const CxlNamespaceValues& values) {
  CxlNamespaceLabel label{};
  label.type = guids::cxl_namespace;
  label.uuid = values.uuid;
  label.nrange = values.nrange;
  label.position = values.position;
  label.dpa = values.dpa;
  label.rawsize = values.rawsize;
  label.region_uuid = values.region_uuid;
  return label;
}

CxlRegionLabel make_label(const CxlRegionValues& values) {
  CxlRegionLabel label{};
  label.type = guids::cxl_region;
  label.uuid = values.uuid;
  label.flags = values.flags;
  label.nlabel = values.nlabel;
  label.position = values.position;
  label.dpa = values.dpa;
  label.rawsize = values.rawsize;
  label.hpa = values.hpa;
  label.granularity = values.granularity;
  return label;
}

AreaBuilder::AreaBuilder(std::uint64_t size, std::uint32_t slot_size, std::uint64_t index_size,
                         std::uint32_t nslot)
    : minor(slot_size == 128 ? 1 : 2),
      geometry_(index_size == 0 ? label_geometry(size, slot_size).value()
                                : LabelGeometry{size, slot_size, index_size, nslot}),
      bytes_(size) {}

template <class Label>
AreaBuilder& AreaBuilder::put_sealed(std::uint32_t slot, Label& label) {
  label.slot = slot;
  if constexpr (sizeof(Label) == 256) {
    label.checksum = 0;
    label.checksum = fletcher64(bytes_of(label));
  }
  encode(label, std::span(bytes_).subspan(geometry_.slot_off(slot)));
  return *this;
}

AreaBuilder& AreaBuilder::put(std::uint32_t slot, Label256 label) {
  return put_sealed(slot, label);
}
AreaBuilder& AreaBuilder::put(std::uint32_t slot, Label128 label) {
  return put_sealed(slot, label);
}
AreaBuilder& AreaBuilder::put(std::uint32_t slot, CxlNamespaceLabel label) {
  return put_sealed(slot, label);
}
AreaBuilder& AreaBuilder::put(std::uint32_t slot, CxlRegionLabel label) {
  return put_sealed(slot, label);
}

AreaBuilder& AreaBuilder::fill(std::uint32_t slot, std::uint8_t byte) {
  std::memset(&slot_byte(slot, 0), byte, geometry_.slot_size);
  return *this;
}

AreaBuilder& AreaBuilder::block(unsigned number, std::uint32_t seq,
                                std::initializer_list<std::uint32_t> in_use, const Bend& bend) {
  IndexHeader header{};
  header.sig = index_signature;
  header.labelsize = static_cast<std::uint8_t>(geometry_.slot_size == 128 ? 0 : 1);
  header.seq = seq;
  header.myoff = number * geometry_.index_size;
  header.mysize = geometry_.index_size;
  header.otheroff = (1 - number) * geometry_.index_size;
  header.labeloff = geometry_.label_off();
  header.nslot = geometry_.nslot;
  header.major = major;
  header.minor = minor;
  if (bend) bend(header);
  const auto block = std::span(bytes_).subspan(number * geometry_.index_size, geometry_.index_size);
  std::ranges::fill(block, std::byte{0});
  encode(header, block);
  for (std::uint32_t slot = 0; slot < geometry_.nslot; ++slot)
    if (std::ranges::find(in_use, slot) == in_use.end())
      block[72 + slot / 8] |= static_cast<std::byte>(1u << slot % 8);
  return seal(number);
}

AreaBuilder& AreaBuilder::seal(unsigned number, std::uint64_t size) {
  const auto block = std::span(bytes_).subspan(number * geometry_.index_size,
                                               size == 0 ? geometry_.index_size : size);
  auto header = decode<IndexHeader>(block);
  header.checksum = 0;
  encode(header, block);
  header.checksum = fletcher64(block);
  encode(header, block);
  return *this;
}

std::byte& AreaBuilder::slot_byte(std::uint32_t slot, std::uint32_t offset) {
  return bytes_[geometry_.slot_off(slot) + offset];
}

std::byte& AreaBuilder::block_byte(unsigned number, std::uint64_t offset) {
  return bytes_[number * geometry_.index_size + offset];
}

LabelArea AreaBuilder::read(const LabelAreaOptions& options) const {
  return read_label_area(MemoryMedia(bytes_), options);
}

Findings AreaBuilder::findings(const LabelAreaOptions& options) const {
  Findings found;
  report_label_area(read(options), std::nullopt, found);
  return found;
}

AreaBuilder one_namespace(const LabelValues& values) {
  AreaBuilder area;
  LabelValues twin = values;
  twin.flags |= label_flags::updating;
  area.put(0, make_label(twin)).put(1, make_label(values));
  area.block(0, 2, {1}).block(1, 1, {0});
  return area;
}

AreaBuilder with_labels(std::initializer_list<LabelValues> labels) {
  AreaBuilder area;
  std::uint32_t slot = 1;
  for (const LabelValues& values : labels) area.put(slot++, make_label(values));
  area.block(1, 1, {0});
  switch (labels.size()) {
    case 1:
      area.block(0, 2, {1});
      break;
    case 2:
      area.block(0, 2, {1, 2});
      break;
    default:
      area.block(0, 2, {1, 2, 3});
      break;
  }
  return area;
}

std::vector<ProblemId> ids_of(const Findings& findings) {
  std::vector<ProblemId> ids;
  for (const Finding& finding : findings.list()) ids.push_back(finding.id);
  return ids;
}

bool has(const Findings& findings, ProblemId id) {
  return std::ranges::find(findings.list(), id, &Finding::id) != findings.list().end();
}

}  // namespace ndmedic::tests
