// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/fsck/traces.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>

#include <ndmedic/btt/info_places.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/pfn_info.h>
#include <ndmedic/format/pool_header.h>
#include <ndmedic/format/structure_checksum.h>
#include <ndmedic/image/content.h>

namespace ndmedic {
namespace {

using Block = std::array<std::byte, info_block_size>;

constexpr std::size_t followed_max = 65536;  // places of one namespace that blocks lead to

bool begins_with(const Block& block, std::span<const std::uint8_t> signature) {
  return std::ranges::equal(std::span(block).first(signature.size()), std::as_bytes(signature));
}

std::optional<TraceKind> kind_of(const Block& block) {
  if (begins_with(block, info_signature)) return TraceKind::btt;
  if (begins_with(block, pfn_signature)) return TraceKind::pfn;
  if (begins_with(block, dax_signature)) return TraceKind::dax;
  if (begins_with(block, pool_signature)) return TraceKind::pool;
  return std::nullopt;
}

const Structure& structure_of(TraceKind kind) {
  switch (kind) {
    case TraceKind::btt:
      return info_block_structure;
    case TraceKind::pool:
      return pool_header_structure;
    case TraceKind::pfn:
    case TraceKind::dax:
      break;
  }
  return pfn_info_structure;
}

bool is_whole(TraceKind kind, const Block& block) {
  const Structure& structure = structure_of(kind);
  return structure_checksum(structure, block) == field_number(*checksum_field(structure), block);
}

/// Looks through one namespace.
class Finder {
 public:
  explicit Finder(const NamespaceImage& ns) : ns_(ns), data_(data_of_user()) {}

  Status run(TraceList& list) {
    NDMEDIC_CHECK(look(0, false, {TraceKind::pool}));
    NDMEDIC_CHECK(look(pfn_info_offset, false, {TraceKind::pfn, TraceKind::dax}));
    NDMEDIC_CHECK(for_each_info_place(ns_.media->size(), [this](std::uint64_t at, bool backup) {
      return look(at, backup, {TraceKind::btt});
    }));
    // What the chain knows and the size does not: the backup of a BTT in a container that grew.
    if (ns_.btt)
      for (const ArenaPlace& place : ns_.btt->chain.places)
        if (place.backup.state != CopyState::nowhere)
          NDMEDIC_CHECK(look(place.backup.place.value, true, {TraceKind::btt}));
    for (const auto& [at, trace] : found_) list.traces.push_back(trace);
    list.unreadable += unreadable_;
    return {};
  }

 private:
  /// What a user of the live personality sees, and no former one may be looked for in.
  std::vector<Extent> data_of_user() const {
    const std::uint64_t size = ns_.media->size();
    std::vector<Extent> data;
    if (ns_.btt) {
      for (const ArenaPlace& place : ns_.btt->chain.places)
        if (place.arena)
          data.push_back({place.start.value, place.arena->geometry.infooff + info_block_size});
        else if (ns_.btt->chain.found())
          data.push_back({place.start.value, place.size});
    } else if (ns_.pfn) {
      data.push_back(ns_.pfn->usable ? Extent{ns_.pfn->data_offset, ns_.pfn->data_size}
                                     : Extent{2 * info_block_size, size});
    } else if (ns_.personality == Personality::unknown) {
      data.push_back({0, size});
    } else if (ns_.personality == Personality::raw) {
      const Content content = ns_.content ? *ns_.content : probe_content_of(*ns_.media, 512);
      if (content.state != ContentState::nothing) data.push_back({0, size});
    }
    return data;
  }

  bool in_data(std::uint64_t offset) const {
    return std::ranges::any_of(data_, [&](const Extent& e) {
      return offset < e.offset + e.size && e.offset < offset + info_block_size;
    });
  }

  bool is_live(TraceKind kind, std::uint64_t offset) const {
    switch (kind) {
      case TraceKind::pool:
        return ns_.personality == Personality::pool;
      case TraceKind::pfn:
        return ns_.personality == Personality::fsdax;
      case TraceKind::dax:
        return ns_.personality == Personality::devdax;
      case TraceKind::btt:
        break;
    }
    return ns_.btt && std::ranges::any_of(ns_.btt->chain.places, [&](const ArenaPlace& place) {
             return place.primary.place.value == offset || place.backup.place.value == offset;
           });
  }

  /// The backup of one version can lie where another has a primary, 512 GiB on.
  bool is_backup(const Trace& trace, const InfoBlock& info) const {
    if (trace.live)
      return std::ranges::none_of(ns_.btt->chain.places, [&](const ArenaPlace& place) {
        return place.primary.place.value == trace.offset;
      });
    if (!trace.whole) return trace.backup;
    const std::uint64_t rest = trace.offset % arena_size_max;
    return info.major.value() == 2 ? rest != 0 : rest != info_block_size && rest != pool_btt_offset;
  }

