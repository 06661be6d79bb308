// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/labels/label_bytes.h>

#include <type_traits>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/cxl_label.h>
#include <ndmedic/format/label.h>

namespace ndmedic {
namespace {

void put_head(LabelHead& label, const LabelRecord& record) {
  label.uuid = record.uuid;
  label.name = record.name_field;
  label.flags = record.flags;
  label.nlabel = record.nlabel;
  label.position = record.position;
  label.isetcookie = record.isetcookie;
  label.lbasize = record.lbasize;
  label.dpa = record.dpa;
  label.rawsize = record.rawsize;
  label.slot = record.slot_field;
}

void put(Label128& label, const LabelRecord& record) { put_head(label, record); }

void put(Label256& label, const LabelRecord& record) {
  put_head(label, record);
  label.alignment = static_cast<std::uint8_t>(record.alignment);
  label.type_guid = record.type_guid;
  label.abstraction_guid = record.abstraction;
}

void put(CxlNamespaceLabel& label, const LabelRecord& record) {
  label.type = guids::cxl_namespace;
  label.uuid = record.uuid;
  label.name = record.name_field;
  label.flags = record.flags;
  label.nrange = record.nlabel;
  label.position = record.position;
  label.dpa = record.dpa;
  label.rawsize = record.rawsize;
  label.slot = record.slot_field;
  label.alignment = record.alignment;
  label.region_uuid = record.region_uuid;
  label.abstraction_uuid = swapped(record.abstraction);  // text order in 2.1 (2.8)
  label.lbasize = static_cast<std::uint16_t>(record.lbasize);
}

void put(CxlRegionLabel& label, const LabelRecord& record) {
  label.type = guids::cxl_region;
  label.uuid = record.uuid;
  label.flags = record.flags;
  label.nlabel = record.nlabel;
  label.position = record.position;
  label.dpa = record.dpa;
  label.rawsize = record.rawsize;
  label.hpa = record.hpa;
  label.slot = record.slot_field;
  label.granularity = record.granularity;
  label.alignment = record.alignment;
}

/// Calls `change` with the structure that `label` holds and stores what it made of it.
template <class Change>
void change_structure(LabelBytes& label, const Change& change) {
  const auto apply = [&]<class Label>(std::type_identity<Label>) {
    auto structure = decode<Label>(label.raw);
    change(structure);
    encode(structure, label.raw);
  };
  switch (label.format) {
    case LabelFormat::v1_1:
      return apply(std::type_identity<Label128>{});
    case LabelFormat::v1_2:
      return apply(std::type_identity<Label256>{});
    case LabelFormat::cxl_namespace:
      return apply(std::type_identity<CxlNamespaceLabel>{});
    case LabelFormat::cxl_region:
      return apply(std::type_identity<CxlRegionLabel>{});
    case LabelFormat::cxl_vendor:
      return;
  }
}

}  // namespace

Result<LabelBytes> encode_label(const LabelRecord& record) {
  if (record.format == LabelFormat::v1_2 && record.alignment > UINT8_MAX)
    return Error{Errc::invalid, {}, "alignment of the label"};
  if (record.format == LabelFormat::cxl_namespace && record.lbasize > UINT16_MAX)
    return Error{Errc::invalid, {}, "sector size of the label"};
  LabelBytes label{record.format, record.raw};
  change_structure(label, [&](auto& structure) { put(structure, record); });
  return label;
}

void seal_label(LabelBytes& label, std::uint32_t slot, bool updating) {
  change_structure(label, [&]<class Label>(Label& structure) {
    structure.slot = slot;
    const std::uint32_t others = structure.flags.value() & ~label_flags::updating;
    structure.flags = others | (updating ? label_flags::updating : 0);
    if constexpr (!std::is_same_v<Label, Label128>) structure.checksum = checksum_of(structure);
  });
}

}  // namespace ndmedic
