// SPDX-License-Identifier: BSD-3-Clause
// Strict UTF-8: the borders of every row of Unicode's table of well-formed sequences.
#include <ndmedic/format/utf8.h>

#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace ndmedic {
namespace {

using namespace std::string_view_literals;

TEST_CASE("well-formed text of every sequence length is UTF-8") {
  for (const std::string_view text :
       {""sv, "data"sv, "\x00"sv, "\x7f"sv, "\xc2\x80"sv, "\xdf\xbf"sv, "\xe0\xa0\x80"sv,
        "\xed\x9f\xbf"sv, "\xee\x80\x80"sv, "\xef\xbf\xbf"sv, "\xf0\x90\x80\x80"sv,
        "\xf3\xbf\xbf\xbf"sv, "\xf4\x8f\xbf\xbf"sv, "eight by\xc3\xa4"sv})
    CHECK(is_utf8(text));
}

TEST_CASE("overlong forms, surrogates and values above U+10FFFF are not UTF-8") {
  for (const std::string_view text :
       {"\xc0\x80"sv, "\xc1\xbf"sv, "\xe0\x9f\xbf"sv, "\xf0\x8f\xbf\xbf"sv, "\xed\xa0\x80"sv,
        "\xed\xbf\xbf"sv, "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv, "\xff"sv, "\xfe"sv})
    CHECK_FALSE(is_utf8(text));
}

TEST_CASE("stray and missing continuation bytes are not UTF-8") {
  for (const std::string_view text :
       {"\x80"sv, "\xbf"sv, "a\x80z"sv, "\xc3"sv, "\xc3z"sv, "\xe2\x82"sv, "\xe2\x82z"sv,
        "\xf0\x9f\x98"sv, "\xf0\x9f\x98z"sv, "\xf0\x9fz\x80"sv})
    CHECK_FALSE(is_utf8(text));
}

TEST_CASE("a sequence is not completed by bytes behind the text") {
  for (const std::string_view text : {"\xc3\xa4"sv, "\xe2\x82\xac"sv, "\xf0\x9f\x98\x80"sv}) {
    CHECK(is_utf8(text));
    for (std::size_t size = 1; size < text.size(); ++size)
      CHECK_FALSE(is_utf8(text.substr(0, size)));
  }
}

TEST_CASE("a bad byte is found at every place of a long text") {
  for (std::size_t at = 0; at < 63; ++at) {
    std::string text(63, 'a');
    CHECK(is_utf8(text));
    text[at] = '\x80';
    CHECK_FALSE(is_utf8(text));
  }
}

}  // namespace
}  // namespace ndmedic
