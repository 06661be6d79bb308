// SPDX-License-Identifier: BSD-3-Clause
// Every single bit of every structure is turned over: the structure or its reader must say so, or
// the bit is listed in unnoticed.h.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <ndmedic/format/btt_info.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/label_index.h>
#include <ndmedic/format/nfit_join.h>
#include <ndmedic/image/image.h>
#include <ndmedic/labels/label_record.h>

#include "agreement/images.h"
#include "agreement/structures.h"
#include "unnoticed.h"
#include "verdict.h"

namespace bad_input {
namespace {

using namespace ndmedic;
using agreement::FoundStructure;
using Bytes = std::vector<std::byte>;

void flip(std::span<std::byte> bytes, std::size_t bit) {
  bytes[bit / 8] ^= std::byte(static_cast<unsigned char>(1U << bit % 8));
}

const Field& field_at(const Structure& table, std::size_t byte) {
  const auto at = std::ranges::find_if(table.fields, [byte](const Field& field) {
    return byte >= field.offset && byte < field.offset + std::size_t{field.size};
  });
  REQUIRE(at != table.fields.end());
  return *at;
}

bool is_listed(const Structure& table, std::size_t bit) {
  if (bit / 8 >= table.size) return false;  // the tail of an index block
  const Field& field = field_at(table, bit / 8);
  const std::size_t in_field = bit - std::size_t{8} * field.offset;
  return std::ranges::any_of(unnoticed_fields, [&](const UnnoticedField& row) {
    return row.structure == table.name && row.field == field.name && in_field >= row.first &&
           in_field <= row.last;
  });
}

using Noticed = std::function<bool(std::span<const std::byte>)>;

/// Turns over each bit of `bytes` and compares what is noticed with the table.
void flip_all(const Structure& table, Bytes bytes, const Noticed& noticed) {
  REQUIRE_FALSE(noticed(bytes));
  std::size_t unnoticed = 0;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    flip(bytes, bit);
    const bool seen = noticed(bytes);
    flip(bytes, bit);
    unnoticed += seen ? 0U : 1U;
    if (seen != is_listed(table, bit)) continue;
    const bool tail = bit / 8 >= table.size;
    const std::string place =
        tail ? "tail bit " + std::to_string(bit)
             : std::string(field_at(table, bit / 8).name) + " bit " +
                   std::to_string(bit - std::size_t{8} * field_at(table, bit / 8).offset);
    const std::string text =
        std::string(table.name) + "." + place + (seen ? ": listed, but noticed" : ": not noticed");
    FAIL_CHECK(text);
  }
  std::cout << table.name << ": " << bytes.size() * 8 << " bits, " << unnoticed
            << " unnoticeable\n";
}

struct Opened {
  agreement::Sample sample;
  ImageTree tree;
  std::vector<FoundStructure> structures;

  explicit Opened(const std::string& recipe) : sample(agreement::recipe_sample("base", recipe)) {
    REQUIRE(!sample.devices.empty());
    Findings findings;
    auto opened = agreement::open_sample(sample, findings);
    REQUIRE(opened);
    tree = std::move(*opened);
    structures = agreement::structures_of(tree);
  }

