// SPDX-License-Identifier: BSD-3-Clause
//
// The one checksum of all formats: labels.md 2.3, btt.md 2.3 (CS-1..CS-3).
#pragma once

#include "spec_reader/bytes.h"

namespace spec_reader {

// Fletcher64 of `bytes`.  Bytes in [zero_offset, zero_offset + zero_size) count as zero; they
// are not skipped.  A trailing fragment of 1..3 bytes is ignored.
std::uint64_t fletcher64(Bytes bytes, std::uint64_t zero_offset = 0, std::uint64_t zero_size = 0);

}  // namespace spec_reader
