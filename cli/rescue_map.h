// SPDX-License-Identifier: BSD-3-Clause
// Which ranges of an export could not be read, as a map file of GNU ddrescue.
#pragma once

#include <cstdint>
#include <ostream>
#include <vector>

#include <ndmedic/format/result.h>

namespace ndmedic::cli {

/// Ranges in bytes of what is exported, ascending.
class RescueMap {
 public:
  /// Neighbours become one range.
  void add_bad(Extent range);
  const std::vector<Extent>& bad() const { return bad_; }

  /// The map of `size` bytes, all of which was tried.
  void write(std::uint64_t size, std::ostream& out) const;

 private:
  std::vector<Extent> bad_;
};

}  // namespace ndmedic::cli
