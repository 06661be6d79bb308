// SPDX-License-Identifier: BSD-3-Clause
// The verb metadump: what an image says of itself, without the data of its user.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/json_fields.h>
#include <ndmedic/cli/output_file.h>
#include <ndmedic/cli/planned_files.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/verb_run.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/fsck/metadump.h>
#include <ndmedic/media/file_media.h>
#include <ndmedic/media/metadump_media.h>
#include <ndmedic/media/metadump_writer.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "Kept are label areas, info blocks, flogs, maps, NFITs and the headers of pools; what the user "
    "of\n"
    "a namespace stored is not. The file stands for the image in every verb that only reads: what\n"
    "was dropped is absent there, and told as not checked. Several images of one set are dumped\n"
    "together, with as many -o as images.\n"
    "\n"
    "Examples:\n"
    "  ndmedic metadump -o nvdimm.md nvdimm.img\n"
    "  ndmedic metadump --anonymise -o d0.md -o d1.md dimm0.img dimm1.img\n"
    "  ndmedic check nvdimm.md\n"
    "  ndmedic metadump --restore -o again.img nvdimm.md";

struct Arguments {
  ImageArguments image;
  std::vector<std::string> outputs;
  bool anonymise = false;
  bool restore = false;
  bool json = false;
};

/// What became of one image.
struct Dumped {
  std::string path;
  std::uint64_t image_size = 0;
  MetadumpSummary summary{};
};

/// One dumping, step by step; each step is false when it told why it cannot be.
class Dumping : VerbRun {
 public:
  Dumping(const Arguments& arguments, Io& io) : VerbRun(io), arguments_(arguments) {}

  int run() {
    const std::size_t images = arguments_.image.images.size();
    if (arguments_.outputs.size() != images)
      return refuse(
                 arguments_.image.images.front(),
                 fmt::format("{} and {}: give one -o for each image", count_text(images, "image"),
                             count_text(arguments_.outputs.size(), "output")),
                 exit_usage),
             code_;
    if (arguments_.restore ? !restore() : !dump()) return code_;
    print();
    return code_;
  }

 private:
  /// Errors of what is asked for are wrong usage.
  bool fail(const std::string& path, const Error& error) {
    return VerbRun::fail(path, error, error.code == Errc::invalid ? exit_usage : exit_unreadable);
  }

  bool dump() {
    if (!open_images()) return false;
    if (arguments_.anonymise && !anonymise()) return false;
    const Status noted = note_metadata(*tree_, probes_, arguments_.anonymise);
    if (!noted) return fail(arguments_.image.images.front(), noted.error());
    for (std::size_t i = 0; i < probes_.size(); ++i)
      if (!write(i)) return false;
    return true;
  }

  /// Each file on an overlay, which takes new names, below a probe.
  bool open_images() {
    const std::string& first = arguments_.image.images.front();
    if (!arguments_.image.options.lsa.empty())
      return refuse(first, "label areas of their own are images of their own here", exit_usage);
    ImageArguments image = arguments_.image;
    image.options.probe_content = false;
    Findings ignored;
    Opened opened = open(image, ignored, io_, [this](std::unique_ptr<Media> file) {
      auto probe = std::make_unique<RangeProbe>(files_.overlay_on(std::move(file)));
      probes_.push_back(probe.get());
      return probe;
    });
    code_ |= opened.code;
    tree_ = std::move(opened.tree);
    if (code_ != exit_ok || !tree_) return false;
    for (const DeviceImage& device : tree_->devices)
      if (device.pool && !device.pool->parts.empty())
        return refuse(device.path, "a poolset is only a list; give its parts as images",
                      exit_usage);
    return true;
  }

  bool anonymise() {
    const Status changed = anonymiser_.run(*tree_);
    if (changed) return true;
    const Error& error = changed.error();
    if (error.code != Errc::not_supported) return fail(arguments_.image.images.front(), error);
    return refuse(tree_->devices[error.where.offset].path,
                  "without a readable index it cannot be told where names stand in its label area",
                  exit_damage);
  }

  bool write(std::size_t n) {
    const std::string& path = arguments_.outputs[n];
    auto file = OutputFile::open(path, io_.out, files_of(arguments_.image));
    if (!file) return fail(path, file.error());
    const RangeProbe& probe = *probes_[n];
    const auto summary =
        write_metadump(probe.base(), probe.noted(), arguments_.anonymise,
                       [&](std::span<const std::byte> bytes) { return (*file)->write(bytes); });
    if (!summary) return fail(path, summary.error());
    if (const Status done = (*file)->finish(); !done) return fail(path, done.error());
    dumped_.push_back({path, probe.size(), *summary});
    return true;
  }

  bool restore() {
    for (std::size_t i = 0; i < arguments_.outputs.size(); ++i)
      if (!restore_one(arguments_.image.images[i], arguments_.outputs[i])) return false;
    return true;
  }

