// SPDX-License-Identifier: BSD-3-Clause
// The text of recipes. Contract: any text of up to 4 KiB makes media or an Error with the number of
// one of its lines, in bounded time and memory; what was made can be read at every place.
// The input is the text.
#include <ndmedic/image/recipe.h>

#include <algorithm>
#include <array>

#include "fuzz/harness.h"

using namespace ndmedic;

namespace {

constexpr std::size_t text_max = 4096;

void read_at(const Media& media, std::uint64_t offset) {
  std::array<std::byte, 64> bytes{};
  const std::uint64_t size = std::min<std::uint64_t>(bytes.size(), media.size() - offset);
  fuzz::require(bool(media.read(offset, std::span(bytes).first(size))), "made media can be read");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, std::min(size, text_max));
  const auto made = make_media(text);
  if (!made) {
    const auto lines = static_cast<std::uint64_t>(std::ranges::count(text, '\n')) + 1;
    fuzz::require(made.error().where.offset <= lines, "an Error has a line of the text");
    return 0;
  }
  fuzz::require(made->devices.size() <= recipe_devices_max, "devices are bounded");
  fuzz::require(made->places.devices.size() == made->devices.size(), "each device has its places");
  for (const auto& device : made->devices) {
    if (device->size() == 0) continue;
    read_at(*device, 0);
    read_at(*device, device->size() - 1);
  }
  for (const NamespacePlaces& ns : made->places.namespaces)
    for (std::size_t arena = 0; arena < ns.arenas.size() && ns.media != nullptr; ++arena)
      if (ns.arenas[arena].offset < ns.media->size()) read_at(*ns.media, ns.arenas[arena].offset);
  return 0;
}
