// SPDX-License-Identifier: BSD-3-Clause
// make_image FILE RECIPE...: makes the first device of a recipe as a sparse file. Each further
// argument is a line of the recipe.
#include <fstream>
#include <iostream>
#include <string>

#include <ndmedic/image/recipe.h>
#include <ndmedic/media/copy.h>
#include <ndmedic/media/file_media.h>

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: make_image FILE LINE...\n";
    return 16;
  }
  std::string recipe;
  for (int i = 2; i < argc; ++i) recipe += std::string(argv[i]) + '\n';
  const auto made = ndmedic::make_media(recipe);
  if (!made) {
    std::cerr << "make_image: line " << made.error().where.offset << ": " << made.error().what
              << '\n';
    return 16;
  }
  const auto& device = *made->devices.front();
  std::ofstream(argv[1], std::ios::trunc).close();
  std::filesystem::resize_file(argv[1], device.size());
  auto file = ndmedic::FileMedia::open_write(argv[1]);
  if (file && ndmedic::copy_data(device, **file)) return 0;
  std::cerr << "make_image: " << argv[1] << " could not be written\n";
  return 8;
}
