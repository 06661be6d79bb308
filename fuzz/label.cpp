// SPDX-License-Identifier: BSD-3-Clause
// Labels of all formats. Contract: any 128 or 256 bytes decode to a record that holds these bytes,
// names only bytes of the label, and breaks the rules that the second reader sees broken.
// flag 1: 128 bytes; choice: the index's Major (its low two bits); number: the slot's number;
// body: the label. Which CXL format it is, its first 16 bytes say.
#include <ndmedic/format/codec.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/labels/label_record.h>

#include <algorithm>

#include "agreement/structures.h"
#include "fuzz/harness.h"

using namespace ndmedic;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [head, body] = fuzz::split(data, size);
  fuzz::Buffer label = fuzz::padded(body, head.flag(1) ? 128 : 256);
  const auto major = static_cast<std::uint16_t>(head.choice & 3);
  if (head.dressed())
    agreement::dress(&structure_of(decode_slot(label, head.number, major).format), label);

  const LabelRecord record = decode_slot(label, head.number, major);
  fuzz::require(std::ranges::equal(record.bytes(), label), "round trip");
  fuzz::require(record.name().size() <= record.name_field.size(), "name within its field");
  fuzz::require_inside(record.violations, label.size());
  (void)escape_untrusted(record.name());
  (void)claim_class(record.abstraction);
  fuzz::require(structure_of(record.format).size == label.size(), "format fits the slot");
  fuzz::require_agreement(agreement::compare_label(label, head.number, major));
  return 0;
}