  const FoundStructure& named(std::string_view name) const {
    const auto found = std::ranges::find(structures, name, &FoundStructure::name);
    REQUIRE(found != structures.end());
    return *found;
  }
};

/// Notices through a whole opened image: `start` is where the structure's medium begins in the
/// image's only device.
Noticed by_image(const agreement::Sample& sample, std::uint64_t offset) {
  const auto verdict = [&sample, offset](std::span<const std::byte> bytes) {
    Findings findings;
    const auto tree = agreement::open_sample(
        sample, findings, nullptr, [&](std::size_t device, agreement::PatchedMedia& media) {
          if (device == 0) media.patch(offset, bytes);
        });
    return (tree ? verdict_of(*tree) : std::string("nothing")) + verdict_of(findings);
  };
  return [verdict, clean = std::string()](std::span<const std::byte> bytes) mutable {
    const std::string now = verdict(bytes);
    if (clean.empty()) clean = now;
    return now != clean;
  };
}

TEST_CASE("every bit of an info block is under its checksum") {
  const Opened image("arena 16M sector 512 nfree 4\n");
  const FoundStructure& found = image.named("info_block");
  flip_all(*found.table, found.bytes, [&](std::span<const std::byte> bytes) {
    return !validate(decode<InfoBlock>(bytes), {found.media->size(), Guid{}}).empty();
  });
}

TEST_CASE("every bit of an index block, bitmap and padding included, is under its checksum") {
  const Opened image("dimm 32M\nnamespace raw size 16M\n");
  const FoundStructure& found = image.named("index_block");
  const auto geometry = label_geometry(found.media->size(), 256);
  REQUIRE(geometry);
  flip_all(*found.table, found.bytes, [&](std::span<const std::byte> bytes) {
    return !validate(bytes, IndexContext{0, *geometry}).empty();
  });
}

TEST_CASE("every bit of a label of 256 bytes is under its checksum") {
  for (const auto& [recipe, name] :
       {std::pair{"dimm 32M\nnamespace raw size 16M name a\n", "label_1_2"},
        {"lsa 128K version 2.1\nregion size 1G\nnamespace size 256M\n", "cxl_namespace_label"},
        {"lsa 128K version 2.1\nregion size 1G\nnamespace size 256M\n", "cxl_region_label"}}) {
    const Opened image(recipe);
    const FoundStructure& found = image.named(name);
    const auto slot = static_cast<std::uint32_t>(found.place.first);
    const std::uint16_t major = image.tree.devices[0].area->major;
    flip_all(*found.table, found.bytes, [&](std::span<const std::byte> bytes) {
      return !decode_slot(bytes, slot, major).violations.empty() ||
             decode_slot(bytes, slot, major).state != SlotState::plausible;
    });
  }
}

TEST_CASE("a label of 128 bytes has no checksum: what its reader notices") {
  const Opened image("dimm 32M version 1.1\nnamespace sector 512 size 20M nfree 4 name a\n");
  const auto live = std::ranges::find_if(image.structures, [&](const FoundStructure& found) {
    return found.place.kind == PlaceKind::slot &&
           image.tree.devices[0]
               .area->find(static_cast<std::uint32_t>(found.place.first))
               ->active();
  });
  REQUIRE(live != image.structures.end());
  const std::uint64_t area = image.sample.devices[0]->size() - live->media->size();
  flip_all(*live->table, live->bytes, by_image(image.sample, area + live->range.offset));
}

TEST_CASE("every bit of a PFN info block is under its checksum") {
  const Opened image("bare 64M fsdax\n");
  const FoundStructure& found = image.named("pfn_info");
  flip_all(*found.table, found.bytes, [&](std::span<const std::byte> bytes) {
    return !validate(decode<PfnInfo>(bytes), {found.media->size(), Guid{}, {}, {}}).empty();
  });
}

TEST_CASE("bits of a pool header: the checksum covers the first half, and what lies behind") {
  const Opened image("pool 17M nfree 4\n");
  const FoundStructure& header = image.named("pool_header");
  flip_all(*header.table, header.bytes, [](std::span<const std::byte> bytes) {
    return !validate(decode<PoolHeader>(bytes)).empty();
  });
  const FoundStructure& descriptor = image.named("pool_desc");
  flip_all(*descriptor.table, descriptor.bytes, [](std::span<const std::byte> bytes) {
    return !validate(decode<BlkDescriptor>(bytes), 512).empty();
  });
}

TEST_CASE("every bit of an NFIT is under its byte sum") {
  const Opened image("nfit qemu 2 64M\n");
  const FoundStructure& found = image.named("nfit");
  const Bytes table = found.bytes;
  flip_all(nfit_header_structure, table, [](std::span<const std::byte> bytes) {
    return !validate_nfit_header(bytes).empty() ||
           !join_nfit(bytes, NfitForm::table).remarks.empty();
  });
}

/// A BTT with lanes in all the states that a crash or use leaves.
constexpr const char* used_btt =
    "arena 16M sector 512 nfree 64\n"
    "write 5 lane 1 fill 1\nwrite 6 lane 2 fill 1\nwrite 6 lane 2 fill 2\n"
    "write 7 lane 3 fill 1\nwrite 7 lane 4 fill 2\nwrite 8 lane 5 fill 3 pending\n"
    "write 9 lane 6 fill 1\nwrite 9 lane 6 fill 2 half\nwrite 10 lane 7 fill 1\n"
    "write 11 lane 7 fill 1\nwrite 12 lane 7 fill 1\nwrite 13 lane 8 fill 1 half\n";

/// Reads lanes and map of a used BTT with some bytes replaced.
class UsedBtt {
 public:
  UsedBtt() : image_(used_btt), media_(image_.tree.namespaces.at(0).media.get()) {
    const ArenaImage& arena = image_.tree.namespaces[0].btt->arenas.at(0);
    arena_ = *image_.tree.namespaces[0].btt->chain.places.at(arena.place).arena;
    lanes_ = &arena.lanes;
    clean_ = verdict(*media_);
  }

  const Arena& arena() const { return arena_; }
  const LaneReading& lane(std::uint32_t number) const { return lanes_->lanes.at(number); }
  std::uint32_t word(std::uint64_t offset) const {
    return read_structure<Le32>(*media_, offset)->value();
  }

  bool notices(std::uint64_t offset, std::uint32_t word) const {
    agreement::PatchedMedia media(*media_);
    media.patch(offset, bytes_of(Le32(word)));
    return verdict(media) != clean_;
  }

  /// True when a lane's current entry names the map word.
  bool is_named(std::uint32_t premap) const {
    return std::ranges::any_of(lanes_->lanes, [&](const LaneReading& lane) {
      return lane.map_word && lanes_->entry(lane, *lane.current).lba.value() == premap;
    });
  }

