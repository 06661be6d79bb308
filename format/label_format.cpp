// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/label_format.h>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/cxl_label.h>
#include <ndmedic/format/label.h>

namespace ndmedic {

LabelFormat cxl_label_format(const Guid& type) {
  if (type == guids::cxl_namespace) return LabelFormat::cxl_namespace;
  if (type == guids::cxl_region) return LabelFormat::cxl_region;
  return LabelFormat::cxl_vendor;
}

std::optional<LabelFormat> label_format(const IndexHeader& index, std::span<const std::byte> slot) {
  const auto slot_size = slot_size_of(index);
  if (!slot_size || slot.size() < *slot_size) return std::nullopt;
  if (*slot_size == 128) return LabelFormat::v1_1;
  if (index.major.value() != 2) return LabelFormat::v1_2;
  return cxl_label_format(decode<Guid>(slot));
}

const Structure& structure_of(LabelFormat format) {
  switch (format) {
    case LabelFormat::v1_1:
      return label128_structure;
    case LabelFormat::v1_2:
      return label256_structure;
    case LabelFormat::cxl_namespace:
      return cxl_namespace_label_structure;
    case LabelFormat::cxl_region:
      return cxl_region_label_structure;
    case LabelFormat::cxl_vendor:
      break;
  }
  return vendor_label_structure;
}

}  // namespace ndmedic
