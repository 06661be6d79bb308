// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/crc32c.h>

#include <boost/crc.hpp>

namespace ndmedic {

std::uint32_t crc32c(std::span<const std::byte> first, std::span<const std::byte> second) {
  constexpr std::uint32_t castagnoli = 0x1EDC6F41;
  boost::crc_optimal<32, castagnoli, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(first.data(), first.size());
  crc.process_bytes(second.data(), second.size());
  return crc.checksum();
}

}  // namespace ndmedic
