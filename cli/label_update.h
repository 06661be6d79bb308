// SPDX-License-Identifier: BSD-3-Clause
// What the verbs that change labels have in common: images opened by a plan, the region that is
// meant, carrying out and telling.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ndmedic/cli/command.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/json_fields.h>
#include <ndmedic/cli/planned_files.h>
#include <ndmedic/cli/undo_file.h>
#include <ndmedic/cli/verb.h>
#include <ndmedic/cli/verb_run.h>
#include <ndmedic/labels/namespace_writer.h>

namespace ndmedic::cli {

struct LabelUpdateArguments {
  ImageArguments image;
  std::vector<std::string> machines;  ///< of the n-th image: "qemu:slot=N"
  std::optional<std::uint64_t> region;
  std::string selector;  ///< of a namespace
  UndoArguments undo{};
  bool force = false;
  bool dry_run = false;
  bool json = false;
};

/// --dry-run, --undo-file, --no-undo, --json, --force, --for, and those of every verb on images.
void add_label_update_options(const Verb& verb, LabelUpdateArguments& arguments);

/// Label areas on the overlays of a plan. Steps that cannot be are told on io.err, give false, and
/// leave their exit code in code().
class LabelUpdate : VerbRun {
 public:
  /// `command` is the verb for people, the undo file and JSON: "labels add".
  LabelUpdate(const LabelUpdateArguments& arguments, std::string_view command, Io& io)
      : VerbRun(io), arguments_(arguments), command_(command) {}
  LabelUpdate(const LabelUpdate&) = delete;
  LabelUpdate& operator=(const LabelUpdate&) = delete;

  /// `bare_too`: a single image without label area is taken as well; targets() is empty then.
  bool open(bool bare_too = false);

  ImageTree& tree() { return *tree_; }
  PlannedFiles& files() { return files_; }
  std::span<const LabelTarget> targets() const { return targets_; }
  const std::vector<RegionState>& regions() const { return tree_->labels.regions; }

  /// The region of --region, or the only one.
  const RegionState* choose_region();
  /// The namespace of --namespace, or the only one, which must lie in a region.
  const LabelNamespace* choose_namespace();
  std::size_t number_of(const RegionState& region) const;

  /// False when nothing has to be written.
  bool changes() const { return !files_.plan().empty(); }

  /// False for an Error, and for a refusal, told with the words of refusal_text().
  bool accepted(const Result<NamespaceAnswer>& answer);

  /// What was written to the overlays is carried out, unless this is a dry run.
  bool apply();

  /// The namespaces as they will be, by labels alone.
  LabelSet outlook() const;

  /// Prints `text`, or `json` (head and plan are added), with the plan of a dry run.
  void print(const std::string& text, Json json);
  /// "would add" or "added".
  std::string done_text(std::string_view infinitive, std::string_view participle) const;

  bool refuse(const std::string& sentence, int code);
  bool fail(const std::string& path, const Error& error);
  int code() const { return code_; }

 private:
  bool take_machines();
  std::string region_list() const;

  const LabelUpdateArguments& arguments_;
  std::string command_;
  PlannedFiles files_;
  std::optional<ImageTree> tree_{};
  std::vector<std::unique_ptr<Media>> areas_{};  // name the stores by their places
  std::vector<LabelTarget> targets_{};
  std::string undo_file_{};
};

/// Why a transaction is not carried out, and what can be done.
std::string refusal_text(const NamespaceAnswer& answer);
/// exit_damage where labels are at fault, else exit_usage.
int refusal_code(Refusal refusal);

}  // namespace ndmedic::cli
