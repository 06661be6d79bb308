// SPDX-License-Identifier: BSD-3-Clause
// The verb export: what a user of a namespace sees, as a raw image.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>
#include <sstream>

#include <ndmedic/cli/copy_in.h>
#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/json_fields.h>
#include <ndmedic/cli/namespace_choice.h>
#include <ndmedic/cli/namespace_filter.h>
#include <ndmedic/cli/output_file.h>
#include <ndmedic/cli/progress.h>
#include <ndmedic/cli/rescue_map.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/image/personality.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "A BTT gives its sectors, interrupted writes completed; fsdax the bytes behind its info "
    "block;\n"
    "a raw namespace all of it. Zeros become holes. FILE appears when it is complete, or not at\n"
    "all. Where something cannot be read nothing is exported, but with --ignore-errors zeros "
    "stand\n"
    "there, and the exit code is 8.\n"
    "\n"
    "Examples:\n"
    "  ndmedic export -o raw.img disk.img\n"
    "  ndmedic export --namespace 1 -o - nvdimm.img | zstd > ns1.zst\n"
    "  ndmedic export --ignore-errors --map lost.map -o raw.img damaged.img";

struct Arguments {
  ImageArguments image;
  std::string selector;
  std::string output;
  std::string map;
  bool with_metadata = false;
  bool ignore_errors = false;
  bool json = false;
};

/// What is exported, in bytes; `unit` is what fails as one.
struct Source {
  std::uint64_t size = 0;
  std::uint32_t unit = 512;
  std::unique_ptr<Btt> btt;
  std::unique_ptr<SectorMedia> holes;  ///< with `btt`: its data parts
  std::unique_ptr<Media> data;         ///< without

  Status read(std::uint64_t offset, std::span<std::byte> into) const {
    return btt ? btt->read({offset / unit}, into) : data->read(offset, into);
  }
  /// Bytes that are known to be zero from `offset` on, when it is worth it; else 0.
  std::uint64_t zeros_at(std::uint64_t offset) const {
    constexpr std::uint64_t least = std::uint64_t{1} << 16;
    if (!data && !holes) return 0;
    if (data) return zeros_of(*data, offset, least);
    const std::uint64_t seen = holes->sector_size();
    return zeros_of(*holes, offset / unit * seen, least) / seen * unit;
  }
  static std::uint64_t zeros_of(const Media& media, std::uint64_t offset, std::uint64_t least) {
    const auto run = media.run_at(offset, media.size());
    return run && run->kind == ExtentKind::zero && run->range.size >= least ? run->range.size : 0;
  }
  std::string error_text(const std::string& path, Error error, std::uint64_t offset) const {
    if (btt) return sector_error_text(path, error, btt->sectors());
    error.where = {offset, unit};
    return cli::error_text(path, error);
  }
};

class Exporter {
 public:
  Exporter(const Source& source, const std::string& path, const Arguments& arguments,
           OutputFile& output, Io& io)
      : source_(source), path_(path), arguments_(arguments), output_(output), io_(io) {}

  /// The exit code.
  int run() {
    ProgressLine line(io_, "exporting");
    const std::uint64_t window = window_sectors(source_.unit) * source_.unit;
    std::vector<std::byte> bytes(std::min(window, source_.size));
    for (std::uint64_t at = 0; at < source_.size;) {
      if (!line.tell(at, source_.size))
        return fail("cancelled; nothing is exported", exit_cancelled);
      const std::uint64_t zeros = source_.zeros_at(at);
      const std::uint64_t size = zeros > 0 ? zeros : std::min(window, source_.size - at);
      const auto part = std::span(bytes).first(zeros > 0 ? 0 : size);
      if (!part.empty() && !source_.read(at, part) && !read_singly(at, part)) return code_;
      const Status written = zeros > 0 ? output_.write_zeros(zeros) : output_.write(part);
      if (!written) return fail_output(written.error());
      at += size;
    }
    if (const Status finished = output_.finish(); !finished) return fail_output(finished.error());
    return code_;
  }

  const RescueMap& map() const { return map_; }

 private:
  int fail(const std::string& sentence, int code) {
    io_.err << fmt::format("ndmedic: {}: {}\n", escape_untrusted(path_), sentence);
    return code_ |= code;
  }

  int fail_output(const Error& error) {
    io_.err << fmt::format("ndmedic: {}; nothing is exported\n",
                           error_text(arguments_.output, error));
    return code_ |= exit_unreadable;
  }

  /// A window that failed, unit by unit. False when that ends the export.
  bool read_singly(std::uint64_t at, std::span<std::byte> into) {
    for (std::uint64_t done = 0; done < into.size();) {
      const std::uint64_t size = std::min<std::uint64_t>(source_.unit, into.size() - done);
      const auto part = into.subspan(done, size);
      const Status status = source_.read(at + done, part);
      if (!status) {
        code_ |= exit_unreadable;
        if (!arguments_.ignore_errors) {
          io_.err << "ndmedic: " << source_.error_text(path_, status.error(), at + done)
                  << "; nothing is exported (--ignore-errors puts zeros there)\n";
          return false;
        }
        std::ranges::fill(part, std::byte{0});
        map_.add_bad({at + done, size});
      }
      done += size;
    }
    return true;
  }

