// SPDX-License-Identifier: BSD-3-Clause
// Builds the findings of one BTT: fills in namespace and arena, hands them to the sink.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <ndmedic/btt/arena.h>
#include <ndmedic/format/finding.h>

namespace ndmedic {

inline Argument decimal(std::string_view key, std::uint64_t value) { return {key, value, false}; }
inline Argument hexadecimal(std::string_view key, std::uint64_t value) {
  return {key, value, true};
}
inline Argument text(std::string_view key, std::string value) {
  return {key, std::move(value), false};
}

/// Not thread-safe; the context and the sink must outlive it.
class BttReport {
 public:
  BttReport(const BttContext& context, ArenaIndex arena, FindingSink& sink)
      : context_(context), arena_(arena), sink_(sink) {}

  /// First and last thing of the place and how many of them; for infos and arenas they do not
  /// count.
  struct Span {
    std::uint64_t first = 0;
    std::uint64_t count = 1;
  };

  /// A finding on `kind` in this arena; {arena} is added to the arguments.
  void add(ProblemId id, PlaceKind kind, Span span, std::initializer_list<Argument> arguments = {},
           std::vector<Violation> proof = {}) const {
    Finding finding;
    finding.id = id;
    finding.place = context_.ns;
    finding.place.kind = kind;
    finding.place.arena = arena_.value;
    finding.place.first = span.first;
    finding.place.last = span.first + span.count - 1;
    finding.count = span.count;
    finding.arguments.push_back(decimal("arena", arena_.value));
    finding.arguments.insert(finding.arguments.end(), arguments.begin(), arguments.end());
    finding.proof = std::move(proof);
    sink_.add(std::move(finding));
  }

  BttContainer container() const { return context_.container; }

 private:
  const BttContext& context_;
  ArenaIndex arena_;
  FindingSink& sink_;
};

}  // namespace ndmedic
