// SPDX-License-Identifier: BSD-3-Clause
#include "workbench.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sstream>

#include <ndmedic/cli/command.h>
#include <ndmedic/image/recipe.h>

namespace ndmedic::cli::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path source = NDMEDIC_SOURCE_DIR;

/// Tests that run at the same time have folders of their own.
fs::path chosen_workbench() {
  const char* chosen = std::getenv("NDMEDIC_WORKBENCH");
  return chosen != nullptr ? chosen : NDMEDIC_BINARY_DIR "/cli-images";
}

const fs::path workbench = chosen_workbench();

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

void unpack(const fs::path& packed, const fs::path& target, std::uintmax_t size) {
  if (fs::exists(target) && fs::file_size(target) == size &&
      fs::last_write_time(target) >= fs::last_write_time(packed))
    return;
  std::string command = "cp " + quoted(packed) + " " + quoted(target);
  if (packed.string().ends_with(".tar.zst"))
    command = "zstd -dcq " + quoted(packed) + " | tar -C " + quoted(target.parent_path()) +
              " --no-same-owner -xf -";
  else if (packed.extension() == ".zst")
    command = "zstd -dqf --sparse " + quoted(packed) + " -o " + quoted(target);
  REQUIRE(std::system(command.c_str()) == 0);
  fs::last_write_time(target, fs::file_time_type::clock::now());
}

void lay_out_real(const std::string& name) {
  const fs::path from = source / "corpora/real" / name;
  fs::create_directories(workbench / name);
  const json facts = json::parse(text_of(from / "facts.json"));
  for (const json& file : facts.at("files"))
    unpack(from / file.at("packed").get<std::string>(),
           workbench / name / file.at("unpacked").get<std::string>(), file.at("size"));
  if (name == "poolset")
    write_text(workbench / name / "pool.set",
               "PMEMPOOLSET\n12M poolset/part0.img\n8M poolset/part1.img\n");
}

void lay_out_odd() {
  const fs::path folder = workbench / "odd";
  fs::create_directories(folder / "directory");
  write_text(folder / "empty", "");
  write_text(folder / "one-byte", "x");
  std::mt19937 random(20240607);  // any seed: the expectation goes with it
  std::string bytes(std::size_t{1} << 20, '\0');
  std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(random() & 0xFF); });
  write_text(folder / "random", bytes);
  if (!fs::exists(folder / "fifo")) REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
}

/// Copies what is not a hole.
void write_sparse(const SparseMedia& media, const fs::path& path) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  const Status visited = for_each_run(media, {0, media.size()}, [&](const ExtentRun& run) {
    if (run.kind != ExtentKind::data) return true;
    std::vector<std::byte> bytes(std::size_t{1} << 20);
    for (std::uint64_t at = 0; at < run.range.size; at += bytes.size()) {
      const auto part =
          std::span(bytes).first(std::min<std::uint64_t>(bytes.size(), run.range.size - at));
      REQUIRE(media.read(run.range.offset + at, part));
      file.seekp(static_cast<std::streamoff>(run.range.offset + at));
      file.write(reinterpret_cast<const char*>(part.data()),
                 static_cast<std::streamsize>(part.size()));
    }
    return true;
  });
  REQUIRE(visited);
  file.close();
  fs::resize_file(path, media.size());
}

}  // namespace

Outcome run(const std::vector<std::string>& arguments) {
  fs::create_directories(workbench);
  fs::current_path(workbench);
  std::ostringstream out;
  std::ostringstream err;
  Io io{out, err};
  const int exit = run_command(arguments, io);
  return {exit, out.str(), err.str()};
}

void lay_out(const std::string& argument) {
  static std::set<std::string> done;
  const std::string first = argument.substr(0, argument.find('/'));
  const fs::path folder = fs::path(argument).parent_path();
  const bool recipe = first == "corpora" && fs::exists(source / folder / "recipe");
  if (!done.insert(recipe ? folder.string() : first).second) return;
  if (recipe) lay_out_recipe(text_of(source / folder / "recipe"), folder.string());
  if (first == "odd") lay_out_odd();
  if (!first.empty() && fs::exists(source / "corpora/real" / first / "facts.json"))
    lay_out_real(first);
}

std::vector<std::string> lay_out_recipe(std::string_view recipe, const std::string& folder) {
  const auto made = make_media(recipe);
  REQUIRE_MESSAGE(made,
                  folder << " line " << made.error().where.offset << ": " << made.error().what);
  fs::create_directories(workbench / folder);
  std::vector<std::string> names;
  for (const auto& device : made->devices) {
    names.push_back(folder + "/d" + std::to_string(names.size()) + ".img");
    write_sparse(*device, workbench / names.back());
  }
  return names;
}

void clear(const std::string& folder) {
  fs::remove_all(workbench / folder);
  fs::create_directories(workbench / folder);
}

std::vector<std::string> real_cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(source / "corpora/real"))
    if (fs::exists(entry.path() / "facts.json")) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> arguments_for(const std::string& real_case) {
  if (real_case == "poolset") return {"poolset/pool.set"};
  std::vector<std::string> arguments;
  std::vector<std::string> options;
  const json facts = json::parse(text_of(source / "corpora/real" / real_case / "facts.json"));
  bool dimms = false;
  bool cxl = false;
  for (const json& file : facts.at("files")) {
    dimms = dimms || file.at("kind") == "dimm";
    cxl = cxl || file.at("kind") == "cxl_memory";
  }
  for (const json& file : facts.at("files")) {
    const std::string name = real_case + "/" + file.at("unpacked").get<std::string>();
    if (file.at("kind") == "nfit" && dimms)
      options.insert(options.end(), {"--nfit", name});
    else if (file.at("kind") == "label_area" && cxl)
      options.insert(options.end(), {"--lsa", name});
    else
      arguments.push_back(name);
  }
  if (real_case == "example-platform") options.insert(options.end(), {"--interleave", "linear"});
  arguments.insert(arguments.end(), options.begin(), options.end());
  return arguments;
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_text(const fs::path& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  REQUIRE(file);
}

bool updating() {
  const char* const update = std::getenv("NDMEDIC_UPDATE");
  return update != nullptr && std::string_view(update) == "1";
}

void compare(const fs::path& file, const std::string& seen) {
  if (updating()) {
    if (fs::exists(file) && text_of(file) == seen) return;
    write_text(file, seen);
    FAIL_CHECK("rewritten: " << file.string());
    return;
  }
  REQUIRE_MESSAGE(fs::exists(file), "missing: " << file.string());
  CHECK_MESSAGE(text_of(file) == seen, file.string() << "\n" << seen);
}

}  // namespace ndmedic::cli::test
