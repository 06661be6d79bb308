// SPDX-License-Identifier: BSD-3-Clause
// Metadumps through the program: read by the other verbs, never written, and restored.
#include <doctest/doctest.h>

#include <filesystem>

#include "workbench.h"

namespace ndmedic::cli::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* recipe =
    "dimm 48M\nnamespace sector 512 size 20M nfree 4 name first\nwrite 7 fill 0x5A pending\n"
    "set ns/0/backup.flags = 2\nunsealed\n";

void make() {
  clear("dumped");
  lay_out_recipe(recipe, "dumped");
  const Outcome made = run({"metadump", "-o", "dumped/d0.md", "dumped/d0.img"});
  REQUIRE(made.exit == 0);
}

TEST_CASE("check finds in a metadump what it finds in the image, and says what it is") {
  make();
  const Outcome image = run({"check", "dumped/d0.img"});
  const Outcome dump = run({"check", "dumped/d0.md"});
  CHECK(dump.exit == image.exit);
  CHECK(dump.out == image.out);
  CHECK(dump.err.find("not checked") != std::string::npos);
  const Outcome shown = run({"show", "dumped/d0.md"});
  CHECK(shown.out.find("content      not checked") != std::string::npos);
}

TEST_CASE("a metadump is planned on, but never written") {
  make();
  const std::string before = text_of("dumped/d0.md");
  CHECK(run({"edit", "--dry-run", "dumped/d0.md", "labels/slot/1.name=x"}).exit == 0);
  const Outcome refused = run({"edit", "dumped/d0.md", "labels/slot/1.name=x"});
  CHECK(refused.exit == 16);
  CHECK(refused.err.find("--restore") != std::string::npos);
  CHECK(text_of("dumped/d0.md") == before);
}

TEST_CASE("a restored image has the metadata of the first, and holes for the rest") {
  make();
  const Outcome restored = run({"metadump", "--restore", "-o", "dumped/again.img", "dumped/d0.md"});
  CHECK(restored.exit == 0);
  CHECK(fs::file_size("dumped/again.img") == fs::file_size("dumped/d0.img"));
  CHECK(run({"check", "dumped/again.img"}).out == run({"check", "dumped/d0.img"}).out);
  CHECK(text_of("dumped/again.img").find(std::string(16, '\x5A')) == std::string::npos);
  const Outcome again = run({"metadump", "-o", "dumped/again.md", "dumped/again.img"});
  CHECK(again.exit == 0);
  CHECK(text_of("dumped/again.md") == text_of("dumped/d0.md"));
}

TEST_CASE("a metadump of a metadump is the same") {
  make();
  const Outcome again = run({"metadump", "-o", "dumped/twice.md", "dumped/d0.md"});
  CHECK(again.exit == 0);
  CHECK(text_of("dumped/twice.md") == text_of("dumped/d0.md"));
}

TEST_CASE("a damaged metadump is refused in a sentence") {
  make();
  std::string bytes = text_of("dumped/d0.md");
  bytes[70] ^= 1;
  write_text("dumped/d0.md", bytes);
  const Outcome checked = run({"check", "dumped/d0.md"});
  CHECK(checked.exit == 8);
  CHECK(checked.err.find("table of the metadump") != std::string::npos);
}

}  // namespace
}  // namespace ndmedic::cli::test
