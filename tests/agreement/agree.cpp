// SPDX-License-Identifier: BSD-3-Clause
// The table of deliberate differences, and how rules and fields are compared.
#include "agreement/agree.h"

#include <algorithm>
#include <array>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/label.h>
#include <ndmedic/format/label_format.h>
#include <ndmedic/format/label_index.h>

#include "agreement/compare.h"

namespace agreement {

using namespace ndmedic;

namespace {

/// 4.1.9 and IX08: more slots than the bitmap of the block has bits.
bool bitmap_is_too_small(Bytes block) {
  return block.size() >= sizeof(IndexHeader) &&
         decode<IndexHeader>(block).nslot.value() > 8 * (block.size() - sizeof(IndexHeader));
}

Guid guid_at(Bytes label, std::size_t offset) { return decode<Guid>(label.subspan(offset)); }

/// CX08: a CXL label outside 2.1 areas, or an intact EFI label within one.
bool is_of_the_other_kind(Bytes label) {
  if (label.size() != sizeof(Label256)) return false;
  const auto efi = decode<Label256>(label);
  return cxl_label_format(efi.uuid) != LabelFormat::cxl_vendor ||
         checksum_of(efi) == efi.checksum.value();
}

/// LB15: a range type that 2.8 names, but not persistent memory.
bool range_type_is_another(Bytes label) {
  return label.size() == sizeof(Label256) && find_known(guid_at(label, 128), GuidOrder::efi);
}

/// LB16: a value that is no abstraction in either byte order (1.2 and CXL labels have it at 144).
bool abstraction_is_foreign(Bytes label) {
  if (label.size() != sizeof(Label256)) return false;
  const Guid guid = guid_at(label, 144);
  const std::array abstractions = {guids::btt, guids::btt2, guids::pfn, guids::dax};
  return std::ranges::none_of(
      abstractions, [&](const Guid& known) { return known == guid || known == swapped(guid); });
}

constexpr std::array differences = {
    KnownDifference{"index_block", "4.1.9", Side::library, bitmap_is_too_small,
                    "IX08 also wants a bit for each slot; the second reader has Linux's test of "
                    "4.1 only, and clips the slots to the bits there are"},
    KnownDifference{"label", "LB15", Side::library, range_type_is_another,
                    "labels exist for persistent memory only: Linux's region scan fails on any "
                    "other type (4.7), known or not"},
    KnownDifference{"label", "LB16", Side::library, abstraction_is_foreign,
                    "an abstraction that nobody knows is told as well; the column Detect of 7.3 "
                    "names the wrong byte order alone, which is what can be repaired"},
    KnownDifference{"vendor_label", "4.2.2", Side::second_reader, nullptr,
                    "by convention vendor labels carry slot and checksum, but 2.7 "
                    "defines neither, so the library calls them foreign"},
    KnownDifference{"vendor_label", "4.2.3", Side::second_reader, nullptr, "as 4.2.2"},
    KnownDifference{"slot", "format", Side::library, is_of_the_other_kind,
                    "the second reader goes by the index's Major alone; the library takes a label "
                    "with a CXL type as a CXL label everywhere, and an intact EFI label in a 2.1 "
                    "area as one (CX08), so that the label is shown and not lost"},
    KnownDifference{"info_block", "V-15", Side::library, nullptr,
                    "the second reader takes internal_lbasize from the block (GE-10); the library "
                    "also wants it to be the one that some formatter computes"},
    KnownDifference{"lane", "R2", Side::second_reader, nullptr,
                    "first row that holds: a pair with old = new whose lba or block is out of "
                    "range is R3 or R4 for the library, as nothing of it can be used"},
    KnownDifference{"lane", "R3", Side::second_reader, nullptr,
                    "R3 and R4 may hold at once: the second reader names the first row, the "
                    "library asks for old first, because that is the block a writer would take"},
    KnownDifference{"lane", "R7", Side::second_reader, nullptr,
                    "FL-14: a formatter's pair with old != new is a damaged pristine one whatever "
                    "the map says; 3.6 lists it for m = old"},
    KnownDifference{"lane", "CC-4", Side::second_reader, nullptr,
                    "where old = new a repair wrote the current entry (RP-4), which need not "
                    "continue the inactive one"},
    KnownDifference{"lane", "CC-4", Side::library, nullptr,
                    "T-0b: half of a lane's first write stands in a slot with seq 0; CC-4 speaks "
                    "of pairs with both slots written"},
    KnownDifference{"nfit", "5.7-checksum", Side::second_reader, nullptr,
                    "a table cut in front of its stated length has no sum for the second reader; "
                    "the library sums what is there and tells 5.7-length"},
};

std::array<std::uint64_t, differences.size()> uses{};

}  // namespace

std::span<const KnownDifference> known_differences() { return differences; }

std::span<const std::uint64_t> known_difference_uses() { return uses; }

bool is_known(std::string_view structure, std::string_view rule, Side side, Bytes bytes) {
  for (std::size_t i = 0; i < differences.size(); ++i) {
    const KnownDifference& known = differences[i];
    if (known.structure != structure || known.rule != rule || known.finds != side) continue;
    if (known.applies != nullptr && !known.applies(bytes)) continue;
    ++uses[i];
    return true;
  }
  return false;
}

void compare_rules(std::string_view structure, const Rules& library, const Rules& second,
                   Bytes bytes, Differences& out) {
  for (const std::string& rule : library)
    if (!second.contains(rule) && !is_known(structure, rule, Side::library, bytes))
      out.push_back(std::string(structure) + ": only the library reports " + rule);
  for (const std::string& rule : second)
    if (!library.contains(rule) && !is_known(structure, rule, Side::second_reader, bytes))
      out.push_back(std::string(structure) + ": only the second reader reports " + rule);
}

void compare_fields(const Structure& table, const spec_reader::Fields& fields, Bytes bytes,
                    Differences& out) {
  for (const spec_reader::FieldValue& field : fields) {
    if (field.offset >= table.size) continue;  // a tail of variable length
    const auto row = std::ranges::find(table.fields, field.offset, &Field::offset);
    const bool split = row != table.fields.end() && row->size < field.size;
    if (split) continue;  // one row of the specification, several members: the shutdown state
    if (row == table.fields.end() || row->size != field.size) {
      out.push_back(std::string(table.name) + ": no row for " + field.name);
    } else if (row->size <= 8 && field_number(*row, bytes) != field.number) {
      out.push_back(std::string(table.name) + "." + field.name + " has two values");
    }
  }
}

}  // namespace agreement
