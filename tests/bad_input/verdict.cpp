// SPDX-License-Identifier: BSD-3-Clause
#include "verdict.h"

#include <sstream>

namespace bad_input {

using namespace ndmedic;

namespace {

template <class Enum>
int number(Enum value) {
  return static_cast<int>(value);
}

void add_namespace(std::ostream& out, const NamespaceImage& ns) {
  out << "ns " << number(ns.personality) << ' ' << number(ns.unreachable) << ' ';
  if (ns.pfn) out << "pfn " << ns.pfn->usable << ' ';
  if (!ns.btt) return;
  for (const ArenaPlace& place : ns.btt->chain.places)
    out << number(place.used) << number(place.difference) << number(place.primary.state)
        << number(place.backup.state) << ' ';
  for (const ArenaImage& arena : ns.btt->arenas) out << verdict_of(arena.lanes);
}

void add_label(std::ostream& out, const LabelNamespace& ns) {
  out << "label " << number(ns.completeness) << number(ns.cookie_verdict) << number(ns.linux_view)
      << number(ns.claim) << ns.local << ns.any_updating << ' ';
}

void add_area(std::ostream& out, const LabelArea& area) {
  out << "area " << number(area.reason) << ' ' << area.current.value_or(2) << ' '
      << number(area.layout.kind) << ' ';
  for (const LabelRecord& slot : area.slots)
    out << slot.slot << ':' << number(slot.state) << number(slot.reason) << ' ';
}

}  // namespace

std::string verdict_of(const Findings& findings) {
  std::ostringstream out;
  for (const Finding& finding : findings.list())
    out << number(finding.id) << '@' << to_string(finding.place) << '*' << finding.count << '\n';
  return out.str();
}

std::string verdict_of(const ImageTree& tree) {
  std::ostringstream out;
  for (const DeviceImage& device : tree.devices) {
    out << "device " << number(device.kind) << ' ';
    if (device.area) add_area(out, *device.area);
    if (device.nfit) out << device.nfit->structures << ' ' << device.nfit->regions.size() << ' ';
  }
  for (const LabelNamespace& ns : tree.labels.namespaces) add_label(out, ns);
  for (const NamespaceImage& ns : tree.namespaces) add_namespace(out, ns);
  return out.str();
}

std::string verdict_of(const LaneTable& table) {
  std::ostringstream out;
  out << number(table.layout.layout.value_or(FlogLayout::slots_0_2)) << number(table.encoding)
      << table.layout.strict.layout.has_value() << ' ';
  for (const LaneReading& lane : table.lanes) {
    out << number(lane.state) << number(lane.current.value_or(FlogSlot::b)) << lane.torn
        << lane.error_in_old << number(lane.encoding) << ' ';
    if (lane.free_block) out << lane.free_block->value << ' ';
  }
  return out.str();
}

std::string verdict_of(const MapCensus& census) {
  std::ostringstream out;
  out << census.initial << ' ' << census.error << ' ' << census.zero << ' ' << census.normal << ' '
      << census.out_of_range << ' ' << census.initial_low_bits;
  return out.str();
}

}  // namespace bad_input
