// SPDX-License-Identifier: BSD-3-Clause
// Walking an NFIT: header, checksum, structures one by one. Every byte may be hostile: the walk
// ends, and never leaves the bytes it was given.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/nfit.h>
#include <ndmedic/format/result.h>
#include <ndmedic/format/violation.h>

namespace ndmedic {

/// A dump of the table begins with the ACPI header; the buffer of a _FIT method does not.
enum class NfitForm : std::uint8_t { table, fit_buffer };

inline constexpr std::array nfit_header_rules = {
    Rule{"5.7-sig", true, "sig is \"NFIT\""},
    Rule{"5.7-length", true, "length is at least 40 and within the bytes at hand"},
    Rule{"5.7-checksum", false, "the byte sum of length bytes is 0"},
    Rule{"5.7-revision", false, "revision is 1"},
    Rule{"5.7-reserved", false, "the reserved bytes are zero"},
};
using NfitHeaderViolations = Violations<nfit_header_rules>;

/// All rules that the header of `table` violates; the checksum over what length bytes there are.
/// A table of fewer than 40 bytes violates 5.7-length.
NfitHeaderViolations validate_nfit_header(std::span<const std::byte> table);

/// What the header's checksum should be for the first `length` bytes (its stored value counts 0).
std::uint8_t nfit_checksum(std::span<const std::byte> table);

/// Why a structure cannot be taken as it stands.
enum class NfitFault : std::uint8_t {
  none,
  cut,        ///< runs behind the end of the table or of the bytes
  too_short,  ///< shorter than its type needs
};

/// One structure of the table. `bytes` are those at hand: `length` of them unless cut.
struct NfitItem {
  std::uint32_t number = 0;  ///< K of nfit/K
  std::uint64_t offset = 0;  ///< from the table's (or buffer's) first byte
  std::uint16_t type = 0;
  std::uint16_t length = 0;
  NfitFault fault = NfitFault::none;
  std::span<const std::byte> bytes{};

  bool is(NfitType wanted) const { return static_cast<NfitType>(type) == wanted; }
};

/// Copies the fixed part of a structure out of an item that has all of it.
template <OnMedia T>
std::optional<T> fixed_part(const NfitItem& item) {
  if (item.bytes.size() < sizeof(T)) return std::nullopt;
  return decode<T>(item.bytes);
}

/// How a walk ended.
enum class NfitEnd : std::uint8_t {
  complete,     ///< exactly at the end of the table
  zero_length,  ///< at a structure of length 0
  bad_length,   ///< at a length of 1 to 3, or with fewer than 4 bytes left
  cut,          ///< behind a structure that runs out of the table
};

/// Iterates over the structures in table order. The bytes must outlive the walk and its items.
class NfitWalk {
 public:
  NfitWalk(std::span<const std::byte> bytes, NfitForm form);

  /// The next structure, or none at the end. Unknown types are given too.
  std::optional<NfitItem> next();

  /// After next() gave none: why, and where the walk stopped.
  NfitEnd end() const { return end_; }
  std::uint64_t offset() const { return at_; }

 private:
  std::span<const std::byte> bytes_;
  std::uint64_t at_ = 0;
  std::uint32_t number_ = 0;
  NfitEnd end_ = NfitEnd::complete;
  bool done_ = false;
};

/// Bytes that a structure needs by its type and contents: windows make a control region 80, a
/// valid location cookie an SPA range 64. `bytes` holds at least the head. 4 for unknown types.
std::uint64_t nfit_length_needed(std::span<const std::byte> bytes);

}  // namespace ndmedic
