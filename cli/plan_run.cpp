// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/plan_run.h>

#include <fmt/format.h>

#include <ostream>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/progress.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

Opened refuse(const std::string& path, std::string_view sentence, Io& io) {
  io.err << fmt::format("ndmedic: {}: {}\n", escape_untrusted(path), sentence);
  return {std::nullopt, exit_usage};
}

}  // namespace

Opened open_for_plan(const ImageArguments& image, bool force, bool dry_run, PlannedFiles& files,
                     Io& io) {
  if (!image.options.lsa.empty() && !image.lsa_too)
    return refuse(image.options.lsa.front(),
                  "--lsa files are only read; give the label area as an image of its own", io);
  if (image.options.lsa.size() > image.images.size())
    return refuse(image.options.lsa.back(), "there are more --lsa than images", io);
  ImageArguments arguments = image;
  arguments.options.probe_content = false;
  Opened opened = open_planned(arguments, {force, false}, dry_run, files, io);
  if (opened.code != exit_ok || !opened.tree) return {std::nullopt, opened.code};
  for (const DeviceImage& device : opened.tree->devices)
    if (device.pool && !device.pool->parts.empty())
      return refuse(device.path, "a poolset is only read; give its parts as images of their own",
                    io);
  return opened;
}

PlanRun run_plan(Plan& plan, const ImageArguments& image, const UndoArguments& undo,
                 std::string_view command, Io& io) {
  ProgressLine line(io, "writing");
  std::vector<std::string> paths = image.images;
  if (image.lsa_too) paths.insert(paths.end(), image.options.lsa.begin(), image.options.lsa.end());
  const PlanOutcome outcome = apply_plan(
      plan, paths, undo, command,
      [&line](std::uint64_t done, std::uint64_t total) { return line.tell(done, total); });
  const Result<Applied>& applied = outcome.applied;
  if (applied && !applied->cancelled) return {exit_ok, outcome.undo_file};
  if (applied) {
    io.err << fmt::format("ndmedic: {}: cancelled; not everything was changed{}\n",
                          escape_untrusted(image.images.front()), undo_hint(outcome));
    return {exit_cancelled, outcome.undo_file};
  }
  const bool usage = applied.error().code == Errc::invalid;
  io.err << fmt::format(
      "ndmedic: {}; {}\n", error_text(outcome.path, applied.error()),
      usage ? "nothing was changed" : "not everything may have been changed" + undo_hint(outcome));
  return {usage ? exit_usage : exit_unreadable, outcome.undo_file};
}

}  // namespace ndmedic::cli
