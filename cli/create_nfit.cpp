// SPDX-License-Identifier: BSD-3-Clause
// The verb create nfit: the table that a described platform has.
#include <ndmedic/cli/create_nfit.h>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/json_fields.h>
#include <ndmedic/cli/output_file.h>
#include <ndmedic/cli/platform_json.h>
#include <ndmedic/cli/qemu_target.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/checked.h>
#include <ndmedic/format/platform_nfit.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "A platform is described in JSON (docs/CLI.md says how), or it is a QEMU guest: one --for for\n"
    "each IMAGE, in the order of the command line; IMAGEs tell the sizes. The table is then byte "
    "by\n"
    "byte QEMU's. Lines of interleave sets are written where the description has them.\n"
    "\n"
    "Examples:\n"
    "  ndmedic create nfit -o nfit.bin --platform platform.json\n"
    "  ndmedic create nfit -o nfit.bin --for qemu:slot=0 --for qemu:slot=1 d0.img d1.img\n"
    "  ndmedic show --nfit nfit.bin d0.img d1.img";

struct Arguments {
  ImageArguments image;
  std::string output;
  std::vector<std::string> targets;
  std::optional<std::uint64_t> base;
  std::optional<std::uint32_t> capabilities;
  bool without_header = false;
  bool force = false;
  bool json = false;
};

/// What QEMU rounds a DIMM's memory down to, without an align= of its own (labels.md 8.1).
constexpr std::uint64_t qemu_align = 4096;

/// One table, step by step; each step is false when it told why it cannot be.
class TableMaker {
 public:
  TableMaker(const Arguments& arguments, Io& io) : arguments_(arguments), io_(io) {}

  int run() {
    const bool described = arguments_.image.platform.has_value();
    if (!check_usage() || !(described ? take_description() : look_at_images())) return code_;
    if (!write()) return code_;
    std::ostream& out = arguments_.output == "-" ? io_.err : io_.out;
    arguments_.json ? print_json(out) : print_text(out);
    return code_;
  }

 private:
  bool refuse(const std::string& sentence, int code = exit_usage) {
    io_.err << "ndmedic: " << sentence << '\n';
    code_ |= code;
    return false;
  }

  bool refuse_file(const std::string& path, const std::string& sentence, int code = exit_usage) {
    return refuse(escape_untrusted(path) + ": " + sentence, code);
  }

  bool check_usage() {
    const bool described = arguments_.image.platform.has_value();
    if (described != arguments_.targets.empty())
      return refuse("give --platform FILE, or --for qemu:slot=N for each IMAGE");
    if (!described) {
      if (arguments_.targets.size() != arguments_.image.images.size())
        return refuse(fmt::format("{} but {}: each IMAGE needs its own --for, in the same order",
                                  count_text(arguments_.image.images.size(), "image"),
                                  count_text(arguments_.targets.size(), "--for")));
    } else if (!arguments_.image.images.empty() || arguments_.base || arguments_.capabilities) {
      return refuse("--platform takes no IMAGE, --base or --persistence: the description has it");
    }
    std::error_code ignored;
    if (arguments_.force || !std::filesystem::is_regular_file(arguments_.output, ignored))
      return true;
    return refuse_file(arguments_.output, "it exists already; --force replaces it");
  }

  bool take_description() {
    if (!check_platform(arguments_.image, code_, io_)) return false;
    platform_ = *arguments_.image.platform->platform;
    return true;
  }

  bool look_at_images() {
    ImageArguments image = arguments_.image;
    image.options.probe_content = false;
    Findings findings;
    const Opened opened = open(image, findings, io_);
    code_ |= opened.code;
    if (code_ != exit_ok || !opened.tree) return false;
    std::vector<QemuRegion> regions;
    for (const DeviceImage& device : opened.tree->devices) {
      if (!device.data) return refuse_file(device.path, "it has no data that a guest would see");
      if (!device.labels && !image.options.label_size)
        return refuse_file(device.path,
                           "no label area found; give its size with --label-size (0: none)");
      const auto slot = qemu_target(arguments_.targets[device.index]);
      if (!slot)
        return refuse("--for " + escape_untrusted(arguments_.targets[device.index]) + ": " +
                      qemu_target_wanted);
      const auto same = std::ranges::find(regions, *slot, &QemuRegion::slot);
      if (same != regions.end()) return refuse(fmt::format("two images for slot {}", *slot));
      regions.push_back({.slot = *slot,
                         .size = round_down(device.data->size(), qemu_align),
                         .label_size = device.labels ? device.labels->size() : 0});
      if (regions.back().size == 0) return refuse_file(device.path, "too small for a DIMM");
    }
    platform_ = qemu_platform(regions, arguments_.base.value_or(qemu_first_address));
    platform_.capabilities = arguments_.capabilities;
    const auto fault = find_fault(platform_);
    return !fault || refuse(fmt::format("--base {}: the regions end beyond 64 bits",
                                        hex_text(*arguments_.base)));
  }

