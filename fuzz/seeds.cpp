// SPDX-License-Identifier: BSD-3-Clause
// Writes the seeds that every harness starts from and that a replay runs: structures of the recipes
// and of the real images, in the harness's own input format (harness.h).
//   fuzz_seeds FOLDER
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include <ndmedic/image/image.h>

#include "agreement/images.h"
#include "agreement/structures.h"
#include "fuzz/bases.h"
#include "fuzz/harness.h"

namespace {

using namespace ndmedic;
namespace fs = std::filesystem;
using fuzz::Bytes;
using fuzz::Head;

constexpr std::size_t seeds_max = 160;  // of one harness
constexpr std::size_t body_max = 8192;

std::string packed(const Head& head, Bytes body) {
  std::string text;
  const auto put = [&text](std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) text += static_cast<char>(value >> (8 * i) & 0xFF);
  };
  put(head.flags, 1);
  put(head.choice, 1);
  put(head.small, 2);
  put(head.number, 4);
  put(head.size, 8);
  for (const std::byte b : body) text += static_cast<char>(b);
  return text;
}

/// The bytes up to the last one that is not zero, at most body_max.
Bytes without_tail(Bytes bytes) {
  bytes = bytes.first(std::min(bytes.size(), body_max));
  while (!bytes.empty() && bytes.back() == std::byte{0}) bytes = bytes.first(bytes.size() - 1);
  return bytes;
}

class Seeds {
 public:
  explicit Seeds(fs::path folder) : folder_(std::move(folder)) { fs::remove_all(folder_); }

  void add(const std::string& harness, const std::string& input) {
    std::set<std::string>& known = written_[harness];
    if (known.size() >= seeds_max || !known.insert(input).second) return;
    fs::create_directories(folder_ / harness);
    std::ofstream(folder_ / harness / std::to_string(known.size()), std::ios::binary) << input;
  }

  void print() const {
    for (const auto& [harness, inputs] : written_)
      std::printf("%-12s %zu\n", harness.c_str(), inputs.size());
  }

 private:
  fs::path folder_;
  std::map<std::string, std::set<std::string>> written_;
};

/// A structure as inputs of the harness that takes it: as it is, and dressed.
void add_structure(const agreement::FoundStructure& found, Seeds& seeds) {
  Head head;
  const Bytes body = without_tail(found.bytes);
  head.size = found.media->size() - found.range.offset;
  switch (found.place.kind) {
    case PlaceKind::index:
      head.number =
          static_cast<std::uint32_t>(std::min<std::uint64_t>(found.media->size(), 131072));
      head.choice = static_cast<std::uint8_t>(found.place.first);
      for (const unsigned flags : {0U, 1U, 3U}) {
        head.flags = static_cast<std::uint8_t>(flags);
        seeds.add("index_block", packed(head, body));
      }
      return;
    case PlaceKind::slot:
      head.number = static_cast<std::uint32_t>(found.place.first);
      head.flags = found.bytes.size() == 128 ? 2 : 0;
      head.choice = found.name.starts_with("cxl") ? 2 : 1;
      return seeds.add("label", packed(head, body));
    case PlaceKind::info:
    case PlaceKind::backup:
      seeds.add("info_block", packed(head, body));
      head.flags = 1;
      return seeds.add("info_block", packed(head, body));
    case PlaceKind::flog:
      return seeds.add("flog_layout", packed(head, body));
    case PlaceKind::ns_info:
      head.size = found.media->size();
      return seeds.add("pfn_info", packed(head, body));
    case PlaceKind::pool_header:
      return seeds.add("pool", packed(head, body));
    case PlaceKind::range:
      return seeds.add("nfit", packed(head, body));
    default:
      return;
  }
}

/// What label_area_of() takes for an area of that size.
std::uint8_t choice_of(std::uint64_t area_size) {
  switch (area_size) {
    case 1024:
      return 5;
    case 4096:
      return 6;
    case 65536:
      return 9;
    case 262144:
      return 10;
    default:
      return 0;
  }
}

void add_area(const Media& area, Seeds& seeds) {
  fuzz::Buffer bytes(std::min<std::uint64_t>(area.size(), body_max));
  if (!area.read(0, bytes)) return;
  for (const unsigned flags : {0U, 1U, 3U, 4U}) {
    Head head;
    head.flags = static_cast<std::uint8_t>(flags);
    head.choice = choice_of(area.size());
    seeds.add("label_area", packed(head, without_tail(bytes)));
    head.size = 0x40;
    head.flags = static_cast<std::uint8_t>(flags | 4);
    if (bytes.size() <= 4096) seeds.add("label_sets", packed(head, without_tail(bytes)));
    head.size = 0;
    head.flags = static_cast<std::uint8_t>(flags);
    if (flags < 2) seeds.add("ndctl_json", packed(head, without_tail(bytes)));
  }
}

