// SPDX-License-Identifier: BSD-3-Clause
// A Finding: one problem of the catalogue at one place (or a run of neighbouring places), with the
// arguments of its message and the violations that prove it. Readers hand findings to a sink.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <ndmedic/format/place.h>
#include <ndmedic/format/problems.h>
#include <ndmedic/format/violation.h>

namespace ndmedic {

/// A value for a {key} of the message. Keys are static strings; text may come from media and is
/// untrusted.
struct Argument {
  std::string_view key;
  std::variant<std::uint64_t, std::string> value;
  bool hex = false;
};

struct Finding {
  ProblemId id{};
  Place place{};
  std::uint64_t count = 1;  ///< neighbouring places with the same problem
  std::vector<Argument> arguments{};
  std::vector<Violation> proof{};
};

/// Where readers put findings. Called in the order of the media; not thread-safe.
class FindingSink {
 public:
  virtual ~FindingSink() = default;
  virtual void add(Finding finding) = 0;
};

/// For who reads again what was told already.
class NoFindings final : public FindingSink {
 public:
  void add(Finding) override {}
};

/// Keeps findings in memory: at most `limit` for each id, the rest is counted. Neighbouring
/// findings of one id with equal arguments and adjoining places are merged into one with a count
/// and the proof of the first.
class Findings final : public FindingSink {
 public:
  explicit Findings(std::size_t limit = 1000) : limit_(limit) {}
  void add(Finding finding) override;

  const std::vector<Finding>& list() const { return list_; }
  /// Places with this problem that were counted but not kept.
  std::uint64_t dropped(ProblemId id) const;
  /// The worst severity found, or none.
  std::optional<Severity> worst() const { return worst_; }

 private:
  struct Tally {
    ProblemId id;
    std::uint64_t kept = 0;
    std::uint64_t dropped = 0;
    std::size_t last = 0;  ///< position in list_ of the newest one kept
  };
  Tally& tally(ProblemId id);

  std::size_t limit_;
  std::vector<Finding> list_;
  std::vector<Tally> tallies_;
  std::optional<Severity> worst_;
};

/// `message` with its {keys} filled in from `arguments`, those that are text escaped
/// (untrusted_text.h). A key without an argument stays as it is.
std::string fill_message(std::string_view message, std::span<const Argument> arguments);

/// The message of a finding with its arguments.
std::string message_of(const Finding& finding);

}  // namespace ndmedic
