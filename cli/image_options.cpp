// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/image_options.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/format/platform_nfit.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/media/file_media.h>
#include <ndmedic/media/in_use.h>
#include <ndmedic/media/metadump_media.h>

namespace ndmedic::cli {
namespace {

SetInterleave interleave_or_throw(const std::string& text) {
  if (text == "linear") return {SetInterleave::Kind::spa_linear, 0};
  const auto size = parse_size(text);
  if (!size || *size < 64 || *size > (1U << 30) || (*size & (*size - 1)) != 0)
    throw WrongValue("\"" + text +
                     "\" is neither \"linear\" nor a line size, a power of two from 64 to 1G");
  return {SetInterleave::Kind::lines, static_cast<std::uint32_t>(*size)};
}

const std::map<std::string, DeviceKind>& device_kinds() {
  static const std::map<std::string, DeviceKind> kinds = {{"dimm", DeviceKind::dimm},
                                                          {"lsa", DeviceKind::label_area},
                                                          {"namespace", DeviceKind::bare},
                                                          {"pool", DeviceKind::pool},
                                                          {"nfit", DeviceKind::nfit}};
  return kinds;
}

/// Which input an Error of open_images() is about cannot be told from the Error, so each file is
/// opened here, one by one.
std::unique_ptr<Media> open_file(const std::string& path, Opened& opened, Io& io) {
  auto file = open_image_file(path);
  if (file && dynamic_cast<const MetadumpMedia*>(file->get()) != nullptr)
    io.err << fmt::format("ndmedic: note: {}: a metadump; what it left out is not checked\n",
                          escape_untrusted(path));
  if (file) return std::move(*file);
  io.err << "ndmedic: " << error_text(path, file.error()) << '\n';
  opened.code |= exit_unreadable;
  return nullptr;
}

void tell_in_use(std::uint32_t device, FindingSink& findings) {
  Finding finding;
  finding.id = ProblemId::image_in_use;
  finding.place.device = device;
  findings.add(std::move(finding));
}

/// The n-th label area of its own, when there is one; false when it cannot be opened.
bool open_lsa(const ImageArguments& arguments, std::size_t n, ImageInput& input, Opened& opened,
              Io& io) {
  if (n >= arguments.options.lsa.size()) return true;
  input.lsa = open_file(arguments.options.lsa[n], opened, io);
  return input.lsa != nullptr;
}

std::vector<ImageInput> open_files(const ImageArguments& arguments, const Wrap& wrap,
                                   Opened& opened, FindingSink& findings, Io& io) {
  // Asked before any file is opened here: our own descriptors would count.
  std::vector<bool> in_use;
  for (const std::string& path : arguments.images) in_use.push_back(is_in_use(path) == InUse::yes);
  std::vector<ImageInput> inputs;
  for (std::size_t i = 0; i < arguments.images.size(); ++i) {
    const std::string& path = arguments.images[i];
    ImageInput input{path, open_file(path, opened, io), nullptr};
    if (input.media && !open_lsa(arguments, i, input, opened, io)) input.media.reset();
    if (input.media && wrap) input.media = wrap(std::move(input.media));
    if (input.media && in_use[i]) tell_in_use(static_cast<std::uint32_t>(i), findings);
    inputs.push_back(std::move(input));
  }
  if (wrap && arguments.lsa_too)
    for (ImageInput& input : inputs)
      if (input.lsa) input.lsa = wrap(std::move(input.lsa));
  return inputs;
}

/// As open_lsa(), once every image is claimed.
bool claim_lsa(const ImageArguments& arguments, const WriteOptions& write, const Wrap& wrap,
               std::vector<ImageInput>& inputs, Opened& opened, Io& io) {
  const std::vector<std::string>& paths = arguments.options.lsa;
  for (std::size_t i = 0; i < std::min(paths.size(), inputs.size()); ++i) {
    auto file = FileMedia::open_write(paths[i], write);
    if (!file) {
      io.err << "ndmedic: " << claim_error_text(paths[i], file.error()) << '\n';
      opened.code |= exit_unreadable;
      return false;
    }
    inputs[i].lsa = std::move(*file);
    if (wrap) inputs[i].lsa = wrap(std::move(inputs[i].lsa));
  }
  return true;
}

std::vector<ImageInput> claim_files(const ImageArguments& arguments, const WriteOptions& write,
                                    const Wrap& wrap, Opened& opened, Io& io) {
  std::vector<ImageInput> inputs;
  for (std::size_t i = 0; i < arguments.images.size(); ++i) {
    const std::string& path = arguments.images[i];
    auto file = FileMedia::open_write(path, write);
    if (!file) {
      io.err << "ndmedic: " << claim_error_text(path, file.error()) << '\n';
      opened.code |= exit_unreadable;
      continue;
    }
    std::unique_ptr<Media> media = std::move(*file);
    if (MetadumpMedia::is_metadump(*media)) {
      io.err << fmt::format(
          "ndmedic: {}: a metadump is only read; metadump --restore makes an "
          "image of it\n",
          escape_untrusted(path));
      opened.code |= exit_usage;
      continue;
    }
    ImageInput input{path, wrap ? wrap(std::move(media)) : std::move(media), nullptr};
    if (arguments.lsa_too || open_lsa(arguments, i, input, opened, io))
      inputs.push_back(std::move(input));
  }
  if (opened.code == 0 && arguments.lsa_too) claim_lsa(arguments, write, wrap, inputs, opened, io);
  if (opened.code != 0) inputs.clear();
  return inputs;
}

/// The first image that cannot be opened alone either: which of several an Error is about.
std::string culprit(const std::vector<std::string>& paths, OpenOptions options) {
  options.nfit.reset();
  options.nfit_table.clear();
  options.lsa.clear();
  for (const std::string& path : paths) {
    auto file = open_image_file(path);
    std::vector<ImageInput> alone;
    if (file) alone.push_back({path, std::move(*file), nullptr});
    Findings ignored(0);
    if (alone.empty() || !open_images(std::move(alone), options, ignored)) return path;
  }
  return paths.front();
}

}  // namespace

Result<std::unique_ptr<Media>> open_image_file(const std::string& path) {
  NDMEDIC_TRY(std::unique_ptr<Media> file, FileMedia::open_read(path));
  if (!MetadumpMedia::is_metadump(*file)) return file;
  NDMEDIC_TRY(std::unique_ptr<Media> dump, MetadumpMedia::open(std::move(file)));
  return dump;
}

void add_image_options(const Verb& verb, ImageArguments& arguments, const std::string& name,
                       int least) {
  OpenOptions& options = arguments.options;
  verb.arguments(name, arguments.images, least, "Image files or block devices, opened together");
  verb.choice(
      "--as", "KIND", {"dimm", "lsa", "namespace", "pool", "nfit"},
      [&options](const std::string& kind) { options.as = device_kinds().at(kind); },
      "What the images are: dimm, lsa, namespace, pool, nfit");
  verb.size(
      "--label-size", [&options](std::uint64_t size) { options.label_size = size; },
      "Size of the label area at the end of the image; 0: there is none");
  verb.size(
      "--offset", [&options](std::uint64_t size) { options.offset = size; },
      "Look at the image from this byte on");
  verb.size(
      "--length", [&options](std::uint64_t size) { options.length = size; },
      "Look at this many bytes only");
  verb.list("--lsa", "FILE", options.lsa,
            "Label area of the n-th image as a file of its own (CXL)");
  verb.option(
      "--nfit", "FILE", [&options](const std::string& path) { options.nfit = path; },
      "NFIT that describes the regions of the images, in order of their handles");
  verb.flag("--nfit-without-header", options.nfit_without_header,
            "The NFIT is the buffer of a _FIT method");
  verb.option(
      "--platform", "FILE",
      [&arguments](const std::string& path) {
        arguments.platform = read_platform_file(path);
        if (const auto& platform = arguments.platform->platform)
          arguments.options.nfit_table = write_nfit(*platform, NfitForm::table);
      },
      "Description of the platform in JSON, instead of an NFIT");
  verb.option(
      "--interleave", "SIZE",
      [&options](const std::string& text) { options.interleave = interleave_or_throw(text); },
      "How bytes of a set are spread if no NFIT says it: a line size, or \"linear\"");
}

bool check_platform(const ImageArguments& arguments, int& code, Io& io) {
  const auto& file = arguments.platform;
  if (file && arguments.options.nfit) {
    io.err << "ndmedic: --nfit and --platform: one of them describes the regions\n";
    code |= exit_usage;
    return false;
  }
  if (!file || file->platform) return true;
  code |= file->error ? exit_unreadable : exit_usage;
  io.err << "ndmedic: "
         << (file->error ? error_text(file->path, *file->error)
                         : escape_untrusted(file->path + ": " + file->complaint))
         << '\n';
  return false;
}

std::vector<std::string> files_of(const ImageArguments& arguments) {
  std::vector<std::string> files = arguments.images;
  files.insert(files.end(), arguments.options.lsa.begin(), arguments.options.lsa.end());
  if (arguments.options.nfit) files.push_back(*arguments.options.nfit);
  if (arguments.platform) files.push_back(arguments.platform->path);
  return files;
}

namespace {

/// What describes the regions can be read.
bool check_regions(const ImageArguments& arguments, Opened& opened, Io& io) {
  const auto& nfit = arguments.options.nfit;
  if (nfit && !open_file(*nfit, opened, io)) return false;
  return check_platform(arguments, opened.code, io);
}

void open_tree(std::vector<ImageInput> inputs, const OpenOptions& options, Opened& opened,
               FindingSink& findings, Io& io) {
  std::vector<std::string> paths;
  for (const ImageInput& input : inputs)
    if (input.media) paths.push_back(input.path);
  if (paths.empty()) return;
  auto tree = open_images(std::move(inputs), options, findings);
  if (tree) {
    opened.tree = std::move(*tree);
    return;
  }
  const std::string path = paths.size() == 1 ? paths.front() : culprit(paths, options);
  io.err << "ndmedic: " << error_text(path, tree.error()) << '\n';
  const bool usage = tree.error().code == Errc::invalid;
  opened.code |= usage ? exit_usage : exit_unreadable;
}

}  // namespace

Opened open(const ImageArguments& arguments, FindingSink& findings, Io& io, const Wrap& wrap) {
  Opened opened;
  if (!check_regions(arguments, opened, io)) return opened;
  open_tree(open_files(arguments, wrap, opened, findings, io), arguments.options, opened, findings,
            io);
  return opened;
}

Opened open_for_writing(const ImageArguments& arguments, const WriteOptions& write,
                        FindingSink& findings, Io& io, const Wrap& wrap) {
  Opened opened;
  if (!check_regions(arguments, opened, io)) return opened;
  OpenOptions options = arguments.options;
  options.write = write;
  open_tree(claim_files(arguments, write, wrap, opened, io), options, opened, findings, io);
  return opened;
}

}  // namespace ndmedic::cli
