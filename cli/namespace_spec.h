// SPDX-License-Identifier: BSD-3-Clause
// A namespace as it is asked for: "name=data,mode=sector,sector-size=4096,size=1G".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <ndmedic/format/guid.h>
#include <ndmedic/image/namespace_mode.h>

namespace ndmedic::cli {

struct NamespaceSpec {
  std::string name{};
  NamespaceMode mode = NamespaceMode::raw;
  std::optional<std::uint64_t> size{};           ///< bytes; none: all that is left
  std::optional<Guid> uuid{};                    ///< none: a new one
  std::uint32_t sector_size = 4096;              ///< sector: metadata bytes included
  std::uint64_t align = std::uint64_t{2} << 20;  ///< fsdax and devdax: of what is mapped
  std::uint32_t map = pfn_mode_pmem;             ///< fsdax and devdax: where pages are described
};

/// Sets what `key` names. Gives what is wrong with it, in words; empty: nothing.
std::string set_value(NamespaceSpec& spec, std::string_view key, const std::string& value);

struct SpecReading {
  NamespaceSpec spec{};
  std::string complaint{};  ///< empty: none
};

/// Reads KEY=VALUE,KEY=VALUE...; a value has no comma.
SpecReading read_namespace_spec(std::string_view text);

}  // namespace ndmedic::cli
