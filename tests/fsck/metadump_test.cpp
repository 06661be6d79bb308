// SPDX-License-Identifier: BSD-3-Clause
// Metadumps: they show and check as the image does, hold nothing of its user, and nothing by which
// it could be known once they are anonymous.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include <ndmedic/format/fletcher64.h>
#include <ndmedic/fsck/check.h>
#include <ndmedic/fsck/metadump.h>
#include <ndmedic/image/recipe.h>
#include <ndmedic/media/fault_media.h>
#include <ndmedic/media/memory_media.h>
#include <ndmedic/media/metadump_media.h>
#include <ndmedic/media/metadump_writer.h>
#include <ndmedic/media/plan.h>
#include <ndmedic/media/view.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
using Bytes = std::vector<std::byte>;

std::unique_ptr<Media> whole(Media& media) {
  auto view = View::slice(media, 0, media.size());
  REQUIRE(view);
  return std::move(*view);
}

struct Seen {
  ImageTree tree;
  std::vector<std::string> findings;
};

Seen look(std::unique_ptr<Media> media) {
  std::vector<ImageInput> inputs;
  inputs.push_back({"image", std::move(media), nullptr});
  OpenOptions options;
  options.probe_content = false;
  Findings findings;
  auto tree = open_images(std::move(inputs), options, findings);
  REQUIRE(tree);
  Seen seen{std::move(*tree), {}};
  REQUIRE(check(seen.tree, {}, findings));
  for (const Finding& finding : findings.list())
    seen.findings.push_back(std::string(code(finding.id)) + " " + to_string(finding.place) + " " +
                            message_of(finding));
  return seen;
}

/// The metadump of `media` as bytes.
Bytes dump(Media& media, bool anonymous = false) {
  Plan plan;
  auto probe = std::make_unique<RangeProbe>(whole(plan.add(media)));
  RangeProbe* const noted = probe.get();
  Seen seen = look(std::move(probe));
  Anonymiser anonymiser;
  if (anonymous) REQUIRE(anonymiser.run(seen.tree));
  RangeProbe* const probes[] = {noted};
  REQUIRE(note_metadata(seen.tree, probes, anonymous));
  Bytes file;
  const auto written = write_metadump(noted->base(), noted->noted(), anonymous,
                                      [&](std::span<const std::byte> bytes) -> Status {
                                        file.insert(file.end(), bytes.begin(), bytes.end());
                                        return {};
                                      });
  REQUIRE(written);
  return file;
}

std::unique_ptr<MetadumpMedia> opened(const Bytes& file) {
  auto media = MetadumpMedia::open(std::make_unique<MemoryMedia>(file));
  REQUIRE(media);
  return std::move(*media);
}

std::unique_ptr<SparseMedia> device(std::string_view recipe) {
  auto made = make_media(recipe);
  REQUIRE(made);
  return std::move(made->devices.front());
}

bool holds(const Bytes& file, std::span<const std::byte> what) {
  return !std::ranges::search(file, what).empty();
}
bool holds(const Bytes& file, std::string_view text) {
  return holds(file, std::as_bytes(std::span(text)));
}

constexpr const char* dimm =
    "dimm 64M\n"
    "namespace sector 512 size 20M nfree 4 name secret uuid 11223344-5566-4788-99aa-bbccddeeff00\n"
    "namespace fsdax size 16M name other\n"
    "write 7 fill 0x5A\nwrite 7 fill 0x5A\nwrite 9 fill 0x5A pending\n"
    "set ns/0/arena0/map/100 = 0x40000005\n";

TEST_CASE("a metadump shows and checks as the image, damage included") {
  for (const char* recipe :
       {dimm,
        "arena 20M sector 4096 nfree 4\nwrite 1 fill 3\nset ns/0/backup.flags = 2\nunsealed\n",
        "arena 600G sector 4096 nfree 4 version 1.1\n", "pool 20M nfree 4\nwrite 3 fill 4\n",
        "lsa 16K version 2.1\nregion size 1G\nnamespace size 256M\n", "dimm 32M\nnfit\n",
        "bare 32M devdax\n", "dimm 48M\nnamespace raw size 16M name r\n"}) {
    CAPTURE(std::string(recipe));
    const auto media = device(recipe);
    const Seen image = look(whole(*media));
    const Seen kept = look(opened(dump(*media)));
    CHECK(kept.findings == image.findings);
    REQUIRE(kept.tree.namespaces.size() == image.tree.namespaces.size());
    for (std::size_t i = 0; i < kept.tree.namespaces.size(); ++i) {
      CHECK(kept.tree.namespaces[i].personality == image.tree.namespaces[i].personality);
      CHECK(kept.tree.namespaces[i].uuid == image.tree.namespaces[i].uuid);
    }
  }
}

