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
constexpr std::uint64_t page_size = 4096;
constexpr std::size_t candidates_max = 64;
constexpr std::size_t evidence_max = 256;
constexpr unsigned validations_max = 1024;
constexpr std::uint64_t area_size_max = 0xFFFFFFFF;
constexpr std::uint64_t region_unit = std::uint64_t{16} << 20;  // labels.md 4.9: default alignment
constexpr std::uint64_t usual_area = std::uint64_t{128} << 10;  // QEMU's smallest label-size

// Scores: a valid block of the geometry that Linux computes beats everything; what only looks like
// an index block of that geometry is still better than labels without one.
constexpr unsigned score_labels = 1;
constexpr unsigned score_older_geometry = 2;
constexpr unsigned score_geometry = 3;
constexpr unsigned score_valid = 8;

/// A place where a label area may begin.
struct Candidate {
  std::uint64_t offset = 0;
  std::uint64_t area_size = 0;
  unsigned score = 0;
  Clue clue = Clue::index_valid;
};

/// How well an area of this size goes with its index: by a generation of Linux's arithmetic
/// (labels.md 3.3; N may be smaller than computed), or by leaving less than a slot of slack (3.6).
unsigned geometry_score(const LabelGeometry& geometry) {
  unsigned score = 0;
  for (const auto generation : {LabelGeneration::g1, LabelGeneration::g2, LabelGeneration::g3}) {
    const auto computed = label_geometry(geometry.area_size, geometry.slot_size, generation);
    if (!computed || computed->index_size != geometry.index_size ||
        geometry.nslot > computed->nslot)
      continue;
    score = generation == LabelGeneration::g3 ? score_geometry : score_older_geometry;
  }
  const std::uint64_t used = geometry.slot_off(geometry.nslot);
  if (score == 0 && geometry.area_size - used < geometry.slot_size) score = score_older_geometry;
  return score;
}

class Search {
 public:
  explicit Search(const Media& media) : media_(media) {}

  Status run() {
    const std::uint64_t size = media_.size();
    const std::uint64_t start = size - std::min(size, search_limit);
    return for_each_run(media_, {start, size - start}, [&](const ExtentRun& run) {
      if (run.kind == ExtentKind::data) scan(run.range, window_size);
      // What is absent was dropped on purpose; of a cut image nothing is left to be absent.
      if (run.kind == ExtentKind::bad) evidence.push_back({Clue::not_readable, run.range, 0});
      return true;
    });
  }

  std::vector<Candidate> candidates;
  EvidenceList evidence;

 private:
  /// Looks for signatures in one run; windows overlap so that none is missed at a border. A window
  /// that cannot be read is looked at in small ones.
  void scan(Extent range, std::uint64_t most) {
    std::vector<std::byte> window(std::min(range.size, most));
    const std::uint64_t end = range.offset + range.size;
    for (std::uint64_t at = range.offset; at < end;) {
      const std::uint64_t size = std::min(most, end - at);
      const std::span<std::byte> bytes(window.data(), size);
      if (media_.read(at, bytes)) {
        find_signatures(at, bytes);
      } else if (most > page_size) {
        scan({at, size}, page_size);
      } else if (evidence.size() < evidence_max) {
        evidence.push_back({Clue::not_readable, {at, size}, 0});
      }
      at += size == most ? most - index_signature.size() : size;
    }
  }

  void find_signatures(std::uint64_t base, std::span<const std::byte> bytes) {
    const std::byte* at = bytes.data();
    const std::byte* const end = at + bytes.size();
    while (true) {
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
    const auto slot_size = slot_size_of(*header);
    if (my_off > offset || !slot_size) return;
    const std::uint64_t start = offset - my_off;
    const std::uint64_t index_size = my_off != 0 ? my_off : header->otheroff.value();
    const std::uint64_t left = media_.size() - start;
    // No generation makes an index block of more than a 128th of the area, which bounds the memory
    // a hostile header can ask for.
    if (left > area_size_max || index_size < 256 || index_size % 256 != 0 ||
        index_size > std::max(std::uint64_t{256}, left / 128) + 256 ||
        header->labeloff.value() != 2 * index_size)
      return;
    LabelGeometry geometry{left, *slot_size, index_size, header->nslot.value()};
    rate(offset, start, *header, geometry);
  }

  void rate(std::uint64_t offset, std::uint64_t start, const IndexHeader& header,
            LabelGeometry geometry) {
    const bool valid = is_valid(offset, header, geometry.index_size);
    const std::uint64_t used = geometry.slot_off(geometry.nslot);
    if (used > geometry.area_size) {
      // Only a right checksum makes a claim beyond the end worth believing.
      if (valid && used <= area_size_max) keep({start, used, score_valid, Clue::area_cut});
      return;
    }
    const unsigned score = geometry_score(geometry);
    if (score == 0) {
      if (valid) tell_elsewhere(offset);
      return;
    }
    keep({start, geometry.area_size, score + (valid ? score_valid : 0),
          valid ? Clue::index_valid : Clue::index_damaged});
  }

  /// Bounded in number: a hostile image can hold two million headers of large blocks.
  bool is_valid(std::uint64_t offset, const IndexHeader& header, std::uint64_t index_size) {
    if (validations_left_ == 0) return false;
    --validations_left_;
    std::vector<std::byte> block(index_size);
    return (header.seq.value() & 3) != 0 && media_.read(offset, block) &&
           index_checksum(block) == header.checksum.value();
  }

  void tell_elsewhere(std::uint64_t offset) {
    if (evidence.size() < evidence_max)
      evidence.push_back({Clue::index_elsewhere, {offset, sizeof(IndexHeader)}, 0});
  }

  /// One candidate an area: both blocks of an area speak for the same start. When there are too
  /// many, the least likely one gives way.
  void keep(const Candidate& candidate) {
    for (Candidate& known : candidates)
      if (known.offset == candidate.offset) {
        if (candidate.score > known.score) known = candidate;
        return;
      }
    if (candidates.size() < candidates_max) {
      candidates.push_back(candidate);
      return;
    }
    const auto least =
        std::min_element(candidates.begin(), candidates.end(),
                         [](const Candidate& a, const Candidate& b) { return a.score < b.score; });
    if (least->score < candidate.score) *least = candidate;
  }

  const Media& media_;
  unsigned validations_left_ = validations_max;
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

void find_labels_without_index(const Media& media, std::vector<Candidate>& candidates) {
  for (std::uint64_t size = usual_area; size <= search_limit && size <= media.size(); size *= 2)
    if (has_labels(media, size))
      candidates.push_back({media.size() - size, size, score_labels, Clue::labels_without_index});
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
  LabelTail tail;
  tail.evidence = std::move(search.evidence);
  if (candidates.empty()) {
    hint_at_blank_area(media, tail.evidence);
    return tail;
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  const Candidate best = candidates.front();
  const bool tie = candidates.size() > 1 && candidates[1].score == best.score;
  for (const Candidate& candidate : candidates) {
    const bool rival = tie && candidate.score == best.score;
    tail.evidence.push_back({rival ? Clue::area_ambiguous : candidate.clue,
                             {candidate.offset, media.size() - candidate.offset},
                             candidate.area_size});
  }
  if (!tie) {
    tail.offset = best.offset;
    tail.area_size = best.area_size;
  }
  return tail;
}

}  // namespace ndmedic
