// SPDX-License-Identifier: BSD-3-Clause
// The slot layout of an arena's flog, found by one pass over all lanes (btt.md 2.5.2).
#pragma once

#include <cstdint>
#include <optional>

#include <ndmedic/btt/arena.h>
#include <ndmedic/btt/record_stream.h>
#include <ndmedic/format/btt_flog.h>
#include <ndmedic/format/finding.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// What the flog as a whole says.
struct FlogLayoutReading {
  /// How Linux (since 4.15) would decide: no layout means that it cannot attach the arena.
  FlogLayoutDetector::Answer strict{};
  /// How the lanes are interpreted here: also where the strict scan fails on lanes that are lost
  /// (all zero, FL-02; slot A zero, FL-06) or have garbage in slot 3 (FL-10), as those say nothing
  /// about slots 1 and 2. None: both slots 1 and 2 are in use (FL-08); nothing is guessed (FD-7).
  std::optional<FlogLayout> layout{};
  std::uint64_t lanes = 0;   ///< nfree
  std::uint64_t unread = 0;  ///< lanes that are absent or bad
  bool cancelled = false;    ///< the rest was not looked at; `layout` is none
};

/// Streams the flog. Time is proportional to its stored bytes, whatever nfree says.
Result<FlogLayoutReading> read_flog_layout(const Media& ns, const Arena& arena,
                                           const Progress& progress = {});

/// Tells findings about the layout: FL-08, FL-09.
void report_flog_layout(const FlogLayoutReading& reading, const Arena& arena,
                        const BttContext& context, FindingSink& findings);

}  // namespace ndmedic
