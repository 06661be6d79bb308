// SPDX-License-Identifier: BSD-3-Clause
// Pools and NFITs of the tree as text.
#include <fmt/format.h>

#include <algorithm>

#include <ndmedic/cli/field_text.h>
#include <ndmedic/cli/show_text.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

/// The bytes of a header's field as text.
std::string header_field(const PoolHeader& header, std::string_view name) {
  const Field* const field = find_field(pool_header_fields, name);
  return field == nullptr ? std::string() : field_text(*field, bytes_of(header));
}

void print_nfit_region(const NfitReading& nfit, std::size_t number, const TextOptions& options,
                       Outline& outline) {
  const RegionDescription& region = nfit.regions[number];
  const RegionInterleave& interleave = nfit.interleaves[number];
  std::string lines = "not interleaved";
  if (region.mappings.size() > 1)
    lines = interleave.line_size == 0 ? "not told how it is interleaved"
                                      : fmt::format("in lines of {} bytes", interleave.line_size);
  outline.row(2, fmt::format("region{}", number),
              fmt::format("{} at {}, {}, {}", size_text(region.spa_length),
                          hex_text(region.spa_base), count_text(region.ways, "way"), lines));
  const std::size_t shown =
      options.verbose ? region.mappings.size() : std::min(rows_shown_max, region.mappings.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const RegionMapping& mapping = region.mappings[i];
    const bool known = mapping.device && *mapping.device < nfit.handles.size();
    const std::string handle = known ? hex_text(nfit.handles[*mapping.device]) : "unknown";
    outline.row(3, "mapping",
                fmt::format("handle {}, {} at {}, region offset {}, serial {}", handle,
                            size_text(mapping.size), hex_text(mapping.dpa_start),
                            hex_text(mapping.region_offset), hex_text(mapping.serial)));
  }
  if (shown < region.mappings.size())
    outline.row(3, "...",
                fmt::format("and {} more; -v shows them", region.mappings.size() - shown));
}

}  // namespace

void print_nfit(const NfitReading& nfit, const TextOptions& options, Outline& outline) {
  outline.row(
      1, "nfit",
      fmt::format("{}, {}, {} of persistent memory", count_text(nfit.structures, "structure"),
                  count_text(nfit.handles.size(), "device"),
                  count_text(nfit.regions.size(), "region")));
  const std::size_t shown =
      options.verbose ? nfit.regions.size() : std::min(rows_shown_max, nfit.regions.size());
  for (std::size_t i = 0; i < shown; ++i) print_nfit_region(nfit, i, options, outline);
  if (shown < nfit.regions.size())
    outline.row(2, "...", fmt::format("and {} more; -v shows them", nfit.regions.size() - shown));
}

void print_pool(const PoolReading& pool, const TextOptions& options, Outline& outline) {
  std::string text = pool.violations.trusted() ? "header valid" : "header not valid";
  text += fmt::format(", blocks of {} bytes", pool.descriptor.bsize.value());
  outline.row(1, "pool", text);
  outline.row(
      2, "features",
      fmt::format("compat {}, incompat {}, ro_compat {}", header_field(pool.header, "compat"),
                  header_field(pool.header, "incompat"), header_field(pool.header, "ro_compat")));
  const std::size_t shown =
      options.verbose ? pool.parts.size() : std::min(rows_shown_max, pool.parts.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const PoolPart& part = pool.parts[i];
    outline.row(2, fmt::format("part{}", i),
                fmt::format("{}, {}{}", escape_untrusted(part.path), size_text(part.size),
                            part.present ? "" : ", cannot be opened"));
  }
  if (shown < pool.parts.size())
    outline.row(2, "...", fmt::format("and {} more; -v shows them", pool.parts.size() - shown));
  if (!options.verbose) return;
  print_fields(2, pool_header_structure, bytes_of(pool.header), outline);
  print_fields(2, blk_descriptor_structure, bytes_of(pool.descriptor), outline);
}

}  // namespace ndmedic::cli
