// SPDX-License-Identifier: BSD-3-Clause
// What the state of both copies, their choice and the neighbours of a place mean (btt.md 5.1, 5.2).

#include <ndmedic/btt/chain_findings.h>

#include <algorithm>
#include <array>

#include <ndmedic/btt/info_copy.h>
#include <ndmedic/btt/report.h>

namespace ndmedic {
namespace {

std::vector<Violation> proof_of(const InfoCopy& copy) {
  return {copy.violations.begin(), copy.violations.end()};
}

/// The violation of one rule, or none.
std::vector<Violation> proof_of(const InfoCopy& copy, std::string_view rule) {
  std::vector<Violation> proof;
  std::ranges::copy_if(copy.violations, std::back_inserter(proof),
                       [&](const Violation& violation) { return violation.rule == rule; });
  return proof;
}

std::string version_text(BttVersion version) {
  return std::to_string(version.major) + '.' + std::to_string(version.minor);
}

/// The block was written as it stands: its checksum holds and a field does not (IB-07).
bool has_bad_field(const InfoCopy& copy) {
  return copy.state == CopyState::invalid && !copy.violations.has<"V-1">() &&
         !copy.violations.has<"V-2">();
}

/// What makes such a block invalid; other rules fail beside, softer ones in front.
const Violation& impossible_field(const InfoCopy& copy) {
  static constexpr std::array<std::string_view, 7> rules = {"V-5", "V-6",  "V-7", "V-8",
                                                            "V-9", "V-10", "V-11"};
  return *std::ranges::find_if(copy.violations, [](const Violation& violation) {
    return std::ranges::find(rules, violation.rule) != rules.end();
  });
}

bool has_trace(const InfoCopy& copy) {
  return copy.has_bytes() && copy.state != CopyState::blank && !copy.violations.has<"V-1">();
}

bool is_unread(const InfoCopy& copy) {
  return copy.state == CopyState::absent || copy.state == CopyState::bad;
}

class PlaceReport {
 public:
  PlaceReport(const ArenaChain& chain, std::size_t index, const ChainOptions& options,
              FindingSink& sink)
      : chain_(chain),
        place_(chain.places[index]),
        index_(index),
        options_(options),
        report_(options.context, {static_cast<std::uint32_t>(index)}, sink) {}

  void run() {
    report_copy(place_.primary, PlaceKind::info);
    report_copy(place_.backup, PlaceKind::backup);
    if (place_.arena) {
      report_pair();
      report_identity();
      report_size();
      report_nextoff();
      report_against_first();
    } else {
      report_missing();
    }
  }

 private:
  using Span = BttReport::Span;

  void add(ProblemId id, PlaceKind kind, std::initializer_list<Argument> arguments = {},
           std::vector<Violation> proof = {}) {
    report_.add(id, kind, {}, arguments, std::move(proof));
  }

  /// What is true of one copy whatever the other one says.
  void report_copy(const InfoCopy& copy, PlaceKind kind) {
    const Argument offset = hexadecimal("offset", copy.place.value);
    if (copy.state == CopyState::absent) add(ProblemId::info_not_in_image, kind, {offset});
    if (copy.state == CopyState::bad) add(ProblemId::info_unreadable, kind, {offset});
    if (copy.byte_swapped) {
      add(ProblemId::info_byte_swapped, kind, {offset}, proof_of(copy));
    } else if (has_bad_field(copy)) {
      const Violation& first = impossible_field(copy);
      add(ProblemId::info_field_bad, kind,
          {offset, text("field", std::string(first.field)), decimal("read", first.read)},
          proof_of(copy));
    }
  }

  void report_pair() {
    const InfoCopy& primary = place_.primary;
    const InfoCopy& backup = place_.backup;
    const Argument offset = hexadecimal("offset", primary.place.value);
    if (place_.difference == CopyDifference::flags_only) {
      add(ProblemId::info_flags_differ, PlaceKind::arena,
          {hexadecimal("primary", primary.block.flags.value()),
           hexadecimal("backup", backup.block.flags.value())});
    } else if (place_.difference == CopyDifference::generations) {
      add(ProblemId::info_generations_differ, PlaceKind::arena);
    }
    const bool plainly_bad =
        primary.state == CopyState::invalid && !has_bad_field(primary) && !primary.byte_swapped;
    if (place_.used == InfoChoice::backup && primary.state == CopyState::blank && index_ == 0 &&
        chain_.start_wiped) {
      add(ProblemId::info_primary_wiped, PlaceKind::info, {offset});
    } else if (place_.used == InfoChoice::backup &&
               (plainly_bad || primary.state == CopyState::blank)) {
      add(ProblemId::info_primary_bad, PlaceKind::info, {offset}, proof_of(primary));
    }
    if (place_.used == InfoChoice::primary) report_backup();
  }

