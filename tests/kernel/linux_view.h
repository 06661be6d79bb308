// SPDX-License-Identifier: BSD-3-Clause
// What Linux makes of images, and whether that is what the library makes of them: the job `attach`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "guest.h"
#include "images.h"

namespace kernel_test {

/// One DIMM for the guest. Those with labels come first, so that their numbers in the guest are
/// those that `labels dump` gives them.
struct Subject {
  Dimm dimm{};
  bool fill = false;  ///< the guest makes a file system on it
};

/// The guest has come to its end when the object is there; failing ends the test.
class LinuxView {
 public:
  explicit LinuxView(const std::vector<Subject>& subjects);

  /// Compares all that can be: labels, ndctl's list, every sector before and after the guest wrote.
  /// Every namespace must be a BTT, and none may need recovery any more.
  void check() const;
  /// The file systems that the guest made, by Linux' own tools on the sectors that we read.
  void check_file_systems() const;

  /// Namespaces that ndctl's own check passed: all but those whose blocks are larger than their
  /// sectors, which it takes for damaged.
  std::size_t checked_by_ndctl() const { return checked_; }

 private:
  nlohmann::json listed(std::size_t dimm, const ndmedic::NamespaceImage& ns) const;
  void check_namespace(std::size_t dimm, const ndmedic::NamespaceImage& ns) const;

  ScratchFolder scratch_{};
  std::vector<Subject> subjects_;
  std::vector<std::vector<std::string>> before_{};  ///< [DIMM][namespace]: sector_list()
  std::string payload_;
  std::size_t checked_ = 0;
};

}  // namespace kernel_test
