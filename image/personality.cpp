// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/image/personality.h>

#include <algorithm>

#include <ndmedic/btt/sector_media.h>
#include <ndmedic/media/view.h>

namespace ndmedic {
namespace {

constexpr NamespaceOffset offset_v2_0{0};
constexpr NamespaceOffset offset_v1_1{4096};

std::uint64_t version_value(BttVersion version) { return version.major * 100U + version.minor; }

/// Everything Linux would probe for, looked at once.
struct Probes {
  InfoProbe at_0{};
  InfoProbe at_4096{};
  InfoProbe at_8192{};
  bool pfn = false;
  bool dax = false;
  bool head_readable = true;
  bool head_absent = false;  ///< left out of this image on purpose: nothing is wrong with it
};

Result<InfoProbe> probe_within(const Media& media, NamespaceOffset offset) {
  if (media.size() < offset.value + info_block_size) return InfoProbe{};
  return probe_info(media, offset);
}

Result<Probes> probe_all(const Media& media) {
  Probes probes;
  NDMEDIC_TRY(probes.at_0, probe_within(media, offset_v2_0));
  NDMEDIC_TRY(probes.at_4096, probe_within(media, offset_v1_1));
  NDMEDIC_TRY(probes.at_8192, probe_within(media, {pool_btt_offset}));
  if (media.size() < pfn_info_offset + sizeof(PfnInfo)) return probes;
  const auto block = read_structure<PfnInfo>(media, pfn_info_offset);
  if (!block) {
    probes.head_readable = false;
    probes.head_absent = block.error().code == Errc::absent;
    return probes;
  }
  const auto kind = pfn_kind(*block);
  probes.pfn = kind == PfnKind::fsdax;
  probes.dax = kind == PfnKind::devdax;
  return probes;
}

class Reader {
 public:
  Reader(NamespaceImage& ns, const NamespaceOrigin& origin, ReadBudget& budget,
         FindingSink& findings)
      : ns_(ns), origin_(origin), budget_(budget), findings_(findings) {
    place_.kind = PlaceKind::ns;
    place_.ns = ns.index;
    place_.device = ns.device;
  }

  Status run() {
    if (origin_.pool) return read_pool_btt();
    NDMEDIC_TRY(const Probes probes, probe_all(*ns_.media));
    note(probes);
    ns_.personality = choose(probes);
    return read_chosen(probes);
  }

 private:
  void clue(Clue clue, std::uint64_t offset, std::uint64_t value = 0) {
    ns_.evidence.push_back({clue, {offset, info_block_size}, value});
  }

  void note_btt(const InfoProbe& probe, std::uint64_t offset, BttVersion belongs) {
    if (!probe.signature) return;
    if (!probe.convincing()) return clue(Clue::btt_damaged, offset, version_value(probe.version));
    clue(probe.version == belongs ? Clue::btt_info : Clue::btt_info_elsewhere, offset,
         version_value(probe.version));
  }

  void note(const Probes& probes) {
    if (origin_.claim && *origin_.claim != ClaimClass::none)
      clue(Clue::label_abstraction, 0, static_cast<std::uint64_t>(*origin_.claim));
    note_btt(probes.at_0, 0, btt_version_2_0);
    const bool inside_v2 = probes.at_0.convincing() && probes.at_0.version == btt_version_2_0;
    if (inside_v2 && (probes.at_4096.convincing() || probes.pfn || probes.dax)) {
      clue(Clue::nested_image, 4096);
      Finding finding;
      finding.id = ProblemId::info_nested;
      finding.place = place_;
      finding.arguments = {{"offset", std::uint64_t{4096}, true}};
      findings_.add(std::move(finding));
    } else {
      note_btt(probes.at_4096, 4096, btt_version_1_1);
      if (probes.pfn) clue(Clue::pfn_info, 4096);
      if (probes.dax) clue(Clue::dax_info, 4096);
    }
    if (!probes.head_readable) tell_unreadable(probes);
    if (ns_.evidence.empty()) clue(Clue::nothing_found, 0);
  }

