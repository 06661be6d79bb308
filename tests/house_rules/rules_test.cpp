// SPDX-License-Identifier: BSD-3-Clause
// The checkers themselves: each rule must see a planted violation and leave its neighbour alone.
#include "rules.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace house_rules;

namespace {

using Rule = Complaints (*)(const SourceText&);

std::size_t complaints_of(Rule rule, std::string path, std::string_view text) {
  return rule(parse(std::move(path), text)).size();
}

std::string repeated(std::string_view line, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += line;
  return text;
}

}  // namespace

TEST_CASE("an include against the arrows is seen") {
  CHECK(complaints_of(include_arrows, "format/a.cpp", "#include <ndmedic/media/media.h>\n") == 1);
  CHECK(complaints_of(include_arrows, "labels/a.cpp", "#include <ndmedic/btt/arena.h>\n") == 1);
  CHECK(complaints_of(include_arrows, "btt/a.h", " # include <ndmedic/labels/set.h>\n") == 1);
  CHECK(complaints_of(include_arrows, "image/a.cpp", "#include <ndmedic/cli/main.h>\n") == 1);
  CHECK(complaints_of(include_arrows, "media/a.cpp", "#include \"media.h\"\n") == 1);
}

TEST_CASE("an include along the arrows is left alone") {
  CHECK(complaints_of(include_arrows, "media/a.cpp", "#include <ndmedic/format/result.h>\n") == 0);
  CHECK(complaints_of(include_arrows, "cli/a.cpp", "#include <ndmedic/image/image.h>\n") == 0);
  CHECK(complaints_of(include_arrows, "tests/x/a.cpp", "#include \"a.h\"\n") == 0);
  CHECK(complaints_of(include_arrows, "format/a.cpp", "#include <vector>\n") == 0);
}

TEST_CASE("a function of more than 70 lines is seen, wherever it stands") {
  const std::string long_body = repeated("  work();\n", 69);
  const std::string body = repeated("  work();\n", 68);
  CHECK(complaints_of(function_length, "a.cpp", "int f() {\n" + long_body + "}\n") == 1);
  CHECK(complaints_of(function_length, "a.cpp", "int f() {\n" + body + "}\n") == 0);
  CHECK(complaints_of(function_length, "a.cpp",
                      "namespace n {\nclass C : B {\n public:\n  C() : a_{1} {\n" + long_body +
                          "  }\n};\n}\n") == 1);
  CHECK(complaints_of(function_length, "a.cpp",
                      "template <class T>\nauto f(T t) -> std::vector<T> {\n  if (t) {\n" +
                          long_body + "  }\n}\n") == 1);
  CHECK(complaints_of(function_length, "a.cpp", "TEST_CASE(\"x\") {\n" + long_body + "}\n") == 1);
}

TEST_CASE("tables, classes and braces in literals are no functions") {
  const std::string rows = repeated("  {1, 2},\n", 80);
  const std::string members = repeated("  int f(int x) const { return x; }\n", 80);
  CHECK(complaints_of(function_length, "a.h", "constexpr std::array t = {\n" + rows + "};\n") == 0);
  CHECK(complaints_of(function_length, "a.h", "class C {\n" + members + "};\n") == 0);
  CHECK(complaints_of(function_length, "a.h",
                      "enum class E : int {\n" + repeated("a,\n", 80) + "};\n") == 0);
  const std::string odd = "const char c = '{';\nauto s = \"{{{\";\n// {{{\n";
  CHECK(complaints_of(function_length, "a.cpp", odd + repeated("int x;\n", 80)) == 0);
}

TEST_CASE("a sentence for the user outside the catalogue is seen") {
  const std::string sentence = "auto s = \"the label area of this DIMM cannot be read at all\";\n";
  CHECK(complaints_of(user_sentences, "labels/a.cpp", sentence) == 1);
  CHECK(complaints_of(
            user_sentences, "btt/a.cpp",
            "auto s = \"the label area of \"\n  \"this DIMM cannot be read at all\";\n") == 1);
  CHECK(complaints_of(user_sentences, "cli/a.cpp", sentence) == 0);
  CHECK(complaints_of(user_sentences, "tests/labels/a.cpp", sentence) == 0);
  CHECK(complaints_of(user_sentences, "labels/a.cpp", "// " + sentence) == 0);
  CHECK(complaints_of(user_sentences, "format/a.cpp",
                      "return expected(\"dN/, image, labels, ns/, pool/, nfit/ or a range\");\n") ==
        0);
  CHECK(complaints_of(user_sentences, "labels/a.cpp", "auto s = \"info block\";\n") == 0);
  CHECK(complaints_of(
            user_sentences, "labels/a.cpp",
            "static_assert(x,\n  \"unaligned members leave nothing to pad in here\");\n") == 0);
}

