// SPDX-License-Identifier: BSD-3-Clause
// Ranges of media of any size, window by window.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <span>
#include <vector>

#include <ndmedic/media/media.h>

namespace ndmedic::cli {

/// Calls visit(bytes from the start of the range, bytes) for windows of at most 1 MiB. Errors:
/// those of reading.
template <class Visit>
Status for_each_window(const Media& media, Extent range, Visit visit) {
  constexpr std::uint64_t window = std::uint64_t{1} << 20;
  std::vector<std::byte> buffer(std::min(window, range.size));
  for (std::uint64_t done = 0; done < range.size;) {
    const std::uint64_t size = std::min(window, range.size - done);
    const std::span<std::byte> part(buffer.data(), size);
    NDMEDIC_CHECK(media.read(range.offset + done, part));
    visit(done, std::span<const std::byte>(part));
    done += size;
  }
  return {};
}

/// The bytes as they are.
inline Status write_raw(const Media& media, Extent range, std::ostream& out) {
  return for_each_window(media, range, [&](std::uint64_t, std::span<const std::byte> bytes) {
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
  });
}

}  // namespace ndmedic::cli
