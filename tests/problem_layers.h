// SPDX-License-Identifier: BSD-3-Clause
// Which layer tells a problem of the catalogue: its tests have to produce it. This is the one place
// that says so, so that no layer can leave a problem to another that does not know of it.
#pragma once

#include <ndmedic/format/problems.h>

namespace ndmedic::test {

enum class Layer { labels, btt, image, fsck };

constexpr Layer layer_of(ProblemId id) {
  const auto number = static_cast<unsigned>(id);
  if (number < 300) return Layer::labels;
  if (number < 420) return Layer::btt;
  if (number < 500 || number >= 720) return Layer::fsck;
  return Layer::image;
}

}  // namespace ndmedic::test
