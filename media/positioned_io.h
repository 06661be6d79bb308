// SPDX-License-Identifier: BSD-3-Clause
// pread and pwrite until all is done, or until it is known which bytes cannot be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <ndmedic/format/result.h>

namespace ndmedic {

/// Reads at least `needed` <= into.size() bytes at `offset`. Where the medium fails, the failing
/// window is halved until one block of `granule` bytes is left, and that is the Error's range.
/// Errors: bad_media, short_read (the file ends first), io; `into` is then unspecified.
Status read_at_least(int fd, std::uint64_t offset, std::span<std::byte> into, std::size_t needed,
                     std::uint32_t granule);

/// Writes all of `from` at `offset`. An Error's range starts at the first byte not written.
Status write_fully(int fd, std::uint64_t offset, std::span<const std::byte> from);

}  // namespace ndmedic
