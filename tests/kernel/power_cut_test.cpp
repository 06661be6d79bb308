// SPDX-License-Identifier: BSD-3-Clause
// The engine loses its power within a commit, on a medium that knows what may then be left. Linux
// must recover those images to what we read in them.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <ndmedic/media/crash_images.h>
#include <ndmedic/media/crash_media.h>

#include "engine_disk.h"
#include "guest/sectors.h"
#include "linux_view.h"

namespace kernel_test {
namespace {

namespace fs = std::filesystem;
using namespace ndmedic;

constexpr std::uint64_t pool = 512;           // sectors that are written
constexpr std::size_t batch = 48;             // of them, at once
constexpr std::uint64_t commits_before = 20;  // then the power is cut in one

/// The moments of a commit before its three fences: data and first flog halves in flight; the
/// halves that make them valid; the map words.
constexpr std::array moments = {1U, 2U, 3U};

struct Cut {
  std::vector<std::byte> image{};
  std::vector<std::uint64_t> committed{};  ///< by LBA: the operation that had returned
  std::vector<bool> in_flight{};           ///< by LBA: the next one was on its way
};

/// Random sectors in many commits, then one that is cut before its fence number `moment`.
Cut cut_power(const Vessel& vessel, unsigned moment) {
  CrashMedia media(std::vector<std::byte>(vessel.size), CrashMedia::FenceReach::all_flushes);
  REQUIRE(format_btt(media, vessel.format));
  Findings findings;
  const auto btt = Btt::open(media, vessel.options(true), findings);
  REQUIRE(btt);
  Cut cut;
  cut.committed.resize(pool);
  cut.in_flight.resize(pool);
  std::vector<std::byte> data(batch * (*btt)->sector_size());
  for (std::uint64_t operation = 1; operation <= commits_before + 1; ++operation) {
    std::vector<SectorWrite> writes;
    for (std::uint64_t lba = sectors::scatter(operation) % 7; writes.size() < batch; lba += 7) {
      const auto sector =
          std::span(data).subspan(writes.size() * (*btt)->sector_size(), (*btt)->sector_size());
      sectors::fill(sector, {lba, operation, 0});
      writes.push_back({{lba}, sector.data()});
    }
    if (operation > commits_before) {
      for (const SectorWrite& write : writes) cut.in_flight[write.lba.value] = true;
      media.before_fence([&, fence = 0U]() mutable {
        if (++fence != moment) return;
        CrashImages images;
        images.take(media, moment);
        images.for_each(12, [&](const CrashImage& image) {  // the last ones are random
          cut.image.assign(image.bytes.begin(), image.bytes.end());
          return true;
        });
      });
    }
    REQUIRE((*btt)->write(writes));
    if (operation > commits_before) break;
    for (const SectorWrite& write : writes) cut.committed[write.lba.value] = operation;
  }
  REQUIRE(cut.image.size() == vessel.size);
  return cut;
}

/// Every sector is old or new; gives the number of new ones.
std::size_t count_new(EngineDisk& disk, const Cut& cut) {
  std::size_t found_new = 0;
  std::vector<std::byte> sector(disk->sector_size());
  for (std::uint64_t lba = 0; lba < pool; ++lba) {
    CAPTURE(lba);
    REQUIRE(disk->read({lba}, sector));
    const auto stamp = sectors::stamp_of(sector);
    const std::uint64_t operation = stamp ? stamp->operation : 0;
    REQUIRE((stamp ? stamp->lba == lba : sectors::is_blank(sector)));
    if (operation == cut.committed[lba]) continue;
    REQUIRE((cut.in_flight[lba] && operation == commits_before + 1));
    ++found_new;
  }
  return found_new;
}

}  // namespace

TEST_CASE("Linux recovers what a power cut leaves of our commits to the sectors that we read") {
  const ScratchFolder scratch;
  std::vector<Vessel> vessels;
  for (const unsigned slot : {0U, 1U, 2U}) vessels.push_back(labelled_vessel(slot, 512));
  for (int i = 0; i < 3; ++i) vessels.push_back(bare_vessel(4096));

  std::vector<Subject> subjects;
  std::uint64_t interrupted = 0;
  for (std::size_t i = 0; i < vessels.size(); ++i) {
    CAPTURE(i);
    const Vessel& vessel = vessels[i];
    const fs::path path = scratch / fmt::format("d{}.img", i);
    const unsigned moment = moments[i % moments.size()];
    const Cut cut = cut_power(vessel, moment);
    write_image(vessel.recipe, path);
    write_bytes(path, cut.image);
    EngineDisk disk(path, vessel, false);
    const std::size_t found_new = count_new(disk, cut);
    CHECK((found_new > 0) == (moment > 1));
    CHECK((found_new < batch) == (moment < 3));
    const auto tree = open_image(path);
    CHECK(sector_list(*disk) == sector_list(tree.namespaces.front()));
    interrupted += interrupted_lanes(tree.namespaces.front());
    subjects.push_back({{path, vessel.label_size}, false});
  }
  CHECK(interrupted > 40);  // of about 100: half of the lanes of the second and of the third moment

  const LinuxView linux_view(subjects);
  linux_view.check();
  CHECK(linux_view.checked_by_ndctl() == vessels.size());
}

}  // namespace kernel_test
