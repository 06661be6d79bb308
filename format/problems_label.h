// SPDX-License-Identifier: BSD-3-Clause
// Chapter of the problem catalogue (problems.h).
#pragma once

// clang-format off
#define NDMEDIC_LABEL_PROBLEMS(X)                                                                  \
  X(101, label_area_blank, note, none, "IX12",                                                     \
    "the label area is all zero: never initialised",                                               \
    "Neither index block was ever written. Linux shows the whole region as one raw namespace.")
// clang-format on