void add_sample(const agreement::Sample& sample, Seeds& seeds) {
  Findings findings;
  const auto tree = agreement::open_sample(sample, findings);
  if (!tree) return;
  for (const DeviceImage& device : tree->devices)
    if (device.labels) add_area(*device.labels, seeds);
  for (const agreement::FoundStructure& found : agreement::structures_of(*tree, 4)) {
    add_structure(found, seeds);
    seeds.add("place", to_string(found.place));
    if (found.table != nullptr && !found.table->fields.empty())
      seeds.add("place",
                to_string(found.place) + "." + std::string(found.table->fields.back().name));
  }
  for (const Finding& finding : findings.list()) seeds.add("place", to_string(finding.place));
  if (!sample.recipe.empty()) seeds.add("recipe", sample.recipe);
}

void add_overwrites(Seeds& seeds) {
  const auto bytes = [](std::initializer_list<unsigned> values) {
    fuzz::Buffer buffer;
    for (const unsigned value : values)
      buffer.push_back(std::byte(static_cast<unsigned char>(value)));
    return buffer;
  };
  for (std::uint8_t choice = 0; choice < 4; ++choice)
    for (const auto& body :
         {bytes({}), bytes({0, 0, 0, 72, 4, 255, 255, 0, 0}), bytes({1, 0, 0, 48, 1, 1}),
          bytes({2, 1, 0, 12, 4, 3, 0, 0, 0, 2, 1, 0, 28, 4, 2, 0, 0, 0}),
          bytes({3, 5, 0, 0, 4, 255, 255, 255, 191}), bytes({2, 0, 0, 32, 16, 1, 1, 1, 1})})
      for (const unsigned flags : {0U, 1U}) {
        Head head;
        head.choice = static_cast<std::uint8_t>(choice);
        head.flags = static_cast<std::uint8_t>(flags);
        seeds.add("btt", packed(head, body));
        seeds.add("attach", packed(head, body));
      }
  for (std::size_t base = 0; base < fuzz::image_base_count(); ++base) {
    Head head;
    head.choice = static_cast<std::uint8_t>(base % 256);
    head.small = static_cast<std::uint16_t>(base / 256);
    seeds.add("image", packed(head, bytes({0, static_cast<unsigned>(base % 20), 2, 255, 0})));
    seeds.add("scan", packed(head, bytes({static_cast<unsigned>(base), 0, 0, 0, 4, 0, 0, 0, 0})));
  }
}

/// Operations of the engine, each with and without a cut or a fault in it.
void add_operations(Seeds& seeds) {
  for (std::uint8_t choice = 0; choice < 6; ++choice)
    for (const unsigned flags : {0U, 2U, 4U, 6U}) {
      Head head;
      head.choice = choice;
      head.flags = static_cast<std::uint8_t>(flags);
      head.number = 17U * choice;
      fuzz::Buffer body;
      for (unsigned i = 0; i < 24; ++i) {
        const unsigned how = i % 3 == 2 ? 1 + i % 2 : 3 + i % 9;  // cut, fail, or neither
        for (const unsigned value : {how + 12 * (i % 6), i * 5, i % 4, i * 37, i, 0U, 0U})
          body.push_back(std::byte(static_cast<unsigned char>(value)));
      }
      seeds.add("engine", packed(head, body));
    }
}

/// Transactions on namespaces, each kind with and without a cut.
void add_transactions(Seeds& seeds) {
  for (unsigned choice = 0; choice < 36; ++choice) {
    Head head;
    head.choice = static_cast<std::uint8_t>(choice);
    fuzz::Buffer body;
    for (unsigned i = 0; i < 40; ++i) {
      const unsigned random = (i + 40 * choice) * 2654435761U;
      const unsigned cut = i % 3 == 2 ? 0x80U : 0U;
      for (const unsigned value : {(random >> 8) % 8 + cut, random >> 12, random >> 20, random >> 5,
                                   random >> 11, random >> 17, random >> 23})
        body.push_back(std::byte(static_cast<unsigned char>(value)));
    }
    seeds.add("label_sets", packed(head, body));
  }
}

void add_plans(Seeds& seeds) {
  constexpr std::uint64_t mib = std::uint64_t{1} << 20;
  for (const std::uint64_t size : {16 * mib, 17 * mib + 4096, 524288 * mib, 524305 * mib})
    for (const std::uint32_t sector : {512U, 520U, 4096U, 4224U, 65536U})
      for (const unsigned choice : {0U, 1U, 2U, 17U, 20U, 18U, 24U}) {
        Head head;
        head.choice = static_cast<std::uint8_t>(choice);
        head.small = sector == 520 ? 4 : 256;
        head.number = sector;
        head.size = size;
        seeds.add("layout", packed(head, {}));
      }
}