  void tell_unreadable(const Probes& probes) {
    clue(Clue::not_readable, 4096);
    if (probes.head_absent) return;
    Finding finding;
    finding.id = ProblemId::image_unreadable_part;
    finding.place = place_;
    finding.arguments = {{"count", info_block_size}, {"offset", std::uint64_t{4096}, true}};
    findings_.add(std::move(finding));
  }

  /// What the bytes alone say: 6.5, version 2.0 at 0 before all others (PF-48).
  Personality by_bytes(const Probes& probes) const {
    if (probes.at_0.convincing() && probes.at_0.version == btt_version_2_0)
      return Personality::btt_2_0;
    if (probes.at_4096.convincing() && probes.at_4096.version == btt_version_1_1)
      return Personality::btt_1_1;
    if (probes.pfn) return Personality::fsdax;
    if (probes.dax) return Personality::devdax;
    return Personality::raw;
  }

  /// A damaged BTT must not pass for a raw namespace: a signature at its own place, or a backup.
  bool traces_of_btt(const Probes& probes, NamespaceOffset offset) const {
    const InfoProbe& probe = offset.value == 0 ? probes.at_0 : probes.at_4096;
    if (probe.signature) return true;
    Findings ignored(0);
    ChainOptions options;
    options.initial_offset = offset;
    options.version = offset.value == 0 ? btt_version_2_0 : btt_version_1_1;
    const auto chain = read_arena_chain(*ns_.media, options, ignored);
    return chain && chain->found();
  }

  Personality choose(const Probes& probes) {
    const Personality found = by_bytes(probes);
    switch (origin_.claim.value_or(ClaimClass::none)) {
      case ClaimClass::btt2:
        return expect(Personality::btt_2_0, found);
      case ClaimClass::btt:
        return expect(Personality::btt_1_1, found);
      case ClaimClass::pfn:
        return expect(Personality::fsdax, found);
      case ClaimClass::dax:
        return expect(Personality::devdax, found);
      case ClaimClass::unknown:
        return Personality::unknown;
      case ClaimClass::none:
        break;
    }
    if (origin_.claim && found == Personality::btt_2_0)
      return expect(Personality::raw, found);  // Linux finds 2.0 only by its abstraction (PL-6)
    if (found != Personality::raw) return found;
    if (traces_of_btt(probes, offset_v1_1)) return Personality::btt_1_1;
    if (!origin_.claim && traces_of_btt(probes, offset_v2_0)) return Personality::btt_2_0;
    return Personality::raw;
  }

  /// The label's word is taken, as Linux does; that the bytes say something else is told.
  Personality expect(Personality label, Personality found) {
    if (found == label || found == Personality::raw) return label;
    clue(Clue::contradiction, 0, static_cast<std::uint64_t>(found));
    Finding finding;
    finding.id = ProblemId::personality_contradicts;
    finding.place = place_;
    finding.arguments = {{"expected", std::string(to_string(label))},
                         {"read", std::string(to_string(found))}};
    findings_.add(std::move(finding));
    return label;
  }

  Status read_chosen(const Probes& probes) {
    switch (ns_.personality) {
      case Personality::btt_2_0:
        return read_btt(offset_v2_0, btt_version_2_0, BttContainer::ns);
      case Personality::btt_1_1:
        return read_btt(offset_v1_1, btt_version_1_1, BttContainer::ns);
      case Personality::fsdax:
      case Personality::devdax:
        return read_pfn_block();
      default:
        break;
    }
    if (!origin_.claim && probes.at_8192.convincing()) tell_lost_pool();
    return {};
  }

  void tell_lost_pool() {
    clue(Clue::btt_info_elsewhere, pool_btt_offset, version_value(btt_version_1_1));
    Finding finding;
    finding.id = ProblemId::pool_header_lost;
    finding.place = place_;
    findings_.add(std::move(finding));
  }

  Status read_pfn_block() {
    NDMEDIC_TRY(ns_.pfn, read_pfn(*ns_.media, origin_.uuid, place_, findings_));
    const PfnKind promised =
        ns_.personality == Personality::fsdax ? PfnKind::fsdax : PfnKind::devdax;
    if (ns_.pfn && ns_.pfn->kind == promised) return {};
    ns_.pfn.reset();
    Finding finding;
    finding.id = ProblemId::pfn_missing;
    finding.place = place_;
    finding.place.kind = PlaceKind::ns_info;
    finding.arguments = {{"kind", std::string(to_string(ns_.personality))}};
    findings_.add(std::move(finding));
    return {};
  }

