// SPDX-License-Identifier: BSD-3-Clause
// What the threads of a run do.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "random.h"
#include "subject.h"
#include "world.h"

namespace ndmedic::laboratory {

struct Call {
  enum class Kind : std::uint8_t { read, write, zero, mark_error, flush };
  Kind kind = Kind::write;
  std::vector<std::uint32_t> lbas{};  ///< of a write in any order; else neighbours, ascending
};

enum class Kind : std::uint8_t {
  single,     // one thread, a sector a call
  overwrite,  // one thread, one LBA again and again
  batch,      // one thread, many sectors a call, LBAs repeated
  lanes,      // two or three threads, sectors far and near
  one_lba,    // two threads, one or two LBAs: the look-up has to be repeated (WP-R2)
  handover,   // more threads than lanes
  states,     // zeros and errors among writes
  readers,    // reads while blocks change hands
};
inline constexpr std::array<std::string_view, 8> kind_names{
    "single", "overwrite", "batch", "lanes", "one-lba", "handover", "states", "readers"};

struct Workload {
  Shape shape{};
  /// With WP-2 on several threads a fence has to serve all of them, as that of Media does (WP-R4).
  CrashMedia::FenceReach fences = CrashMedia::FenceReach::own_flushes;
  std::vector<std::vector<Call>> threads{};  ///< calls in order
  bool queued = false;                       ///< single sectors are written through a WriteQueue
};

/// Chosen by `random`; the models are given one thread and one arena.
Workload make_workload(Kind kind, Writer writer, Random& random);

}  // namespace ndmedic::laboratory
