// SPDX-License-Identifier: BSD-3-Clause
// The engine on namespaces that begin at the first byte of their image.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <ndmedic/btt/engine.h>
#include <ndmedic/btt/layout.h>
#include <ndmedic/media/file_media.h>
#include <ndmedic/media/view.h>

namespace kernel_test {

/// A namespace for a BTT, and the recipe of the image around it, in which it is empty.
struct Vessel {
  ndmedic::FormatPlan format{};
  std::uint64_t size = 0;        ///< bytes of the namespace
  std::uint64_t label_size = 0;  ///< 0: without labels
  std::string recipe{};

  ndmedic::BttOptions options(bool writable) const;
};

/// BTT 2.0 in a namespace of a DIMM with labels 1.2.
Vessel labelled_vessel(unsigned slot, std::uint32_t sector_size);
/// BTT 1.1 at 4096 in a DIMM without labels.
Vessel bare_vessel(std::uint32_t sector_size);

/// Makes the image, with a new BTT in it. Failing ends the test.
void make_image(const Vessel& vessel, const std::filesystem::path& image);

/// A BTT in a file, worked on by the engine. Failing to open ends the test.
class EngineDisk {
 public:
  EngineDisk(const std::filesystem::path& image, const Vessel& vessel, bool writable);

  ndmedic::Btt& operator*() { return *btt_; }
  ndmedic::Btt* operator->() { return btt_.get(); }

 private:
  std::unique_ptr<ndmedic::FileMedia> file_;
  std::unique_ptr<ndmedic::View> ns_;
  std::unique_ptr<ndmedic::Btt> btt_;
};

/// sector_list() as the engine reads.
std::string sector_list(const ndmedic::Btt& btt);

}  // namespace kernel_test
