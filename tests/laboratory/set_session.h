// SPDX-License-Identifier: BSD-3-Clause
// Sequences of transactions on namespaces against a model of cells, with power cuts within them and
// within the recovery behind; each operation is a few numbers, so that anything is a sequence.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ndmedic/labels/namespace_writer.h>
#include <ndmedic/labels/set_recovery.h>
#include <ndmedic/media/crash_images.h>
#include <ndmedic/media/crash_media.h>

#include "set_meaning.h"

namespace ndmedic::laboratory {

struct SetOperation {
  std::uint8_t kind = 0;  ///< what; bit 7: the power goes within it
  std::uint8_t first = 0;
  std::uint8_t second = 0;
  std::uint32_t cut = 0;  ///< where, and what is left
};

inline constexpr unsigned set_shapes =
    18;  ///< one to three DIMMs, 1.1 and 1.2, two to twelve slots

/// A region of eight cells on each DIMM.
class SetSession {
 public:
  explicit SetSession(unsigned shape);

  /// Carries it out. What does not hold of it, or nullptr.
  const char* run(const SetOperation& operation);

 private:
  struct Namespace {
    Guid uuid{};
    std::string name{};
    std::uint32_t cell = 0;
    std::uint32_t cells = 0;
    std::uint64_t lbasize = 0;
    Guid abstraction{};
  };
  using State = std::vector<Namespace>;

  /// What an operation does, and what the model says of it.
  struct Step {
    std::function<Result<NamespaceAnswer>(std::span<const LabelTarget>)> run{};
    Refusal refusal = Refusal::none;
    std::uint64_t limit = 0;
    State after{};
  };
  Step step_of(const SetOperation& operation);
  Step adding(std::uint8_t size, std::uint8_t place, bool again);
  Step changing(std::size_t which, NamespaceChange change);
  Step removing(std::size_t which);
  void place_new(Step& step, Namespace made, std::optional<std::uint32_t> cell) const;
  std::vector<bool> taken(const State& state) const;
  std::uint32_t room_from(std::uint32_t cell, const std::vector<bool>& taken) const;
  Guid next_uuid();

  std::vector<LabelTarget> targets() const;
  Areas content() const;
  Meaning meaning(const State& state) const;
  const char* check(const State& state) const;

  const char* carry_out(const Step& step);
  const char* cut_within(const Step& step, std::uint32_t cut);
  /// Runs `task`, and takes what the `fence`-th fence of any area could leave, or the end.
  template <class Task>
  bool run_cut(std::uint64_t fence, std::uint64_t image, const Task& task);
  void restart(const Areas& areas);

  RegionState region_{};
  std::uint64_t unit_ = 0;  ///< bytes of a cell
  std::uint32_t slots_ = 0;
  bool old_version_ = false;
  std::vector<std::unique_ptr<CrashMedia>> media_{};
  State state_{};
  std::uint8_t made_ = 0;  ///< uuids so far
  std::uint64_t fences_to_cut_ = 0;
  std::uint64_t image_ = 0;
  Areas left_{};
};

}  // namespace ndmedic::laboratory
