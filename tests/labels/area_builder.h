// SPDX-License-Identifier: BSD-3-Clause
// Builds label areas for tests: geometry of Linux, labels sealed with slot number and checksum,
// both index blocks; every field can be bent before it is sealed, every byte after.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string_view>
#include <vector>

#include <ndmedic/format/cxl_label.h>
#include <ndmedic/format/finding.h>
#include <ndmedic/format/label.h>
#include <ndmedic/format/label_index.h>
#include <ndmedic/labels/label_area.h>

namespace ndmedic::tests {

inline constexpr std::uint64_t mib = std::uint64_t{1} << 20;
inline constexpr std::uint64_t qemu_cookie1_slot0 = 0x002468ac00123456;  // labels.md 5.5
inline constexpr std::uint64_t qemu_cookie2_slot0 = 0x00ba90120012b4dc;
inline constexpr std::uint64_t qemu_cookie2_slot1 = 0x00ba901c0012b4dd;

/// A uuid whose first and last byte are `n`: easy to tell apart, never null for n != 0.
Guid uuid_number(std::uint8_t n);

/// Plain values of a label; the builder seals it.
struct LabelValues {
  Guid uuid = uuid_number(1);
  std::string_view name = "data";
  std::uint32_t flags = 0;
  std::uint16_t nlabel = 1;
  std::uint16_t position = 0;
  std::uint64_t isetcookie = qemu_cookie2_slot0;
  std::uint64_t lbasize = 512;
  std::uint64_t dpa = 0;
  std::uint64_t rawsize = 16 * mib;
  Guid type_guid = guids::pm;
  Guid abstraction{};
};
Label256 make_label(const LabelValues& values);
Label128 make_label128(const LabelValues& values);

struct CxlNamespaceValues {
  Guid uuid = uuid_number(1);
  std::uint16_t nrange = 1;
  std::uint16_t position = 0;
  std::uint64_t dpa = 0;
  std::uint64_t rawsize = 256 * mib;
  Guid region_uuid = uuid_number(9);
};
CxlNamespaceLabel make_label(const CxlNamespaceValues& values);

struct CxlRegionValues {
  Guid uuid = uuid_number(9);
  std::uint32_t flags = 0;
  std::uint16_t nlabel = 1;
  std::uint16_t position = 0;
  std::uint64_t dpa = 0;
  std::uint64_t rawsize = 512 * mib;
  std::uint64_t hpa = 0;
  std::uint32_t granularity = 0;
};
CxlRegionLabel make_label(const CxlRegionValues& values);

/// A label area in memory. Slots and blocks are written as asked; seal() is called per block.
class AreaBuilder {
 public:
  /// Geometry of Linux for `size` and `slot_size`; another one can be forced by `index_size`.
  explicit AreaBuilder(std::uint64_t size = 131072, std::uint32_t slot_size = 256,
                       std::uint64_t index_size = 0, std::uint32_t nslot = 0);

  /// Writes a label into `slot`, sealed for it. The bitmap is the blocks' business.
  AreaBuilder& put(std::uint32_t slot, Label256 label);
  AreaBuilder& put(std::uint32_t slot, Label128 label);
  AreaBuilder& put(std::uint32_t slot, CxlNamespaceLabel label);
  AreaBuilder& put(std::uint32_t slot, CxlRegionLabel label);
  AreaBuilder& fill(std::uint32_t slot, std::uint8_t byte);

  using Bend = std::function<void(IndexHeader&)>;
  /// Writes block `number` with sequence `seq` and these slots in use; `bend` runs before sealing.
  AreaBuilder& block(unsigned number, std::uint32_t seq,
                     std::initializer_list<std::uint32_t> in_use, const Bend& bend = {});
  /// Recomputes the checksum of block `number` over `size` bytes (0: index_size).
  AreaBuilder& seal(unsigned number, std::uint64_t size = 0);

  /// A byte of a slot or of a block, to damage.
  std::byte& slot_byte(std::uint32_t slot, std::uint32_t offset);
  std::byte& block_byte(unsigned number, std::uint64_t offset);

  std::uint16_t major = 1;
  std::uint16_t minor;

  const LabelGeometry& geometry() const { return geometry_; }
  std::vector<std::byte>& bytes() { return bytes_; }
  LabelArea read(const LabelAreaOptions& options = {}) const;
  Findings findings(const LabelAreaOptions& options = {}) const;

 private:
  template <class Label>
  AreaBuilder& put_sealed(std::uint32_t slot, Label& label);

  LabelGeometry geometry_;
  std::vector<std::byte> bytes_;
};

/// What Linux leaves after one namespace: the label in slot 1, its twin in slot 0, block 0 current.
AreaBuilder one_namespace(const LabelValues& values = {});
/// The same with more labels in slots 1, 2, 3 ..., all active.
AreaBuilder with_labels(std::initializer_list<LabelValues> labels);

std::vector<ProblemId> ids_of(const Findings& findings);
bool has(const Findings& findings, ProblemId id);

}  // namespace ndmedic::tests
