// SPDX-License-Identifier: BSD-3-Clause
// Bytes that are no image, and images that end early.
#include <doctest/doctest.h>

#include <iostream>
#include <random>
#include <set>
#include <string>
#include <utility>

#include <ndmedic/image/image.h>
#include <ndmedic/media/memory_media.h>
#include <ndmedic/media/view.h>

#include "agreement/images.h"
#include "agreement/structures.h"

namespace bad_input {
namespace {

using namespace ndmedic;

/// Opens the bytes; what matters is that it returns.
void open_bytes(std::vector<std::byte> bytes, std::optional<DeviceKind> kind) {
  std::vector<ImageInput> inputs;
  inputs.push_back({"bytes", std::make_unique<MemoryMedia>(std::move(bytes))});
  OpenOptions options = agreement::quiet_options();
  options.as = kind;
  Findings findings;
  auto tree = open_images(std::move(inputs), options, findings);
  if (!tree) return;
  CHECK(count_maps(*tree, {}, findings));
  (void)agreement::structures_of(*tree);
}

void open_as_everything(const std::vector<std::byte>& bytes) {
  open_bytes(bytes, {});
  for (const DeviceKind kind : {DeviceKind::dimm, DeviceKind::label_area, DeviceKind::bare,
                                DeviceKind::pool, DeviceKind::nfit})
    open_bytes(bytes, kind);
}

TEST_CASE("an image of no bytes, or of one, is opened as whatever it is said to be") {
  open_as_everything({});
  for (unsigned value = 0; value < 256; ++value)
    open_as_everything({std::byte(static_cast<unsigned char>(value))});
}

TEST_CASE("images of random bytes are opened as whatever they are said to be") {
  std::mt19937_64 random(1);
  for (const std::size_t size : {2U, 39U, 40U, 511U, 512U, 4095U, 4096U, 8192U, 12289U, 65536U,
                                 131072U, 131200U, 1U << 20}) {
    std::vector<std::byte> bytes(size);
    for (std::byte& byte : bytes) byte = std::byte(static_cast<unsigned char>(random()));
    open_as_everything(bytes);
  }
}

TEST_CASE("random bytes behind every signature are opened as whatever they are said to be") {
  std::mt19937_64 random(2);
  for (const std::string& signature :
       {std::string("PMEMBLK\0", 8), std::string("PMEMPOOLSET\n"), std::string("PMEMOBJ\0", 8),
        std::string("NFIT\x00\x10\x00\x00", 8), std::string("NAMESPACE_INDEX\0", 16),
        std::string("BTT_ARENA_INFO\0\0", 16)}) {
    std::vector<std::byte> bytes(16384);
    for (std::byte& byte : bytes) byte = std::byte(static_cast<unsigned char>(random()));
    for (const std::size_t place : {0U, 4096U, 8192U})
      for (std::size_t i = 0; i < signature.size(); ++i)
        bytes[place + i] = std::byte(static_cast<unsigned char>(signature[i]));
    open_as_everything(bytes);
  }
}

/// Offsets in device `number` of the image's file at which a structure begins or ends.
std::set<std::uint64_t> borders(const ImageTree& tree, std::size_t number) {
  std::set<std::uint64_t> found = {0, 4096, 8192};
  const DeviceImage& device = tree.devices[number];
  const std::uint64_t size = device.file->size();
  for (const agreement::FoundStructure& structure : agreement::structures_of(tree, 3)) {
    std::uint64_t start = 0;
    if (structure.media == device.labels.get()) start = size - structure.media->size();
    found.insert(start + structure.range.offset);
    found.insert(start + structure.range.offset + structure.range.size);
  }
  for (const LabelNamespace& ns : tree.labels.namespaces)
    for (const NamespaceExtent& extent : ns.extents) {
      found.insert(extent.dpa);
      found.insert(extent.dpa + extent.rawsize);
    }
  found.insert(size);
  return found;
}

/// Opens the sample with device `number` cut to `size` bytes.
void open_cut(const agreement::Sample& sample, std::size_t number, std::uint64_t size) {
  std::vector<ImageInput> inputs;
  for (std::size_t i = 0; i < sample.devices.size(); ++i) {
    const Media& device = *sample.devices[i];
    auto view = View::slice(device, 0, i == number ? size : device.size());
    REQUIRE(view);
    inputs.push_back({"cut", std::move(*view)});
  }
  Findings findings;
  auto tree = open_images(std::move(inputs), agreement::quiet_options(), findings);
  if (!tree) return;
  (void)place_map(*tree);
}

TEST_CASE("a real image that ends at, before or behind the border of a structure is opened") {
  std::size_t cuts = 0;
  for (const agreement::Sample& sample : agreement::real_samples(
           NDMEDIC_SOURCE_DIR "/corpora", NDMEDIC_BINARY_DIR "/agreement-images")) {
    Findings findings;
    const auto tree = agreement::open_sample(sample, findings);
    REQUIRE_MESSAGE(bool(tree), sample.name);
    for (std::size_t i = 0; i < sample.devices.size(); ++i)
      for (const std::uint64_t border : borders(*tree, i))
        for (const std::uint64_t size : {border - 1, border, border + 1}) {
          if (size > sample.devices[i]->size()) continue;  // 0 - 1 too
          open_cut(sample, i, size);
          ++cuts;
        }
  }
  std::cout << cuts << " cut images opened\n";
  CHECK(cuts > 500);
}

}  // namespace
}  // namespace bad_input
