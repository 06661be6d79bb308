// SPDX-License-Identifier: BSD-3-Clause
// Annotated dumps as text: a line (or some) a field, with offset, bytes, name, value and meaning.
#include <fmt/format.h>

#include <algorithm>

#include <ndmedic/cli/dump.h>
#include <ndmedic/cli/field_text.h>
#include <ndmedic/cli/hex_lines.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/format/btt_map.h>
#include <ndmedic/format/byte_runs.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/label_index.h>
#include <ndmedic/format/structure_checksum.h>

namespace ndmedic::cli {
namespace {

constexpr std::size_t bytes_a_line = 8;
constexpr std::size_t bytes_shown_max = 64;

/// One row: the first bytes beside name and value, the others in lines of their own.
struct Row {
  std::uint64_t offset = 0;
  std::span<const std::byte> bytes{};
  std::string_view name{};
  std::string value{};
  std::string_view meaning{};
};

void write_row(const Row& row, std::ostream& out) {
  const auto first = row.bytes.first(std::min(bytes_a_line, row.bytes.size()));
  std::string line = fmt::format("  {:#012x}  {:<23}  {:<19} {}", row.offset, byte_text(first),
                                 row.name, row.value);
  if (!row.meaning.empty()) line += fmt::format("  [{}]", row.meaning);
  out << line << '\n';
  auto rest = row.bytes.subspan(first.size());
  if (rest.empty() || all_zero(rest)) return;  // the value or the meaning says it
  std::uint64_t offset = row.offset + first.size();
  std::size_t shown = first.size();
  while (!rest.empty() && shown < bytes_shown_max) {
    const auto part = rest.first(std::min(bytes_a_line, rest.size()));
    out << fmt::format("  {:#012x}  {}\n", offset, byte_text(part));
    offset += part.size();
    shown += part.size();
    rest = rest.subspan(part.size());
  }
  if (!rest.empty()) out << fmt::format("  {:12}  ... {} more bytes\n", "", rest.size());
}

std::string value_of(const Structure& structure, const Field& field,
                     std::span<const std::byte> bytes) {
  std::string value = field_text(field, bytes);
  if (&field != checksum_field(structure)) return value;
  const auto expected = structure_checksum(structure, bytes);
  if (!expected) return value;
  if (*expected == field_number(field, bytes)) return value + " (right)";
  return value + fmt::format(" (wrong, expected {:#018x})", *expected);
}

void write_field(const Structure& structure, const Field& field, std::uint64_t offset,
                 std::span<const std::byte> bytes, std::ostream& out) {
  write_row({offset + field.offset, field_bytes(field, bytes), field.name,
             value_of(structure, field, bytes), field.meaning},
            out);
}

/// What stands behind the fixed part of an index block.
void write_bitmap(const DumpedPlace& dumped, std::ostream& out) {
  const auto header = decode<IndexHeader>(dumped.bytes);
  const std::uint64_t bitmap_size = (std::uint64_t{header.nslot.value()} + 7) / 8;
  const auto tail = std::span(dumped.bytes).subspan(sizeof(IndexHeader));
  const auto bitmap = tail.first(std::min<std::uint64_t>(bitmap_size, tail.size()));
  std::uint64_t free_slots = 0;
  for (std::uint32_t slot = 0; slot < bitmap.size() * 8 && slot < header.nslot.value(); ++slot)
    free_slots += is_free(dumped.bytes, {slot}) ? 1U : 0U;
  const std::uint64_t offset = dumped.shown_offset() + sizeof(IndexHeader);
  write_row(
      {offset, bitmap, "free", fmt::format("{} of {} slots free", free_slots, header.nslot.value()),
       "bitmap, 1: free, slot 0 in bit 0"},
      out);
  const auto padding = tail.subspan(bitmap.size());
  if (!padding.empty())
    write_row({offset + bitmap.size(), padding, "padding",
               all_zero(padding) ? fmt::format("zero ({} bytes)", padding.size())
                                 : fmt::format("{} bytes, not all zero", padding.size()),
               "zero"},
              out);
}

/// The bytes from `from` on, without annotation.
void write_bytes(const DumpedPlace& dumped, std::size_t from, std::ostream& out) {
  HexLines lines(out);
  lines.write(std::span(dumped.bytes).subspan(from), dumped.shown_offset() + from);
  lines.end(dumped.shown_offset() + dumped.bytes.size());
}

void write_structure(const DumpedPlace& dumped, std::ostream& out) {
  const Structure& structure = *dumped.target.structure;
  for (const Field& field : structure.fields)
    write_field(structure, field, dumped.shown_offset(), dumped.bytes, out);
  if (dumped.place.kind == PlaceKind::index) return write_bitmap(dumped, out);
  if (dumped.bytes.size() <= structure.size) return;
  write_bytes(dumped, structure.size, out);
}

void write_flog(const DumpedPlace& dumped, std::ostream& out) {
  for (std::size_t slot = 0; slot < 4; ++slot) {
    const auto bytes = std::span(dumped.bytes).subspan(slot * sizeof(FlogEntry), sizeof(FlogEntry));
    const bool a = slot == slot_index(dumped.flog_layout, FlogSlot::a);
    const bool b = slot == slot_index(dumped.flog_layout, FlogSlot::b);
    out << fmt::format("  slot {} ({})\n", slot, a ? "entry A" : b ? "entry B" : "padding");
    for (const Field& field : flog_entry_structure.fields)
      write_field(flog_entry_structure, field, dumped.shown_offset() + slot * sizeof(FlogEntry),
                  bytes, out);
  }
}

std::string_view state_text(MapState state) {
  switch (state) {
    case MapState::initial:
      return "initial";
    case MapState::error:
      return "error";
    case MapState::zero:
      return "zero";
    case MapState::normal:
      break;
  }
  return "normal";
}

void write_map(const DumpedPlace& dumped, std::ostream& out) {
  const auto lba = static_cast<std::uint32_t>(dumped.place.first);
  for (std::size_t i = 0; i * map_entry_size < dumped.bytes.size(); ++i) {
    const PremapLba premap{lba + static_cast<std::uint32_t>(i)};
    const auto bytes = std::span(dumped.bytes).subspan(i * map_entry_size, map_entry_size);
    const MapEntry entry{decode<Le32>(bytes).value()};
    out << fmt::format("  {:#012x}  {}  map[{}]  {:#010x}  {} -> block {}\n",
                       dumped.shown_offset() + i * map_entry_size, byte_text(bytes), premap.value,
                       entry.word, state_text(entry.state()), entry.postmap(premap).value);
  }
}

void write_title(const DumpedPlace& dumped, std::ostream& out) {
  const Target& target = dumped.target;
  out << to_string(dumped.place) << ": ";
  if (target.structure != nullptr)
    out << fmt::format("{} ({}), ", target.structure->title, target.structure->source);
  if (dumped.place.kind == PlaceKind::flog) out << "BTT flog group (btt.md 2.5), ";
  if (dumped.place.kind == PlaceKind::map) out << "BTT map (btt.md 2.4), ";
  out << size_text(dumped.bytes.size()) << " at " << hex_text(dumped.shown_offset())
      << (dumped.file_offset ? " of the file\n" : " of the namespace\n");
}

}  // namespace

void dump_text(const DumpedPlace& dumped, std::ostream& out) {
  const Target& target = dumped.target;
  write_title(dumped, out);
  if (target.field != nullptr) {
    write_field(*target.structure, *target.field, dumped.shown_offset(), dumped.bytes, out);
  } else if (target.structure != nullptr && dumped.bytes.size() >= target.structure->size) {
    write_structure(dumped, out);
  } else if (dumped.place.kind == PlaceKind::flog) {
    write_flog(dumped, out);
  } else if (dumped.place.kind == PlaceKind::map) {
    write_map(dumped, out);
  } else {
    write_bytes(dumped, 0, out);
  }
}

}  // namespace ndmedic::cli
