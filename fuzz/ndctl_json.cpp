// SPDX-License-Identifier: BSD-3-Clause
// Label areas as ndctl prints them. Contract: any area gives JSON of bounded size, nothing, or an
// Error; where all text is ASCII, a JSON parser takes it. choice, flag 1: see label_area_of().
#include <ndmedic/cli/ndctl_json.h>
#include <ndmedic/media/memory_media.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fuzz/harness.h"

using namespace ndmedic;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryMedia bytes(fuzz::label_area_of(fuzz::split(data, size)));
  agreement::Effort effort;
  const agreement::PatchedMedia area(bytes, &effort);
  const auto object = cli::ndctl_object(area, 0);
  fuzz::require(effort.bytes <= 2 * bytes.size() + 4096, "every byte is read once or twice");
  if (!object || !*object) return 0;
  const std::string& text = **object;
  fuzz::require(text.size() <= 16384 + 32 * bytes.size(), "text is bounded by the area");
  const bool ascii = std::ranges::all_of(
      text, [](char character) { return static_cast<unsigned char>(character) < 0x80; });
  if (ascii) fuzz::require(nlohmann::json::accept(text), "ASCII output is JSON");
  return 0;
}
