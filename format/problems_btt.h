// SPDX-License-Identifier: BSD-3-Clause
// Chapter of the problem catalogue (problems.h).
#pragma once

// clang-format off
#define NDMEDIC_BTT_PROBLEMS(X)                                                                    \
  X(301, info_primary_bad, damage, safe, "IB-01",                                                  \
    "the primary info block of arena {arena} cannot be trusted; the backup can",                   \
    "Linux never reads the backup: it shows the namespace as raw, and formats it anew when the "   \
    "BTT device is enabled. The backup is copied over the primary by a repair.")
// clang-format on
