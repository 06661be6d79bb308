// SPDX-License-Identifier: BSD-3-Clause
// What is put to the test: something that writes sectors through the crash access.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <ndmedic/btt/attach.h>

#include "crash_access.h"
#include "world.h"

namespace ndmedic::laboratory {

/// The shipped engine by either write path; and small writers of the laboratory's own, for one
/// thread, which follow or break btt.md 4.1 to the letter: what they show is known beforehand.
enum class Writer : std::uint8_t {
  engine_wp3a,
  engine_wp2,
  model_wp4,           // D | H1 | H2 | M |
  model_wp3a,          // D + H1 | H2 | M |
  model_wp2,           // M of the batch before + D + H1 | H2 |
  model_map_early,     // D | H1 + H2 + M |
  model_commit_early,  // D + H1 + H2 | M |: X-1
  model_map_with_h2,   // D + H1 | H2 + M |: X-3
};
std::string_view to_string(Writer writer);

/// True for paths after which an image wants recovery before it is read (WP-R5).
inline bool wants_recovery(Writer writer) {
  return writer == Writer::engine_wp2 || writer == Writer::model_wp2;
}

/// Calls come from fibers of the scheduler.
class Subject {
 public:
  virtual ~Subject() = default;
  virtual Status read(std::uint32_t lba, std::span<std::byte> into) = 0;
  /// Sectors in any order, each with its bytes.
  virtual Status write(std::span<const std::pair<std::uint32_t, const std::byte*>> sectors) = 0;
  virtual Status zero(std::uint32_t lba, std::uint32_t count) = 0;
  virtual Status mark_error(std::uint32_t lba, std::uint32_t count) = 0;
  virtual Status flush() = 0;
};

std::unique_ptr<Subject> make_engine(Writer writer, bool queued, CrashAccess& access,
                                     const World& world, std::vector<ArenaStart> starts);
std::unique_ptr<Subject> make_model(Writer writer, CrashAccess& access, const World& world,
                                    std::vector<ArenaStart> starts);
inline std::unique_ptr<Subject> make_subject(Writer writer, bool queued, CrashAccess& access,
                                             const World& world, std::vector<ArenaStart> starts) {
  const bool engine = writer == Writer::engine_wp3a || writer == Writer::engine_wp2;
  return engine ? make_engine(writer, queued, access, world, std::move(starts))
                : make_model(writer, access, world, std::move(starts));
}

}  // namespace ndmedic::laboratory
