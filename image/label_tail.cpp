// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/image/label_tail.h>

#include <algorithm>
#include <array>
#include <cstring>

#include <ndmedic/format/checked.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/label.h>
#include <ndmedic/format/label_index.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t search_limit = std::uint64_t{32} << 20;
constexpr std::uint64_t window_size = std::uint64_t{1} << 20;
constexpr std::size_t candidates_max = 64;
constexpr std::uint64_t area_size_max = 0xFFFFFFFF;
constexpr std::uint64_t region_unit = std::uint64_t{16} << 20;  // labels.md 4.9: default alignment
constexpr std::uint64_t usual_area = std::uint64_t{128} << 10;  // QEMU's smallest label-size

// Scores: a valid block of the geometry that Linux would compute beats everything; what only looks
// like an index block is still better than nothing.
constexpr unsigned score_plausible = 1;
constexpr unsigned score_labels = 2;
constexpr unsigned score_geometry = 3;
constexpr unsigned score_valid = 8;

class Search {
 public:
  explicit Search(const Media& media) : media_(media) {}

  Status run() {
    const std::uint64_t size = media_.size();
    const std::uint64_t start = size - std::min(size, search_limit);
    Status status;
    NDMEDIC_CHECK(for_each_run(media_, {start, size - start}, [&](const ExtentRun& run) {
      if (run.kind == ExtentKind::zero) return true;
      if (run.kind != ExtentKind::data) {
        evidence.push_back({Clue::not_readable, run.range, 0});
        return true;
      }
      status = scan(run.range);
      return bool(status);
    }));
    return status;
  }

  std::vector<AreaCandidate> candidates;
  EvidenceList evidence;

 private:
  /// Looks for signatures in one run; windows overlap so that none is missed at a border.
  Status scan(Extent range) {
    std::vector<std::byte> window(std::min(range.size, window_size));
    const std::uint64_t end = range.offset + range.size;
    for (std::uint64_t at = range.offset; at < end;) {
      const std::uint64_t size = std::min(window_size, end - at);
      const std::span<std::byte> bytes(window.data(), size);
      if (const Status status = media_.read(at, bytes); !status) {
        evidence.push_back({Clue::not_readable, status.error().where, 0});
      } else {
        find_signatures(at, bytes);
      }
      at += size == window_size ? window_size - index_signature.size() : size;
    }
    return {};
  }

  void find_signatures(std::uint64_t base, std::span<const std::byte> bytes) {
    const std::byte* at = bytes.data();
    const std::byte* const end = at + bytes.size();
    while (candidates.size() < candidates_max) {
      const void* hit = ::memmem(at, static_cast<std::size_t>(end - at), index_signature.data(),
                                 index_signature.size());
      if (hit == nullptr) return;
      at = static_cast<const std::byte*>(hit);
      consider(base + static_cast<std::uint64_t>(at - bytes.data()));
      ++at;
    }
  }

  /// An index block stands at `offset`: does it describe an area that ends with the media?
  void consider(std::uint64_t offset) {
    const auto header = read_structure<IndexHeader>(media_, offset);
    if (!header) return;
    const std::uint64_t my_off = header->myoff.value();
    if (my_off > offset) return;
    const std::uint64_t area_size = media_.size() - (offset - my_off);
    const auto slot_size = slot_size_of(*header);
    if (!slot_size || area_size > area_size_max) return;
    const std::uint64_t index_size = my_off != 0 ? my_off : header->otheroff.value();
    if (!fits(*header, area_size, index_size, *slot_size)) return;
    rate(offset, *header, {area_size, *slot_size, index_size, header->nslot.value()});
  }

  /// Range checks of labels.md 3.6, in 64 bits. No generation makes an index block of more than a
  /// 128th of the area, which bounds the memory a hostile header can ask for.
  static bool fits(const IndexHeader& header, std::uint64_t area_size, std::uint64_t index_size,
                   std::uint32_t slot_size) {
    if (index_size < 256 || index_size % 256 != 0) return false;
    if (index_size > std::max(std::uint64_t{256}, area_size / 128) + 256) return false;
    if (header.labeloff.value() != 2 * index_size) return false;
    return (Checked(header.nslot.value()) * slot_size + 2 * index_size).at_most(area_size);
  }

