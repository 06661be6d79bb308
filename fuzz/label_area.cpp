// SPDX-License-Identifier: BSD-3-Clause
// Whole label areas. Contract: any bytes are read in bounded calls, judged and assembled into
// namespaces of one device and of two; the current index and the failures of slots in use are the
// second reader's. choice, flag 1: see label_area_of(); flag 2: a second device is the same area.
#include <ndmedic/labels/label_area.h>
#include <ndmedic/labels/label_set.h>
#include <ndmedic/media/memory_media.h>

#include <algorithm>

#include "fuzz/harness.h"

using namespace ndmedic;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input = fuzz::split(data, size);
  const MemoryMedia bytes(fuzz::label_area_of(input));
  agreement::Effort effort;
  const agreement::PatchedMedia media(bytes, &effort);
  const LabelArea area = read_label_area(media);
  // Six layouts at most, and the index blocks of each place where a generation has them.
  fuzz::require(effort.bytes <= 40 * bytes.size() + 4096, "bytes read are bounded by the area");
  fuzz::require(effort.calls <= 400, "calls are bounded");

  fuzz::CheckedSink sink;
  report_label_area(area, 0, sink);
  std::uint64_t slots = 0;
  for (const std::uint64_t count : area.counts) slots += count;
  fuzz::require(slots == std::max(area.layout.nslot, area.layout.capacity), "every slot counted");
  fuzz::require(std::ranges::is_sorted(area.slots, {}, &LabelRecord::slot), "slots ascend");
  fuzz::require(area.available_slots() <= area.free_slots(), "available slots are free");
  for (const LabelRecord& record : area.slots)
    fuzz::require_inside(record.violations, record.raw_size);

  std::vector<LabelDevice> devices = {{0, &area, input.head.size, {}}};
  if (input.head.flag(2)) devices.push_back({1, &area, {}, {}});
  const LabelSet set = assemble_labels(devices, {}, sink);
  for (const LabelNamespace& ns : set.namespaces)
    fuzz::require(!ns.extents.empty() && ns.missing.size() <= 64, "a namespace has labels");
  fuzz::require_agreement(agreement::compare_area(bytes));
  return 0;
}
