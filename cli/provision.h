// SPDX-License-Identifier: BSD-3-Clause
// New namespaces on the overlays of a plan: their labels, then what goes inside, then a look at
// them by the ordinary reader.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <ndmedic/cli/command.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/json_fields.h>
#include <ndmedic/cli/namespace_spec.h>
#include <ndmedic/cli/planned_files.h>
#include <ndmedic/cli/verb.h>
#include <ndmedic/cli/verb_run.h>
#include <ndmedic/format/guid_source.h>
#include <ndmedic/labels/namespace_writer.h>

namespace ndmedic::cli {

/// What holds for all namespaces of a command.
struct ProvisionArguments {
  std::optional<std::uint64_t> seed;
  std::uint32_t page_size = 4096;  ///< of the kernel that will use fsdax and devdax
  std::uint32_t struct_page = 64;  ///< bytes of its page descriptor
  std::uint64_t compatible_align = std::uint64_t{2} << 20;  ///< of its memory (PfnRequest)
  std::uint64_t base = 0;   ///< address of a region that no NFIT describes
  bool exact = false;       ///< sizes are not rounded up
  bool keep_start = false;  ///< fsdax and devdax: the first 4 KiB stay
  bool force = false;
};

/// --seed, --page-size, --struct-page, --compatible-align, --base, --exact.
void add_provision_options(const Verb& verb, ProvisionArguments& arguments);

/// Steps that cannot be are told on io.err, give false, and leave their exit code in code().
class Provision : VerbRun {
 public:
  /// `image` says how the planned files are read; all must outlive the object.
  Provision(const ProvisionArguments& arguments, const ImageArguments& image, PlannedFiles& files,
            Io& io)
      : VerbRun(io), arguments_(arguments), image_(image), files_(files), guids_(arguments.seed) {}
  Provision(const Provision&) = delete;
  Provision& operator=(const Provision&) = delete;

  /// Labels for a namespace in `region`, whose first DIMM has the area `first`.
  bool add(const NamespaceSpec& spec, std::span<const LabelTarget> dimms, const RegionState& region,
           const LabelArea& first);
  /// A namespace without label: the whole of the only image.
  bool add_without_label(const NamespaceSpec& spec);

  /// Fills all that were added. What is recognised in one is destroyed by --force only.
  bool fill();

  /// What a guest sees of each, as text lines and as JSON.
  std::string text() const;
  Json json() const;

  int code() const { return code_; }

 private:
  struct Made {
    NamespaceSpec spec{};
    NamespaceHome home = NamespaceHome::no_label;
    Guid uuid{};  ///< of its label
    Guid inside{};
    std::uint64_t base = 0;  ///< address, as far as it is known
    std::uint32_t index = 0;
    std::string destroyed{};
  };

  bool take_uuids(Made& made);
  bool look();
  bool look_again();
  NamespaceImage* find(const Made& made);
  bool fill(Made& made, NamespaceImage& ns);
  bool refuse(const std::string& sentence, int code);
  bool fail(const Error& error);
  bool tell_content_error(const Made& made, const NamespaceImage& ns, const Error& error);

  const ProvisionArguments& arguments_;
  const ImageArguments& image_;
  PlannedFiles& files_;
  GuidSource guids_;
  std::vector<Made> made_{};
  std::optional<ImageTree> tree_{};
};

}  // namespace ndmedic::cli
