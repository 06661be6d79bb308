// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/undo_file.h>

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include <ndmedic/cli/new_file.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/media/file_media.h>

namespace ndmedic::cli {
namespace {

namespace fs = std::filesystem;

/// Made when it is missing; empty where the user has no home.
fs::path state_folder() {
  fs::path base;
  if (const char* const state = std::getenv("XDG_STATE_HOME")) base = state;
  if (!base.is_absolute()) {
    const char* const home = std::getenv("HOME");
    if (home == nullptr) return {};
    base = fs::path(home) / ".local" / "state";
  }
  const fs::path folder = base / "ndmedic";
  std::error_code error;
  if (fs::create_directories(folder, error)) fs::permissions(folder, fs::perms::owner_all, error);
  return folder;
}

/// The first name that is free. Another command may take it meanwhile; then making it fails.
Result<std::string> default_name(const std::string& image) {
  std::error_code ignored;
  fs::path name = fs::path(image);
  if (fs::is_block_file(name, ignored)) {
    const fs::path folder = state_folder();
    if (folder.empty())
      return Error{Errc::invalid, {}, "no home for its undo file; give --undo-file or --no-undo"};
    name = folder / name.filename();
  }
  name += ".undo";
  std::string free = name.string();
  for (unsigned n = 2; fs::exists(fs::symlink_status(free, ignored)); ++n)
    free = fmt::format("{}.{}", name.string(), n);
  return free;
}

UndoNames names_of(const std::vector<std::string>& paths, std::string_view command) {
  UndoNames names{std::string(command)};
  std::error_code ignored;
  for (const std::string& path : paths) names.paths.push_back(fs::absolute(path, ignored).string());
  return names;
}

Result<bool> wants_undo(const Plan& plan, const UndoArguments& arguments) {
  if (arguments.none || plan.empty()) return false;
  return plan.has_content();
}

}  // namespace

void add_undo_options(const Verb& verb, UndoArguments& arguments) {
  verb.option(
      "--undo-file", "FILE", [&arguments](const std::string& path) { arguments.file = path; },
      "Keep what is overwritten there, for ndmedic undo (IMAGE.undo)");
  verb.flag("--no-undo", arguments.none, "Keep nothing: what is overwritten is gone");
  verb.excludes("--undo-file", "--no-undo");
}

PlanOutcome apply_plan(Plan& plan, const std::vector<std::string>& paths,
                       const UndoArguments& arguments, std::string_view command,
                       const PlanProgress& progress) {
  const auto path_of = [&](std::uint32_t device, const std::string& undo) {
    return device < paths.size() ? paths[device] : undo;
  };
  const auto wanted = wants_undo(plan, arguments);
  if (!wanted) return {wanted.error(), paths.front()};
  if (!*wanted) {
    auto applied = plan.apply(progress);
    return {std::move(applied), path_of(plan.failed_device(), paths.front())};
  }
  std::string name = arguments.file;
  if (name.empty()) {
    const auto free = default_name(paths.front());
    if (!free) return {free.error(), paths.front()};
    name = *free;
  }
  const UndoNames names = names_of(paths, command);
  const auto size = undo_file_size(plan.recording(), names);
  if (!size) return {size.error(), name};
  // Its room is taken here, so that a full disk is told before the first change.
  auto made = NewFile::make(name, *size, NewFileKind::private_);
  if (!made && made.error().os_error == EEXIST)
    return {Error{Errc::invalid, {}, "it exists already; give --undo-file another name"}, name};
  if (!made) return {made.error(), name};
  auto media = FileMedia::open_write(name, {true, false});
  if (!media) return {media.error(), name};
  UndoWriter undo(**media, names);
  auto applied = plan.apply(progress, &undo);
  if (undo.prepared()) (*made)->keep();
  PlanOutcome outcome{std::move(applied), path_of(plan.failed_device(), name)};
  if (undo.prepared()) outcome.undo_file = name;
  return outcome;
}

std::string undo_hint(const PlanOutcome& outcome) {
  if (outcome.undo_file.empty()) return {};
  return fmt::format("; \"ndmedic undo {}\" takes back what was changed",
                     escape_untrusted(outcome.undo_file));
}

}  // namespace ndmedic::cli
