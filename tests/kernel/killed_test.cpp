// SPDX-License-Identifier: BSD-3-Clause
// A guest loses its power while it writes. Every sector must be whole, old or new, and each
// writer's sectors must be those of a moment of its own; what was acknowledged must be there.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "engine_disk.h"
#include "guest/sectors.h"
#include "linux_view.h"

namespace kernel_test {
namespace {

namespace fs = std::filesystem;
using ndmedic::NamespaceImage;

constexpr std::uint64_t writers = 2;
constexpr std::uint64_t pool = 256;
constexpr std::size_t acknowledged_enough = 40;

/// The engine completes the writes in a copy, sees the same sectors, and goes on with them.
void check_engine(const fs::path& image, const Vessel& vessel, const fs::path& copy) {
  const std::string list = sector_list(open_image(image).namespaces.front());
  fs::copy_file(image, copy, fs::copy_options::overwrite_existing);
  EngineDisk disk(copy, vessel, true);
  CHECK(sector_list(*disk) == list);
  std::vector<std::byte> sector(disk->sector_size());
  for (std::uint64_t lba = 0; lba < pool; ++lba) {
    sectors::fill(sector, {lba, 1, writers});
    REQUIRE(disk->write({lba}, sector));
  }
  const auto tree = open_image(copy);
  CHECK(interrupted_lanes(tree.namespaces.front()) == 0);
  for_each_sector(tree.namespaces.front(),
                  [&](std::uint64_t lba, std::span<const std::byte> found) {
                    const auto stamp = sectors::stamp_of(found);
                    if (lba < pool && stamp != sectors::Stamp{lba, 1, writers})
                      FAIL("sector " << lba << " is not what was written");
                  });
  const Outcome shown = run_ndmedic({"show", "--count", copy.string()});
  CHECK_MESSAGE(shown.exit == 0, shown.out);
}

using Acknowledged = std::array<std::uint64_t, writers>;  ///< operations, by writer

/// From the lines "ACK DIMM WRITER OPERATION" of the job.
std::vector<Acknowledged> acknowledged(const std::vector<std::string>& lines, std::size_t dimms) {
  std::vector<Acknowledged> done(dimms);
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

TEST_CASE(
    "a guest killed while it writes leaves every sector old or new, for us, the engine and Linux") {
  const ScratchFolder scratch;
  BootPlan plan;
  plan.job = "write_until_killed";
  const std::vector<Vessel> vessels = {labelled_vessel(0, 512), bare_vessel(4096)};
  for (const Vessel& vessel : vessels) {
    const fs::path image = scratch / fmt::format("d{}.img", plan.dimms.size());
    make_image(vessel, image);
    plan.dimms.push_back({image, vessel.label_size});
  }
  write_text(scratch / "settings", fmt::format("WRITERS={}\nPOOL={}\n", writers, pool));
  plan.files = {scratch / "settings", NDMEDIC_SECTOR_TOOL};

  std::size_t ready = 0;
  std::size_t acks = 0;
  const BootResult guest = boot(plan, [&](const std::string& line) {
    if (line == "READY") ++ready;
    if (line.starts_with("ACK ")) ++acks;
    return ready == vessels.size() && acks >= acknowledged_enough;
  });
  INFO(guest.told);
  REQUIRE(guest.killed);

  const auto done = acknowledged(guest.lines, vessels.size());
  std::vector<Subject> subjects;
  for (std::size_t dimm = 0; dimm < vessels.size(); ++dimm) {
    CAPTURE(dimm);
    const std::string image = plan.dimms[dimm].image.string();
    const auto tree = open_image(image);
    REQUIRE(tree.namespaces.size() == 1);
    const auto seen = operations_on(tree.namespaces.front());
    for (std::uint64_t writer = 0; writer < writers; ++writer)
      check_prefix(seen, writer, done[dimm][writer]);
    const Outcome shown = run_ndmedic({"show", "--count", image});
    CHECK_MESSAGE(shown.exit == 0, shown.out);
    check_engine(image, vessels[dimm], scratch / "copy");
    subjects.push_back({plan.dimms[dimm], false});
  }

  const LinuxView linux_view(subjects);
  linux_view.check();
  CHECK(linux_view.checked_by_ndctl() == vessels.size());
}

}  // namespace kernel_test
