// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/namespace_choice.h>

#include <fmt/format.h>

#include <ostream>
#include <string_view>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/namespace_filter.h>
#include <ndmedic/cli/show_text.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

std::string_view refusal_text(std::string_view what) {
  if (what == to_string(AttachRefusal::not_whole))
    return "an arena is missing, cut, or could not be read";
  if (what == to_string(AttachRefusal::copies_differ))
    return "the two info blocks of an arena contradict each other";
  if (what == to_string(AttachRefusal::start_wiped))
    return "its first bytes were wiped, as when a namespace is destroyed";
  if (what == to_string(AttachRefusal::error_flag))
    return "an arena is marked as being in error state";
  if (what == to_string(AttachRefusal::lanes_damaged)) return "its flog is damaged";
  if (what == to_string(AttachRefusal::lanes_collide)) return "two lanes claim one block";
  return "it has more lanes than are kept";
}

std::string where_text(const NamespaceImage& ns, const std::string& path) {
  return fmt::format("{}: ns/{}", escape_untrusted(path), ns.index);
}

int tell_open_error(const NamespaceImage& ns, const std::string& path, const Error& error,
                    bool writable, Io& io) {
  if (error.code == Errc::not_found) {
    io.err << fmt::format("ndmedic: {}: it holds no BTT; \"ndmedic create btt\" makes one\n",
                          where_text(ns, path));
    return exit_usage;
  }
  if (error.code != Errc::damaged) {
    io.err << "ndmedic: " << error_text(path, error) << '\n';
    return exit_unreadable;
  }
  io.err << fmt::format("ndmedic: {}: the BTT is damaged and not opened{}: {}\n",
                        where_text(ns, path), writable ? " for writing" : "",
                        refusal_text(error.what));
  return exit_damage;
}

/// Findings of at least this severity, a line each.
void tell_findings(const Findings& findings, Severity least, Io& io) {
  for (const Finding& finding : findings.list())
    if (problem(finding.id).severity >= least) io.err << finding_line(finding, 0, false) << '\n';
}

}  // namespace

void add_durability_option(const Verb& verb, Durability& durability) {
  verb.choice(
      "--durability", "LEVEL", {"power", "process"},
      [&durability](const std::string& level) {
        durability = level == "process" ? Durability::process : Durability::power;
      },
      "What is written survives a loss of power (default), or of the process only");
}

NamespaceImage* choose_namespace(ImageTree& tree, const std::string& selector, Io& io) {
  if (selector.empty() && tree.namespaces.size() > 1) {
    io.err << "ndmedic: which namespace? Choose one with --namespace:\n";
    list_namespaces(tree, io.err);
    return nullptr;
  }
  const auto index = selector.empty() && !tree.namespaces.empty()
                         ? std::optional(0U)
                         : namespace_index(tree, selector, io.err);
  if (!index) return nullptr;
  NamespaceImage& ns = tree.namespaces[*index];
  if (ns.media) return &ns;
  io.err << fmt::format("ndmedic: the data of ns/{} cannot be reached: {}\n", ns.index,
                        unreachable_text(ns.unreachable));
  return nullptr;
}

void tell_in_use(const Findings& findings, Io& io) {
  for (const Finding& finding : findings.list())
    if (finding.id == ProblemId::image_in_use) io.err << finding_line(finding, 0, false) << '\n';
}

std::string path_of(const ImageTree& tree, const NamespaceImage& ns) {
  for (const DeviceImage& device : tree.devices)
    if (device.index == ns.device) return device.path;
  return tree.devices.front().path;
}

OpenedBtt open_btt(NamespaceImage& ns, BttOptions options, const std::string& path, Io& io) {
  if (!ns.btt) {
    const Error none{Errc::not_found, {}, "BTT"};
    return {nullptr, tell_open_error(ns, path, none, options.writable, io)};
  }
  options.chain = ns.btt->options;
  Findings findings;
  auto btt = options.writable ? Btt::open(*ns.media, options, findings)
                              : Btt::open_read(*ns.media, options, findings);
  tell_findings(findings, options.writable ? Severity::needs_recovery : Severity::damage, io);
  if (!btt) return {nullptr, tell_open_error(ns, path, btt.error(), options.writable, io)};
  return {std::move(*btt), exit_ok};
}

}  // namespace ndmedic::cli
