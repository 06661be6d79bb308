// SPDX-License-Identifier: BSD-3-Clause
// Words of recipe lines. The text is the author's, but fuzzers feed it too: every number is
// checked, and no line makes more words than it has characters.
#include <ndmedic/image/recipe_words.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include <ndmedic/format/checked.h>

namespace ndmedic {
namespace {

Error expected_here(std::string_view expected) { return {Errc::invalid, {}, expected}; }

std::optional<std::uint64_t> suffix_factor(std::string_view suffix) {
  if (suffix.empty()) return 1;
  if (suffix.size() > 1) return std::nullopt;
  constexpr std::string_view letters = "KMGT";
  const std::size_t power = letters.find(suffix.front());
  if (power == std::string_view::npos) return std::nullopt;
  return std::uint64_t{1} << 10 * (power + 1);
}

}  // namespace

std::optional<std::uint64_t> parse_quantity(std::string_view text) {
  const bool hex = text.starts_with("0x");
  if (hex) text.remove_prefix(2);
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, value, hex ? 16 : 10);
  if (failed != std::errc{}) return std::nullopt;
  const auto factor = suffix_factor(std::string_view(rest, static_cast<std::size_t>(end - rest)));
  if (!factor) return std::nullopt;
  return (Checked(value) * *factor).get();
}

Result<WordReader> WordReader::split(std::string_view line) {
  constexpr std::string_view blanks = " \t\r";
  WordReader reader;
  while (true) {
    const std::size_t begin = std::min(line.find_first_not_of(blanks), line.size());
    line.remove_prefix(begin);
    if (line.empty() || line.front() == '#') return reader;
    if (line.front() == '"') {
      const std::size_t close = line.find('"', 1);
      if (close == std::string_view::npos) return expected_here("a closing quotation mark");
      reader.words_.push_back({line.substr(1, close - 1), true});
      line.remove_prefix(close + 1);
      continue;
    }
    const std::size_t size =
        line.front() == '=' ? 1 : std::min(line.find_first_of(" \t\r=#\""), line.size());
    reader.words_.push_back({line.substr(0, size), false});
    line.remove_prefix(size);
  }
}

bool WordReader::accept(std::string_view keyword) {
  if (done() || words_[at_].quoted || words_[at_].text != keyword) return false;
  ++at_;
  return true;
}

Result<std::string_view> WordReader::word(std::string_view expected) {
  if (done()) return expected_here(expected);
  return words_[at_++].text;
}

Result<std::uint64_t> WordReader::number(std::uint64_t least, std::uint64_t most,
                                         std::string_view expected) {
  const auto value = peek_quoted() ? std::nullopt : parse_quantity(peek());
  if (!value || *value < least || *value > most) return expected_here(expected);
  ++at_;
  return *value;
}

Result<std::uint32_t> WordReader::number32(std::uint32_t least, std::uint32_t most,
                                           std::string_view expected) {
  NDMEDIC_TRY(const std::uint64_t value, number(least, most, expected));
  return static_cast<std::uint32_t>(value);
}

Result<Guid> WordReader::uuid(GuidOrder order) {
  const auto guid = parse_guid(peek(), order);
  if (!guid) return expected_here("a uuid");
  ++at_;
  return *guid;
}

Result<Place> WordReader::place() {
  if (done() || peek_quoted()) return expected_here("a place");
  NDMEDIC_TRY(Place place, parse_place(peek()));
  ++at_;
  return place;
}

Status WordReader::equals_sign() {
  if (!accept("=")) return expected_here("=");
  return {};
}

Error WordReader::unexpected() const {
  return expected_here(done() ? "another word" : "an option that this statement has");
}

}  // namespace ndmedic