 private:
  std::string verdict(const Media& media) const {
    Findings findings;
    const auto lanes = read_lanes(media, arena_, {}, findings);
    const auto census = count_map(media, arena_, {}, findings);
    REQUIRE(lanes);
    REQUIRE(census);
    return verdict_of(*lanes) + verdict_of(*census) + verdict_of(findings);
  }

  Opened image_;
  const Media* media_;
  Arena arena_;
  const LaneTable* lanes_ = nullptr;
  std::string clean_;
};

/// Counts what was noticed for each kind of word, and compares with the table at the end.
class Kinds {
 public:
  void add(const std::string& kind, bool noticed) {
    auto& [seen, missed] = counts_[kind];
    ++(noticed ? seen : missed);
  }

  void check(std::string_view structure) const {
    for (const auto& [kind, counts] : counts_) {
      const auto& [seen, missed] = counts;
      const bool listed =
          std::ranges::find(unnoticed_words, kind, &UnnoticedWord::kind) != unnoticed_words.end();
      const std::string text = kind + ": noticed " + std::to_string(seen) + ", not noticed " +
                               std::to_string(missed) + (listed ? ", listed" : ", not listed");
      std::cout << text << '\n';
      if (listed ? seen != 0 : missed != 0) FAIL_CHECK(text);
    }
    for (const UnnoticedWord& row : unnoticed_words)
      if (row.kind.starts_with(structure) && !counts_.contains(std::string(row.kind)))
        FAIL_CHECK(row.kind);  // listed, but never met
  }

 private:
  std::map<std::string, std::pair<std::size_t, std::size_t>> counts_;
};

std::string block_part(std::uint32_t after, unsigned bit, const Arena& arena) {
  if (bit >= 30) return "flags";
  return (after & map_postmap_mask) < arena.geometry.internal_nlba ? "block" : "block beyond";
}

std::string lba_part(std::uint32_t after, const Arena& arena) {
  if (after == 0) return " zero";
  return after < arena.geometry.external_nlba ? "" : " beyond";
}

/// "flog complete lane, current old_map flags". Inactive entries of used pairs are alike whatever
/// the lane's state is.
std::string kind_of(const UsedBtt& btt, std::uint32_t lane, unsigned slot, unsigned word,
                    std::uint32_t after, unsigned bit) {
  const LaneReading& reading = btt.lane(lane);
  const bool live = slot < 2;
  const bool current = live && slot_index(FlogLayout::slots_0_1, *reading.current) == slot;
  const std::string state = reading.state == LaneState::pristine ? "pristine" : "used";
  static constexpr std::string_view fields[] = {"lba", "old_map", "new_map", "seq"};
  std::string kind = "flog ";
  if (current)
    kind += std::string(to_string(reading.state)) + " lane, current ";
  else
    kind += state + (reading.torn ? " torn" : "") + (live ? " lane, inactive " : " lane, padding ");
  kind += fields[word];
  if (live && word == 0) return kind + lba_part(after, btt.arena());
  if (live && word < 3) return kind + " " + block_part(after, bit, btt.arena());
  return kind;
}

TEST_CASE("bits of 64 flog entries: states, free blocks and findings follow them") {
  const UsedBtt btt;
  std::mt19937_64 random(64);
  Kinds kinds;
  for (unsigned entry = 0; entry < 64; ++entry) {
    const std::uint32_t lane = entry < 40 ? entry / 4 : static_cast<std::uint32_t>(random() % 64);
    const unsigned slot = entry % 4;
    for (unsigned bit = 0; bit < 128; ++bit) {
      const std::uint64_t offset =
          btt.arena().flog_group({lane}).value + std::uint64_t{slot} * 16 + bit / 32 * 4;
      const std::uint32_t after = btt.word(offset) ^ std::uint32_t{1} << bit % 32;
      kinds.add(kind_of(btt, lane, slot, bit / 32, after, bit % 32), btt.notices(offset, after));
    }
  }
  kinds.check("flog ");
}

TEST_CASE("bits of 64 map entries: states, findings and the lanes that name them follow them") {
  const UsedBtt btt;
  std::mt19937_64 random(65);
  Kinds kinds;
  for (std::uint32_t entry = 0; entry < 64; ++entry) {
    const auto premap =
        entry < 16 ? entry
                   : static_cast<std::uint32_t>(random() % btt.arena().geometry.external_nlba);
    const std::uint64_t offset = btt.arena().map_entry({premap}).value;
    const std::uint32_t before = btt.word(offset);
    for (unsigned bit = 0; bit < 32; ++bit) {
      const std::uint32_t after = before ^ std::uint32_t{1} << bit;
      const std::string state =
          MapEntry{before}.state() == MapState::initial ? "initial" : "normal";
      kinds.add("map " + state + (btt.is_named(premap) ? " named " : " unnamed ") +
                    block_part(after, bit, btt.arena()),
                btt.notices(offset, after));
    }
  }
  kinds.check("map ");
}

}  // namespace
}  // namespace bad_input