  void rate(std::uint64_t offset, const IndexHeader& header, const LabelGeometry& geometry) {
    unsigned score = score_plausible;
    const auto linux_geometry = label_geometry(geometry.area_size, geometry.slot_size);
    const bool exact = linux_geometry && linux_geometry->index_size == geometry.index_size;
    if (exact) score += score_geometry;
    std::vector<std::byte> block(geometry.index_size);
    bool valid = false;
    if (media_.read(offset, block))
      valid = index_checksum(block) == header.checksum.value() && (header.seq.value() & 3) != 0;
    if (valid) score += score_valid;
    keep({geometry.area_size, score, valid ? Clue::index_valid : Clue::index_damaged});
  }

  /// One candidate an area: both blocks of an area speak for the same start.
  void keep(AreaCandidate candidate) {
    for (AreaCandidate& known : candidates)
      if (known.area_size == candidate.area_size) {
        if (candidate.score > known.score) known = candidate;
        return;
      }
    candidates.push_back(candidate);
  }

  const Media& media_;
};

/// Both index blocks lost: do the usual area sizes have labels in their first slots? Only 256-byte
/// labels can tell (labels.md 7.5 step 1: slot number and checksum right, rawsize not 0).
bool has_labels(const Media& media, std::uint64_t area_size) {
  constexpr std::uint32_t slots_looked_at = 64;
  const auto geometry = label_geometry(area_size, sizeof(Label256));
  if (!geometry) return false;
  const std::uint64_t start = media.size() - area_size;
  for (std::uint32_t slot = 0; slot < std::min(geometry->nslot, slots_looked_at); ++slot) {
    const auto label = read_structure<Label256>(media, start + geometry->slot_off(slot));
    if (!label) continue;
    if (label->slot.value() == slot && label->rawsize.value() != 0 && !label->uuid.is_null() &&
        checksum_of(*label) == label->checksum.value())
      return true;
  }
  return false;
}

void find_labels_without_index(const Media& media, std::vector<AreaCandidate>& candidates) {
  for (std::uint64_t size = usual_area; size <= search_limit && size <= media.size(); size *= 2)
    if (has_labels(media, size))
      candidates.push_back({size, score_labels, Clue::labels_without_index});
}

/// A fresh image: regions of 16 MiB and a blank tail of 128 KiB. A hint, never a decision.
void hint_at_blank_area(const Media& media, EvidenceList& evidence) {
  const std::uint64_t size = media.size();
  if (size <= region_unit || size % region_unit != usual_area) return;
  const Extent tail{size - usual_area, usual_area};
  if (const auto zero = is_zero(media, tail); zero && *zero)
    evidence.push_back({Clue::size_suggests_area, tail, usual_area});
}

}  // namespace

Result<LabelTail> find_label_tail(const Media& media) {
  Search search(media);
  NDMEDIC_CHECK(search.run());
  auto& candidates = search.candidates;
  if (candidates.empty()) find_labels_without_index(media, candidates);
  LabelTail tail{std::nullopt, std::move(search.evidence)};
  if (candidates.empty()) {
    hint_at_blank_area(media, tail.evidence);
    return tail;
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  const auto best = candidates.front();
  const bool tie = candidates.size() > 1 && candidates[1].score == best.score;
  for (const AreaCandidate& candidate : candidates) {
    const Extent where{media.size() - candidate.area_size, candidate.area_size};
    const bool rival = tie && candidate.score == best.score;
    tail.evidence.push_back(
        {rival ? Clue::area_ambiguous : candidate.clue, where, candidate.area_size});
  }
  if (!tie) tail.area_size = best.area_size;
  return tail;
}

}  // namespace ndmedic
