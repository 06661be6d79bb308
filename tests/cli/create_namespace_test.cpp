// SPDX-License-Identifier: BSD-3-Clause
// create namespace: what stands in the images afterwards, and what undo makes of it.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "workbench.h"

namespace ndmedic::cli::test {

TEST_CASE("a namespace over two DIMMs checks clean, holds sectors, and is taken back whole") {
  const std::string at = "create-namespace-over-two/";
  clear("create-namespace-over-two");
  const auto images = lay_out_recipe("dimm 64M ways 2\nnfit\n", "create-namespace-over-two");
  const std::vector<std::string> set = {"--nfit", images[2], images[0], images[1]};
  const auto with_set = [&set](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), set.begin(), set.end());
    return run(arguments);
  };
  run({"--version"});  // makes the workbench the working directory
  const std::string before = text_of(images[0]) + text_of(images[1]);
  REQUIRE(before.size() > 128 << 20);
  const std::vector<std::string> create = {"create", "namespace", "--mode", "sector"};
  CHECK(with_set(create).exit == 0);
  CHECK(with_set({"check"}).exit == 0);
  CHECK(run({"undo", images[0] + ".undo"}).exit == 0);
  CHECK(text_of(images[0]) + text_of(images[1]) == before);

  CHECK(with_set(create).exit == 0);
  std::string sectors(64 << 10, '\0');
  for (std::size_t i = 0; i < sectors.size(); ++i) sectors[i] = static_cast<char>(i * 31 >> 4);
  write_text(at + "sectors", sectors);
  CHECK(with_set({"write", "--lba", "70", "-i", at + "sectors"}).exit == 0);
  CHECK(with_set({"read", "--lba", "70", "--count", "16"}).out == sectors);
  CHECK(with_set({"check"}).exit == 0);
}

TEST_CASE("--keep-start keeps the first 4 KiB, and undo brings back all bytes") {
  clear("create-namespace-kept");
  const std::string image =
      lay_out_recipe("dimm 64M blank\nbytes @0x0 = fa31c0\nbytes @0x1fe = 55aa\n",
                     "create-namespace-kept")
          .front();
  run({"--version"});  // makes the workbench the working directory
  const std::string before = text_of(image);
  CHECK(run({"create", "namespace", "--mode", "fsdax", "--map", "mem", "--keep-start",
             "--label-size", "0", image})
            .exit == 0);
  const std::string after = text_of(image);
  CHECK(after.substr(0, 4096) == before.substr(0, 4096));
  CHECK(after.substr(4096, 15) == "NVDIMM_PFN_INFO");
  CHECK(after.substr(8192) == before.substr(8192));
  CHECK(run({"undo", image + ".undo", image}).exit == 0);
  CHECK(text_of(image) == before);
}

}  // namespace ndmedic::cli::test
