// SPDX-License-Identifier: BSD-3-Clause
// Choosing a namespace, and writing through it.
#include <ndmedic/image/select.h>

#include <doctest/doctest.h>

#include <ndmedic/image/recipe.h>
#include <ndmedic/media/memory_media.h>

namespace ndmedic {
namespace {

ImageTree tree_of(std::string_view recipe, OpenOptions options = {}) {
  auto made = make_media(recipe);
  REQUIRE(made);
  std::vector<ImageInput> inputs;
  for (auto& device : made->devices) inputs.push_back({"image", std::move(device), nullptr});
  options.probe_content = false;
  Findings findings;
  auto tree = open_images(std::move(inputs), options, findings);
  REQUIRE(tree);
  return std::move(*tree);
}

constexpr std::string_view three =
    "dimm 96M\n"
    "namespace raw size 16M name data\n"
    "namespace sector 4096 size 32M name data\n"
    "namespace raw size 16M name 7\n";

TEST_CASE("a namespace is chosen by index, uuid or name, and only when that names one") {
  ImageTree tree = tree_of(three);
  REQUIRE(tree.namespaces.size() == 3);
  const auto index_of = [&](std::string_view selector) {
    auto found = select_namespace(tree, selector);
    REQUIRE(found);
    return (*found)->index;
  };
  CHECK(index_of("0") == 0);
  CHECK(index_of("2") == 2);
  for (const NamespaceImage& ns : tree.namespaces)
    CHECK(index_of(to_string(ns.uuid, GuidOrder::text)) == ns.index);
  CHECK(select_namespace(tree, "data").error().code == Errc::invalid);
  CHECK(select_namespace(tree, "").error().code == Errc::invalid);
  CHECK(select_namespace(tree, "7").error().code == Errc::not_found);  // an index first
  CHECK(select_namespace(tree, "dat").error().code == Errc::not_found);
  CHECK(select_namespace(tree, "00000000-0000-4000-8000-0000000000ff").error().code ==
        Errc::not_found);
}

TEST_CASE("where there is one namespace it need not be named") {
  ImageTree tree = tree_of("bare 16M\n");
  CHECK((*select_namespace(tree, ""))->index == 0);
}

/// What is written to a namespace is in the file, at the place that the labels say.
void check_written(std::string_view recipe, const OpenOptions& options, std::uint32_t device,
                   std::uint64_t at) {
  ImageTree tree = tree_of(recipe, options);
  Media& media = *tree.namespaces.back().media;
  CHECK(media.traits().writable);
  const std::vector<std::byte> bytes(16, std::byte{0xA5});
  REQUIRE(media.write(8192, bytes));
  std::vector<std::byte> read(16);
  REQUIRE(tree.devices[device].file->read(at, read));
  CHECK(read == bytes);
}

TEST_CASE("the media of a namespace reach the file that was opened for writing") {
  check_written("bare 16M\n", {}, 0, 8192);
  check_written("dimm 64M\nnamespace raw size 16M\nnamespace raw size 16M\n", {}, 0,
                (std::uint64_t{16} << 20) + 8192);
  OpenOptions lines;
  lines.interleave = {SetInterleave::Kind::lines, 4096};
  check_written("dimm 64M ways 2\nnamespace raw size 32M\n", lines, 0, 4096);
  check_written("dimm 64M ways 2\nnamespace raw size 32M\nnfit\n", {}, 0, 4096);
}

}  // namespace
}  // namespace ndmedic
