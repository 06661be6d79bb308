// SPDX-License-Identifier: BSD-3-Clause
// create namespace: what stands in the images afterwards, and what undo makes of it.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "json_schema.h"
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

TEST_CASE("the label area of a CXL device and its memory are changed and taken back together") {
  clear("create-namespace-lsa");
  const auto images = lay_out_recipe("bare 64M\nlsa 256K version 1.2\n", "create-namespace-lsa");
  run({"--version"});  // makes the workbench the working directory
  const std::string before = text_of(images[0]) + text_of(images[1]);
  const Outcome dry = run({"create", "namespace", "--json", "--dry-run", "--mode", "sector",
                           "--for", "cxl:serial=0x1000", "--lsa", images[1], images[0]});
  CHECK(JsonSchema("create").complaints(dry.out) == "");
  CHECK(text_of(images[0]) + text_of(images[1]) == before);

  CHECK(run({"create", "namespace", "--mode", "sector", "--for", "cxl:serial=0x1000", "--lsa",
             images[1], images[0]})
            .exit == 0);
  // What Linux keeps for this serial and labels of CXL devices: no type (labels.md 5.6).
  const Outcome labels = run({"labels", "dump", "--ndctl", "--as", "lsa", images[1]});
  CHECK(labels.out.find("\"isetcookie\":35184372092928") != std::string::npos);
  CHECK(labels.out.find("\"type_guid\":\"00000000-0000-0000-0000-000000000000\"") !=
        std::string::npos);
  CHECK(run({"check", "--lsa", images[1], images[0]}).exit == 0);
  CHECK(run({"undo", images[0] + ".undo"}).exit == 0);
  CHECK(text_of(images[0]) + text_of(images[1]) == before);
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
