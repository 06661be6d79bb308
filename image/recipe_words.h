// SPDX-License-Identifier: BSD-3-Clause
// One line of a recipe as words, and the values that words can be (grammar: recipe.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <ndmedic/format/guid.h>
#include <ndmedic/format/place.h>
#include <ndmedic/format/result.h>

namespace ndmedic {

/// A decimal or 0x number, with an optional suffix K, M, G or T (powers of 1024). None when it is
/// not one, or does not fit 64 bits.
std::optional<std::uint64_t> parse_quantity(std::string_view text);

/// The words of one line, read from left to right. Refers to the text it was made of. Errors are
/// Errc::invalid with what was expected; the caller adds the line number.
class WordReader {
 public:
  /// Splits at blanks; "..." is one word, = is a word by itself, # begins a comment.
  static Result<WordReader> split(std::string_view line);

  bool done() const { return at_ == words_.size(); }
  /// Takes the next word if it is `keyword` (never a quoted one).
  bool accept(std::string_view keyword);
  /// Takes any word, quoted or not.
  Result<std::string_view> word(std::string_view expected);
  Result<std::uint64_t> number(std::uint64_t least, std::uint64_t most, std::string_view expected);
  Result<std::uint32_t> number32(std::uint32_t least, std::uint32_t most,
                                 std::string_view expected);
  Result<Guid> uuid(GuidOrder order = GuidOrder::text);
  Result<Place> place();
  /// Takes '='.
  Status equals_sign();
  /// The next word without taking it: its text, and whether it was quoted. Empty when done.
  std::string_view peek() const { return done() ? std::string_view{} : words_[at_].text; }
  bool peek_quoted() const { return !done() && words_[at_].quoted; }
  /// The error for the word that stands here.
  Error unexpected() const;

 private:
  struct Word {
    std::string_view text;
    bool quoted = false;
  };
  std::vector<Word> words_;
  std::size_t at_ = 0;
};

}  // namespace ndmedic