  Status look(std::uint64_t offset, bool backup, std::initializer_list<TraceKind> kinds) {
    if (!lies_within(offset, info_block_size, ns_.media->size())) return {};
    if (!looked_at_.insert({offset, *kinds.begin()}).second) return {};
    Block block;
    const Status read = ns_.media->read(offset, block);
    if (!read) {
      const Errc code = read.error().code;
      if (code != Errc::bad_media && code != Errc::absent) return read;
      unreadable_ += code == Errc::bad_media ? 1 : 0;
      return {};
    }
    const auto kind = kind_of(block);
    if (!kind || std::ranges::find(kinds, *kind) == kinds.end()) return {};
    Trace trace{*kind, ns_.index, offset, backup, is_whole(*kind, block), false, false};
    trace.live = is_live(*kind, offset);
    if (*kind == TraceKind::btt) trace.backup = is_backup(trace, decode<InfoBlock>(block));
    trace.in_data = !trace.live && in_data(offset);
    if (trace.in_data && !trace.whole) return {};
    found_[offset] = trace;
    return *kind == TraceKind::btt && trace.whole ? follow(trace, decode<InfoBlock>(block))
                                                  : Status();
  }

  /// The other copy, and the next arena: of a BTT of any size.
  Status follow(const Trace& trace, const InfoBlock& info) {
    if (looked_at_.size() >= followed_max) return {};
    const std::uint64_t infooff = info.infooff.value();
    if (trace.backup) return follow_to(Checked(trace.offset) - infooff, false);
    NDMEDIC_CHECK(follow_to(Checked(trace.offset) + infooff, true));
    return info.nextoff.value() == 0
               ? Status()
               : follow_to(Checked(trace.offset) + info.nextoff.value(), false);
  }

  Status follow_to(Checked offset, bool backup) {
    return offset.ok() && *offset.get() % info_block_size == 0
               ? look(*offset.get(), backup, {TraceKind::btt})
               : Status();
  }

  const NamespaceImage& ns_;
  std::vector<Extent> data_;
  std::set<std::pair<std::uint64_t, TraceKind>> looked_at_;
  std::map<std::uint64_t, Trace> found_;
  std::uint64_t unreadable_ = 0;
};

bool is_chosen(const Trace& trace, const WipeChoice& choice) {
  switch (trace.kind) {
    case TraceKind::btt:
    case TraceKind::pool:
      return choice.btt;
    case TraceKind::pfn:
      return choice.pfn;
    case TraceKind::dax:
      break;
  }
  return choice.dax;
}

/// Removes the traces of one namespace.
class Wiper {
 public:
  Wiper(Media& ns, std::span<const Trace> traces,
        const std::function<void(std::string_view)>& stage)
      : ns_(ns), traces_(traces), stage_(stage) {}

  Status run() {
    NDMEDIC_CHECK(zero_all("backups", [](const Trace& trace) { return trace.backup; }));
    NDMEDIC_CHECK(zero_all("former", [](const Trace& t) { return !t.backup && !t.live; }));
    const auto is_head = [](const Trace& trace) { return trace.live && !trace.backup; };
    const auto head = std::ranges::find_if(traces_, is_head);
    if (head == traces_.end()) return {};
    tell("signature");
    NDMEDIC_CHECK(zero({head->offset, 8}));
    NDMEDIC_CHECK(ns_.fence());
    return zero_all("info", is_head);
  }

 private:
  void tell(std::string_view name) {
    if (stage_) stage_("ns/" + std::to_string(traces_.front().ns) + "/" + std::string(name));
  }

  Status zero(Extent range) {
    constexpr Block zeros{};
    NDMEDIC_CHECK(ns_.write(range.offset, std::span(zeros).first(range.size)));
    return ns_.flush(range);
  }

  template <class Which>
  Status zero_all(std::string_view name, Which which) {
    if (std::ranges::none_of(traces_, which)) return {};
    tell(name);
    for (const Trace& trace : traces_)
      if (which(trace)) NDMEDIC_CHECK(zero({trace.offset, info_block_size}));
    return ns_.fence();
  }

  Media& ns_;
  std::span<const Trace> traces_;
  const std::function<void(std::string_view)>& stage_;
};

}  // namespace

std::string_view to_string(TraceKind kind) {
  switch (kind) {
    case TraceKind::btt:
      return "btt";
    case TraceKind::pfn:
      return "pfn";
    case TraceKind::dax:
      return "dax";
    case TraceKind::pool:
      break;
  }
  return "pool";
}

Result<TraceList> find_traces(const ImageTree& tree) {
  TraceList list;
  for (const NamespaceImage& ns : tree.namespaces)
    if (ns.media) NDMEDIC_CHECK(Finder(ns).run(list));
  return list;
}

std::vector<Trace> chosen_traces(const TraceList& list, const WipeChoice& choice) {
  std::set<std::uint32_t> ended;  // namespaces whose personality goes
  for (const Trace& trace : list.traces)
    if (trace.live && is_chosen(trace, choice)) ended.insert(trace.ns);
  std::vector<Trace> chosen;
  for (const Trace& trace : list.traces) {
    const bool former = !trace.live && (choice.stale || is_chosen(trace, choice)) &&
                        (choice.in_data || !trace.in_data);
    if (former || ended.contains(trace.ns)) chosen.push_back(trace);
  }
  return chosen;
}

Status wipe_traces(ImageTree& tree, std::span<const Trace> traces,
                   const std::function<void(std::string_view)>& stage) {
  for (NamespaceImage& ns : tree.namespaces) {
    std::vector<Trace> own;
    for (const Trace& trace : traces)
      if (trace.ns == ns.index) own.push_back(trace);
    if (!own.empty()) NDMEDIC_CHECK(Wiper(*ns.media, own, stage).run());
  }
  return {};
}

}  // namespace ndmedic