  bool restore_one(const std::string& from, const std::string& to) {
    auto file = FileMedia::open_read(from);
    if (!file) return fail(from, file.error());
    if (!MetadumpMedia::is_metadump(**file)) return refuse(from, "it is no metadump", exit_usage);
    const auto dump = MetadumpMedia::open(std::move(*file));
    if (!dump) return fail(from, dump.error());
    auto output = OutputFile::open(to, io_.out, {from});
    if (!output) return fail(to, output.error());
    Dumped dumped{to, (*dump)->size(), {}};
    Status status;
    const Status visited = for_each_run(**dump, {0, (*dump)->size()}, [&](const ExtentRun& run) {
      status = restore_run(**dump, run, **output, dumped.summary);
      return status.has_value();
    });
    if (!visited || !status) return fail(from, visited ? status.error() : visited.error());
    if (const Status done = (*output)->finish(); !done) return fail(to, done.error());
    if (dumped.summary.unreadable > 0) code_ |= exit_unreadable;
    dumped_.push_back(dumped);
    return true;
  }

  /// A file cannot be absent or bad in a part: those become holes.
  static Status restore_run(const Media& dump, const ExtentRun& run, OutputFile& output,
                            MetadumpSummary& summary) {
    if (run.kind != ExtentKind::absent) summary.kept += run.range.size;
    if (run.kind == ExtentKind::bad) summary.unreadable += run.range.size;
    if (run.kind != ExtentKind::data) return output.write_zeros(run.range.size);
    std::vector<std::byte> piece(metadump_piece);
    const std::uint64_t end = run.range.offset + run.range.size;
    for (std::uint64_t at = run.range.offset; at < end;) {
      const auto part = std::span(piece).first(
          static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), end - at)));
      if (const Status read = dump.read(at, part); read) {
        summary.data += part.size();
        NDMEDIC_CHECK(output.write(part));
      } else {
        if (read.error().code != Errc::bad_media) return read;
        summary.unreadable += part.size();
        NDMEDIC_CHECK(output.write_zeros(part.size()));
      }
      at += part.size();
    }
    return {};
  }

  void print() {
    // With -o - the standard output is the file.
    std::ostream& out =
        std::ranges::find(arguments_.outputs, "-") == arguments_.outputs.end() ? io_.out : io_.err;
    if (arguments_.json) return print_json(out);
    for (const Dumped& one : dumped_) {
      out << fmt::format("{}: {} {} of {}, {} of them not zero\n", escape_untrusted(one.path),
                         arguments_.restore ? "restored" : "kept", size_text(one.summary.kept),
                         size_text(one.image_size), size_text(one.summary.data));
      if (one.summary.unreadable > 0)
        out << fmt::format("  {} of them cannot be read\n", size_text(one.summary.unreadable));
    }
    if (tree_)
      for (const NamespaceImage& ns : tree_->namespaces)
        if (!ns.media)
          out << fmt::format("  ns/{} is left out: {}\n", ns.index,
                             unreachable_text(ns.unreachable));
    if (arguments_.anonymise)
      out << fmt::format("  {} and {} replaced\n", count_text(anonymiser_.names(), "name"),
                         count_text(anonymiser_.uuids(), "uuid"));
  }

  void print_json(std::ostream& out) {
    Json json = json_head("metadump");
    json["restored"] = arguments_.restore;
    json["files"] = Json::array();
    for (const Dumped& one : dumped_) {
      Json entry = Json::object();
      add_text(entry, "path", one.path);
      add_number(entry, "image_size", one.image_size);
      add_number(entry, "kept", one.summary.kept);
      add_number(entry, "data", one.summary.data);
      add_number(entry, "unreadable", one.summary.unreadable);
      json["files"].push_back(std::move(entry));
    }
    if (arguments_.anonymise)
      json["replaced"] = {{"names", anonymiser_.names()}, {"uuids", anonymiser_.uuids()}};
    write_json(json, out);
  }

  const Arguments& arguments_;
  PlannedFiles files_;
  std::optional<ImageTree> tree_;
  std::vector<RangeProbe*> probes_;
  Anonymiser anonymiser_;
  std::vector<Dumped> dumped_;
};

}  // namespace

void add_metadump(CLI::App& app, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(app, "metadump", "The metadata of an image, without its user's data");
  verb.footer(footer);
  verb.list("-o,--output", "FILE", arguments->outputs,
            "Where the metadump of the n-th image goes; - is standard output");
  verb.flag("--anonymise", arguments->anonymise, "Replace names and uuids, each always alike");
  verb.flag("--restore", arguments->restore,
            "Make sparse images of metadumps; what was dropped becomes holes");
  verb.excludes("--restore", "--anonymise");
  verb.flag("--json", arguments->json, "JSON instead of text");
  add_image_options(verb, arguments->image);
  verb.runs(chosen, [arguments](Io& io) { return Dumping(*arguments, io).run(); });
}

}  // namespace ndmedic::cli
