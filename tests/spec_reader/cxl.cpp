// SPDX-License-Identifier: BSD-3-Clause
//
// What is special about CXL labels: labels.md 2.6 and 2.7.
#include "spec_reader/guid.h"
#include "spec_reader/label_area.h"

namespace spec_reader {

LabelFormat cxl_label_kind(Bytes label) {
  // 2.8: every UUID of a 2.1 label is stored in text order.
  const std::string name =
      known_guid_name(clip(label, 0, 16), GuidKind::cxl_label, GuidOrder::text);
  if (name == "cxl_namespace") {
    return LabelFormat::cxl_namespace;
  }
  if (name == "cxl_region") {
    return LabelFormat::cxl_region;
  }
  // 2.7: any other type UUID is vendor-defined.
  return LabelFormat::vendor;
}

Granularity granularity_kind(std::uint64_t value) {
  // The specification's encoding: granularity = 256 << value, value 0..6.
  if (value <= 6) {
    return Granularity::exponent;
  }
  // The Linux series stores the bytes themselves: 256, 512, ..., 16384.
  for (unsigned exponent = 0; exponent <= 6; ++exponent) {
    if (value == (std::uint64_t{256} << exponent)) {
      return Granularity::bytes;
    }
  }
  return Granularity::illegal;
}

}  // namespace spec_reader
