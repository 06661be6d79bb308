// SPDX-License-Identifier: BSD-3-Clause
// Every label of every recipe encodes to the bytes that it was decoded from, damaged ones too.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <ndmedic/image/recipe.h>
#include <ndmedic/labels/label_area.h>
#include <ndmedic/labels/label_bytes.h>

namespace ndmedic {
namespace {

TEST_CASE("labels of recipes are decoded and encoded without a change") {
  std::size_t labels = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(NDMEDIC_SOURCE_DIR "/corpora")) {
    if (entry.path().filename() != "recipe") continue;
    CAPTURE(entry.path().string());
    std::ifstream in(entry.path(), std::ios::binary);
    const auto made = make_media(std::string(std::istreambuf_iterator<char>(in), {}));
    REQUIRE(made);
    for (const DevicePlaces& device : made->places.devices) {
      if (device.labels == nullptr) continue;
      for (const LabelRecord& record : read_label_area(*device.labels).slots) {
        if (record.raw_size == 0 || record.state == SlotState::blank_in_use) continue;
        const auto encoded = encode_label(record);
        REQUIRE(encoded);
        CHECK(std::ranges::equal(encoded->bytes(), record.bytes()));
        ++labels;
      }
    }
  }
  CHECK(labels >= 100);
}

}  // namespace
}  // namespace ndmedic
