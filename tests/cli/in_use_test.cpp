// SPDX-License-Identifier: BSD-3-Clause
// An image that somebody holds is read all the same, and the user is told.
#include <doctest/doctest.h>

#include <fstream>

#include "workbench.h"

namespace ndmedic::cli::test {
namespace {

TEST_CASE("an image in use is shown, with a note") {
  const auto images = lay_out_recipe("dimm 64M\nnamespace raw size 64M name a\n", "in-use");
  CHECK(run({"show", images.front()}).out.find("IMG-708") == std::string::npos);
  run({"--version"});  // makes the workbench the working directory
  const std::ifstream holder(images.front());
  REQUIRE(holder);
  const Outcome outcome = run({"show", images.front()});
  CHECK(outcome.out.find("IMG-708") != std::string::npos);
  CHECK(outcome.exit == 0);
}

}  // namespace
}  // namespace ndmedic::cli::test