  /// A backup that cannot replace the primary when it is needed (IB-02).
  void report_backup() {
    const InfoCopy& backup = place_.backup;
    const bool bad =
        backup.state == CopyState::blank ||
        (backup.state == CopyState::invalid && !has_bad_field(backup) && !backup.byte_swapped);
    if (bad)
      add(ProblemId::info_backup_bad, PlaceKind::backup,
          {hexadecimal("offset", backup.place.value)}, proof_of(backup));
  }

  void report_identity() {
    const InfoCopy& used = *place_.used_copy();
    const Arena& arena = *place_.arena;
    const PlaceKind kind = place_.used == InfoChoice::primary ? PlaceKind::info : PlaceKind::backup;
    if (arena.error_flag()) add(ProblemId::arena_error_flag, kind);
    if (used.violations.has<"V-16">())
      add(ProblemId::info_flags_unknown, kind, {hexadecimal("read", arena.flags)},
          proof_of(used, "V-16"));
    if (used.violations.has<"IB-09">())
      add(ProblemId::info_reserved_nonzero, kind, {}, proof_of(used, "IB-09"));
    if (const auto page = proof_of(used, "V-8-page"); !page.empty())
      add(ProblemId::info_unaligned, kind,
          {hexadecimal("offset", used.place.value), text("field", std::string(page.front().field)),
           hexadecimal("read", page.front().read)},
          page);
    if (used.violations.has<"V-15">())
      add(ProblemId::info_geometry_unusual, kind, {}, proof_of(used, "V-15"));
    report_version(used, kind);
    report_parent(used, kind);
    if (arena.geometry.nfree < 256)
      add(ProblemId::nfree_small, kind, {decimal("read", arena.geometry.nfree)});
  }

  void report_version(const InfoCopy& used, PlaceKind kind) {
    const BttVersion version = place_.arena->version;
    if (used.violations.has<"V-4">()) {
      if (!used.byte_swapped)
        add(ProblemId::info_version_unknown, kind, {text("read", version_text(version))},
            proof_of(used, "V-4"));
    } else if (options_.version && *options_.version != version) {
      add(ProblemId::info_version_misplaced, kind,
          {text("read", version_text(version)), text("expected", version_text(*options_.version)),
           hexadecimal("offset", options_.initial_offset.value)});
    }
  }

  void report_parent(const InfoCopy& used, PlaceKind kind) {
    const Guid& parent = place_.arena->parent_uuid;
    if (used.violations.has<"V-3">()) {
      add(ProblemId::info_parent_foreign, kind,
          {text("read", to_string(parent, GuidOrder::text)),
           text("expected", to_string(*options_.parent_uuid, GuidOrder::text))},
          proof_of(used, "V-3"));
    } else if (options_.parent_uuid && !options_.parent_uuid->is_null() && parent.is_null()) {
      const bool pool = report_.container() == BttContainer::pool;
      add(pool ? ProblemId::info_parent_null_pool : ProblemId::info_parent_null, kind,
          {text("expected", to_string(*options_.parent_uuid, GuidOrder::text))});
    }
  }

  std::uint64_t remaining() const {
    return chain_.rawsize - (place_.start.value - chain_.initial_offset.value);
  }

  /// The end of this arena against the end of the container (CH-04).
  void report_size() {
    const Arena& arena = *place_.arena;
    const std::uint64_t size = arena.geometry.arena_size;
    const bool cut_here = size > remaining();
    const bool successor = index_ + 1 < chain_.places.size() && chain_.places[index_ + 1].arena;
    const bool cut_behind = arena.nextoff == arena_size_max && size == arena_size_max &&
                            remaining() < arena_size_max + arena_size_min && !successor;
    if (cut_here || cut_behind) {
      const std::uint64_t needed = cut_here ? size : arena_size_max + arena_size_min;
      add(ProblemId::container_truncated, PlaceKind::arena,
          {hexadecimal("expected", needed), hexadecimal("read", remaining())},
          proof_of(*place_.used_copy(), cut_here ? "V-12" : "V-13"));
      return;
    }
    if (size > arena_size_max)
      add(ProblemId::arena_oversized, PlaceKind::arena, {hexadecimal("read", size)});
    if (arena.nextoff != 0 || size > arena_size_max) return;
    const bool room_behind = size == arena_size_max && remaining() - size >= arena_size_min;
    if (room_behind && successor) {
      add(ProblemId::nextoff_missing, PlaceKind::info);
    } else if (room_behind || size < place_.size) {
      add(ProblemId::container_grown, PlaceKind::arena,
          {hexadecimal("expected", size), hexadecimal("read", remaining())});
    }
  }

