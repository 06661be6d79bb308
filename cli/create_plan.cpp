// SPDX-License-Identifier: BSD-3-Clause
// Planning a creation: the file, the namespace in it, what is there already, and the layout.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <ostream>

#include <ndmedic/btt/pool_layout.h>
#include <ndmedic/cli/create.h>
#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/known_content.h>
#include <ndmedic/cli/namespace_choice.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/format/guid_source.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/media/file_media.h>
#include <ndmedic/media/memory_media.h>

namespace ndmedic::cli {
namespace {

std::string_view version_text(BttVersion version) {
  return version == btt_version_2_0 ? "2.0" : "1.1";
}

/// SOURCE_DATE_EPOCH, so that pools can come out alike, or now.
std::uint64_t creation_time() {
  if (const char* const epoch = std::getenv("SOURCE_DATE_EPOCH"))
    if (const auto seconds = parse_size(epoch)) return *seconds;
  return static_cast<std::uint64_t>(std::time(nullptr));
}

/// The version that Linux looks for there, or none where it looks for no BTT (PL-4..PL-6).
std::optional<BttVersion> expected_version(const ImageTree& tree, const NamespaceImage& ns) {
  if (!ns.label) return btt_version_1_1;
  switch (tree.labels.namespaces[*ns.label].claim) {
    case ClaimClass::btt2:
      return btt_version_2_0;
    case ClaimClass::btt:
    case ClaimClass::none:
      return btt_version_1_1;
    default:
      return std::nullopt;
  }
}

/// Builds a Creation, step by step; each step is false when it told why it cannot be.
class Planner {
 public:
  Planner(const CreateArguments& arguments, Creation& creation, Io& io)
      : arguments_(arguments), creation_(creation), io_(io) {}

  bool run() {
    return open() && choose() && decide_version() && check_content() && make_uuids() && format();
  }
  int code() const { return code_; }

 private:
  const std::string& path() const { return arguments_.image.images.front(); }

  bool refuse(const std::string& sentence, int code = exit_usage) {
    io_.err << "ndmedic: " << escape_untrusted(path()) << ": " << sentence << '\n';
    code_ |= code;
    return false;
  }

  bool open() {
    std::error_code ignored;
    const bool exists = std::filesystem::exists(path(), ignored);
    if (arguments_.image.images.size() > 1 && arguments_.size)
      return refuse("--size is for one new file");
    if (exists && arguments_.size) return refuse("it exists already; --size is for a new file");
    if (exists || arguments_.image.images.size() > 1) return open_existing();
    if (!arguments_.size) return refuse("no such file; --size makes it");
    return open_new();
  }

  bool open_existing() {
    Opened opened = open_planned(arguments_.image, {arguments_.force, false}, arguments_.dry_run,
                                 creation_.files, io_);
    code_ |= opened.code;
    if (code_ == exit_ok) creation_.tree = std::move(opened.tree);
    return creation_.tree.has_value();
  }

  /// The size is judged before the file is made.
  bool open_new() {
    FormatPlan plan = layout_plan();
    plan.version = arguments_.version.value_or(btt_version_1_1);
    const std::uint64_t size = *arguments_.size;
    if (const auto arenas = lay_out(size, plan); !arenas)
      return refuse(layout_error_text(arenas.error(), plan, size));
    std::unique_ptr<Media> media = std::make_unique<SparseMedia>(size);
    if (!arguments_.dry_run) {
      auto made = NewFile::make(path(), size);
      if (!made) return refuse_system(made.error());
      creation_.new_file = std::move(*made);
      auto file = FileMedia::open_write(path());
      if (!file) return refuse_system(file.error());
      media = std::move(*file);
    }
    creation_.fresh = true;
    std::vector<ImageInput> inputs;
    inputs.push_back({path(), creation_.files.overlay_on(std::move(media)), nullptr});
    OpenOptions options = arguments_.image.options;
    options.as = DeviceKind::bare;
    Findings findings;
    auto tree = open_images(std::move(inputs), options, findings);
    if (!tree) return refuse_system(tree.error());
    creation_.tree = std::move(*tree);
    return true;
  }

  bool refuse_system(const Error& error) {
    io_.err << "ndmedic: " << error_text(path(), error) << '\n';
    code_ |= exit_unreadable;
    return false;
  }

  bool choose() {
    creation_.ns = choose_namespace(*creation_.tree, arguments_.selector, io_);
    if (creation_.ns == nullptr) code_ |= exit_usage;
    return creation_.ns != nullptr;
  }