/// Extents of a patterned image, in the form of the harness.
void add_metadumps(Seeds& seeds) {
  for (const unsigned flags : {0U, 1U, 2U, 3U})
    for (const std::uint64_t offset : {0U, 4096U, 65536U, 100000U})
      for (const std::uint64_t size : {1U, 512U, 65536U, 70000U}) {
        Head head;
        head.flags = static_cast<std::uint8_t>(flags);
        head.size = std::uint64_t{1} << 20;
        std::string extents;
        for (const std::uint64_t number : {offset, size, offset + size + 8, std::uint64_t{64}})
          for (unsigned i = 0; i < 4; ++i) extents += static_cast<char>(number >> (8 * i) & 0xFF);
        seeds.add("metadump", packed(head, std::as_bytes(std::span(extents))));
      }
}

void add_texts(Seeds& seeds) {
  const auto text = [](std::string_view words) { return std::as_bytes(std::span(words)); };
  for (const unsigned choice : {1U, 2U}) {
    Head head;
    head.choice = static_cast<std::uint8_t>(choice);
    for (const std::string_view set :
         {"PMEMPOOLSET\n20M part0\n1GiB part1 # second\n",
          "PMEMPOOLSET\nOPTION SINGLEHDR\n8M a b\n", "PMEMPOOLSET\nREPLICA\n8M a\n",
          "PMEMPOOLSET\r\n\t16777216 x\r\n", "PMEMPOOLSET\n9T\n"})
      seeds.add("pool", packed(head, text(set)));
  }
  Head runs;
  runs.flags = 2;
  for (const std::string_view lanes : {"\x01\x03\x11", "\x05\xF1", "\x03\x05", "\x00\x03", "\x09"})
    seeds.add("flog_layout", packed(runs, text(lanes)));
  for (const char* place :
       {"d0/labels/index1.seq", "ns/0/arena0/flog/3.B", "@0x10+4K", "nfit/header",
        "ns/00000000-0000-4000-8000-000000000001/arena0/map/1..7"})
    seeds.add("place", place);
  for (const char* edit :
       {"d0/labels/slot/1.name=scratch\nd0/labels/index0.seq=3",
        "d0/labels/slot/1.flags=LOCAL|0x10",
        "ns/0/info.flags=ERROR\nns/0/backup.nfree=3\nns/0/arena0/flog/1.A.lba=7",
        "raw\nns/0/arena0/info.checksum=0x7\n@0x10+2=abcd", "ns/1/info.parent_uuid=btt",
        "ns/0/arena0/map/3..5=0xC0000001", "d2/nfit/0.range_index=2", "d1/pool/header.crtime=1K"})
    seeds.add("edit", edit);
  for (const char* const document : {"{\"schema_version\":1,\"dimms\":[{\"handle\":1,\"size\":"
                                     "\"1M\",\"serial\":1,\"vendor\":2}],"
                                     "\"regions\":[{\"base\":0,\"mappings\":[{\"dimm\":1,\"dpa\":0,"
                                     "\"size\":\"1M\",\"offset\":0}]}]}",
                                     "{\"schema_version\":1}"})
    seeds.add("platform_json", document);
  seeds.add("label_json", "{\"schema_version\":1,\"verb\":\"labels dump\",\"areas\":[]}");
  seeds.add("canary", "CANARY");
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  Seeds seeds{arguments[1]};
  const fs::path source = NDMEDIC_SOURCE_DIR;
  add_texts(seeds);
  add_metadumps(seeds);
  add_overwrites(seeds);
  add_operations(seeds);
  add_transactions(seeds);
  add_plans(seeds);
  // Small areas are read fast: what the engine finds on them is found on large ones as well.
  for (const char* recipe :
       {"lsa 4K version 1.2\nnamespace size 16M name a\nnamespace size 32M\n",
        "lsa 4K version 1.1\nnamespace size 16M name a\nnamespace size 32M\n",
        "lsa 4K version 2.1\nregion size 1G\nnamespace size 256M\n", "lsa 1K version 1.1\n"})
    add_sample(agreement::recipe_sample("small", recipe), seeds);
  for (const auto& sample :
       agreement::real_samples(source / "corpora", NDMEDIC_BINARY_DIR "/agreement-images"))
    add_sample(sample, seeds);
  for (const auto& sample : agreement::recipe_samples(source / "corpora"))
    add_sample(sample, seeds);
  seeds.print();
  return 0;
}