  bool write() {
    const NfitForm form = arguments_.without_header ? NfitForm::fit_buffer : NfitForm::table;
    const std::vector<std::byte> table = write_nfit(platform_, form);
    size_ = table.size();
    const auto file = OutputFile::open(arguments_.output, io_.out, files_of(arguments_.image));
    Status status = file ? (*file)->write(table) : file.error();
    if (status) status = (*file)->finish();
    if (status) return true;
    const bool usage = status.error().code == Errc::invalid;
    return refuse(error_text(arguments_.output, status.error()),
                  usage ? exit_usage : exit_unreadable);
  }

  void print_text(std::ostream& out) const {
    out << fmt::format("{}: made {}: {}, {}, {} bytes\n", escape_untrusted(arguments_.output),
                       arguments_.without_header ? "the buffer of a _FIT method" : "NFIT",
                       count_text(platform_.dimms.size(), "DIMM"),
                       count_text(platform_.regions.size(), "region"), size_);
    for (std::size_t i = 0; i < platform_.regions.size(); ++i) {
      const PlatformRegion& region = platform_.regions[i];
      out << fmt::format("  region{:<6} {} at {}, {}\n", i, size_text(region.size),
                         hex_text(region.base), ways_text(region));
      const SetCookies cookies = cookies_of(platform_, region);
      if (region.mappings.empty()) continue;
      out << fmt::format("    cookies    {:#018x} in labels 1.1, {:#018x} in labels 1.2\n",
                         cookies.cookie1, cookies.cookie2);
    }
  }

  std::string ways_text(const PlatformRegion& region) const {
    if (region.mappings.empty()) return "no DIMMs";
    std::string text = region.mappings.size() == 1 ? "DIMM" : "DIMMs";
    for (const PlatformMapping& mapping : region.mappings)
      text += fmt::format(" {}", hex_text(platform_.dimms[mapping.dimm].handle));
    if (const auto lines = region.mappings.front().interleave)
      text += ", lines of " + size_text(platform_.interleaves[*lines].line_size);
    return text;
  }

  void print_json(std::ostream& out) const {
    Json json = json_head("create nfit");
    add_text(json, "path", arguments_.output);
    json["size"] = size_;
    json["with_header"] = !arguments_.without_header;
    json["cookies"] = Json::array();
    for (const PlatformRegion& region : platform_.regions) {
      const SetCookies cookies = cookies_of(platform_, region);
      Json row = {{"range_index", region.range_index}};
      add_number(row, "cookie1", cookies.cookie1);
      add_number(row, "cookie2", cookies.cookie2);
      add_number(row, "altcookie", cookies.altcookie);
      json["cookies"].push_back(std::move(row));
    }
    json["platform"] = platform_json(platform_);
    write_json(json, out);
  }

  const Arguments& arguments_;
  Io& io_;
  Platform platform_;
  std::size_t size_ = 0;
  int code_ = exit_ok;
};

void add_qemu_options(const Verb& verb, Arguments& arguments) {
  verb.list("--for", "TARGET", arguments.targets,
            "qemu:slot=N: the n-th IMAGE is the NVDIMM in this slot of a QEMU guest");
  verb.size(
      "--base", [&arguments](std::uint64_t base) { arguments.base = base; },
      "Where the guest has the first of them (4G)");
  verb.choice(
      "--persistence", "DOMAIN", {"mem-ctrl", "cpu"},
      [&arguments](const std::string& text) { arguments.capabilities = text == "cpu" ? 3 : 2; },
      "Platform capabilities, as of QEMU's nvdimm-persistence: mem-ctrl or cpu");
}

}  // namespace

void add_create_nfit(const Verb& create, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(create, "nfit", "Make an ACPI NFIT from the description of a platform");
  verb.footer(footer);
  verb.required_option(
      "-o,--output", "FILE", [arguments](const std::string& path) { arguments->output = path; },
      "Where the table goes; - is standard output");
  add_qemu_options(verb, *arguments);
  verb.flag("--without-header", arguments->without_header,
            "The buffer of a _FIT method instead of a table");
  verb.flag("--force", arguments->force, "Replace FILE");
  verb.flag("--json", arguments->json, "JSON instead of text");
  add_image_options(verb, arguments->image, "IMAGE", 0);
  verb.runs(chosen, [arguments](Io& io) { return TableMaker(*arguments, io).run(); });
}

}  // namespace ndmedic::cli
