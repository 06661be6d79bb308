// SPDX-License-Identifier: BSD-3-Clause
#include "agreement/images.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include <ndmedic/image/recipe.h>
#include <ndmedic/media/file_media.h>
#include <ndmedic/media/view.h>

namespace agreement {

using namespace ndmedic;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> sorted(std::vector<fs::path> paths) {
  std::ranges::sort(paths);
  return paths;
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

/// Unpacks into a name of this process and renames, so that programs at once do no harm.
fs::path unpack(const fs::path& packed, const fs::path& scratch) {
  if (packed.extension() != ".zst") return packed;
  const bool archive = packed.stem().extension() == ".tar";
  const fs::path stem = archive ? packed.stem().stem() : packed.stem();
  const fs::path target = scratch / packed.parent_path().filename() / stem;
  if (fs::exists(target) && fs::last_write_time(target) >= fs::last_write_time(packed))
    return target;
  const fs::path part = target.string() + "." + std::to_string(::getpid());
  fs::create_directories(archive ? part : target.parent_path());
  const std::string command =
      archive
          ? "zstd -dcq " + quoted(packed) + " | tar -C " + quoted(part) + " --no-same-owner -xf -"
          : "zstd -dqf --sparse " + quoted(packed) + " -o " + quoted(part);
  if (std::system(command.c_str()) != 0) return {};
  const fs::path made = archive ? fs::directory_iterator(part)->path() : part;
  fs::last_write_time(made, fs::file_time_type::clock::now());
  fs::rename(made, target);
  if (archive) fs::remove_all(part);
  return target;
}

using Files = std::vector<std::unique_ptr<Media>>;

Sample file_sample(std::string name, const std::vector<fs::path>& paths, const fs::path& scratch) {
  auto files = std::make_shared<Files>();
  Sample sample{std::move(name)};
  for (const fs::path& path : paths) {
    auto file = FileMedia::open_read(unpack(path, scratch).string());
    if (!file) continue;
    files->push_back(std::move(*file));
    sample.devices.push_back(files->back().get());
  }
  sample.owned = std::move(files);
  return sample;
}

bool is_image(const fs::path& path) {
  return path.extension() == ".zst" || path.extension() == ".bin";
}

std::vector<fs::path> images_in(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_regular_file() && is_image(entry.path())) found.push_back(entry.path());
  return sorted(std::move(found));
}

/// The pages of `media` that are stored.
std::uint64_t stored_pages(const Media& media) {
  std::uint64_t pages = 0;
  const Status visited = for_each_run(media, {0, media.size()}, [&](const ExtentRun& run) {
    if (run.kind == ExtentKind::data) pages += run.range.size / 4096 + 2;
    return true;
  });
  return visited ? pages : UINT64_MAX / 1024;
}

}  // namespace

Sample recipe_sample(std::string name, std::string text) {
  Sample sample{std::move(name), std::move(text)};
  auto made = make_media(sample.recipe);
  if (!made) return sample;
  auto owned = std::make_shared<RecipeMedia>(std::move(*made));
  for (const auto& device : owned->devices) sample.devices.push_back(device.get());
  sample.owned = std::move(owned);
  return sample;
}

std::vector<Sample> recipe_samples(const fs::path& corpora) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(corpora))
    if (entry.path().filename() == "recipe") paths.push_back(entry.path());
  std::vector<Sample> samples;
  for (const fs::path& path : sorted(std::move(paths))) {
    const fs::path name = "corpora" / fs::relative(path.parent_path(), corpora);
    samples.push_back(recipe_sample(name.string(), text_of(path)));
  }
  return samples;
}

std::vector<Sample> real_samples(const fs::path& corpora, const fs::path& scratch) {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(corpora / "real"))
    if (entry.is_directory()) folders.push_back(entry.path());
  std::vector<Sample> samples;
  for (const fs::path& folder : sorted(std::move(folders)))
    samples.push_back(
        file_sample("corpora/real/" + folder.filename().string(), images_in(folder), scratch));
  return samples;
}

std::vector<Sample> shared_samples(const fs::path& folder, const fs::path& scratch) {
  std::vector<Sample> samples;
  if (!fs::is_directory(folder)) return samples;
  for (const fs::path& path : images_in(folder))
    samples.push_back(file_sample("shared/" + path.filename().string(), {path}, scratch));
  return samples;
}

fs::path shared_images(const fs::path& source) {
  const char* named = std::getenv("NDMEDIC_SHARED_IMAGES");
  return named != nullptr ? fs::path(named) : source / ".." / "shared" / "images";
}

OpenOptions quiet_options() {
  OpenOptions options;
  options.probe_content = false;
  options.follow_poolset = false;
  return options;
}

Result<ImageTree> open_sample(const Sample& sample, FindingSink& sink, Effort* effort,
                              const Change& change) {
  std::vector<ImageInput> inputs;
  for (std::size_t i = 0; i < sample.devices.size(); ++i) {
    auto media = std::make_unique<PatchedMedia>(*sample.devices[i], effort);
    if (change) change(i, *media);
    inputs.push_back({"image" + std::to_string(i), std::move(media)});
  }
  return open_images(std::move(inputs), quiet_options(), sink);
}

std::uint64_t calls_allowed(const Sample& sample) {
  std::uint64_t calls = 2000;
  for (const Media* device : sample.devices)
    calls += 24 * stored_pages(*device) + 64 * (device->size() >> 39) +
             std::min<std::uint64_t>(device->size() >> 20, 4096);
  return calls;
}

}  // namespace agreement
