// SPDX-License-Identifier: BSD-3-Clause
// Linux attaches images of ours: it must see what we see, before and after it wrote.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "linux_view.h"

namespace kernel_test {
namespace {

namespace fs = std::filesystem;

struct Case {
  const char* recipe;
  std::uint64_t label_size;
  bool fill;
  std::uint64_t interrupted;  ///< lanes that Linux has to recover, in all namespaces
};

constexpr Case cases[] = {
    {"dimm 64M label-size 128K version 1.2 slot 0\n"
     "namespace sector 512 size 64M name filled\n",
     131072, true, 0},
    {"dimm 64M label-size 128K version 1.2 slot 1\n"
     "namespace sector 4096 size 32M name first\n"
     "namespace sector 520 size 16M name second\n"
     "write 7 ns 0 lane 2 fill 0x11\n"
     "write 7 ns 0 lane 3 fill 0x22 pending\n"
     "write 9 ns 0 lane 4 fill 0x33 half\n"
     "write 0 ns 1 lane 255 fill 0x44 pending\n"
     "write 1 ns 1 lane 0 fill 0x55\n",
     131072, false, 2},
    {"dimm 32M label-size 128K version 1.1 slot 2\n"
     "namespace sector 512 size 32M name old\n"
     "write 100 lane 1 fill 0x66 pending\n",
     131072, false, 1},
    {"arena 64M sector 4096 version 1.1\n", 0, true, 0},
    {"arena 32M sector 512 version 1.1\n"
     "write 1 lane 0 fill 0x77\n"
     "write 1 lane 0 fill 0x88\n"
     "write 1 lane 1 fill 0x99 pending\n"
     "write 2 lane 2 fill 0xAA half\n",
     0, false, 1},
};

std::uint64_t interrupted_in(const fs::path& image) {
  std::uint64_t sum = 0;
  const auto tree = open_image(image);
  for (const auto& ns : tree.namespaces) sum += interrupted_lanes(ns);
  return sum;
}

}  // namespace

TEST_CASE(
    "Linux attaches BTTs of recipes: it lists them, reads what we read and completes what was "
    "interrupted; what it writes we read") {
  const ScratchFolder scratch;
  std::vector<Subject> subjects;
  for (const Case& c : cases) {
    const fs::path image = scratch / fmt::format("d{}.img", subjects.size());
    write_image(c.recipe, image);
    CHECK(interrupted_in(image) == c.interrupted);
    subjects.push_back({{image, c.label_size}, c.fill});
  }
  const LinuxView linux_view(subjects);
  linux_view.check();
  linux_view.check_file_systems();
  CHECK(linux_view.checked_by_ndctl() == 5);  // not the one of sectors of 520 bytes
}

}  // namespace kernel_test
