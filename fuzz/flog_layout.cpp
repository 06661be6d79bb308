// SPDX-License-Identifier: BSD-3-Clause
// Flog groups. Contract: the layout of any sequence of groups is the second reader's, does not
// depend on zero groups being fed one by one or as a run, and any two sequence numbers have one
// newer entry or none. flag 1: the body is a byte a lane (low nibble: slots in use, high nibble:
// how often the lane repeats); else it is groups of 64 bytes.
#include <ndmedic/format/btt_flog.h>
#include <ndmedic/format/codec.h>

#include <algorithm>

#include "fuzz/harness.h"

using namespace ndmedic;

namespace {

std::vector<FlogGroup> groups_of(const fuzz::Input& input) {
  std::vector<FlogGroup> groups;
  if (!input.head.flag(1)) {
    for (std::size_t at = 0; at < input.body.size() && groups.size() < 4096; at += 64)
      groups.push_back(decode<FlogGroup>(fuzz::padded(input.body.subspan(at), 64)));
    return groups;
  }
  for (const std::byte lane : input.body.first(std::min<std::size_t>(input.body.size(), 4096))) {
    FlogGroup group{};
    for (unsigned slot = 0; slot < 4; ++slot)
      group.slot[slot].seq = std::to_integer<unsigned>(lane >> slot) & 1U;
    groups.insert(groups.end(), 1 + std::to_integer<unsigned>(lane >> 4), group);
  }
  return groups;
}

bool is_zero(const FlogGroup& group) {
  return std::ranges::all_of(group.slot, &FlogEntry::is_zero);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input = fuzz::split(data, size);
  const std::vector<FlogGroup> groups = groups_of(input);
  fuzz::require_agreement(agreement::compare_flog_layout(groups));

  FlogLayoutDetector single;
  FlogLayoutDetector runs;
  for (std::size_t i = 0; i < groups.size();) {
    std::size_t end = i;
    while (end < groups.size() && is_zero(groups[end])) ++end;
    runs.feed_zero(end - i);
    for (std::size_t k = i; k < end; ++k) single.feed(groups[k]);
    if (end < groups.size()) {
      single.feed(groups[end]);
      runs.feed(groups[end]);
    }
    i = end + 1;
  }
  const auto one = single.answer();
  const auto other = runs.answer();
  fuzz::require(one.layout == other.layout && one.written == other.written &&
                    one.first_conflict == other.first_conflict,
                "runs of zero groups count as their groups");
  for (const FlogGroup& group : groups) {
    const std::uint32_t a = group.slot[0].seq.value();
    const std::uint32_t b = group.slot[1].seq.value();
    fuzz::require_agreement(agreement::compare_sequence(a, b));
    if (is_unreachable(a, b)) fuzz::require(newer(a, b).has_value(), "unreachable, but decided");
  }
  fuzz::require_agreement(agreement::compare_map_word(input.head.number, input.head.small));
  return 0;
}
