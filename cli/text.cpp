// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/text.h>

#include <fmt/format.h>

#include <array>
#include <cstring>

#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

std::string_view reason(Errc code) {
  switch (code) {
    case Errc::out_of_range:
      return "the range lies outside the image";
    case Errc::short_read:
      return "the file gave fewer bytes than its size promised; was it cut meanwhile?";
    case Errc::absent:
      return "the bytes are not in this image";
    case Errc::bad_media:
      return "the media could not be read";
    case Errc::read_only:
      return "it is open for reading only";
    case Errc::in_use:
      return "it is in use by another process";
    case Errc::changed:
      return "the bytes changed meanwhile; nothing else may write to it, try again";
    case Errc::io:
      return "the system reported an error";
    case Errc::not_found:
      return "not found";
    case Errc::permission:
      return "access is not permitted";
    case Errc::wrong_kind:
      return "it is not a regular file or a block device";
    case Errc::invalid:
      return "not valid";
    case Errc::too_large:
      return "too large";
    case Errc::not_supported:
      return "not supported here";
    case Errc::damaged:
      return "its structures are damaged";
  }
  return "unknown error";
}

std::string where_text(const Error& error) {
  if (error.where == Extent{}) return {};
  return fmt::format(" at {} ({} bytes)", hex_text(error.where.offset), error.where.size);
}

}  // namespace

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 7> units = {"bytes", "KiB", "MiB", "GiB",
                                                     "TiB",   "PiB", "EiB"};
  std::size_t unit = 0;
  std::uint64_t scale = 1;
  while (unit + 1 < units.size() && bytes / scale >= 1024) {
    scale *= 1024;
    ++unit;
  }
  if (unit == 0) return fmt::format("{} {}", bytes, bytes == 1 ? "byte" : "bytes");
  if (bytes % scale == 0) return fmt::format("{} {}", bytes / scale, units[unit]);
  const double scaled = static_cast<double>(bytes) / static_cast<double>(scale);
  return fmt::format("{:.1f} {} ({} bytes)", scaled, units[unit], bytes);
}

std::string hex_text(std::uint64_t number) { return fmt::format("{:#x}", number); }

std::string error_text(const std::string& path, const Error& error) {
  std::string text = escape_untrusted(path);
  // "file" is what the path names anyway.
  if (!error.what.empty() && error.what != "file") text += fmt::format(": {}", error.what);
  if (error.os_error != 0)
    return text + fmt::format("{}: {}", where_text(error), std::strerror(error.os_error));
  if (error.code == Errc::invalid && !error.what.empty()) return text;
  if (error.code == Errc::not_found) return text + ": not found";
  return text + fmt::format(": {}{}", reason(error.code), where_text(error));
}

std::string evidence_text(const Evidence& evidence) {
  const std::string where = hex_text(evidence.where.offset);
  const std::uint64_t value = evidence.value;
  const auto version = [value] { return fmt::format("{}.{}", value / 100, value % 100); };
  switch (evidence.clue) {
    case Clue::option:
      return "given by an option";
    case Clue::index_valid:
      return fmt::format("a valid label index block at {} places an area of {} at the end", where,
                         size_text(value));
    case Clue::area_cut:
      return fmt::format("a valid label index block at {} of an area of {} that the end cuts",
                         where, size_text(value));
    case Clue::index_elsewhere:
      return fmt::format("an index block at {} whose area does not end with the image", where);
    case Clue::index_damaged:
      return fmt::format("a damaged label index block at {} fits an area of {}", where,
                         size_text(value));
    case Clue::labels_without_index:
      return fmt::format("labels without an index where an area of {} would have them",
                         size_text(value));
    case Clue::area_ambiguous:
      return fmt::format("a label area of {} is as likely as another", size_text(value));
    case Clue::size_suggests_area:
      return fmt::format("the size is whole regions and {} of zeros", size_text(value));
    case Clue::pool_head:
      return "\"PMEMBLK\" at 0";
    case Clue::other_pool_signature:
      return "the signature of a PMDK pool of another kind at 0";
    case Clue::poolset_text:
      return fmt::format("a poolset file of {} parts", value);
    case Clue::nfit_head:
      return "\"NFIT\" and a fitting length at 0";
    case Clue::label_abstraction:
      return "the label names the personality";
    case Clue::btt_info:
      return fmt::format("a BTT {} info block at {}", version(), where);
    case Clue::btt_info_elsewhere:
      return fmt::format("a BTT {} info block at {}, where that version does not belong", version(),
                         where);
    case Clue::btt_damaged:
      return fmt::format("a damaged BTT info block at {}", where);
    case Clue::pfn_info:
      return fmt::format("an fsdax (PFN) info block at {}", where);
    case Clue::dax_info:
      return fmt::format("a devdax (DAX) info block at {}", where);
    case Clue::nested_image:
      return fmt::format("an info block at {} is user data of the BTT around it", where);
    case Clue::contradiction:
      return fmt::format("the bytes say {}", to_string(static_cast<Personality>(value)));
    case Clue::nothing_found:
      return "no known signature";
    case Clue::not_readable:
      return fmt::format("{} bytes at {} could not be read", evidence.where.size, where);
  }
  return {};
}

std::string_view personality_text(Personality personality) {
  switch (personality) {
    case Personality::raw:
      return "raw";
    case Personality::btt_1_1:
      return "sector mode (BTT 1.1)";
    case Personality::btt_2_0:
      return "sector mode (BTT 2.0)";
    case Personality::fsdax:
      return "fsdax";
    case Personality::devdax:
      return "devdax";
    case Personality::pool:
      return "libpmemblk pool (BTT 1.1)";
    case Personality::unknown:
      return "unknown personality";
    case Personality::not_checked:
      break;
  }
  return "not checked";
}

std::string_view device_kind_text(DeviceKind kind) {
  switch (kind) {
    case DeviceKind::dimm:
      return "DIMM image";
    case DeviceKind::label_area:
      return "label area";
    case DeviceKind::bare:
      return "image without labels";
    case DeviceKind::pool:
      return "libpmemblk pool";
    case DeviceKind::nfit:
      break;
  }
  return "NFIT";
}

std::string_view unreachable_text(Unreachable why) {
  switch (why) {
    case Unreachable::reachable:
      return "reachable";
    case Unreachable::no_data:
      return "only labels were given, not the data";
    case Unreachable::incomplete:
      return "labels of the set are missing";
    case Unreachable::interleave_unknown:
      return "nothing says how its bytes are spread over the devices";
    case Unreachable::limit:
      return "more namespaces than are read (4096)";
    case Unreachable::outside:
      break;
  }
  return "its extent lies outside the image";
}

}  // namespace ndmedic::cli
