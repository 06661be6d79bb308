// SPDX-License-Identifier: BSD-3-Clause
// The verb create dimm: an NVDIMM's file with label area, namespaces and what is inside them.
#include <ndmedic/cli/create_dimm.h>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/known_content.h>
#include <ndmedic/cli/new_file.h>
#include <ndmedic/cli/plan_run.h>
#include <ndmedic/cli/plan_text.h>
#include <ndmedic/cli/provision.h>
#include <ndmedic/cli/qemu_target.h>
#include <ndmedic/cli/tagged_area.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/verb_run.h>
#include <ndmedic/format/checked.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/labels/area_writer.h>
#include <ndmedic/media/file_media.h>
#include <ndmedic/media/memory_media.h>
#include <ndmedic/media/view.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "A namespace is KEY=VALUE,... of\n"
    "  name         at most 63 bytes, without comma\n"
    "  mode         raw (default), sector, fsdax, devdax\n"
    "  size         rounded up to 16M; without it, or \"rest\": all that is left, for the last "
    "one\n"
    "  sector-size  of sector mode: 512, 520, 528, 4096 (default), 4104, 4160, 4224\n"
    "  align        of fsdax and devdax: a power of two (2M)\n"
    "  map          of fsdax and devdax: pages are described on the device (dev, default) or in\n"
    "               memory (mem)\n"
    "  uuid         of its label (random)\n"
    "Labels fit one slot of the guest: the n-th -device nvdimm of QEMU's command line is slot "
    "n-1.\n"
    "With --label-size 0 there are no labels, and one namespace, which has no name.\n"
    "\n"
    "Examples:\n"
    "  ndmedic create dimm nv.img --size 4G --for qemu:slot=0 --namespace name=all,mode=sector\n"
    "  ndmedic create dimm nv.img --size 4G --for qemu:slot=0 \\\n"
    "    --namespace name=data,mode=sector,size=1G --namespace name=fast,mode=fsdax,size=rest\n"
    "  ndmedic create dimm nv.img --size 4G                an empty label area\n"
    "  ndmedic create dimm nv.img --size 1G --label-size 0 --namespace mode=fsdax";

constexpr std::uint64_t unit = std::uint64_t{16} << 20;  // Linux' default alignment of a region
constexpr std::uint64_t page = 4096;
constexpr std::uint64_t qemu_label_size_min = std::uint64_t{128} << 10;

struct Arguments : ProvisionArguments {
  std::vector<std::string> files;
  std::optional<std::uint64_t> size;
  std::uint64_t label_size = qemu_label_size_min;
  LabelVersion version = label_version_1_2;
  std::string target;
  std::vector<std::string> namespaces;
  UndoArguments undo{};
  bool dry_run = false;
  bool json = false;
};

/// A value of a QEMU option: a comma is doubled.
std::string qemu_value(const std::string& text) {
  std::string value;
  for (const char c : text) value += c == ',' ? std::string(",,") : std::string(1, c);
  return value;
}

/// One DIMM, step by step; each step is false when it told why it cannot be.
class DimmMaker : VerbRun {
 public:
  DimmMaker(const Arguments& arguments, Io& io) : VerbRun(io), arguments_(arguments) {
    image_.images = arguments.files;
  }

  int run() {
    if (!check_usage() || !read_specs() || !decide_size() || !open_file()) return code_;
    if (arguments_.label_size != 0 && !lay_out_labels()) return code_;
    Provision provision(arguments_, image_, files_, io_);
    if (!add_namespaces(provision) || !provision.fill()) return code_ | provision.code();
    if (!apply()) return code_;
    if (new_file_) new_file_->keep();
    const Status printed = arguments_.json ? print_json(provision) : print_text(provision);
    if (!printed) fail(printed.error());
    return code_;
  }

 private:
  const std::string& path() const { return arguments_.files.front(); }

  bool refuse(const std::string& sentence, int code = exit_usage) {
    return VerbRun::refuse(path(), sentence, code);
  }

  bool fail(const Error& error) { return VerbRun::fail(path(), error); }

  bool check_usage() {
    std::error_code ignored;
    exists_ = std::filesystem::exists(path(), ignored);
    if (exists_ && arguments_.size) return refuse("it exists already; --size is for a new file");
    if (!exists_ && !arguments_.size) return refuse("no such file; --size makes it");
    if (arguments_.target.empty()) {
      if (arguments_.namespaces.empty() || arguments_.label_size == 0) return true;
      return refuse("labels fit one machine: give --for qemu:slot=N");
    }
    slot_ = qemu_target(arguments_.target);
    if (!slot_)
      return refuse(
          fmt::format("--for {}: {}", escape_untrusted(arguments_.target), qemu_target_wanted));
    if (arguments_.label_size != 0 && arguments_.label_size < qemu_label_size_min)
      return refuse("QEMU takes label areas of at least 128 KiB");
    return true;
  }

