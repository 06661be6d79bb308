// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/rescue_map.h>

#include <fmt/format.h>

namespace ndmedic::cli {

void RescueMap::add_bad(Extent range) {
  if (!bad_.empty() && bad_.back().offset + bad_.back().size == range.offset)
    bad_.back().size += range.size;
  else
    bad_.push_back(range);
}

void RescueMap::write(std::uint64_t size, std::ostream& out) const {
  const auto row = [&out](std::uint64_t offset, std::uint64_t bytes, char status) {
    if (bytes > 0) out << fmt::format("0x{:08X}  0x{:08X}  {}\n", offset, bytes, status);
  };
  out << "# Mapfile. Created by ndmedic " NDMEDIC_VERSION "\n"
      << "# current_pos  current_status  current_pass\n"
      << fmt::format("0x{:08X}     +               1\n", size)
      << "#      pos        size  status\n";
  std::uint64_t at = 0;
  for (const Extent& range : bad_) {
    row(at, range.offset - at, '+');
    row(range.offset, range.size, '-');
    at = range.offset + range.size;
  }
  row(at, size - at, '+');
}

}  // namespace ndmedic::cli
