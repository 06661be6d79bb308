// SPDX-License-Identifier: BSD-3-Clause
// laboratory images [--distinct N] [--seed S]     visit images of the shipped engine
// laboratory sensitivity                          every fence, write-back and order is needed
// laboratory containers                           format and attach of whole containers
// laboratory labels                               changes of label areas
// laboratory sets                                 changes over several label areas
// laboratory replay WRITER:KIND:SEED [FAULT]      one run again, as these print it
// Exit code 0: as it should be; 1: not; 16: usage.

#include <charconv>
#include <cstdio>
#include <optional>
#include <span>
#include <string_view>

#include "campaign.h"
#include "container_lab.h"
#include "label_lab.h"
#include "set_lab.h"

namespace {

using namespace ndmedic::laboratory;

constexpr int usage_error = 16;

int usage() {
  std::fputs(
      "usage: laboratory images [--distinct N] [--seed S]\n"
      "       laboratory sensitivity\n"
      "       laboratory containers\n"
      "       laboratory labels\n"
      "       laboratory sets\n"
      "       laboratory replay WRITER:KIND:SEED [FAULT]\n",
      stderr);
  return usage_error;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int images(std::span<char*> arguments) {
  std::uint64_t distinct = 1000000;
  std::uint64_t seed = 0;
  for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) {
    const std::string_view option = arguments[i];
    const auto value = number(arguments[i + 1]);
    if (!value || (option != "--distinct" && option != "--seed")) return usage();
    (option == "--seed" ? seed : distinct) = *value;
  }
  if (arguments.size() % 2 != 0) return usage();
  return run_campaign(distinct, seed) ? 0 : 1;
}

int replay_run(std::span<char*> arguments) {
  if (arguments.empty() || arguments.size() > 2) return usage();
  const auto id = parse_run_id(arguments[0]);
  const auto fault = arguments.size() == 2 ? parse_fault(arguments[1]) : std::optional(FaultCase{});
  if (!id || !fault) return usage();
  return replay(*id, *fault) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::span arguments(argv, static_cast<std::size_t>(argc));
  if (arguments.size() < 2) return usage();
  const std::string_view verb = arguments[1];
  if (verb == "images") return images(arguments.subspan(2));
  if (verb == "replay") return replay_run(arguments.subspan(2));
  if (verb == "containers" && arguments.size() == 2) return run_containers() ? 0 : 1;
  if (verb == "labels" && arguments.size() == 2) return run_labels() ? 0 : 1;
  if (verb == "sets" && arguments.size() == 2) return run_sets() ? 0 : 1;
  if (verb == "sensitivity" && arguments.size() == 2) return run_sensitivity() ? 0 : 1;
  return usage();
}