  const Source& source_;
  const std::string& path_;
  const Arguments& arguments_;
  OutputFile& output_;
  Io& io_;
  RescueMap map_;
  int code_ = 0;
};

std::uint64_t bad_bytes(const RescueMap& map) {
  std::uint64_t bytes = 0;
  for (const Extent& range : map.bad()) bytes += range.size;
  return bytes;
}

/// On standard error when the data goes to standard output.
void print(const Arguments& arguments, const std::string& path, const Source& source,
           const RescueMap& map, Io& io) {
  std::ostream& out = arguments.output == "-" ? io.err : io.out;
  const std::uint64_t lost = bad_bytes(map) / source.unit;
  if (arguments.json) {
    Json json = json_head("export");
    add_text(json, "path", path);
    add_text(json, "output", arguments.output);
    json["size"] = source.size;
    json["sector_size"] = source.unit;
    json["unreadable"] = Json::array();
    for (const Extent& range : map.bad())
      json["unreadable"].push_back({{"offset", range.offset}, {"size", range.size}});
    write_json(json, out);
    return;
  }
  const std::uint64_t sectors = (source.size + source.unit - 1) / source.unit;
  out << fmt::format("{}: {} of {} bytes exported, {}\n", escape_untrusted(path),
                     count_text(sectors, "sector"), source.unit, size_text(source.size));
  if (lost > 0)
    out << fmt::format(
        "  {} could not be read; zeros stand there: {}\n", count_text(lost, "sector"),
        arguments.map.empty() ? "--map FILE lists them" : escape_untrusted(arguments.map));
}

int write_map(const Arguments& arguments, const RescueMap& map, std::uint64_t size, Io& io) {
  if (arguments.map.empty()) return exit_ok;
  std::ostringstream out;
  map.write(size, out);
  const std::string text = out.str();
  const auto file = OutputFile::open(arguments.map, io.out, files_of(arguments.image));
  Status status = file ? (*file)->write(std::as_bytes(std::span(text))) : file.error();
  if (status) status = (*file)->finish();
  if (status) return exit_ok;
  io.err << "ndmedic: " << error_text(arguments.map, status.error()) << '\n';
  return exit_unreadable;
}

/// The sectors or bytes of the namespace; the exit code when there are none.
int open_source(NamespaceImage& ns, const Arguments& arguments, const std::string& path,
                Source& source, Io& io) {
  if (ns.btt) {
    BttOptions options;
    options.with_metadata = arguments.with_metadata;
    OpenedBtt opened = open_btt(ns, options, path, io);
    if (!opened.btt) return opened.code;
    source.btt = std::move(opened.btt);
    source.holes = sectors_of(ns);
    source.unit = source.btt->sector_size();
    source.size = source.btt->sectors() * source.unit;
    return exit_ok;
  }
  source.data = visible_data(ns);
  if (source.data) {
    source.size = source.data->size();
    return exit_ok;
  }
  io.err << fmt::format("ndmedic: {}: the data of ns/{} cannot be told from its info block\n",
                        escape_untrusted(path), ns.index);
  return exit_damage;
}

int run(const Arguments& arguments, Io& io) {
  ImageArguments image = arguments.image;
  image.options.probe_content = false;
  Findings findings;
  Opened opened = open(image, findings, io);
  if (!opened.tree || opened.code != exit_ok) return opened.code;
  tell_in_use(findings, io);
  NamespaceImage* const ns = choose_namespace(*opened.tree, arguments.selector, io);
  if (ns == nullptr) return exit_usage;
  const std::string path = path_of(*opened.tree, *ns);
  Source source;
  if (const int code = open_source(*ns, arguments, path, source, io); code != exit_ok) return code;
  const auto output = OutputFile::open(arguments.output, io.out, files_of(arguments.image));
  if (!output) {
    io.err << "ndmedic: " << error_text(arguments.output, output.error()) << '\n';
    return output.error().code == Errc::invalid ? exit_usage : exit_unreadable;
  }
  Exporter exporter(source, path, arguments, **output, io);
  const int code = exporter.run();
  const bool complete =
      code == exit_ok || (code == exit_unreadable && !exporter.map().bad().empty());
  if (!complete) return code;
  print(arguments, path, source, exporter.map(), io);
  return code | write_map(arguments, exporter.map(), source.size, io);
}

}  // namespace

void add_export(CLI::App& app, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(app, "export", "A namespace as a raw image");
  verb.footer(footer);
  verb.required_option(
      "-o,--output", "FILE", [arguments](const std::string& path) { arguments->output = path; },
      "Where the data goes; - is standard output");
  verb.flag("--ignore-errors", arguments->ignore_errors,
            "Put zeros where sectors cannot be read, and go on");
  verb.option(
      "--map", "FILE", [arguments](const std::string& path) { arguments->map = path; },
      "List what could not be read, as a map file of ddrescue");
  verb.flag("--with-metadata", arguments->with_metadata, "The metadata bytes of sectors too");
  verb.flag("--json", arguments->json, "JSON instead of text");
  add_namespace_option(verb, arguments->selector, which_namespace);
  add_image_options(verb, arguments->image);
  verb.runs(chosen, [arguments](Io& io) { return run(*arguments, io); });
}

}  // namespace ndmedic::cli
