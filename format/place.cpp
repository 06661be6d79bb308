// SPDX-License-Identifier: BSD-3-Clause
// Parser and printer of PLACE. The parser keeps its position, so that an error names the exact
// characters; the text is an argument of the user and is read once, from left to right.

#include <ndmedic/format/place.h>

#include <algorithm>
#include <limits>

#include <ndmedic/format/checked.h>

namespace ndmedic {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// Value of a digit in base 16, or 16.
constexpr unsigned digit_value(char c) {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return 16;
}

class PlaceParser {
 public:
  explicit PlaceParser(std::string_view text) : text_(text) {}

  Result<Place> parse() {
    NDMEDIC_CHECK(device());
    if (!done_) NDMEDIC_CHECK(body());
    if (at_ < text_.size()) return error(at_, text_.size() - at_, "the end of the place");
    return place_;
  }

 private:
  static Error error(std::size_t at, std::size_t size, std::string_view expected) {
    return {Errc::invalid, {at, size}, expected};
  }

  bool accept(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  /// The same, but not as the beginning of a longer word.
  bool accept_word(std::string_view word) {
    const std::size_t end = at_ + word.size();
    if (end < text_.size() && is_word(text_[end])) return false;
    return accept(word);
  }

  /// The error for what stands here: the characters up to the next '/' or '.'.
  Error expected(std::string_view what) const {
    const std::size_t end = std::min(text_.find_first_of("/.", at_), text_.size());
    const std::size_t size = std::max<std::size_t>(end - at_, at_ < text_.size() ? 1 : 0);
    return error(at_, size, what);
  }

  /// A decimal or 0x number of at most `most`.
  Result<std::uint64_t> number(std::uint64_t most, std::string_view what) {
    const std::size_t begin = at_;
    const unsigned base = accept("0x") || accept("0X") ? 16 : 10;
    Checked value = 0;
    const std::size_t digits = at_;
    for (; at_ < text_.size() && digit_value(text_[at_]) < base; ++at_)
      value = value * base + digit_value(text_[at_]);
    const bool none = at_ == digits;
    if (none || !value.at_most(most)) {
      const std::size_t size = std::max<std::size_t>(at_ - begin, begin < text_.size() ? 1 : 0);
      at_ = begin;
      if (none) return expected(what);
      return error(begin, size, "a smaller number");
    }
    return *value.get();
  }

  Result<std::uint32_t> number32(std::string_view what) {
    NDMEDIC_TRY(const auto value, number(std::numeric_limits<std::uint32_t>::max(), what));
    return static_cast<std::uint32_t>(value);
  }

  Status device() {
    if (accept_word("image")) {
      done_ = true;
    } else if (at_ + 1 < text_.size() && text_[at_] == 'd' && is_digit(text_[at_ + 1])) {
      ++at_;
      NDMEDIC_TRY(place_.device, number32("the number of a device"));
      done_ = at_ == text_.size();
      if (!done_ && !accept("/")) return error(at_, 1, "'/' after the device");
    }
    return {};
  }

  Status body() {
    if (accept("@")) return range();
    if (accept_word("labels")) return labels();
    if (accept("ns/")) return name_space();
    if (accept("pool/")) return pool();
    if (accept("nfit/")) return nfit();
    return expected("dN/, image, labels, ns/, pool/, nfit/ or @OFFSET+LEN");
  }

  /// The end of a place that names a structure: nothing, or a field.
  Status structure(PlaceKind kind) {
    place_.kind = kind;
    if (!accept(".")) return {};
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    if (at_ == begin) return expected("the name of a field");
    place_.field = text_.substr(begin, at_ - begin);
    return {};
  }

  Status range() {
    place_.kind = PlaceKind::range;
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    NDMEDIC_TRY(place_.first, number(most, "an offset in bytes"));
    if (!accept("+")) return expected("'+' and a length");
    const std::size_t begin = at_;
    NDMEDIC_TRY(place_.last, number(most, "a length in bytes"));
    constexpr std::string_view suffixes = "KMGT";
    if (at_ < text_.size() && suffixes.find(text_[at_]) != std::string_view::npos) {
      const std::size_t power = suffixes.find(text_[at_++]) + 1;
      const auto bytes = (Checked(place_.last) * (std::uint64_t{1} << 10 * power)).get();
      if (!bytes) return error(begin, at_ - begin, "a smaller number");
      place_.last = *bytes;
      accept("iB");
    }
    if (!(Checked(place_.first) + place_.last).ok())
      return error(begin, at_ - begin, "a range that ends below 2^64");
    return {};
  }

  Status labels() {
    place_.kind = PlaceKind::labels;
    if (at_ == text_.size()) return {};
    if (!accept("/")) return expected("'/' after labels");
    if (accept_word("index0")) return structure(PlaceKind::index);
    if (accept_word("index1")) {
      place_.first = place_.last = 1;
      return structure(PlaceKind::index);
    }
    if (accept("slot/")) return run(PlaceKind::slot, "the number of a slot");
    return expected("index0, index1 or slot/K");
  }

  /// FIRST[..LAST], then perhaps a field.
  Status run(PlaceKind kind, std::string_view what) {
    NDMEDIC_CHECK(run_numbers(what));
    return structure(kind);
  }

  Status run_numbers(std::string_view what) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    NDMEDIC_TRY(place_.first, number(most, what));
    place_.last = place_.first;
    if (!accept("..")) return {};
    const std::size_t begin = at_;
    NDMEDIC_TRY(place_.last, number(most, what));
    if (place_.last < place_.first)
      return error(begin, at_ - begin, "a last number that is not below the first");
    return {};
  }

