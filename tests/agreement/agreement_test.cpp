// SPDX-License-Identifier: BSD-3-Clause
// Both readers agree on every image of the corpora, and on thousands of seeded mutations of its
// structures, with and without a right checksum.
#include <doctest/doctest.h>

#include <algorithm>
#include <iostream>
#include <set>
#include <string>

#include <ndmedic/format/btt_geometry.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/label.h>
#include <ndmedic/format/label_geometry.h>
#include <ndmedic/format/label_index.h>

#include "agreement/images.h"
#include "agreement/subjects.h"
#include "spec_reader/spec_reader.h"

namespace agreement {
namespace {

using namespace ndmedic;
namespace fs = std::filesystem;

constexpr std::size_t mutations = 200;     // of each structure, each with and without checksum
constexpr std::size_t whole_readings = 4;  // of those, with the whole area or BTT read
const fs::path source = NDMEDIC_SOURCE_DIR;
const fs::path scratch = NDMEDIC_BINARY_DIR "/agreement-images";

struct Tally {
  std::size_t images = 0;
  std::size_t structures = 0;
  std::size_t repeated = 0;  ///< structures whose bytes were mutated before, in another image
  std::size_t compared = 0;
  std::size_t readings = 0;
};

std::string joined(const Differences& differences) {
  std::string text;
  for (const std::string& difference : differences) text += "\n  " + difference;
  return text;
}

void check(const Differences& differences, const std::string& where) {
  if (differences.empty()) return;
  const std::string text = where + joined(differences);
  FAIL_CHECK(text);
}

class Run {
 public:
  void mutate(const ImageTree& tree, const FoundStructure& found, const std::string& where) {
    ++tally.structures;
    std::string key = found.name + "/" + std::to_string(found.place.first);
    for (const std::byte b : found.bytes) key += static_cast<char>(b);
    if (!seen_.insert(std::hash<std::string>{}(key)).second) {
      ++tally.repeated;
      return;
    }
    Random random(seen_.size());
    for (std::size_t i = 0; i < 2 * mutations; ++i) {
      std::vector<std::byte> bytes = found.bytes;
      change_fields(found.table, bytes, random);
      if (i % 2 == 0) found.name == "nfit" ? dress_nfit(bytes) : dress(found.table, bytes);
      const std::string label =
          where + " " + to_string(found.place) + ", mutation " + std::to_string(i);
      check(compare_structure(tree, found, bytes), label);
      ++tally.compared;
      if (i >= whole_readings) continue;
      check(compare_around(tree, found, bytes), label + ", as a whole");
      ++tally.readings;
    }
  }

  void image(const Sample& sample) {
    REQUIRE_MESSAGE(!sample.devices.empty(), sample.name);
    Findings findings;
    const auto tree = open_sample(sample, findings);
    if (!tree) return;  // an image may leave nothing to show
    ++tally.images;
    check(compare_tree(*tree), sample.name);
    for (const FoundStructure& found : structures_of(*tree, 6)) {
      check(compare_structure(*tree, found, found.bytes), sample.name);
      mutate(*tree, found, sample.name);
    }
  }

  void print(const std::string& what) const {
    std::cout << what << ": " << tally.images << " images, " << tally.structures << " structures ("
              << tally.repeated << " of them seen before), " << tally.compared
              << " mutations compared, " << tally.readings << " of them as a whole\n";
  }

  Tally tally;

