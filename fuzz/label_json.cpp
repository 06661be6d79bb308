// SPDX-License-Identifier: BSD-3-Clause
// Backups of label areas as JSON. Contract: any text is refused with a complaint, or gives one area
// of 1 KiB whose own JSON is read back as the same bytes.
#include <ndmedic/cli/labels_json.h>
#include <ndmedic/media/memory_media.h>

#include "fuzz/harness.h"

using namespace ndmedic;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t area_size = 1024;
  const std::string text(data, data + size);
  const auto document = cli::read_label_document(text, {area_size});
  fuzz::require(document.complaint.empty() == (document.areas.size() == 1),
                "an area, or a complaint");
  if (document.areas.empty()) return 0;
  fuzz::require(document.areas[0].size() == area_size, "the area has its size");
  const MemoryMedia media(document.areas[0]);
  cli::Json again = {{"schema_version", 1}, {"verb", "labels dump"}};
  again["areas"] = {cli::label_area_json(read_label_area(media), media)};
  const auto twice = cli::read_label_document(again.dump(), {area_size});
  fuzz::require(twice.areas == document.areas, "bytes come back from their own JSON");
  return 0;
}