  Status read_pool_btt() {
    ns_.personality = Personality::pool;
    return read_btt({pool_btt_offset}, btt_version_1_1, BttContainer::pool);
  }

  Status read_btt(NamespaceOffset offset, BttVersion version, BttContainer container) {
    ChainOptions options;
    options.context = {container, place_};
    options.initial_offset = offset;
    options.parent_uuid = origin_.pool ? origin_.poolset_uuid : origin_.uuid;
    options.version = version;
    options.expected = origin_.claim == ClaimClass::btt || origin_.claim == ClaimClass::btt2;
    BttImage btt;
    btt.options = options;
    NDMEDIC_TRY(btt.chain, read_arena_chain(*ns_.media, options, findings_));
    for (std::size_t i = 0; i < btt.chain.places.size(); ++i) {
      if (!btt.chain.places[i].arena) continue;
      NDMEDIC_TRY(LaneTable lanes,
                  read_lanes_within_budget(*btt.chain.places[i].arena, btt.options.context));
      btt.arenas.push_back({i, std::move(lanes), {}});
    }
    ns_.btt = std::move(btt);
    return {};
  }

  Result<LaneTable> read_lanes_within_budget(const Arena& arena, const BttContext& context) {
    const std::uint64_t lanes = std::min(arena.geometry.nfree, lanes_detailed_max);
    if (lanes > budget_.lanes) {
      LaneTable unread;
      unread.cancelled = true;
      return unread;
    }
    budget_.lanes -= lanes;
    return read_lanes(*ns_.media, arena, context, findings_);
  }

  NamespaceImage& ns_;
  const NamespaceOrigin& origin_;
  ReadBudget& budget_;
  FindingSink& findings_;
  Place place_;
};

}  // namespace

std::uint32_t sector_size_of(const NamespaceImage& ns) {
  if (!ns.btt || ns.btt->arenas.empty()) return 512;
  const Arena& arena = ns.btt->arena(ns.btt->arenas.front());
  return sector_data_size(arena.geometry.external_lbasize, ns.btt->options.context.container);
}

std::unique_ptr<SectorMedia> sectors_of(const NamespaceImage& ns) {
  if (!ns.btt) return nullptr;
  const BttImage& btt = *ns.btt;
  if (!btt.chain.whole() || btt.arenas.empty()) return nullptr;
  std::vector<SectorArena> arenas;
  for (const ArenaImage& image : btt.arenas) {
    const Arena& arena = btt.arena(image);
    if (!arenas.empty() &&
        arenas.front().arena.geometry.external_lbasize != arena.geometry.external_lbasize)
      return nullptr;
    arenas.push_back({arena, pending_words(image.lanes)});
  }
  return std::make_unique<SectorMedia>(*ns.media, btt.options.context.container, std::move(arenas));
}

std::unique_ptr<Media> visible_data(const NamespaceImage& ns) {
  if (!ns.media) return nullptr;
  if (ns.btt) return sectors_of(ns);
  if (ns.pfn && !ns.pfn->usable) return nullptr;
  const std::uint64_t offset = ns.pfn ? ns.pfn->data_offset : 0;
  const std::uint64_t size = ns.pfn ? ns.pfn->data_size : ns.media->size();
  auto view = View::slice(std::as_const(*ns.media), offset, size);
  return view ? std::move(*view) : nullptr;
}

Status read_personality(NamespaceImage& ns, const NamespaceOrigin& origin, bool probe_content,
                        ReadBudget& budget, FindingSink& findings) {
  NDMEDIC_CHECK(Reader(ns, origin, budget, findings).run());
  if (!probe_content || budget.contents == 0) return {};
  --budget.contents;
  const auto data = visible_data(ns);
  ns.content = data ? probe_content_of(*data, sector_size_of(ns))
                    : Content{ContentState::not_checked, {}, {}, {}, {}, {}};
  return {};
}

}  // namespace ndmedic
