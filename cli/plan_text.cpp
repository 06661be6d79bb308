// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/plan_text.h>

#include <fmt/format.h>

#include <ostream>
#include <string>

#include <ndmedic/cli/text.h>
#include <ndmedic/cli/words.h>

namespace ndmedic::cli {

Status print_plan(const Plan& plan, std::ostream& out, std::size_t images) {
  std::uint64_t steps = 0;
  std::uint64_t bytes = 0;
  NDMEDIC_CHECK(plan.recording().for_each_step([&](const Step& step) {
    ++steps;
    bytes += step.after.size();
    return true;
  }));
  out << fmt::format("plan: {}, {}, in {} with a fence behind each\n", count_text(steps, "step"),
                     size_text(bytes), count_text(plan.recording().group_count(), "group"));
  return plan.recording().for_each_step([&](const Step& step) {
    const bool lsa = step.device >= images;
    const std::string where =
        fmt::format("{}{}/@{:#x}+{}", lsa ? "lsa" : "d", lsa ? step.device - images : step.device,
                    step.offset, step.after.size());
    out << fmt::format("  group {:<3} {:<28} {}\n", step.group, where, step.tag);
    return true;
  });
}

Result<Json> plan_json(const Plan& plan, std::size_t images) {
  Json steps = Json::array();
  NDMEDIC_CHECK(plan.recording().for_each_step([&](const Step& step) {
    const bool lsa = step.device >= images;
    steps.push_back({{"group", step.group},
                     {"device", lsa ? step.device - images : step.device},
                     {"what", step.tag},
                     {"offset", step.offset},
                     {"offset_hex", hex_text(step.offset)},
                     {"size", step.after.size()}});
    if (lsa) steps.back()["lsa"] = true;
    return true;
  }));
  return steps;
}

}  // namespace ndmedic::cli
