// SPDX-License-Identifier: BSD-3-Clause
// One run: threads work on tiny arenas, power is lost at every moment on paper and at one in
// earnest, the image is recovered, and threads go on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ndmedic/media/crash_images.h>
#include <ndmedic/media/crash_media.h>

#include "commit_watch.h"
#include "crash_access.h"
#include "hash_set.h"
#include "history.h"
#include "oracle.h"
#include "scheduler.h"
#include "subject.h"
#include "workload.h"
#include "world.h"

namespace ndmedic::laboratory {

inline constexpr std::size_t writer_count = 8;

/// Everything that a run depends on. As text: writer:kind:seed.
struct RunId {
  Writer writer = Writer::engine_wp3a;
  Kind kind = Kind::single;
  std::uint64_t seed = 0;
};
std::string to_string(const RunId& id);
std::optional<RunId> parse_run_id(std::string_view text);

struct Violation {
  std::string rule;
  RunId run{};
  std::uint64_t moment = 0;  ///< visits of images, counted from 1
  std::uint64_t image = 0;   ///< CrashImage::number
  std::vector<std::byte> bytes{};
};

/// What runs add up to.
struct Tally {
  HashSet distinct{};
  bool count_distinct = true;
  std::uint64_t runs = 0;
  std::uint64_t images = 0;
  std::uint64_t moments = 0;
  std::uint64_t sampled = 0;  ///< moments with more than 2^16 images
  std::uint64_t restarts = 0;
  std::uint64_t recoveries = 0;
  std::array<RowCounts, writer_count> rows{};
  SiteUse use{};
};

/// Faults of the recovery between two lives of a run: the n-th flush or fence is dropped.
struct RecoveryFault {
  enum class Kind : std::uint8_t { none, flush, fence };
  Kind kind = Kind::none;
  std::uint64_t ordinal = 1;
};

class Run {
 public:
  /// Images of a moment that has more than CrashImages::exhaustive_max.
  static constexpr std::uint64_t samples = 4096;

  Run(const RunId& id, const Faults& faults, const RecoveryFault& recovery_fault, Tally& tally);
  ~Run();

  /// To the end, or to the first violation.
  std::optional<Violation> execute();

 private:
  struct Next {
    std::vector<std::byte> bytes;
    std::vector<Content> contents;
  };

  bool begin_life(const Start& start, bool first);
  void live(unsigned life);
  void perform(const Call& call);
  void read(const Call& call);
  void write(const Call& call);
  void change_states(const Call& call);
  void read_everything();
  void visit();
  void look(const CrashImage& image);
  void fail(std::string rule);

  RunId id_;
  const Faults& faults_;
  RecoveryFault recovery_fault_;
  Tally& tally_;
  Random random_;
  Workload workload_;
  World world_;
  std::uint64_t salt_;

  // Of one life.
  std::vector<FlogLayout> layouts_;
  CrashMedia media_;
  std::unique_ptr<History> history_;
  std::unique_ptr<Oracle> oracle_;
  std::unique_ptr<CommitWatch> watch_;
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<CrashAccess> access_;
  std::unique_ptr<Subject> subject_;

  CrashImages images_{};
  std::uint64_t moment_ = 0;
  std::uint64_t crash_moment_ = 0;
  std::uint64_t crash_image_ = 0;
  std::optional<Next> next_{};
  std::uint64_t stores_seen_ = 0;
  std::uint64_t returns_seen_ = 0;
  std::optional<Violation> violation_{};
};

}  // namespace ndmedic::laboratory
