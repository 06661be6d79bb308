// SPDX-License-Identifier: BSD-3-Clause
// The value of one field of an on-media structure as text for people.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <ndmedic/format/field_table.h>
#include <ndmedic/format/guid.h>

namespace ndmedic::cli {

/// One line without newline, safe to print. `structure` holds the structure's bytes.
///   number "4096", with a name "2 (PMEM)"; hex "0x3ffe000"; flags "0x18 (UPDATING,
///   SPACOOKIE_BOUND)", unknown bits as a number among the names; checksum with all 16 digits; text
///   in quotes, escaped, and what lies behind the NUL told; uuid and guid as guid_text(); reserved
///   "zero", else as bytes; bytes as hex digits, cut after 32 bytes.
std::string field_text(const Field& field, std::span<const std::byte> structure);

/// "8aed63a2-29a2-4c66-8b12-f05d15d3922a (btt)"; the null GUID has "(null)" behind it.
std::string guid_text(const Guid& guid, GuidOrder order);

}  // namespace ndmedic::cli
