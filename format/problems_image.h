// SPDX-License-Identifier: BSD-3-Clause
// Chapter of the problem catalogue (problems.h).
#pragma once

// clang-format off
#define NDMEDIC_IMAGE_PROBLEMS(X)                                                                  \
  X(701, image_empty, damage, none, "FO-06",                                                       \
    "the image is empty: 0 bytes",                                                                 \
    "There is nothing to look at. Check the path, or whether the copy was cut.")
// clang-format on