TEST_CASE("what a user stored is absent, not zero") {
  const auto media = device(dimm);
  const Bytes file = dump(*media);
  const Bytes sector(512, std::byte{0x5A});
  CHECK_FALSE(holds(file, std::span(sector).first(16)));
  const auto kept = opened(file);
  CHECK(kept->size() == media->size());
  Bytes bytes(512);
  const Status read = kept->read(16384, bytes);
  REQUIRE(!read);
  CHECK(read.error().code == Errc::absent);
  const auto run = kept->run_at(16384, media->size());
  REQUIRE(run);
  CHECK(run->kind == ExtentKind::absent);
}

TEST_CASE("what looks like an info block in a user's sector is the user's") {
  const auto media = device("arena 20M sector 4096 nfree 4\n");
  Bytes block(4096);
  REQUIRE(device("bare 20M fsdax")->read(4096, block));
  REQUIRE(media->write(4096, block));
  CHECK_FALSE(holds(dump(*media), "NVDIMM_PFN_INFO"));
}

TEST_CASE("an anonymous metadump has no name and no uuid of the image, and right checksums") {
  const auto media = device(dimm);
  const Bytes file = dump(*media, true);
  CHECK_FALSE(holds(file, "secret"));
  CHECK_FALSE(holds(file, "other"));
  const auto uuid = parse_guid("11223344-5566-4788-99aa-bbccddeeff00", GuidOrder::text);
  REQUIRE(uuid);
  CHECK(holds(dump(*media), std::as_bytes(std::span(&*uuid, 1))));
  CHECK_FALSE(holds(file, std::as_bytes(std::span(&*uuid, 1))));
  const Seen image = look(whole(*media));
  const Seen kept = look(opened(file));
  CHECK(kept.findings.size() == image.findings.size());
  REQUIRE(kept.tree.namespaces.size() == 2);
  const NamespaceImage& ns = kept.tree.namespaces[0];
  CHECK(ns.name.starts_with("name"));
  CHECK(to_string(ns.uuid, GuidOrder::text).starts_with("00000000-0000-4000-a000-"));
  REQUIRE(ns.btt);
  CHECK(ns.btt->chain.places[0].used_copy()->block.parent_uuid == ns.uuid);
  CHECK(kept.tree.labels.namespaces.front().isetcookie ==
        image.tree.labels.namespaces.front().isetcookie);
}

TEST_CASE("names and uuids are replaced alike over several images") {
  Anonymiser anonymiser;
  const auto first = device(dimm);
  const auto second = device(dimm);
  for (SparseMedia* const media : {first.get(), second.get()}) {
    Seen seen = look(whole(*media));
    REQUIRE(anonymiser.run(seen.tree));
  }
  CHECK(anonymiser.names() == 2);
  Bytes a(first->size() - 64 * mib);
  Bytes b(a.size());
  REQUIRE(first->read(64 * mib, a));
  REQUIRE(second->read(64 * mib, b));
  CHECK(a == b);
}

TEST_CASE("metadata that cannot be read stay unreadable") {
  const auto media = device("arena 20M sector 512 nfree 4\n");
  FaultMedia faulty(*media);
  faulty.mark_bad({20 * mib - 4096, 512});
  const auto kept = opened(dump(faulty));
  Bytes bytes(512);
  const Status read = kept->read(20 * mib - 4096, bytes);
  REQUIRE(!read);
  CHECK(read.error().code == Errc::bad_media);
  CHECK(kept->read(20 * mib - 512, bytes));
}

TEST_CASE("a damaged metadump is told, and damaged content is bad, not other content") {
  const auto media = device("arena 20M sector 512 nfree 4\n");
  const Bytes file = dump(*media);
  const auto with = [&](std::size_t at) {
    Bytes damaged = file;
    damaged[at] ^= std::byte{1};
    return MetadumpMedia::open(std::make_unique<MemoryMedia>(damaged));
  };
  for (std::size_t at = 0; at < sizeof(MetadumpHeader) + sizeof(MetadumpExtent); ++at)
    CHECK_FALSE(with(at));
  const auto cut = Bytes(file.begin(), file.end() - 1);
  CHECK_FALSE(MetadumpMedia::open(std::make_unique<MemoryMedia>(cut)));
  const auto last = with(file.size() - 1);
  REQUIRE(last);
  Bytes bytes(512);
  const Status read = (*last)->read(20 * mib - 512, bytes);
  REQUIRE(!read);
  CHECK(read.error().code == Errc::bad_media);
}

}  // namespace
}  // namespace ndmedic
