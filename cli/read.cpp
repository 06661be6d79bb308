// SPDX-License-Identifier: BSD-3-Clause
// The verb read: sectors of a BTT to a file, a pipe, or a terminal.
#include <fmt/format.h>

#include <memory>
#include <ostream>

#include <ndmedic/cli/copy_in.h>
#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/hex_lines.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/namespace_choice.h>
#include <ndmedic/cli/namespace_filter.h>
#include <ndmedic/cli/output_file.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/format/checked.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "Interrupted writes are shown as recovery would complete them; the image is not changed. A\n"
    "terminal gets the bytes as hexadecimal lines. Sectors of 520, 528, 4104, 4160 and 4224 bytes\n"
    "are read by their 512 or 4096 bytes of data without --with-metadata.\n"
    "\n"
    "Examples:\n"
    "  ndmedic read --lba 100 --count 8 -o sectors.bin disk.img\n"
    "  ndmedic read --lba 0 disk.img | hexdump -C";

struct Arguments {
  ImageArguments image;
  std::string selector;
  std::uint64_t lba = 0;
  std::uint64_t count = 1;
  std::string output = "-";
  bool with_metadata = false;
};

/// Hands the sectors to `put` in windows.
template <class Put>
Status for_each_window(const Btt& btt, const Arguments& arguments, std::uint64_t window, Put put) {
  std::vector<std::byte> bytes(std::min(window, arguments.count) * btt.sector_size());
  for (std::uint64_t done = 0; done < arguments.count;) {
    const std::uint64_t count = std::min(window, arguments.count - done);
    const auto part = std::span(bytes).first(count * btt.sector_size());
    NDMEDIC_CHECK(btt.read({arguments.lba + done}, part));
    NDMEDIC_CHECK(put(part, arguments.lba + done));
    done += count;
  }
  return {};
}

Status show_sectors(const Btt& btt, const Arguments& arguments, std::ostream& out) {
  const std::uint32_t size = btt.sector_size();
  // Whole lines of 16 bytes in every window.
  const std::uint64_t window =
      size % 16 == 0 ? window_sectors(size) : (window_sectors(size) + 15) / 16 * 16;
  HexLines lines(out);
  NDMEDIC_CHECK(for_each_window(btt, arguments, window, [&](auto bytes, std::uint64_t lba) {
    lines.write(bytes, lba * size);
    return Status();
  }));
  lines.end((arguments.lba + arguments.count) * size);
  return {};
}

int tell(const std::string& path, const Error& error, const Btt& btt, Io& io) {
  io.err << "ndmedic: " << sector_error_text(path, error, btt.sectors()) << '\n';
  return error.code == Errc::out_of_range ? exit_usage : exit_unreadable;
}

int tell_output(const std::string& path, const Error& error, Io& io) {
  io.err << "ndmedic: " << error_text(path, error) << '\n';
  return error.code == Errc::invalid ? exit_usage : exit_unreadable;
}

int read_sectors(const Btt& btt, const std::string& path, const Arguments& arguments, Io& io) {
  if (!lies_within(arguments.lba, arguments.count, btt.sectors()))
    return tell(path, {Errc::out_of_range, {arguments.lba, arguments.count}, {}, 0}, btt, io);
  if (arguments.output == "-" && io.terminal) {
    const Status shown = show_sectors(btt, arguments, io.out);
    return shown ? exit_ok : tell(path, shown.error(), btt, io);
  }
  const auto output = OutputFile::open(arguments.output, io.out, files_of(arguments.image));
  if (!output) return tell_output(arguments.output, output.error(), io);
  Status written;
  const Status read = for_each_window(btt, arguments, window_sectors(btt.sector_size()),
                                      [&](auto bytes, std::uint64_t) {
                                        written = (*output)->write(bytes);
                                        return written;
                                      });
  if (written && !read) return tell(path, read.error(), btt, io);
  if (written) written = (*output)->finish();
  return written ? exit_ok : tell_output(arguments.output, written.error(), io);
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
  BttOptions options;
  options.with_metadata = arguments.with_metadata;
  const OpenedBtt btt = open_btt(*ns, options, path, io);
  return btt.btt ? read_sectors(*btt.btt, path, arguments, io) : btt.code;
}

}  // namespace

void add_read(CLI::App& app, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(app, "read", "Read sectors of a BTT");
  verb.footer(footer);
  verb.number(
      "--lba", [arguments](std::uint64_t lba) { arguments->lba = lba; }, "The first sector (0)");
  verb.number(
      "--count", [arguments](std::uint64_t count) { arguments->count = count; },
      "How many sectors (1)");
  verb.option(
      "-o,--output", "FILE", [arguments](const std::string& path) { arguments->output = path; },
      "Where the data goes; - is standard output (default)");
  verb.flag("--with-metadata", arguments->with_metadata, "The metadata bytes of sectors too");
  add_namespace_option(verb, arguments->selector, which_namespace);
  add_image_options(verb, arguments->image);
  verb.runs(chosen, [arguments](Io& io) { return run(*arguments, io); });
}

}  // namespace ndmedic::cli
