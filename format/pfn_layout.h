// SPDX-License-Identifier: BSD-3-Clause
// Where a PFN (fsdax) or DAX (devdax) namespace has its page map and its data, for a kernel of any
// architecture (btt.md 6.4).
#pragma once

#include <cstdint>

#include <ndmedic/format/guid.h>
#include <ndmedic/format/pfn_info.h>
#include <ndmedic/format/result.h>

namespace ndmedic {

/// Who makes a namespace: they differ in start_pad (6.4 step 2).
enum class PfnWriter : std::uint8_t {
  kernel,  ///< none; physical_base must be a multiple of compatible_align (6.3-12)
  ndctl,   ///< what lies before the next multiple. Readers place such data differently (6.4)
};

/// What is wanted, for the kernel that will use it; not that of this machine. Sizes in bytes.
struct PfnRequest {
  std::uint64_t namespace_size = 0;
  std::uint64_t physical_base = 0;               ///< guest or system address of the namespace
  std::uint64_t align = std::uint64_t{2} << 20;  ///< power of two from page_size to 2 GiB (6.3-8:
                                                 ///< for devdax one that the kernel can map)
  std::uint32_t page_size = 4096;                ///< power of two, 4 KiB to 64 KiB (6.3-6)
  std::uint32_t page_struct_size = 64;           ///< of each page's descriptor, 1 to 65535 (6.3-7)
  std::uint64_t compatible_align = std::uint64_t{2} << 20;  ///< of the platform: a power of two up
                                                            ///< to 2 GiB; 2 MiB on x86 (6.3-12)
  std::uint32_t mode = pfn_mode_pmem;
  PfnWriter writer = PfnWriter::ndctl;
};

/// Sizes in bytes, offsets from the namespace's start.
struct PfnLayout {
  std::uint64_t dataoff = 0;
  std::uint64_t npfns = 0;
  std::uint32_t start_pad = 0;
  std::uint32_t end_trunc = 0;
  friend bool operator==(const PfnLayout&, const PfnLayout&) = default;
};

/// The arithmetic of 6.4. Where pages are larger than 8 KiB a whole page is kept before the page
/// map, as the kernel keeps it when it uses the block. Errors: invalid, and `what` is the member of
/// the request that cannot be; "size of the namespace" where no page of data is left.
Result<PfnLayout> pfn_layout(const PfnRequest& request);

/// The info block of version 1.4 for that layout. Errors: those of pfn_layout().
Result<PfnInfo> make_pfn_info(const PfnRequest& request, PfnKind kind, const Guid& uuid,
                              const Guid& parent_uuid);

}  // namespace ndmedic
