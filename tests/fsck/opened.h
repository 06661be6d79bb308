// SPDX-License-Identifier: BSD-3-Clause
// Media opened as images, without a look at their content.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <utility>
#include <vector>

#include <ndmedic/image/image.h>
#include <ndmedic/media/view.h>

namespace ndmedic::test {

inline ImageTree opened(std::vector<std::unique_ptr<Media>> devices, FindingSink& findings) {
  std::vector<ImageInput> inputs;
  for (auto& device : devices) inputs.push_back({"image", std::move(device)});
  OpenOptions options;
  options.probe_content = false;
  auto tree = open_images(std::move(inputs), options, findings);
  REQUIRE(tree);
  return std::move(*tree);
}

/// A view of media that stay the caller's.
template <class AnyMedia>
std::unique_ptr<Media> view_of(AnyMedia& media) {
  auto view = View::slice(media, 0, media.size());
  REQUIRE(view);
  return std::move(*view);
}

inline ImageTree opened(std::unique_ptr<Media> device, FindingSink& findings) {
  std::vector<std::unique_ptr<Media>> devices;
  devices.push_back(std::move(device));
  return opened(std::move(devices), findings);
}

}  // namespace ndmedic::test
