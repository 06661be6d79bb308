// SPDX-License-Identifier: BSD-3-Clause
// Making BTTs and pools: what the verbs create and import --create have in common.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <ndmedic/btt/layout.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/undo_file.h>
#include <ndmedic/cli/verb.h>
#include <ndmedic/format/guid.h>
#include <ndmedic/image/image.h>
#include <ndmedic/media/plan.h>

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

/// The options of create btt, or of create pool.
void add_create_options(const Verb& verb, CreateArguments& arguments);

/// A file that is removed again unless it is kept.
class NewFile {
 public:
  /// Makes a sparse file. Errors: in_use when it exists already, and those of the system.
  static Result<std::unique_ptr<NewFile>> make(const std::string& path, std::uint64_t size);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  void keep() { path_.clear(); }

 private:
  explicit NewFile(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

/// What was made, or would be, ready to be told and carried out.
struct Creation {
  Plan plan;
  std::unique_ptr<NewFile> new_file;  ///< null: the file was there, or this is a dry run
  std::vector<std::unique_ptr<Media>> files;
  std::optional<ImageTree> tree;  ///< sees what the plan writes
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
