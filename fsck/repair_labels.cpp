// SPDX-License-Identifier: BSD-3-Clause
// Label areas: index blocks first, then slots, then namespaces (labels.md 7.0 RP5, 7.1).
#include <algorithm>

#include <ndmedic/fsck/repair_label_parts.h>
#include <ndmedic/fsck/repair_parts.h>

namespace ndmedic::repairs {
namespace {

bool has(const Findings& findings, ProblemId id) {
  return std::ranges::any_of(findings.list(), [id](const Finding& f) { return f.id == id; });
}

/// Problems of a block that is written anew from the current one (IX01, IX06 to IX08, IX10, IX14).
bool asks_for_renewal(ProblemId id) {
  switch (id) {
    case ProblemId::index_next_bad:
    case ProblemId::index_current_bad:
    case ProblemId::index_offsets_wrong:
    case ProblemId::index_mysize_illegal:
    case ProblemId::index_nslot_illegal:
    case ProblemId::index_overlap:
    case ProblemId::index_version_illegal:
      return true;
    default:
      return false;
  }
}

/// Bytes and bits that are no part of the index (IX04, IX15 to IX17).
bool asks_for_tidying(ProblemId id) {
  switch (id) {
    case ProblemId::index_seq_high_bits:
    case ProblemId::index_flags_set:
    case ProblemId::index_tail_bits:
    case ProblemId::index_padding:
      return true;
    default:
      return false;
  }
}

class IndexRepairs {
 public:
  IndexRepairs(std::shared_ptr<AreaTarget> area, const Findings& findings, std::vector<Repair>& out)
      : area_(std::move(area)), findings_(findings), out_(out) {}

  void add() {
    if (blocks_contradict()) return;
    for (const Finding& finding : findings_.list()) {
      if (!is_here(finding)) continue;
      if (asks_for_renewal(finding.id)) add_renewal(finding);
      if (asks_for_tidying(finding.id)) add_tidying(finding);
    }
  }

 private:
  bool is_here(const Finding& finding) const {
    return finding.place.device == area_->device->index;
  }

  /// IX11: with two blocks that tell of different areas, neither is copied over the other, unless
  /// they differ in a version that only the next one has wrong (IX14).
  bool blocks_contradict() const {
    const bool wrong_version =
        std::ranges::any_of(findings_.list(), [this](const Finding& finding) {
          return is_here(finding) && finding.id == ProblemId::index_version_illegal &&
                 covers(finding, area_->found->next_index()) && !same_in_current(finding);
        });
    return std::ranges::any_of(findings_.list(), [&](const Finding& finding) {
      return is_here(finding) &&
             ((finding.id == ProblemId::index_blocks_disagree && !wrong_version) ||
              finding.id == ProblemId::index_init_unfinished ||
              finding.id == ProblemId::index_nslot_hides_labels);
    });
  }

  bool same_in_current(const Finding& finding) const {
    return std::ranges::any_of(findings_.list(), [&](const Finding& other) {
      return is_here(other) && other.id == finding.id && covers(other, *area_->found->current);
    });
  }

  static bool covers(const Finding& finding, unsigned block) {
    return finding.place.kind == PlaceKind::index && finding.place.first <= block &&
           block <= finding.place.last;
  }

  void add_renewal(const Finding& finding) {
    if (!covers(finding, area_->found->next_index()) || same_in_current(finding)) return;
    // RP4: a half-created set on this DIMM may be complete by the update that was lost; once the
    // block is renewed, nothing tells any more that one was.
    if (finding.id == ProblemId::index_current_bad &&
        has(findings_, ProblemId::label_set_half_created))
      return;
    Repair repair = label_repair(finding.id, RepairAction::renew_index, finding.place);
    repair.carry_out = [area = area_]() -> Status {
      if (area->renewed) return {};
      area->renewed = true;
      return area->writer.renew();
    };
    out_.push_back(std::move(repair));
  }

  void add_tidying(const Finding& finding) {
    Repair repair = label_repair(finding.id, RepairAction::renew_index, finding.place);
    repair.carry_out = [area = area_] { return area->writer.tidy(); };
    out_.push_back(std::move(repair));
  }

  std::shared_ptr<AreaTarget> area_;
  const Findings& findings_;
  std::vector<Repair>& out_;
};

}  // namespace

Repair label_repair(ProblemId cures, RepairAction action, const Place& place) {
  return {.cures = cures, .consent = problem(cures).repair, .action = action, .place = place};
}

Status add_label_repairs(ImageTree& tree, const Findings& findings, std::vector<Repair>& out) {
  AreaTargets areas;
  for (const DeviceImage& device : tree.devices) {
    if (!device.labels || !device.area) continue;
    auto writer = AreaWriter::open(*device.labels, *device.area);
    if (!writer) continue;  // no index that is certain: 7.5
    areas.push_back(
        std::make_shared<AreaTarget>(AreaTarget{&device, &*device.area, std::move(*writer)}));
  }
  for (const auto& area : areas) IndexRepairs(area, findings, out).add();
  for (const auto& area : areas) add_slot_repairs(tree, area, findings, out);
  add_namespace_repairs(tree, areas, findings, out);
  return {};
}

}  // namespace ndmedic::repairs