  FormatPlan layout_plan() const {
    FormatPlan plan;
    plan.external_lbasize = arguments_.sector_size;
    plan.rule = arguments_.pool ? GeometryRule::pmemblk : arguments_.rule;
    if (arguments_.pool) plan.container = BttContainer::pool;
    return plan;
  }

  bool decide_version() {
    creation_.format = layout_plan();
    const NamespaceImage& ns = *creation_.ns;
    if (arguments_.pool) {
      creation_.format.version = btt_version_1_1;
      if (ns.label || creation_.tree->devices.front().kind == DeviceKind::dimm)
        return refuse("it has namespace labels; a pool is a whole file without");
      return true;
    }
    const auto expected = expected_version(*creation_.tree, ns);
    creation_.format.version = arguments_.version.value_or(expected.value_or(btt_version_1_1));
    if (expected == creation_.format.version || arguments_.force) return true;
    if (!ns.label) {
      io_.err << "ndmedic: note: without labels Linux finds a BTT 1.1 only\n";
      return true;
    }
    if (!expected)
      return refuse(fmt::format(
          "the label of ns/{} promises something else, and Linux will look for no BTT there; "
          "--force makes it all the same",
          ns.index));
    return refuse(
        fmt::format("by its label, Linux looks for a BTT {} in ns/{}; --force makes {} "
                    "all the same",
                    version_text(*expected), ns.index, version_text(creation_.format.version)));
  }

  bool check_content() {
    creation_.replaced = known_content(*creation_.tree, *creation_.ns);
    if (creation_.replaced.empty() || arguments_.force) return true;
    return refuse(fmt::format("ns/{} holds {}; --force destroys that", creation_.ns->index,
                              creation_.replaced));
  }

  bool make_uuids() {
    GuidSource source(arguments_.seed);
    const auto uuid = source.next();
    const auto other = source.next();
    if (!uuid || !other) return refuse_system(uuid ? other.error() : uuid.error());
    creation_.format.uuid = arguments_.uuid.value_or(*uuid);
    creation_.format.parent_uuid =
        arguments_.parent_uuid.value_or(arguments_.pool ? *other : creation_.ns->uuid);
    const auto part = source.next();
    if (!part) return refuse_system(part.error());
    part_uuid_ = *part;
    return true;
  }

  bool format() {
    Media& media = *creation_.ns->media;
    const FormatPlan& format = creation_.format;
    auto arenas = lay_out(media.size(), format);
    if (!arenas) return refuse(layout_error_text(arenas.error(), format, media.size()));
    creation_.arenas = std::move(*arenas);
    const auto stage = [this](std::string_view name) { creation_.files.plan().tag(name); };
    const Status made = arguments_.pool ? format_pool(media, pool_format(), stage)
                                        : format_btt(media, format, stage);
    if (made) return true;
    if (made.error().code == Errc::invalid)
      return refuse(layout_error_text(made.error(), format, media.size()));
    return refuse_system(made.error());
  }

  PoolFormat pool_format() const {
    PoolFormat pool;
    pool.uuid = part_uuid_;
    pool.poolset_uuid = creation_.format.parent_uuid;
    pool.btt_uuid = creation_.format.uuid;
    pool.bsize = creation_.format.external_lbasize;
    pool.crtime = creation_time();
    return pool;
  }

  const CreateArguments& arguments_;
  Creation& creation_;
  Io& io_;
  Guid part_uuid_{};
  int code_ = 0;
};

}  // namespace

std::string layout_error_text(const Error& error, const FormatPlan& plan, std::uint64_t size) {
  if (error.code == Errc::too_large)
    return fmt::format("{} are too much: at most 4096 arenas of 512 GiB", size_text(size));
  if (error.what == "size of the BTT") {
    const std::uint64_t least = initial_offset(plan.container, plan.version).value + arena_size_min;
    return fmt::format("{} are too little: at least {} are needed", size_text(size),
                       size_text(least));
  }
  if (error.what == "sector size" && plan.rule == GeometryRule::kernel)
    return fmt::format(
        "sectors of {} bytes are not what Linux makes: 512, 520, 528, 4096, 4104, 4160 or 4224",
        plan.external_lbasize);
  return fmt::format("sectors of {} bytes are not possible in {}", plan.external_lbasize,
                     size_text(size));
}

std::uint64_t Creation::sectors() const {
  const Arena& last = arenas.back();
  return last.first_lba.value + last.geometry.external_nlba;
}

std::unique_ptr<Creation> plan_creation(const CreateArguments& arguments, int& code, Io& io) {
  auto creation = std::make_unique<Creation>();
  Planner planner(arguments, *creation, io);
  const bool planned = planner.run();
  code = planner.code();
  return planned ? std::move(creation) : nullptr;
}

}  // namespace ndmedic::cli
