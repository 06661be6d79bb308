// SPDX-License-Identifier: BSD-3-Clause
// Info blocks of fsdax and devdax written over something else, with power cuts.
#include <ndmedic/image/pfn_format.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include <ndmedic/format/codec.h>
#include <ndmedic/image/image.h>
#include <ndmedic/image/recipe.h>
#include <ndmedic/media/crash_images.h>
#include <ndmedic/media/crash_media.h>
#include <ndmedic/media/memory_media.h>

namespace ndmedic {
namespace {

constexpr Guid old_uuid = guid_literal("0dd00000-0000-4000-8000-000000000001", GuidOrder::text);
constexpr Guid new_uuid = guid_literal("0dd00000-0000-4000-8000-000000000002", GuidOrder::text);

/// For media of a few pages: a platform whose alignment is a page.
PfnPlan small_plan(const Guid& uuid) {
  PfnPlan plan{.kind = PfnKind::devdax, .uuid = uuid};
  plan.request.align = plan.request.compatible_align = 4096;
  return plan;
}

ImageTree tree_of(std::unique_ptr<Media> media) {
  std::vector<ImageInput> inputs;
  inputs.push_back({"image", std::move(media), nullptr});
  OpenOptions options;
  options.as = DeviceKind::bare;
  options.probe_content = false;
  Findings findings;
  auto tree = open_images(std::move(inputs), options, findings);
  REQUIRE(tree);
  CHECK(findings.list().empty());
  return std::move(*tree);
}

/// What a reader finds in the first 8 KiB: a valid block, and whether anything lies before it.
struct Seen {
  bool old_block = false;
  bool new_block = false;
  bool head = false;
};

Seen look(std::span<const std::byte> bytes) {
  const auto info = decode<PfnInfo>(bytes.subspan(pfn_info_offset));
  const bool valid =
      validate(info, {.namespace_size = bytes.size(), .parent_uuid = Guid{}}).trusted();
  const auto before = bytes.first(pfn_info_offset);
  return {.old_block = valid && info.uuid == old_uuid,
          .new_block = valid && info.uuid == new_uuid,
          .head = std::ranges::any_of(before, [](std::byte b) { return b != std::byte{0}; })};
}

/// A power loss at every fence of a format over an older block with something before it; true when
/// the new block was once seen behind what should be gone.
bool new_behind_old(std::uint64_t fence_to_drop) {
  std::vector<std::byte> old(64 << 10);
  MemoryMedia made(old);
  REQUIRE(format_pfn(made, small_plan(old_uuid)));
  REQUIRE(made.read(0, old));
  std::fill_n(old.begin(), pfn_info_offset, std::byte{0x5a});
  REQUIRE(look(old).old_block);

  CrashMedia media(old);
  bool seen = false;
  const auto look_at_all = [&] {
    CrashImages images;
    images.take(media);
    images.for_each(4 * images.units() + 4, [&](const CrashImage& image) {
      const Seen what = look(image.bytes);
      seen = seen || (what.new_block && what.head);
      return true;
    });
  };
  media.before_fence(look_at_all);
  media.drop_fence(fence_to_drop);
  REQUIRE(format_pfn(media, small_plan(new_uuid)));
  look_at_all();
  if (fence_to_drop == 0) {
    CHECK(media.in_flight().empty());
    CHECK(look(media.visible()).new_block);
    CHECK_FALSE(look(media.visible()).head);
  }
  return seen;
}

}  // namespace

TEST_CASE("a BTT becomes fsdax, and the reader finds nothing but that") {
  auto made = make_media("arena 64M\n");
  REQUIRE(made);
  PfnPlan plan{.kind = PfnKind::fsdax, .uuid = new_uuid};
  plan.request.page_size = 65536;
  std::vector<std::string> stages;
  REQUIRE(format_pfn(*made->devices.front(), plan,
                     [&](std::string_view stage) { stages.emplace_back(stage); }));
  CHECK(stages == std::vector<std::string>{"old info", "info"});
  // The end of the BTT is its backup; it goes with the data that will be written over it.
  REQUIRE(made->devices.front()->write((64 << 20) - 4096, std::vector<std::byte>(4096)));
  const ImageTree tree = tree_of(std::move(made->devices.front()));
  REQUIRE(tree.namespaces.size() == 1);
  const NamespaceImage& ns = tree.namespaces.front();
  CHECK(ns.personality == Personality::fsdax);
  REQUIRE(ns.pfn);
  CHECK(ns.pfn->usable);
  CHECK(ns.pfn->block.page_size.value() == 65536);
  CHECK(ns.pfn->data_offset == 2 << 20);
}

TEST_CASE("a fresh namespace takes one store, and a request that cannot be none") {
  SparseMedia media(64 << 20);
  PfnPlan plan{.kind = PfnKind::devdax, .uuid = new_uuid};
  plan.request.align = 3 << 20;
  const Status refused = format_pfn(media, plan);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::invalid);
  CHECK(refused.error().what == "alignment");
  CHECK(media.run_at(0, media.size())->kind == ExtentKind::zero);

  plan.request.align = 2 << 20;
  std::vector<std::string> stages;
  REQUIRE(format_pfn(media, plan, [&](std::string_view stage) { stages.emplace_back(stage); }));
  CHECK(stages == std::vector<std::string>{"info"});
  CHECK(media.run_at(0, media.size())->range.size == 4096);
}

TEST_CASE("whenever the power fails, the new block is never seen behind what was there") {
  CHECK_FALSE(new_behind_old(0));
  CHECK(new_behind_old(1));
}

}  // namespace ndmedic