  void report_nextoff() {
    const Arena& arena = *place_.arena;
    const bool legal = arena.nextoff == 0 || (arena.nextoff == arena_size_max &&
                                              arena.geometry.arena_size == arena_size_max);
    if (legal) return;
    add(ProblemId::nextoff_wrong, PlaceKind::info, {hexadecimal("read", arena.nextoff)},
        proof_of(*place_.used_copy(), "V-13"));
    if (place_.nextoff_leads_to)
      add(ProblemId::nextoff_leads_elsewhere, PlaceKind::info,
          {hexadecimal("read", arena.nextoff),
           hexadecimal("offset", place_.nextoff_leads_to->value)});
  }

  /// IB-1: what must be equal in all arenas, against the first one that is known.
  void report_against_first() {
    const auto first = std::ranges::find_if(
        chain_.places, [](const ArenaPlace& place) { return place.arena.has_value(); });
    const Arena& a = *first->arena;
    const Arena& b = *place_.arena;
    if (a.uuid != b.uuid)
      add(ProblemId::arena_uuids_differ, PlaceKind::info,
          {text("read", to_string(b.uuid, GuidOrder::text)),
           text("expected", to_string(a.uuid, GuidOrder::text))});
    const auto differ = [&](std::string_view field, std::uint64_t expected, std::uint64_t read) {
      if (expected != read)
        add(ProblemId::arenas_differ, PlaceKind::info,
            {text("field", std::string(field)), decimal("read", read),
             decimal("expected", expected)});
    };
    differ("major", a.version.major, b.version.major);
    differ("minor", a.version.minor, b.version.minor);
    differ("external_lbasize", a.geometry.external_lbasize, b.geometry.external_lbasize);
    differ("internal_lbasize", a.geometry.internal_lbasize, b.geometry.internal_lbasize);
    if (a.geometry.nfree != b.geometry.nfree)
      add(ProblemId::nfree_differs, PlaceKind::info,
          {decimal("read", b.geometry.nfree), decimal("expected", a.geometry.nfree)});
  }

  /// No copy can be used.
  void report_missing() {
    const InfoCopy& backup = place_.backup;
    const Argument offset = hexadecimal("offset", place_.start.value);
    if (backup.usable() && backup.misplaced)
      add(ProblemId::backup_of_other_version, PlaceKind::backup,
          {text("read", version_text(version_of(backup.block))),
           hexadecimal("offset", backup.place.value)});
    const bool others_behind =
        std::any_of(chain_.places.begin() + static_cast<std::ptrdiff_t>(index_) + 1,
                    chain_.places.end(), [](const ArenaPlace& p) { return p.arena.has_value(); });
    if (others_behind) {
      add(ProblemId::arena_missing_middle, PlaceKind::arena, {offset}, proof_of(place_.primary));
    } else if (is_unread(place_.primary) || is_unread(backup)) {
      return;  // told for each copy: nothing is known about this arena
    } else if (index_ > 0) {
      add(ProblemId::arena_missing_last, PlaceKind::arena, {offset}, proof_of(place_.primary));
    } else {
      report_no_btt(offset);
    }
  }

  void report_no_btt(const Argument& offset) {
    const bool backup_counts = has_trace(place_.backup) && !place_.backup.misplaced;
    if (has_trace(place_.primary) || backup_counts) {
      add(ProblemId::info_lost, PlaceKind::arena, {offset}, proof_of(place_.primary));
    } else if (options_.expected) {
      const bool pool = report_.container() == BttContainer::pool;
      add(pool ? ProblemId::btt_never_written : ProblemId::btt_missing, PlaceKind::arena, {offset});
    }
  }

  const ArenaChain& chain_;
  const ArenaPlace& place_;
  std::size_t index_;
  const ChainOptions& options_;
  BttReport report_;
};

}  // namespace

void report_chain(const ArenaChain& chain, const ChainOptions& options, FindingSink& findings) {
  for (std::size_t i = 0; i < chain.places.size(); ++i)
    PlaceReport(chain, i, options, findings).run();
  if (chain.arenas_not_checked != 0 && !chain.places.empty()) {
    const BttReport report(options.context, {static_cast<std::uint32_t>(arenas_listed_max)},
                           findings);
    report.add(ProblemId::arenas_not_checked, PlaceKind::arena, {},
               {decimal("count", chain.arenas_not_checked)});
  }
}

}  // namespace ndmedic
