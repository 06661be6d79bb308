// SPDX-License-Identifier: BSD-3-Clause
// Findings about index blocks (labels.md 7.1). A block that fails with a right checksum was written
// so; one whose checksum fails may be a torn write, and is judged by its place in the sequence.
#include <ndmedic/labels/label_report.h>

#include <algorithm>
#include <bit>
#include <set>

#include <ndmedic/labels/index_choice.h>

namespace ndmedic::label_report {
namespace {

bool version_is_legal(const IndexHeader& header) {
  const unsigned major = header.major.value();
  const unsigned minor = header.minor.value();
  const unsigned labelsize = header.labelsize.value();
  return (major == 1 && minor == 1 && labelsize == 0) ||
         (major == 1 && minor == 2 && labelsize == 1) ||
         (major == 2 && minor == 1 && labelsize == 1);
}

/// IX07. A number of slots that is itself illegal (IX08) says nothing about the size.
bool mysize_is_legal(const IndexBlock& block, std::uint64_t area_size) {
  const std::uint64_t size = block.header.mysize.value();
  const std::uint64_t slots = block.violates("4.1.9") ? 0 : block.nslot();
  return size % 256 == 0 && size >= 72 + (slots + 7) / 8 && size <= area_size / 2;
}

bool parts_overlap(const IndexHeader& header) {
  const std::uint64_t my = header.myoff.value();
  const std::uint64_t other = header.otheroff.value();
  const std::uint64_t size = header.mysize.value();
  const std::uint64_t distance = my > other ? my - other : other - my;
  return distance < size || header.labeloff.value() < size;
}

void report_version(const IndexBlock& block, Reporter& out) {
  out.index(
      ProblemId::index_version_illegal, block,
      {number("major", block.header.major.value()), number("minor", block.header.minor.value()),
       number("labelsize", block.header.labelsize.value())});
}

/// Fields that are wrong under a right checksum; valid blocks come here too, for what Linux takes.
void report_written_so(const LabelArea& area, const IndexBlock& block, Reporter& out) {
  const IndexHeader& header = block.header;
  if (block.seq() == 0) out.index(ProblemId::index_seq_zero, block);
  const bool offsets =
      block.violates("4.1.5") || block.violates("4.1.6") || block.violates("4.1.7");
  if (offsets && block.state != IndexState::valid)
    out.index(parts_overlap(header) ? ProblemId::index_overlap : ProblemId::index_offsets_wrong,
              block);
  if (block.violates("4.1.8") || !mysize_is_legal(block, area.size))
    out.index(ProblemId::index_mysize_illegal, block, {number("mysize", header.mysize.value())});
  if (block.violates("4.1.9") || block.nslot() < 2)
    out.index(ProblemId::index_nslot_illegal, block, {number("nslot", block.nslot())});
  if (!version_is_legal(header) || block.violates("4.1.2")) report_version(block, out);
}

void report_harmless(const IndexBlock& block, Reporter& out) {
  if (block.violates("IX04"))
    out.index(ProblemId::index_seq_high_bits, block, {hex("seq", block.header.seq.value())});
  if (block.violates("IX15")) out.index(ProblemId::index_flags_set, block);
  if (block.violates("IX17")) out.index(ProblemId::index_padding, block);
}

bool fails_checksum_only(const IndexBlock& block) {
  for (unsigned i = 1; i <= 9; ++i) {
    const std::string rule = "4.1." + std::to_string(i);
    if (i != 3 && block.violates(rule)) return false;
  }
  return true;
}

/// What area_writer.cpp leaves of an update that was cut off: the first half of the signature gone.
bool is_cut_off(const IndexBlock& block) {
  constexpr std::size_t half = index_signature.size() / 2;
  const auto signature = std::as_bytes(std::span(index_signature));
  return block.bytes.size() >= index_signature.size() &&
         std::all_of(block.bytes.begin(), block.bytes.begin() + half,
                     [](std::byte byte) { return byte == std::byte{0}; }) &&
         std::equal(signature.begin() + half, signature.end(), block.bytes.begin() + half);
}

/// True when nothing says that the bad block was the newer one, or when it looks like a write of
/// the next block that was cut off: everything right but the sum (IX02).
bool is_next(const IndexBlock& bad, const IndexBlock& good) {
  if (bad.state == IndexState::blank) return good.seq() == 3 && lists_nothing(good);
  const std::uint32_t seq = bad.header.seq.value();
  if (is_cut_off(bad) || fails_checksum_only(bad)) return true;
  return seq >= 1 && seq <= 3 && seq != good.seq() && newer_index(seq, good.seq()) == 1;
}

void report_bad_block(const LabelArea& area, const IndexBlock& block, Reporter& out) {
  if (block.signed_ok && block.checksum_ok) {
    report_written_so(area, block, out);
    return;
  }
  if (!area.has_index()) return;
  const bool next = is_next(block, area.index[*area.current]);
  out.index(next ? ProblemId::index_next_bad : ProblemId::index_current_bad, block);
}

void report_block(const LabelArea& area, const IndexBlock& block, Reporter& out) {
  const bool of_other_size = std::ranges::any_of(
      area.other_size, [&](const IndexBlock& other) { return other.number == block.number; });
  if (of_other_size) return;  // told as IX19
  switch (block.state) {
    case IndexState::valid:
      report_written_so(area, block, out);
      report_harmless(block, out);
      break;
    case IndexState::invalid:
    case IndexState::blank:
      report_bad_block(area, block, out);
      break;
    case IndexState::not_checked:
      if (block.bad_media) out.index(ProblemId::index_unreadable, block);
      break;
  }
}

std::uint64_t slots_that_differ(const LabelArea& area) {
  const auto& [first, second] = area.index;
  const std::uint32_t slots = std::min(first.nslot(), second.nslot());
  std::uint64_t differ = 0;
  for (std::uint32_t slot = 0; slot < slots; ++slot)
    differ += is_free(first.bytes, {slot}) != is_free(second.bytes, {slot}) ? 1u : 0u;
  return differ;
}

std::string_view field_that_differs(const IndexHeader& a, const IndexHeader& b) {
  if (a.nslot.value() != b.nslot.value()) return "nslot";
  if (a.mysize.value() != b.mysize.value()) return "mysize";
  if (a.major.value() != b.major.value()) return "major";
  if (a.minor.value() != b.minor.value()) return "minor";
  if (a.labelsize.value() != b.labelsize.value()) return "labelsize";
  return a.labeloff.value() != b.labeloff.value() ? "labeloff" : "";
}

/// Intact labels that the other block lists, and whether they are those of several namespaces.
struct Listed {
  std::uint64_t labels = 0;
  std::set<Guid> uuids{};
};

Listed listed_by_other(const LabelArea& area) {
  const IndexBlock& other = area.index[area.next_index()];
  Listed listed;
  for (const LabelRecord& record : area.slots) {
    if (!record.intact() || record.slot >= other.nslot()) continue;
    if (is_free(other.bytes, SlotIndex{record.slot})) continue;
    ++listed.labels;
    listed.uuids.insert(record.uuid);
  }
  return listed;
}

/// V13: Linux's block is empty while the other lists labels. A deletion looks so too, but frees the
/// labels of one uuid only, and leaves the geometry alone.
void report_unfinished_init(const LabelArea& area, bool disagree, Reporter& out) {
  if (!lists_nothing(area.index[*area.current])) return;
  if (area.other_size_labels != 0) {
    out.area(ProblemId::index_init_unfinished, {number("labels", area.other_size_labels)});
    return;
  }
  if (area.index[area.next_index()].state != IndexState::valid) return;
  const Listed listed = listed_by_other(area);
  if (listed.uuids.size() > 1 || (disagree && listed.labels != 0))
    out.area(ProblemId::index_init_unfinished, {number("labels", listed.labels)});
}

/// IX19, and what the block that Linux does not take would show.
void report_other_size(const LabelArea& area, Reporter& out) {
  if (area.other_size.empty()) return;
  out.area(ProblemId::index_versions_mixed);
  if (area.other_size_labels != 0 && !lists_nothing(area.index[*area.current]))
    out.area(ProblemId::index_version_hides_labels,
             {number("bytes", slot_size_of(area.other_size.front().header).value_or(0)),
              number("labels", area.other_size_labels)});
}

void report_pair(const LabelArea& area, Reporter& out) {
  const auto& [first, second] = area.index;
  report_other_size(area, out);
  std::string_view field;
  if (first.state == IndexState::valid && second.state == IndexState::valid) {
    field = field_that_differs(first.header, second.header);
    if (!field.empty())
      out.area(ProblemId::index_blocks_disagree, {text("field", field)});
    else if (const std::uint64_t differ = slots_that_differ(area);
             area.reason == IndexReason::tie && differ > 2)
      out.area(ProblemId::index_tie_far_apart, {number("bits", differ)});
  }
  report_unfinished_init(area, !field.empty(), out);
  const IndexBlock& current = area.index[*area.current];
  if (current.violates("IX16")) out.area(ProblemId::index_tail_bits, {}, current.violations);
  if (current.nslot() != 0 && area.free_slots() == 0) out.area(ProblemId::label_slots_full);
  if (area.count(SlotState::beyond) != 0)
    out.area(ProblemId::index_nslot_hides_labels,
             {number("nslot", area.layout.nslot), number("hidden", area.count(SlotState::beyond))});
  if (!area.linux_accepts)
    out.area(ProblemId::index_foreign_geometry, {text("layout", to_string(area.layout.kind))});
}

void report_no_index(const LabelArea& area, Reporter& out) {
  std::vector<Violation> proof = area.index[0].violations;
  proof.insert(proof.end(), area.index[1].violations.begin(), area.index[1].violations.end());
  switch (area.reason) {
    case IndexReason::blank:
      out.area(ProblemId::label_area_blank);
      break;
    case IndexReason::remains:
      out.area(ProblemId::label_index_lost, {number("plausible", area.count(SlotState::plausible))},
               std::move(proof));
      break;
    case IndexReason::no_layout:
      out.area(ProblemId::label_area_size_illegal, {number("bytes", area.size)});
      break;
    case IndexReason::not_checked:
      out.area(ProblemId::label_index_unknown);
      break;
    default:
      out.area(ProblemId::label_area_other_content, {}, std::move(proof));
      break;
  }
}

}  // namespace

void report_index(const LabelArea& area, Reporter& out) {
  std::uint64_t absent = 0;
  for (const IndexBlock& block : area.index) {
    report_block(area, block, out);
    const bool missing = block.state == IndexState::not_checked && !block.bad_media;
    absent += missing ? block.size : 0;
  }
  if (absent != 0) out.area(ProblemId::label_area_absent, {number("bytes", absent)});
  if (area.has_index())
    report_pair(area, out);
  else
    report_no_index(area, out);
}

}  // namespace ndmedic::label_report
