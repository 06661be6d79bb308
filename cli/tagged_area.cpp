// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/tagged_area.h>

#include <fmt/format.h>

namespace ndmedic::cli {

std::string TaggedArea::place_of(std::uint64_t offset) const {
  if (offset >= layout_.label_off)
    return fmt::format("labels/slot/{}", (offset - layout_.label_off) / layout_.slot_size);
  return offset < layout_.index_off[1] ? "labels/index0" : "labels/index1";
}

}  // namespace ndmedic::cli