TEST_CASE("a name that says nothing is seen") {
  CHECK(complaints_of(banned_names, "a.h", "int get_size();\n") == 1);
  CHECK(complaints_of(banned_names, "a.h", "class MediaManager;\n") == 1);
  CHECK(complaints_of(banned_names, "a.h", "void string_utils();\n") == 1);
  CHECK(complaints_of(banned_names, "media/file_helper.h", "int size();\n") == 1);
  CHECK(complaints_of(banned_names, "a.h", "int size();  // get_size\n") == 0);
  CHECK(complaints_of(banned_names, "a.cpp", "std::get_if<0>(&x); json.get_ref<T>();\n") == 0);
  CHECK(complaints_of(banned_names, "a.cpp", "int target_get, widget_x;\n") == 0);
}

TEST_CASE("a file of more than 600 lines is seen, the catalogue's tables are exempt") {
  const std::string text = repeated("int x;\n", 601);
  CHECK(complaints_of(file_length, "format/a.h", text) == 1);
  CHECK(complaints_of(file_length, "format/a.h", repeated("int x;\n", 600)) == 0);
  CHECK(complaints_of(file_length, "format/problems_label.h", text) == 0);
}

TEST_CASE("a line of more than 100 columns is seen, counted in characters") {
  CHECK(complaints_of(line_width, "a.h", std::string(101, 'x') + "\n") == 1);
  CHECK(complaints_of(line_width, "a.h", std::string(100, 'x') + "\n") == 0);
  CHECK(complaints_of(line_width, "a.h", repeated("\u00e9", 100) + "\n") == 0);
}

TEST_CASE("a file without its licence line is seen") {
  CHECK(complaints_of(licence_line, "a.h", "int x;\n") == 1);
  CHECK(complaints_of(licence_line, "a.h", "") == 1);
  CHECK(complaints_of(licence_line, "a.h", "// SPDX-License-Identifier: BSD-3-Clause\n") == 0);
  CHECK(complaints_of(licence_line, "a.sh",
                      "#!/bin/bash\n# SPDX-License-Identifier: BSD-3-Clause\n") == 0);
}

TEST_CASE("a mark of unfinished work is seen, in code and in prose") {
  CHECK(complaints_of(unfinished_work, "a.h",
                      "int x;  // TO"
                      "DO: y\n") == 1);
  CHECK(complaints_of(unfinished_work, "a.md",
                      "FIX"
                      "ME later\n") == 1);
  CHECK(complaints_of(unfinished_work, "a.h",
                      "int FIX"
                      "MENT;\n") == 0);
}

TEST_CASE("a path of one machine is seen") {
  CHECK(complaints_of(foreign_paths, "a.md",
                      "see /wo"
                      "rk/notes\n") == 1);
  CHECK(complaints_of(foreign_paths, "a.cpp",
                      "open(\"/tmp/bu"
                      "ild-x\");\n") == 1);
  CHECK(complaints_of(foreign_paths, "a.md",
                      "net/wo"
                      "rk/x /dev/pmem0 /tmp/x\n") == 0);
}

TEST_CASE("the scanner keeps code and blanks the rest") {
  const SourceText source =
      parse("a.cpp", "int a = 1'000; // x\nauto r = R\"x(a)\"b)x\"; /* y\n z */ char c = '\\'';\n");
  CHECK(source.code.find("1'000") != std::string::npos);
  CHECK(source.code.find_first_of("xyzb") == std::string::npos);
  CHECK(source.code.find("char c = ") != std::string::npos);
  REQUIRE(source.literals.size() == 1);
  CHECK(source.literals[0].text == "a)\"b");
  CHECK(source.literals[0].line == 2);
}
