// SPDX-License-Identifier: BSD-3-Clause
#include "images.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include <ndmedic/cli/command.h>
#include <ndmedic/image/personality.h>
#include <ndmedic/image/recipe.h>
#include <ndmedic/media/copy.h>
#include <ndmedic/media/file_media.h>

#include "guest/sectors.h"

namespace kernel_test {

namespace fs = std::filesystem;
using namespace ndmedic;

void write_image(std::string_view recipe, const fs::path& path) {
  const auto made = make_media(recipe);
  if (!made) FAIL("line " << made.error().where.offset << ": " << made.error().what);
  REQUIRE(made->devices.size() == 1);
  write_text(path, "");
  fs::resize_file(path, made->devices.front()->size());
  const auto file = FileMedia::open_write(path);
  REQUIRE(file);
  REQUIRE(copy_data(*made->devices.front(), **file));
}

void write_bytes(const fs::path& path, std::span<const std::byte> bytes) {
  constexpr std::size_t piece = 4096;
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const auto part = bytes.subspan(at, std::min(piece, bytes.size() - at));
    if (sectors::is_blank(part)) continue;
    file.seekp(static_cast<std::streamoff>(at));
    file.write(reinterpret_cast<const char*>(part.data()),
               static_cast<std::streamsize>(part.size()));
  }
  REQUIRE(file.flush());
}

ImageTree open_image(const fs::path& path) {
  auto file = FileMedia::open_read(path);
  REQUIRE(file);
  std::vector<ImageInput> inputs;
  inputs.push_back({path.string(), std::move(*file), nullptr});
  Findings findings;
  auto tree = open_images(std::move(inputs), {}, findings);
  REQUIRE(tree);
  return std::move(*tree);
}

void for_each_sector(
    const NamespaceImage& ns,
    const std::function<void(std::uint64_t lba, std::span<const std::byte> sector)>& visit) {
  const auto sectors = sectors_of(ns);
  REQUIRE(sectors);
  std::vector<std::byte> sector(sectors->sector_size());
  for (std::uint64_t at = 0; at < sectors->size(); at += sector.size()) {
    const Status read = sectors->read(at, sector);
    if (!read) FAIL("sector at " << at << " cannot be read");
    visit(at / sector.size(), sector);
  }
}

std::string sector_list(const NamespaceImage& ns) {
  std::string list;
  for_each_sector(ns, [&](std::uint64_t lba, std::span<const std::byte> sector) {
    if (!sectors::is_blank(sector)) list += fmt::format("{} {:016x}\n", lba, sectors::hash(sector));
  });
  return list;
}

std::uint64_t interrupted_lanes(const NamespaceImage& ns) {
  REQUIRE(ns.btt);
  std::uint64_t sum = 0;
  for (const ArenaImage& arena : ns.btt->arenas) sum += arena.lanes.count(LaneState::interrupted);
  return sum;
}

void write_flat(const NamespaceImage& ns, const fs::path& path) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  std::uintmax_t size = 0;
  for_each_sector(ns, [&](std::uint64_t lba, std::span<const std::byte> sector) {
    size += sector.size();
    if (sectors::is_blank(sector)) return;
    file.seekp(static_cast<std::streamoff>(lba * sector.size()));
    file.write(reinterpret_cast<const char*>(sector.data()),
               static_cast<std::streamsize>(sector.size()));
  });
  file.close();
  REQUIRE(file);
  fs::resize_file(path, size);
}

Outcome run_ndmedic(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  cli::Io io{out, out};
  const int exit = cli::run_command(arguments, io);
  return {exit, out.str()};
}

std::string text_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  REQUIRE_MESSAGE(stream, path.string() << " is not there");
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_text(const fs::path& path, std::string_view text) {
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  stream << text;
  REQUIRE(stream.flush());
}

}  // namespace kernel_test
