// SPDX-License-Identifier: BSD-3-Clause
// From the shell: what `create dimm` and `create namespace` made is what Linux and ndctl find, in
// every mode; they change it, and what they leave is sound for us.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "provisioned.h"

namespace kernel_test {
namespace {

constexpr std::size_t dimms_max = 8;  // of a guest

/// Every mode with all that Linux on x86-64 makes of it.
const std::vector<std::string> kinds = {
    "mode=sector,sector-size=512",
    "mode=fsdax",
    "mode=sector,sector-size=520",
    "mode=devdax",
    "mode=sector,sector-size=528",
    "mode=fsdax,align=4K",
    "mode=sector,sector-size=4096",
    "mode=devdax,align=4K",
    "mode=sector,sector-size=4104",
    "mode=fsdax,map=mem",
    "mode=sector,sector-size=4160",
    "mode=devdax,map=mem",
    "mode=sector,sector-size=4224",
    "mode=fsdax,map=mem,align=4K",
    "mode=raw",
    "mode=devdax,map=mem,align=4K",
};
const std::vector<std::string> modes = {"fsdax", "sector", "devdax", "raw"};

/// Visits versions and sizes of label areas, each with a mode for what ndctl makes.
template <typename Visit>
void for_each_label_area(Visit visit) {
  std::size_t turn = 0;
  for (const char* version : {"1.1", "1.2"})
    for (const char* label_size : {"128K", "256K", "1M"}) {
      CAPTURE(version);
      CAPTURE(label_size);
      visit(Wanted{.label_size = label_size, .version = version}, modes[turn++ % modes.size()]);
    }
}

/// One namespace a DIMM, eight DIMMs a guest.
void boot_alone(const Wanted& like, const std::string& new_mode) {
  const bool bare = like.label_size == "0";
  for (std::size_t first = 0; first < kinds.size(); first += dimms_max) {
    std::vector<Wanted> dimms;
    for (std::size_t i = first; i < first + dimms_max; ++i) {
      dimms.push_back(like);
      dimms.back().size = "48M";
      const std::string name = i % 3 == 0 ? "name=victim," : fmt::format("name=alone{},", i);
      dimms.back().namespaces = {(bare ? "" : name) + kinds[i]};
      dimms.back().one_by_one = i % 2 == 0;
    }
    Provisioned guest(dimms, new_mode);
    guest.check();
    CHECK(guest.replaced() >= (bare ? dimms_max : 2));
  }
}

/// All kinds, in as many DIMMs.
void boot_together(const Wanted& like, std::size_t count, const std::string& new_mode) {
  std::vector<Wanted> dimms(count, like);
  const std::size_t each = kinds.size() / count;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    Wanted& dimm = dimms[i / each];
    const bool victim = i % each == 1;
    dimm.namespaces.push_back(fmt::format("name={},size=32M,", victim ? "victim" : "n") + kinds[i]);
    dimm.size = fmt::format("{}M", 32 * each);
    dimm.one_by_one = i / each == 1;
  }
  Provisioned guest(dimms, new_mode);
  guest.check();
  CHECK(guest.replaced() == count);
  CHECK(guest.filled() == 12);
}

}  // namespace

TEST_CASE("Linux finds the namespaces that `create` made, in every mode, and ndctl works on") {
  Provisioned guest(
      {
          {"128K",
           "1.2",
           "224M",
           {"name=data,mode=sector,size=32M", "name=victim,mode=sector,sector-size=512,size=32M",
            "name=plain,size=16M", "mode=fsdax,size=64M", "name=pages,mode=devdax,size=rest"}},
          {"256K",
           "1.1",
           "192M",
           {"name=old,mode=sector,sector-size=512,size=32M", "name=victim,size=32M",
            "name=quick,mode=fsdax,map=mem,size=64M", "mode=devdax,map=mem,size=32M", "name=last"},
           true},
          {"1M", "1.2", "64M", {"name=whole,mode=sector,sector-size=4160"}, true},
          {"1M", "1.1", "64M", {"name=whole,mode=fsdax,align=4K"}},
          {"0", "1.2", "64M", {"mode=sector,sector-size=512"}},
          {"0", "1.2", "64M", {"mode=fsdax"}, true},
          {"0", "1.2", "64M", {"mode=devdax,map=mem"}},
          {"0", "1.2", "16M", {"mode=raw"}},
      },
      "fsdax");
  guest.check();
  CHECK(guest.replaced() == 6);
  CHECK(guest.filled() == 13);
}

TEST_CASE("matrix: every kind of namespace alone in its DIMM, in every kind of label area" *
          doctest::skip()) {
  for_each_label_area(boot_alone);
}

TEST_CASE("matrix: every kind of namespace without labels" * doctest::skip()) {
  boot_alone({.label_size = "0"}, "sector");
  boot_alone({.label_size = "0"}, "devdax");
}

TEST_CASE("matrix: all kinds of namespaces in one DIMM and in two, in every kind of label area" *
          doctest::skip()) {
  for_each_label_area([](const Wanted& like, const std::string& new_mode) {
    boot_together(like, 1, new_mode);
    boot_together(like, 2, new_mode);
  });
}

TEST_CASE(
    "matrix: pages of 1 GiB, in a region that begins at a multiple of them and in one that "
    "does not" *
    doctest::skip()) {
  const std::vector<std::string> huge = {"name=huge,mode=devdax,align=1G"};
  Provisioned guest(
      {{"128K", "1.2", "3168M", huge},
       {"128K", "1.2", "3G", huge, true, {"--base", fmt::format("{}", (4096ULL + 3168) << 20)}}},
      "raw");
  guest.check();
}

}  // namespace kernel_test
