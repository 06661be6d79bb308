// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/scan_advice.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <span>

#include <ndmedic/btt/layout.h>
#include <ndmedic/cli/json_fields.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

/// A word of a shell's command line.
std::string shell_word(const std::string& text) {
  const auto is_plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("_-./:,+@%=").contains(c);
  };
  const std::string safe = escape_untrusted(text);
  if (!safe.empty() && std::ranges::all_of(safe, is_plain)) return safe;
  std::string word = "'";
  for (const char c : safe) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

/// The front of an image comes back as a hole.
std::string command_to_lengthen(const std::string& path, std::uint64_t bytes) {
  return fmt::format("dd if={} of={} bs=1M oflag=seek_bytes seek={} conv=sparse", shell_word(path),
                     shell_word(path + ".whole"), bytes);
}

/// True when the bytes can be read and are zero: they need no storing.
bool is_blank(const Media& media, std::uint64_t offset, std::uint64_t size) {
  const auto zero = is_zero(media, {offset, size});
  return zero && *zero;
}

constexpr std::uint64_t fields_end = offsetof(InfoBlock, unused);
constexpr std::uint64_t checksum_at = offsetof(InfoBlock, checksum);

std::string changes_at(std::uint64_t place, const InfoBlock& info, const Media& media) {
  const auto bytes = std::as_bytes(std::span(&info, 1));
  const auto change = [&](std::uint64_t from, std::uint64_t to) {
    return fmt::format(" @{:#x}+{}={}", place + from, to - from,
                       hex_digits(bytes.subspan(from, to - from)));
  };
  std::string text = change(0, fields_end);
  if (!is_blank(media, place + fields_end, checksum_at - fields_end))
    text += change(fields_end, checksum_at);
  return text + change(checksum_at, sizeof(InfoBlock));
}

}  // namespace

bool opens_as_it_is(const ImageProposal& image, const Media& media) {
  return image.base == 0 && image.missing_before == 0 && image.length == media.size();
}

std::string next_command(const std::string& path, const ImageProposal& image, const Media& media) {
  if (image.missing_before > 0) return command_to_lengthen(path, image.missing_before);
  std::string command = "ndmedic check";
  if (image.kind == DeviceKind::label_area) command += " --as lsa";
  if (image.base > 0) command += fmt::format(" --offset {:#x}", image.base);
  if (image.base + image.length < media.size())
    command += fmt::format(" --length {:#x}", image.length);
  return command + " " + shell_word(path);
}

ArenaAdvice advice_for(const std::string& path, const ArenaProposal& proposal, const Guid& uuid,
                       const Media& media) {
  Arena arena = proposal.arena;
  if (arena.uuid.is_null()) arena.uuid = uuid;
  ArenaAdvice advice{.info = info_block_of(arena)};
  if (proposal.missing_before > 0) {
    advice.command = command_to_lengthen(path, proposal.missing_before);
    return advice;
  }
  advice.command = "ndmedic edit " + shell_word(path) +
                   changes_at(arena.start.value, advice.info, media) +
                   changes_at(arena.backup().value, advice.info, media);
  return advice;
}

}  // namespace ndmedic::cli
