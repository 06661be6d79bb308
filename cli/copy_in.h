// SPDX-License-Identifier: BSD-3-Clause
// Sectors from a file or a pipe into a BTT: what write and import have in common.
#pragma once

#include <cstdint>
#include <string>

#include <ndmedic/btt/engine.h>
#include <ndmedic/cli/command.h>
#include <ndmedic/cli/input_file.h>

namespace ndmedic::cli {

/// What is done with sectors of zeros.
enum class Zeros : std::uint8_t {
  write,  ///< they are data
  mark,   ///< long runs by Btt::zero(): a map word each
  skip,   ///< the BTT is fresh and reads as zeros anyway
};

struct CopyIn {
  std::string image;  ///< for sentences
  std::string input;
  std::string doing;  ///< "importing"
  std::uint64_t first = 0;
  Zeros zeros = Zeros::write;
};

/// Sectors done (written, marked or skipped), and the exit code; an error was told on io.err.
struct CopiedIn {
  std::uint64_t sectors = 0;
  int code = 0;
};

/// Copies all of the input, then flushes. An input whose size is known is judged before anything is
/// written: whole sectors, and room for them.
CopiedIn copy_in(Btt& btt, InputFile& input, const CopyIn& copy, Io& io);

/// Sectors moved by one call: about 1 MiB.
std::uint64_t window_sectors(std::uint32_t sector_size);

}  // namespace ndmedic::cli
