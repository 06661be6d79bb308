// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/undo_format.h>

#include <ndmedic/media/crc32c.h>

namespace ndmedic {

std::uint32_t undo_crc(std::span<const std::byte> first, std::span<const std::byte> second) {
  return crc32c(first, second);
}

UndoStateWord undo_state_word(UndoState state) {
  UndoStateWord word{};
  word.state = static_cast<std::uint32_t>(state);
  word.crc = undo_crc(std::as_bytes(std::span(&word.state, 1)));
  return word;
}

}  // namespace ndmedic