  bool read_specs() {
    for (const std::string& text : arguments_.namespaces) {
      SpecReading reading = read_namespace_spec(text);
      if (!reading.complaint.empty())
        return refuse("--namespace: " + escape_untrusted(reading.complaint));
      specs_.push_back(std::move(reading.spec));
    }
    if (arguments_.label_size == 0 && specs_.size() > 1)
      return refuse("without a label area there is one namespace");
    for (std::size_t i = 0; i + 1 < specs_.size(); ++i)
      if (!specs_[i].size) return refuse("only the last --namespace can take all that is left");
    return true;
  }

  /// Of the region, and of the file.
  bool decide_size() {
    if (exists_) return true;
    const auto region =
        arguments_.exact ? arguments_.size : Checked(*arguments_.size).round_up(unit).get();
    const auto file = region ? (Checked(*region) + arguments_.label_size).get() : std::nullopt;
    if (!file || *file > static_cast<std::uint64_t>(INT64_MAX)) return refuse("too large");
    file_size_ = *file;
    return check_file_size();
  }

  bool check_file_size() {
    if (file_size_ % page != 0)
      return refuse(
          fmt::format("{} in all: QEMU wants a multiple of 4 KiB", size_text(file_size_)));
    if (file_size_ < arguments_.label_size || file_size_ - arguments_.label_size < page)
      return refuse("too small: nothing is left beside the label area");
    return true;
  }

  bool open_file() {
    if (!(exists_ ? open_existing() : open_new())) return false;
    image_.options.as = arguments_.label_size == 0 ? DeviceKind::bare : DeviceKind::dimm;
    if (arguments_.label_size != 0) image_.options.label_size = arguments_.label_size;
    auto whole = files_.planned(0);
    if (!whole) return fail(whole.error());
    whole_ = std::move(*whole);
    return true;
  }

  bool open_new() {
    std::unique_ptr<Media> media = std::make_unique<SparseMedia>(file_size_);
    if (!arguments_.dry_run) {
      auto made = NewFile::make(path(), file_size_);
      if (!made) return fail(made.error());
      new_file_ = std::move(*made);
      auto file = FileMedia::open_write(path());
      if (!file) return fail(file.error());
      media = std::move(*file);
    }
    files_.overlay_on(std::move(media));
    return true;
  }

  bool open_existing() {
    const Opened opened =
        open_planned(image_, {arguments_.force, false}, arguments_.dry_run, files_, io_);
    code_ |= opened.code;
    if (code_ != exit_ok || !opened.tree) return false;
    const ImageTree& tree = *opened.tree;
    const DeviceImage& device = tree.devices.front();
    if (device.kind == DeviceKind::nfit) return refuse("it is an NFIT");
    file_size_ = device.file->size();
    if (!check_file_size()) return false;
    if (device.area) destroyed_ = known_labels(*device.area);
    for (const NamespaceImage& ns : tree.namespaces)
      if (destroyed_.empty() && ns.media) destroyed_ = known_content(tree, ns);
    if (!destroyed_.empty() && !arguments_.force)
      return refuse(fmt::format("it holds {}; --force destroys that", destroyed_));
    return !device.area || device.labels->size() == arguments_.label_size || forget(device);
  }

  /// An old label area of another size would be found again.
  bool forget(const DeviceImage& device) {
    files_.plan().tag("old labels");
    const std::uint64_t size = std::min(device.area->layout.label_off, device.labels->size());
    const std::vector<std::byte> zeros(size);
    const Status written = device.labels->write(0, zeros);
    return written ? true : fail(written.error());
  }

  bool lay_out_labels() {
    auto view = View::slice(*whole_, region_size(), arguments_.label_size);
    if (!view) return fail(view.error());
    area_ = std::move(*view);
    files_.plan().tag("label index");
    const auto geometry = initialise_label_area(*area_, arguments_.version);
    if (geometry) return true;
    if (geometry.error().code != Errc::invalid) return fail(geometry.error());
    return refuse(fmt::format("{} are no size for a label area", size_text(area_->size())));
  }

  std::uint64_t region_size() const { return file_size_ - arguments_.label_size; }

  RegionState region() const {
    RegionState region;
    const NfitIdentity identity = qemu_identity(*slot_);
    region.description.mappings.push_back({.device = 0,
                                           .size = round_down(region_size(), page),
                                           .serial = identity.serial,
                                           .vendor = identity.vendor});
    region.cookies = region_cookies(region.description);
    return region;
  }

  bool add_namespaces(Provision& provision) {
    if (arguments_.label_size == 0)
      return specs_.empty() || provision.add_without_label(specs_.front());
    if (specs_.empty()) return true;
    const LabelArea empty = read_label_area(*area_);
    TaggedArea area(*area_, empty, files_.plan());
    const LabelTarget target{0, &area};
    return std::ranges::all_of(specs_, [&](const NamespaceSpec& spec) {
      return provision.add(spec, {&target, 1}, region(), empty);
    });
  }

