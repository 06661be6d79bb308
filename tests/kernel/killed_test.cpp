// SPDX-License-Identifier: BSD-3-Clause
// A guest loses its power while it writes. Every sector must be whole, old or new, and each
// writer's sectors must be those of a moment of its own; what was acknowledged must be there.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "guest/sectors.h"
#include "linux_view.h"

namespace kernel_test {
namespace {

namespace fs = std::filesystem;
using ndmedic::NamespaceImage;

constexpr std::uint64_t writers = 2;
constexpr std::uint64_t pool = 256;
constexpr std::size_t acknowledged_enough = 40;

struct Case {
  const char* recipe;
  std::uint64_t label_size;
};
constexpr std::array cases = {
    Case{"dimm 32M label-size 128K version 1.2 slot 0\n"
         "namespace sector 512 size 32M name killed\n",
         131072},
    Case{"arena 32M sector 4096 version 1.1\n", 0},
};

using Acknowledged = std::array<std::uint64_t, writers>;  ///< operations, by writer

/// From the lines "ACK DIMM WRITER OPERATION" of the job.
std::array<Acknowledged, cases.size()> acknowledged(const std::vector<std::string>& lines) {
  std::array<Acknowledged, cases.size()> done{};
  for (const std::string& line : lines) {
    std::istringstream words(line);
    std::string kind;
    std::size_t dimm = 0;
    std::size_t writer = 0;
    std::uint64_t operation = 0;
    if (words >> kind >> dimm >> writer >> operation && kind == "ACK")
      done.at(dimm).at(writer) = std::max(done.at(dimm).at(writer), operation);
  }
  return done;
}

/// The operation that wrote each sector of the pool, by LBA; 0 for blank ones.
std::vector<std::uint64_t> operations_on(const NamespaceImage& ns) {
  std::vector<std::uint64_t> operations(pool);
  for_each_sector(ns, [&](std::uint64_t lba, std::span<const std::byte> sector) {
    if (sectors::is_blank(sector)) return;
    const auto stamp = sectors::stamp_of(sector);
    if (!stamp) FAIL("sector " << lba << " is neither old nor new");
    if (lba >= pool || stamp->lba != lba || stamp->writer != lba % writers)
      FAIL("sector " << lba << " holds what was written to " << stamp->lba);
    operations[lba] = stamp->operation;
  });
  return operations;
}

/// The state after the first `count` operations of a writer, in the sectors it owns.
void check_prefix(const std::vector<std::uint64_t>& seen, std::uint64_t writer,
                  std::uint64_t acknowledged) {
  std::uint64_t last = 0;
  for (std::uint64_t lba = writer; lba < pool; lba += writers) last = std::max(last, seen[lba]);
  CHECK(last >= acknowledged);
  std::vector<std::uint64_t> expected(pool);
  for (std::uint64_t operation = 1; operation <= last; ++operation)
    expected[sectors::lba_of(writer, operation, writers, pool)] = operation;
  for (std::uint64_t lba = writer; lba < pool; lba += writers) {
    CAPTURE(lba);
    CHECK(seen[lba] == expected[lba]);
  }
}

}  // namespace

TEST_CASE("a guest killed while it writes leaves every sector old or new, for us and for Linux") {
  const ScratchFolder scratch;
  BootPlan plan;
  plan.job = "write_until_killed";
  for (const Case& c : cases) {
    const fs::path image = scratch / fmt::format("d{}.img", plan.dimms.size());
    write_image(c.recipe, image);
    plan.dimms.push_back({image, c.label_size});
  }
  write_text(scratch / "settings", fmt::format("WRITERS={}\nPOOL={}\n", writers, pool));
  plan.files = {scratch / "settings", NDMEDIC_SECTOR_TOOL};

  std::size_t ready = 0;
  std::size_t acks = 0;
  const BootResult guest = boot(plan, [&](const std::string& line) {
    if (line == "READY") ++ready;
    if (line.starts_with("ACK ")) ++acks;
    return ready == cases.size() && acks >= acknowledged_enough;
  });
  INFO(guest.told);
  REQUIRE(guest.killed);

  const auto done = acknowledged(guest.lines);
  std::vector<Subject> subjects;
  for (std::size_t dimm = 0; dimm < cases.size(); ++dimm) {
    CAPTURE(dimm);
    const std::string image = plan.dimms[dimm].image.string();
    const auto tree = open_image(image);
    REQUIRE(tree.namespaces.size() == 1);
    const auto seen = operations_on(tree.namespaces.front());
    for (std::uint64_t writer = 0; writer < writers; ++writer)
      check_prefix(seen, writer, done[dimm][writer]);
    const Outcome shown = run_ndmedic({"show", "--count", image});
    CHECK_MESSAGE(shown.exit == 0, shown.out);
    subjects.push_back({plan.dimms[dimm], false});
  }

  const LinuxView linux_view(subjects);
  linux_view.check();
  CHECK(linux_view.checked_by_ndctl() == cases.size());
}

}  // namespace kernel_test
