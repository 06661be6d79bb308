// SPDX-License-Identifier: BSD-3-Clause
// Making BTTs and pools: what the verbs create and import --create have in common.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <ndmedic/btt/layout.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/new_file.h>
#include <ndmedic/cli/planned_files.h>
#include <ndmedic/cli/undo_file.h>
#include <ndmedic/cli/verb.h>
#include <ndmedic/format/guid.h>
#include <ndmedic/image/image.h>

namespace ndmedic::cli {

struct CreateArguments {
  ImageArguments image;
  std::string selector;
  bool pool = false;
  std::optional<std::uint64_t> size;
  std::uint32_t sector_size = 4096;
  std::optional<BttVersion> version;
  std::optional<Guid> uuid;
  std::optional<Guid> parent_uuid;
  std::optional<std::uint64_t> seed;
  GeometryRule rule = GeometryRule::kernel;
  UndoArguments undo{};
  bool force = false;
  bool dry_run = false;
  bool json = false;
};

/// Why there is no such layout in `size` bytes, and which there are.
std::string layout_error_text(const Error& error, const FormatPlan& plan, std::uint64_t size);

/// The options of create btt, or of create pool.
void add_create_options(const Verb& verb, CreateArguments& arguments);

/// What was made, or would be, ready to be told and carried out.
struct Creation {
  PlannedFiles files;
  std::unique_ptr<NewFile> new_file;  ///< null: the file was there, or this is a dry run
  std::optional<ImageTree> tree;      ///< sees what the plan writes
  NamespaceImage* ns = nullptr;
  FormatPlan format{};
  std::vector<Arena> arenas{};
  std::string replaced{};   ///< what was there, for people; empty: nothing known
  bool fresh = false;       ///< the file was made here: all zero
  std::string undo_file{};  ///< where carry_out() kept what it wrote over; empty: nowhere

  std::uint64_t sectors() const;
};

/// Plans it all: nothing is written yet but an empty new file. Null when that cannot be: told on
/// io.err, `code` is the exit code.
std::unique_ptr<Creation> plan_creation(const CreateArguments& arguments, int& code, Io& io);

/// Carries the plan out. Gives the exit code; what went wrong is told on io.err. The new file is
/// the caller's to keep.
int carry_out(Creation& creation, const CreateArguments& arguments, Io& io);

}  // namespace ndmedic::cli
