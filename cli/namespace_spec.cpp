// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/namespace_spec.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <vector>

#include <ndmedic/cli/sizes.h>

namespace ndmedic::cli {
namespace {

using Setter = std::string (*)(NamespaceSpec& spec, const std::string& value);

std::string set_name(NamespaceSpec& spec, const std::string& value) {
  spec.name = value;
  return {};
}

std::string set_mode(NamespaceSpec& spec, const std::string& value) {
  const auto mode = namespace_mode(value);
  if (!mode) return fmt::format("\"{}\" is no mode; raw, sector, fsdax and devdax are", value);
  spec.mode = *mode;
  return {};
}

std::string set_size(NamespaceSpec& spec, const std::string& value) {
  spec.size.reset();
  if (value == "rest") return {};
  spec.size = parse_size(value);
  if (spec.size && *spec.size != 0) return {};
  return fmt::format("\"{}\" is not a size: give bytes, a number with K, M, G or T, or \"rest\"",
                     value);
}

std::string set_uuid(NamespaceSpec& spec, const std::string& value) {
  spec.uuid = parse_guid(value, GuidOrder::text);
  return spec.uuid ? std::string() : fmt::format("\"{}\" is not a uuid", value);
}

std::string set_sector_size(NamespaceSpec& spec, const std::string& value) {
  const auto size = parse_size(value);
  if (!size || *size > std::numeric_limits<std::uint32_t>::max() ||
      !is_kernel_sector_size(static_cast<std::uint32_t>(*size)))
    return fmt::format(
        "\"{}\" is no sector size that Linux makes: 512, 520, 528, 4096, 4104, 4160 or 4224 are",
        value);
  spec.sector_size = static_cast<std::uint32_t>(*size);
  return {};
}

std::string set_align(NamespaceSpec& spec, const std::string& value) {
  const auto align = parse_size(value);
  if (!align || !std::has_single_bit(*align))
    return fmt::format("\"{}\" is no alignment: a power of two is wanted, such as 2M", value);
  spec.align = *align;
  return {};
}

std::string set_map(NamespaceSpec& spec, const std::string& value) {
  if (value != "mem" && value != "dev") return fmt::format("\"{}\" is neither mem nor dev", value);
  spec.map = value == "mem" ? pfn_mode_ram : pfn_mode_pmem;
  return {};
}

struct Key {
  std::string_view name;
  Setter set;
};
constexpr std::array keys = {
    Key{"name", set_name},   Key{"mode", set_mode},
    Key{"size", set_size},   Key{"sector-size", set_sector_size},
    Key{"align", set_align}, Key{"map", set_map},
    Key{"uuid", set_uuid},
};

std::string key_list() {
  std::string list;
  for (const Key& key : keys) {
    if (!list.empty()) list += &key == &keys.back() ? " and " : ", ";
    list += key.name;
  }
  return list;
}

}  // namespace

std::string set_value(NamespaceSpec& spec, std::string_view key, const std::string& value) {
  const auto at = std::ranges::find(keys, key, &Key::name);
  if (at == keys.end()) return fmt::format("\"{}\" is no key; {} are", key, key_list());
  return at->set(spec, value);
}

SpecReading read_namespace_spec(std::string_view text) {
  SpecReading reading;
  std::vector<std::string_view> seen;
  while (!text.empty() && reading.complaint.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    const auto equals = item.find('=');
    const std::string_view key = item.substr(0, equals);
    if (equals == std::string_view::npos)
      reading.complaint = fmt::format("\"{}\" is not KEY=VALUE", item);
    else if (std::ranges::find(seen, key) != seen.end())
      reading.complaint = fmt::format("{} is given twice", key);
    else
      reading.complaint = set_value(reading.spec, key, std::string(item.substr(equals + 1)));
    seen.push_back(key);
  }
  return reading;
}

}  // namespace ndmedic::cli
