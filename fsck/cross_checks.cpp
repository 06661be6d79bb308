// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/fsck/cross_checks.h>

#include <algorithm>
#include <vector>

#include <boost/endian/conversion.hpp>

#include <ndmedic/fsck/traces.h>

namespace ndmedic {
namespace {

/// A map's tail fills its last page. A foreign geometry may leave more, of which no more is read.
constexpr std::uint64_t tail_read_max = 65536;

Place place_of(const NamespaceImage& ns, PlaceKind kind) {
  Place place;
  place.kind = kind;
  place.device = ns.device;
  place.ns = ns.index;
  return place;
}

/// Linux takes the sectors from the info block; the label's value matters again when the BTT goes.
/// 0 is what ndctl leaves there for sectors with metadata (2.10).
void report_sector_size(const ImageTree& tree, const NamespaceImage& ns, FindingSink& findings) {
  const std::uint64_t said = tree.labels.namespaces[*ns.label].lbasize;
  if ((said != 512 && said != 4096) || ns.btt->arenas.empty()) return;
  const std::uint64_t sectors = ns.btt->arena(ns.btt->arenas.front()).geometry.external_lbasize;
  if (said == sectors) return;
  Finding finding{.id = ProblemId::label_sector_size};
  finding.place = place_of(ns, PlaceKind::ns);
  finding.arguments = {{"read", said}, {"expected", sectors}};
  findings.add(std::move(finding));
}

/// Without a live personality nothing is a former one: then other findings say what is missing.
bool has_live(const TraceList& list, std::uint32_t ns) {
  return std::ranges::any_of(list.traces,
                             [ns](const Trace& trace) { return trace.ns == ns && trace.live; });
}

Status report_former_personalities(const ImageTree& tree, FindingSink& findings) {
  NDMEDIC_TRY(const TraceList list, find_traces(tree));
  for (const Trace& trace : list.traces) {
    if (trace.live || trace.in_data || !trace.whole || !has_live(list, trace.ns)) continue;
    Finding finding{.id = ProblemId::info_stale};
    finding.place = place_of(tree.namespaces[trace.ns], PlaceKind::ns);
    finding.arguments = {{"kind", std::string(to_string(trace.kind))},
                         {"offset", trace.offset, true}};
    findings.add(std::move(finding));
  }
  return {};
}

/// MP-06: words between the last map entry and the flog.
Status report_map_tail(const NamespaceImage& ns, const Arena& arena, FindingSink& findings) {
  const Extent map = arena.map();
  const std::uint64_t end = map.offset + map.size;
  const std::uint64_t flog = arena.flog_group(Lane{0}).value;
  if (flog <= end || flog > ns.media->size()) return {};
  std::vector<std::byte> bytes(std::min(flog - end, tail_read_max));
  if (const Status read = ns.media->read(end, bytes); !read)
    return is_unreadable(read.error().code) ? Status() : read;
  std::uint64_t words = 0;
  std::uint64_t first = 0;
  for (std::uint64_t at = 0; at + map_entry_size <= bytes.size(); at += map_entry_size) {
    if (boost::endian::load_little_u32(reinterpret_cast<const unsigned char*>(&bytes[at])) == 0)
      continue;
    if (words++ == 0) first = end + at;
  }
  if (words == 0) return {};
  Finding finding{.id = ProblemId::map_tail_nonzero};
  finding.place = place_of(ns, PlaceKind::arena);
  finding.place.arena = arena.index.value;
  finding.arguments = {
      {"arena", std::uint64_t{arena.index.value}}, {"words", words}, {"offset", first, true}};
  findings.add(std::move(finding));
  return {};
}

}  // namespace

Status report_cross_checks(const ImageTree& tree, FindingSink& findings) {
  for (const NamespaceImage& ns : tree.namespaces) {
    if (!ns.btt || !ns.media) continue;
    if (ns.label) report_sector_size(tree, ns, findings);
    for (const ArenaImage& image : ns.btt->arenas)
      NDMEDIC_CHECK(report_map_tail(ns, ns.btt->arena(image), findings));
  }
  return report_former_personalities(tree, findings);
}

}  // namespace ndmedic
