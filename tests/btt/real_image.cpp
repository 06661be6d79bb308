// SPDX-License-Identifier: BSD-3-Clause
// Unpacks with the zstd and tar programs; all-zero pages stay holes.
#include "real_image.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

#include <doctest/doctest.h>

#include <ndmedic/format/byte_runs.h>
#include <ndmedic/media/file_media.h>

namespace ndmedic::test {
namespace {

struct ClosePipe {
  void operator()(std::FILE* file) const { ::pclose(file); }
};

std::unique_ptr<SparseMedia> read_stream(const std::string& command, std::uint64_t size) {
  const std::unique_ptr<std::FILE, ClosePipe> pipe(::popen(command.c_str(), "r"));
  REQUIRE(pipe);
  auto media = std::make_unique<SparseMedia>(size);
  std::vector<std::byte> window(std::size_t{1} << 16);
  std::uint64_t at = 0;
  while (const std::size_t got = std::fread(window.data(), 1, window.size(), pipe.get())) {
    const std::span<const std::byte> bytes(window.data(), got);
    if (first_nonzero(bytes)) REQUIRE(media->write(at, bytes));
    at += got;
  }
  REQUIRE(at == size);
  return media;
}

/// Copies the data runs of a sparse file.
std::unique_ptr<SparseMedia> read_sparse(const std::filesystem::path& path) {
  auto file = FileMedia::open_read(path);
  REQUIRE(file);
  auto media = std::make_unique<SparseMedia>((*file)->size());
  const Extent all{0, (*file)->size()};
  const Status visited = for_each_run(**file, all, [&](const ExtentRun& run) {
    if (run.kind != ExtentKind::data) return true;
    std::vector<std::byte> bytes(run.range.size);
    REQUIRE((*file)->read(run.range.offset, bytes));
    REQUIRE(media->write(run.range.offset, bytes));
    return true;
  });
  REQUIRE(visited);
  return media;
}

}  // namespace

std::unique_ptr<SparseMedia> unpack(const std::filesystem::path& packed, std::uint64_t size) {
  if (!packed.string().ends_with(".tar.zst"))
    return read_stream("zstd -dcq '" + packed.string() + "'", size);
  std::string folder = (std::filesystem::temp_directory_path() / "ndmedic-btt-XXXXXX").string();
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const std::string command = "zstd -dcq '" + packed.string() + "' | tar xf - -C '" + folder + "'";
  const int status = std::system(command.c_str());
  std::unique_ptr<SparseMedia> media;
  if (status == 0) media = read_sparse(std::filesystem::directory_iterator(folder)->path());
  std::filesystem::remove_all(folder);
  REQUIRE(media);
  return media;
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::filesystem::path shared_images() {
  const char* named = std::getenv("NDMEDIC_SHARED_IMAGES");
  const std::filesystem::path folder =
      named != nullptr ? named : NDMEDIC_SOURCE_DIR "/../shared/images";
  return std::filesystem::exists(folder) ? folder : std::filesystem::path{};
}

}  // namespace ndmedic::test
