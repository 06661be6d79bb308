// SPDX-License-Identifier: BSD-3-Clause
// From the shell: `create btt` makes what Linux takes for a disk, `write` and `import` fill it,
// Linux reads that, and `export` and `read` give back what Linux wrote.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <vector>

#include "engine_disk.h"
#include "guest/sectors.h"
#include "linux_view.h"

namespace kernel_test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t written_sectors = 100;

void run_well(const std::vector<std::string>& arguments) {
  const Outcome outcome = run_ndmedic(arguments);
  CAPTURE(arguments.front());
  REQUIRE_MESSAGE(outcome.exit == 0, outcome.out);
}

/// Stamped sectors as a file for `write -i`.
void write_stamps(const fs::path& path, std::uint64_t first, std::size_t sector_size) {
  std::string bytes(written_sectors * sector_size, '\0');
  const auto all = std::as_writable_bytes(std::span(bytes));
  for (std::uint64_t i = 0; i < written_sectors; ++i)
    sectors::fill(all.subspan(i * sector_size, sector_size), {first + i, 1, 0});
  write_text(path, bytes);
}

/// `export` must give what the sectors are, byte for byte, and `read` any part of it.
void check_export(const Subject& subject, const ScratchFolder& scratch) {
  const fs::path exported = scratch / "exported";
  run_well({"export", "-o", exported.string(), subject.dimm.image.string()});
  const auto tree = open_image(subject.dimm.image);
  write_flat(tree.namespaces.front(), scratch / "flat");
  CHECK((text_of(exported) == text_of(scratch / "flat")));
  const fs::path part = scratch / "part";
  run_well(
      {"read", "--lba", "2", "--count", "3", "-o", part.string(), subject.dimm.image.string()});
  const std::size_t sector = fs::file_size(part) / 3;
  CHECK((text_of(part) == text_of(exported).substr(2 * sector, 3 * sector)));
  for (const fs::path& file : {exported, part, scratch / "flat"}) fs::remove(file);
}

}  // namespace

TEST_CASE("Linux takes what `create btt` made for a disk, and keeps an ext4 on it") {
  const ScratchFolder scratch;
  const std::vector<Vessel> vessels = {labelled_vessel(0, 4096), labelled_vessel(1, 512),
                                       bare_vessel(4096), bare_vessel(512)};
  std::vector<Subject> subjects;
  for (const Vessel& vessel : vessels) {
    const std::string number = std::to_string(subjects.size());
    const fs::path image = scratch / ("d" + number + ".img");
    write_image(vessel.recipe, image);
    const std::uint32_t sector = vessel.format.external_lbasize;
    // A label that says "sector mode" counts as content, though nothing stands behind it yet.
    run_well({"create", "btt", "--force", "--sector-size", std::to_string(sector), "--seed",
              "7" + number, image.string()});
    // Two of them get content from us, the others from the guest.
    const bool fill = subjects.size() % 2 == 0;
    if (!fill) {
      write_stamps(scratch / "stamps", 1000, sector);
      run_well({"write", "--lba", "1000", "-i", (scratch / "stamps").string(), image.string()});
    }
    subjects.push_back({{image, vessel.label_size}, fill});
  }
  const LinuxView linux_view(subjects);
  linux_view.check();
  linux_view.check_file_systems();
  CHECK(linux_view.checked_by_ndctl() == vessels.size());
  for (const Subject& subject : subjects) check_export(subject, scratch);
}

}  // namespace kernel_test