  bool apply() {
    if (arguments_.dry_run) return true;
    UndoArguments undo = arguments_.undo;
    undo.none = undo.none || !exists_;
    const PlanRun done = run_plan(files_.plan(), image_, undo, "create dimm", io_);
    undo_file_ = done.undo_file;
    code_ |= done.code;
    return code_ == exit_ok;
  }

  std::string version_text() const {
    return fmt::format("{}.{}", arguments_.version.major, arguments_.version.minor);
  }

  std::string object_option() const {
    return fmt::format("memory-backend-file,id=mem{0},share=on,mem-path={1},size={2}", *slot_,
                       qemu_value(path()), file_size_);
  }

  std::string device_option() const {
    std::string option = fmt::format("nvdimm,id=nvdimm{0},memdev=mem{0},slot={0}", *slot_);
    if (arguments_.label_size != 0) option += fmt::format(",label-size={}", arguments_.label_size);
    return option;
  }

  Status print_text(const Provision& provision) {
    const std::string path = escape_untrusted(this->path());
    if (!destroyed_.empty())
      io_.out << fmt::format("{}: {} {}\n", path,
                             arguments_.dry_run ? "would destroy" : "destroyed", destroyed_);
    io_.out << fmt::format("{}: {} a DIMM of {}", path, arguments_.dry_run ? "would make" : "made",
                           size_text(region_size()));
    if (arguments_.label_size == 0)
      io_.out << " without a label area\n";
    else
      io_.out << fmt::format(" and a label area of {}, version {}\n",
                             size_text(arguments_.label_size), version_text());
    if (arguments_.size && *arguments_.size != region_size())
      io_.out << fmt::format("  size       rounded up from {}\n", size_text(*arguments_.size));
    io_.out << provision.text();
    if (slot_)
      io_.out << fmt::format("  QEMU       -object {}\n             -device {}\n",
                             escape_untrusted(object_option()), device_option());
    if (!undo_file_.empty())
      io_.out << fmt::format("  undo file  {}\n", escape_untrusted(undo_file_));
    return arguments_.dry_run ? print_plan(files_.plan(), io_.out) : Status();
  }

  Status print_json(const Provision& provision) {
    Json json = json_head("create dimm");
    add_text(json, "path", path());
    json["dry_run"] = arguments_.dry_run;
    add_number(json, "size", region_size());
    add_number(json, "file_size", file_size_);
    json["label_size"] = arguments_.label_size;
    if (arguments_.label_size != 0) json["version"] = version_text();
    json["namespaces"] = provision.json();
    if (slot_) {
      json["qemu"] = Json::array({"-object", "", "-device", device_option()});
      Json object;
      add_text(object, "option", object_option());
      json["qemu"][1] = object["option"];
    }
    if (!destroyed_.empty()) json["destroyed"] = destroyed_;
    if (!undo_file_.empty()) add_text(json, "undo_file", undo_file_);
    if (arguments_.dry_run) {
      NDMEDIC_TRY(json["plan"], plan_json(files_.plan()));
    }
    write_json(json, io_.out);
    return {};
  }

  const Arguments& arguments_;
  bool exists_ = false;
  std::optional<std::uint32_t> slot_{};
  std::vector<NamespaceSpec> specs_{};
  std::uint64_t file_size_ = 0;
  ImageArguments image_{};
  PlannedFiles files_{};
  std::unique_ptr<NewFile> new_file_{};
  std::unique_ptr<Media> whole_{};
  std::unique_ptr<Media> area_{};
  std::string destroyed_{};
  std::string undo_file_{};
};

}  // namespace

void add_create_dimm(const Verb& create, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(create, "dimm", "Make an NVDIMM's file with labels and namespaces");
  verb.footer(footer);
  verb.arguments("FILE", arguments->files, 1, "The file, or one that exists", 1);
  verb.size(
      "--size", [arguments](std::uint64_t size) { arguments->size = size; },
      "Make a new file: this capacity, rounded up to 16M, and the label area behind it");
  verb.size(
      "--label-size", [arguments](std::uint64_t size) { arguments->label_size = size; },
      "Size of the label area at the end of the file; 0: none (128K)");
  verb.choice(
      "--label-version", "VERSION", {"1.1", "1.2"},
      [arguments](const std::string& text) {
        arguments->version = text == "1.1" ? label_version_1_1 : label_version_1_2;
      },
      "1.1 or 1.2 (default)");
  verb.option(
      "--for", "MACHINE", [arguments](const std::string& text) { arguments->target = text; },
      "Where it is used: qemu:slot=N, which decides the cookie in the labels");
  verb.list("--namespace", "SPEC", arguments->namespaces, "A namespace to make; see below");
  add_provision_options(verb, *arguments);
  verb.flag("--force", arguments->force, "Destroy what is there; write where use cannot be told");
  verb.flag("--dry-run", arguments->dry_run, "Write nothing; show what would be written");
  add_undo_options(verb, arguments->undo);
  verb.flag("--json", arguments->json, "JSON instead of text");
  verb.runs(chosen, [arguments](Io& io) { return DimmMaker(*arguments, io).run(); });
}

}  // namespace ndmedic::cli
