// SPDX-License-Identifier: BSD-3-Clause
// Does anybody else have this image open? Asked before every writing, told when reading.
//
// Regular files: the kernel grants a write lease only while no other descriptor or mapping of the
// file exists, so a refused lease finds QEMU on an NVDIMM backing file too, which takes no lock.
// Besides, one lock over the bytes QEMU's block layer locks (100.. for what it does, 200.. for
// what it forbids) excludes its disks and other writers of ours alike. Block devices: O_EXCL.
#pragma once

#include <cstdint>
#include <filesystem>

#include <ndmedic/format/result.h>

namespace ndmedic {

enum class InUse : std::uint8_t {
  no,
  yes,
  unknown,  // no leases on this file system, a file of another user, not to be opened
};

/// Whether any process, this one included, has the file open or mapped, or holds the block device.
/// A snapshot: it may have changed when this returns.
InUse is_in_use(const std::filesystem::path& path);

/// Claims the file behind `fd` for writing until the last copy of the descriptor is closed. It
/// must be open for reading and writing, a block device with O_EXCL, and be the only descriptor
/// of the file in this process. Errors: in_use, with what = "cannot be told" where neither yes nor
/// no is known; only that one is passed over with `force`.
Status claim_for_writing(int fd, bool force);

}  // namespace ndmedic