 private:
  std::set<std::size_t> seen_;
};

TEST_CASE("both readers agree on every recipe and on its mutations") {
  Run run;
  for (const Sample& sample : recipe_samples(source / "corpora")) run.image(sample);
  run.print("recipes");
  CHECK(run.tally.images >= 100);
  CHECK(run.tally.compared >= 10000);
}

TEST_CASE("both readers agree on every committed real image and on its mutations") {
  Run run;
  for (const Sample& sample : real_samples(source / "corpora", scratch)) run.image(sample);
  run.print("real images");
  CHECK(run.tally.images >= 15);
  CHECK(run.tally.compared >= 10000);
}

TEST_CASE("both readers agree on the larger real images") {
  const fs::path folder = shared_images(source);
  if (!fs::is_directory(folder)) {
    MESSAGE("not run: there is no folder ", folder.string());
    return;
  }
  std::size_t images = 0;
  for (const Sample& sample : shared_samples(folder, scratch)) {
    Findings findings;
    const auto tree = open_sample(sample, findings);
    if (!tree) continue;
    ++images;
    check(compare_tree(*tree), sample.name);
    for (const FoundStructure& found : structures_of(*tree, 64))
      check(compare_structure(*tree, found, found.bytes), sample.name);
  }
  std::cout << "larger real images: " << images << "\n";
  CHECK(images >= 1);
}

TEST_CASE("both readers compute the same geometry of label areas, by every generation") {
  std::size_t compared = 0;
  for (std::uint64_t size = 0; size <= std::uint64_t{1} << 22;
       size += size < 8192 ? 64 : 4096 + size / 16) {
    for (const std::uint32_t slot_size : {128U, 256U}) {
      const auto second = spec_reader::label_geometry(size, slot_size);
      const auto now = label_geometry(size, slot_size);
      REQUIRE(now.has_value() == second.accepted);
      if (now) CHECK((now->nslot == second.n && now->index_size == second.i));
      for (const auto& [generation, name] :
           {std::pair{LabelGeneration::g1, "G1"}, std::pair{LabelGeneration::g2, "G2"}}) {
        const auto old = label_geometry(size, slot_size, generation);
        if (!old) continue;
        CAPTURE(size);
        const auto found =
            spec_reader::geometry_generations(size, slot_size, old->nslot, old->index_size);
        CHECK(found.contains(name));
        ++compared;
      }
    }
  }
  CHECK(compared > 100);
}

TEST_CASE("both readers cut a namespace into the same arenas and lay them out alike") {
  for (const std::uint64_t size :
       {std::uint64_t{1} << 24, (std::uint64_t{1} << 24) - 1, (std::uint64_t{1} << 39) - 4096,
        std::uint64_t{1} << 39, (std::uint64_t{1} << 39) + (1 << 24),
        (std::uint64_t{1} << 40) + (1 << 24) - 1, std::uint64_t{0x123456789}}) {
    CAPTURE(size);
    const auto cut = spec_reader::cut_namespace(size);
    REQUIRE(cut.arenas.size() == arena_count(size));
    for (std::size_t i = 0; i < cut.arenas.size(); ++i) {
      const ArenaSpan span = arena_span(size, i);
      CHECK((span.offset == cut.arenas[i].start && span.size == cut.arenas[i].size &&
             span.nextoff == cut.arenas[i].nextoff));
    }
    for (const std::uint32_t lbasize : {512U, 520U, 4096U, 4160U, 65536U})
      for (const std::uint32_t nfree : {1U, 256U, 4096U}) {
        const std::uint64_t arena = std::min(size, std::uint64_t{1} << 39);
        const auto first = geometry_by_formula(arena, lbasize, nfree, GeometryRule::kernel);
        const auto second =
            spec_reader::arena_geometry(arena, lbasize, nfree, spec_reader::GeometryRule::kernel);
        REQUIRE(first.has_value() == (second.possible && arena >= (1U << 24)));
        if (!first) continue;
        CHECK(first->internal_nlba == second.internal_nlba);
        CHECK(first->mapoff == second.mapoff);
        CHECK(first->flogoff == second.flogoff);
        CHECK(first->infooff == second.infooff);
      }
  }
}

/// A BTT of four lanes with lines of a recipe behind it, read by both.
Differences compare_recipe(const std::string& lines) {
  const Sample sample = recipe_sample("lanes", "arena 16M sector 512 nfree 4\n" + lines);
  REQUIRE(sample.devices.size() == 1);
  return compare_btt(*sample.devices.front(), 0);
}

TEST_CASE("differences that no image of the corpora shows are those of the table") {
  SUBCASE("an index block with a slot more than its bitmap has bits, which fits the area") {
    std::vector<std::byte> area(189056);  // N = 1469 and I = 256: room for slot 1472, no bit for it
    IndexHeader header{};
    header.nslot = 1473;
    encode(header, area);
    CHECK(label_geometry(area.size(), 128)->index_size == 256);
    check(compare_index(area, 0, 128), "bitmap");
  }
  SUBCASE("a label for a range that is not persistent memory") {
    Label256 label{};
    label.uuid.bytes[0] = 1;
    for (const KnownGuid& known : known_guids()) {
      label.type_guid = known.bytes_efi;
      check(compare_label(bytes_of(label), 0, 1), std::string(known.name));
    }
  }
  SUBCASE("an entry with old = new, and an lba or blocks beyond the arena") {
    check(compare_recipe("set ns/0/arena0/flog/1.A.lba = 0xFFFFFFFF\n"), "lba");
    check(compare_recipe("set ns/0/arena0/flog/2.A.old_map = 0x3FFFFFFF\n"
                         "set ns/0/arena0/flog/2.A.new_map = 0x3FFFFFFF\n"),
          "blocks");
    check(compare_recipe("set ns/0/arena0/flog/3.A.lba = 0xFFFFFFFF\n"
                         "set ns/0/arena0/flog/3.A.old_map = 0x3FFFFFFF\n"),
          "both");
  }
  SUBCASE("half of a lane's first write, and a rewritten pair") {
    check(compare_recipe("set ns/0/arena0/flog/1.B.lba = 7\n"), "first half");
    check(compare_recipe("write 5 lane 0 fill 1\nwrite 5 lane 0 fill 2\n"
                         "set ns/0/arena0/flog/0.A.old_map = 9\n"
                         "set ns/0/arena0/flog/0.A.new_map = 9\n"),
          "repaired");
  }
}

TEST_CASE("every row of the table of known differences is needed") {
  std::size_t unused = 0;
  for (std::size_t i = 0; i < known_differences().size(); ++i) {
    if (known_difference_uses()[i] != 0) continue;
    ++unused;
    MESSAGE("no input needed ", known_differences()[i].structure, " ", known_differences()[i].rule);
  }
  CHECK(unused == 0);
}

}  // namespace
}  // namespace agreement