  Status selector() {
    const std::size_t end = std::min(text_.find('/', at_), text_.size());
    const std::string_view name = text_.substr(at_, end - at_);
    if (name.find('-') != std::string_view::npos) {
      const auto uuid = parse_guid(name, GuidOrder::text);
      if (!uuid) return error(at_, name.size(), "a uuid");
      place_.ns = *uuid;
      at_ = end;
      return {};
    }
    NDMEDIC_TRY(place_.ns, number32("the index or the uuid of a namespace"));
    return {};
  }

  Status name_space() {
    NDMEDIC_CHECK(selector());
    place_.kind = PlaceKind::ns;
    if (at_ == text_.size()) return {};
    if (!accept("/")) return expected("'/' after the namespace");
    if (accept_word("info")) return structure(PlaceKind::ns_info);
    if (accept_word("backup")) return structure(PlaceKind::ns_backup);
    if (!accept("arena")) return expected("info, backup or arenaN");
    NDMEDIC_TRY(place_.arena, number32("the number of an arena"));
    return arena();
  }

  Status arena() {
    place_.kind = PlaceKind::arena;
    if (at_ == text_.size()) return {};
    if (!accept("/")) return expected("'/' after the arena");
    if (accept_word("info")) return structure(PlaceKind::info);
    if (accept_word("backup")) return structure(PlaceKind::backup);
    if (accept("flog/")) return flog();
    if (accept("map/")) return run(PlaceKind::map, "the number of a map entry");
    if (accept("block/")) return run(PlaceKind::block, "the number of a block");
    return expected("info, backup, flog/LANE, map/FIRST[..LAST] or block/N");
  }

  Status flog() {
    NDMEDIC_CHECK(run_numbers("the number of a lane"));
    if (accept_word(".A")) return structure(PlaceKind::flog_entry);
    if (accept_word(".B")) {
      place_.entry_b = true;
      return structure(PlaceKind::flog_entry);
    }
    return structure(PlaceKind::flog);
  }

  Status pool() {
    if (accept_word("header")) return structure(PlaceKind::pool_header);
    if (accept_word("desc")) return structure(PlaceKind::pool_desc);
    return expected("header or desc");
  }

  Status nfit() {
    if (accept_word("header")) {
      place_.nfit_header = true;
      return structure(PlaceKind::nfit);
    }
    NDMEDIC_TRY(place_.first, number32("header or the number of a structure"));
    place_.last = place_.first;
    return structure(PlaceKind::nfit);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool done_ = false;  // the device alone was the place
  Place place_;
};

std::string hex(std::uint64_t value) {
  std::string digits;
  do {
    digits.insert(digits.begin(), "0123456789abcdef"[value & 15]);
    value >>= 4;
  } while (value != 0);
  return "0x" + digits;
}

std::string run_text(const Place& place) {
  std::string text = std::to_string(place.first);
  if (place.last > place.first) text += ".." + std::to_string(place.last);
  return text;
}

std::string ns_text(const Place& place) {
  if (const auto* uuid = std::get_if<Guid>(&place.ns))
    return "ns/" + to_string(*uuid, GuidOrder::text);
  return "ns/" + std::to_string(*std::get_if<std::uint32_t>(&place.ns));
}

std::string arena_text(const Place& place) {
  return ns_text(place) + "/arena" + std::to_string(place.arena);
}

/// The place without device and field.
std::string body_text(const Place& place) {
  switch (place.kind) {
    case PlaceKind::device:
      return {};
    case PlaceKind::range:
      return "@" + hex(place.first) + "+" + std::to_string(place.last);
    case PlaceKind::labels:
      return "labels";
    case PlaceKind::index:
      return place.first == 0 ? "labels/index0" : "labels/index1";
    case PlaceKind::slot:
      return "labels/slot/" + run_text(place);
    case PlaceKind::ns:
      return ns_text(place);
    case PlaceKind::ns_info:
      return ns_text(place) + "/info";
    case PlaceKind::ns_backup:
      return ns_text(place) + "/backup";
    case PlaceKind::arena:
      return arena_text(place);
    case PlaceKind::info:
      return arena_text(place) + "/info";
    case PlaceKind::backup:
      return arena_text(place) + "/backup";
    case PlaceKind::flog:
      return arena_text(place) + "/flog/" + run_text(place);
    case PlaceKind::flog_entry:
      return arena_text(place) + "/flog/" + run_text(place) + (place.entry_b ? ".B" : ".A");
    case PlaceKind::map:
      return arena_text(place) + "/map/" + run_text(place);
    case PlaceKind::block:
      return arena_text(place) + "/block/" + run_text(place);
    case PlaceKind::pool_header:
      return "pool/header";
    case PlaceKind::pool_desc:
      return "pool/desc";
    case PlaceKind::nfit:
      return place.nfit_header ? "nfit/header" : "nfit/" + std::to_string(place.first);
  }
  return {};
}

}  // namespace

Result<Place> parse_place(std::string_view text) { return PlaceParser(text).parse(); }

std::string to_string(const Place& place) {
  std::string text = place.device ? "d" + std::to_string(*place.device) : std::string();
  if (place.kind == PlaceKind::device) return place.device ? text : "image";
  if (place.device) text += '/';
  text += body_text(place);
  if (!place.field.empty()) text += '.' + place.field;
  return text;
}

}  // namespace ndmedic
