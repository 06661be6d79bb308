// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/untrusted_text.h>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <ndmedic/format/utf8.h>

using namespace ndmedic;
using namespace std::string_view_literals;

TEST_CASE("ordinary text stays as it is") {
  for (const char* text : {"", "pm0", "ns-reuse 1", "Übergrößenträger", "日本語", "😀", "{}%s\"'"})
    CHECK(escape_untrusted(text) == text);
}

TEST_CASE("control characters are shown, not sent") {
  CHECK(escape_untrusted("\x1b[2J") == "\\x1b[2J");
  CHECK(escape_untrusted("a\tb\r\n"sv) == "a\\x09b\\x0d\\x0a");
  CHECK(escape_untrusted("\0\x7f"sv) == "\\x00\\x7f");
  CHECK(escape_untrusted("\xc2\x9b") == "\\u{009b}");  // C1: CSI in one character
}

TEST_CASE("bidirectional controls and line separators are shown, not sent") {
  CHECK(escape_untrusted("\xe2\x80\xae") == "\\u{202e}");
  CHECK(escape_untrusted("\xe2\x80\xaa\xe2\x81\xa9") == "\\u{202a}\\u{2069}");
  CHECK(escape_untrusted("\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c") == "\\u{200e}\\u{200f}\\u{061c}");
  CHECK(escape_untrusted("\xe2\x80\xa8\xef\xbb\xbf") == "\\u{2028}\\u{feff}");
}

TEST_CASE("bytes that are not UTF-8 are shown one by one, and what follows is read again") {
  CHECK(escape_untrusted("a\xff"
                         "b") == "a\\xffb");
  CHECK(escape_untrusted("\xe2\x80") == "\\xe2\\x80");
  CHECK(escape_untrusted("\xe2\x80x") == "\\xe2\\x80x");
  CHECK(escape_untrusted("\xc0\xaf") == "\\xc0\\xaf");
  CHECK(escape_untrusted("\xed\xa0\x80") == "\\xed\\xa0\\x80");
  CHECK(escape_untrusted("\xf0\x9f\x98\xc3\xa9") == "\\xf0\\x9f\\x98\xc3\xa9");
}

TEST_CASE("a backslash is doubled, so that nothing can pretend to be an escape") {
  CHECK(escape_untrusted("\\x1b") == "\\\\x1b");
}

TEST_CASE("the result is UTF-8 without control characters for every pair of bytes") {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string safe =
          escape_untrusted(std::string{static_cast<char>(a), static_cast<char>(b)});
      REQUIRE(is_utf8(safe));
      for (const char c : safe) REQUIRE((static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
    }
  }
}
