// SPDX-License-Identifier: BSD-3-Clause
// Numbers, sizes and errors in words: the sentences that have no row in the problem catalogue.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <ndmedic/format/result.h>
#include <ndmedic/image/image.h>

namespace ndmedic::cli {

/// "64 MiB", "130 KiB", "1.5 GiB"; exact bytes in parentheses when the rounded text is not exact:
/// "48.8 KiB (50000 bytes)".
std::string size_text(std::uint64_t bytes);

/// "0x3ffe000".
std::string hex_text(std::uint64_t number);

/// One clear sentence: `path` first, then what could not be done, where, why and, where there is
/// something to do, what to do next. No newline.
std::string error_text(const std::string& path, const Error& error);

/// The same for an image that was to be opened for writing.
std::string claim_error_text(const std::string& path, const Error& error);

/// The same for sectors of a BTT of `sectors` sectors: error.where is {first LBA, count}.
std::string sector_error_text(const std::string& path, const Error& error, std::uint64_t sectors);

/// One sentence for a piece of evidence.
std::string evidence_text(const Evidence& evidence);

/// What a personality is called: "sector mode (BTT 2.0)", "fsdax", ...
std::string_view personality_text(Personality personality);

std::string_view device_kind_text(DeviceKind kind);

std::string_view unreachable_text(Unreachable why);

}  // namespace ndmedic::cli
