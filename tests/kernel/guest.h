// SPDX-License-Identifier: BSD-3-Clause
// A Linux kernel in QEMU as the judge of images: files become NVDIMMs of a guest, which runs one
// shell script and powers off. What the script prints comes back line by line, so that a test can
// end the guest at an event; files it leaves in /out come back when it ends by itself.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kernel_test {

/// A folder below TMPDIR that ends with the object: images are large, if sparse.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// An NVDIMM. Its place in the list is QEMU's slot, hence its serial number and set cookie, and the
/// number of the guest's nmem; that of its region and pmem may be another (`dimm_of` tells a job).
/// `label_size` bytes at the end of the file are its label area; 0: it has none. The guest writes
/// into the file.
struct Dimm {
  std::filesystem::path image;
  std::uint64_t label_size = 0;
};

struct BootPlan {
  std::string job{};                           ///< jobs/<job>.sh
  std::vector<Dimm> dimms{};                   ///< at most 8
  std::vector<std::filesystem::path> files{};  ///< put into /job
  std::vector<std::filesystem::path> acpi{};   ///< tables that Linux takes for QEMU's: of equal
                                               ///< signature and ids, and of a higher revision
  std::filesystem::path out{};                 ///< where the files of /out go; must exist
};

struct BootResult {
  std::optional<int> status{};       ///< of the job; none when it did not come to its end
  bool killed = false;               ///< by the caller's wish
  std::vector<std::string> lines{};  ///< what the job printed
  std::string told{};                ///< for messages: how it ended, the console's last lines
};

/// True at the line after which the guest is to lose its power (SIGKILL).
using KillAt = std::function<bool(const std::string& line)>;

/// Boots and waits for the end, at most three minutes: a guest that takes longer is killed, and has
/// no status.
BootResult boot(const BootPlan& plan, const KillAt& kill_at = {});

/// Makes the guest unless it is there (build_guest.sh). False: it is not to be had, and the reason
/// was printed.
bool prepare_guest();

}  // namespace kernel_test
