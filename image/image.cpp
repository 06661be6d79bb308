// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/image/image.h>

#include <algorithm>

#include <ndmedic/format/label.h>
#include <ndmedic/image/device.h>
#include <ndmedic/image/namespace_data.h>
#include <ndmedic/image/personality.h>
#include <ndmedic/media/file_media.h>
#include <ndmedic/media/memory_media.h>
#include <ndmedic/media/view.h>

namespace ndmedic {
namespace {

constexpr std::size_t namespaces_read_max = 4096;  // bounds time on hostile label areas

/// Builds an ImageTree, step by step.
class Opening {
 public:
  Opening(const OpenOptions& options, FindingSink& findings)
      : options_(options), findings_(findings) {}

  Result<ImageTree> run(std::vector<ImageInput> inputs) {
    for (ImageInput& input : inputs) {
      const std::uint32_t index = next_device_++;
      if (!input.media) {
        missing_.push_back(index);
        continue;
      }
      NDMEDIC_CHECK(add_device(index, std::move(input)));
    }
    NDMEDIC_CHECK(read_given_nfit());
    assemble();
    NDMEDIC_CHECK(add_namespaces());
    return std::move(tree_);
  }

 private:
  Status add_device(std::uint32_t index, ImageInput input) {
    auto device = open_device(index, std::move(input), options_, findings_);
    if (!device) return device.error();
    if (device->kind == DeviceKind::pool) NDMEDIC_CHECK(open_pool(*device));
    if (device->kind == DeviceKind::nfit) {
      NDMEDIC_TRY(device->nfit, read_nfit(*device->whole, !options_.nfit_without_header, 0,
                                          nfit_place(index), findings_));
    }
    tree_.devices.push_back(std::move(*device));
    return {};
  }

  static Place nfit_place(std::uint32_t device) {
    Place place;
    place.kind = PlaceKind::nfit;
    place.device = device;
    return place;
  }

  /// The parts stay with the device whatever its header says: its data refers to them.
  Status open_pool(DeviceImage& device) {
    device.pool.emplace();
    const auto text = std::find_if(device.evidence.begin(), device.evidence.end(),
                                   [](const auto& e) { return e.clue == Clue::poolset_text; });
    if (text != device.evidence.end() && options_.follow_poolset) {
      NDMEDIC_TRY(Poolset poolset,
                  open_poolset(*device.whole, device.index, findings_, options_.write));
      text->value = poolset.parts.size();
      device.data = std::move(poolset.pool);
      device.pool->parts = std::move(poolset.parts);
      device.pool->part_media = std::move(poolset.part_media);
    }
    auto reading = read_pool(*device.data, device.index, findings_);
    if (!reading) return {};  // shorter than its header, or that is missing; told when it is read
    device.pool->header = reading->header;
    device.pool->violations = reading->violations;
    device.pool->descriptor = reading->descriptor;
    device.pool->readable = true;
    return {};
  }

  /// --nfit, or an NFIT among the images: describes the regions of all others.
  Status read_given_nfit() {
    const auto dimms = static_cast<std::uint32_t>(dimms_in_order().size());
    Place place;
    place.kind = PlaceKind::nfit;
    if (!options_.nfit_table.empty()) {
      const MemoryMedia table(options_.nfit_table);
      NDMEDIC_TRY(nfit_, read_nfit(table, !options_.nfit_without_header, dimms, place, findings_));
      return {};
    }
    if (options_.nfit) {
      NDMEDIC_TRY(const auto file, FileMedia::open_read(*options_.nfit));
      NDMEDIC_TRY(nfit_, read_nfit(*file, !options_.nfit_without_header, dimms, place, findings_));
      return {};
    }
    for (const DeviceImage& device : tree_.devices)
      if (device.nfit && dimms > 0) {
        NDMEDIC_TRY(nfit_, read_nfit(*device.whole, !options_.nfit_without_header, dimms,
                                     nfit_place(device.index), findings_));
        return {};
      }
    return {};
  }

  /// Numbers of the devices with a label area, and of those that could not be opened, which are
  /// taken for such.
  std::vector<std::uint32_t> dimms_in_order() const {
    std::vector<std::uint32_t> dimms = missing_;
    bool any = false;
    for (const DeviceImage& device : tree_.devices) {
      if (!device.area) continue;
      dimms.push_back(device.index);
      any = true;
    }
    if (!any) return {};
    std::ranges::sort(dimms);
    return dimms;
  }

  /// The n-th of dimms_in_order() has the n-th handle of the NFIT.
  void bind_nfit() {
    const auto dimms = dimms_in_order();
    const auto bind = [&](std::optional<std::uint32_t>& device) {
      if (device) device = *device < dimms.size() ? std::optional(dimms[*device]) : std::nullopt;
      if (device && std::ranges::binary_search(missing_, *device)) device.reset();
    };
    for (RegionDescription& region : nfit_->regions)
      for (RegionMapping& mapping : region.mappings) bind(mapping.device);
    for (RegionInterleave& interleave : nfit_->interleaves)
      for (RegionShare& share : interleave.shares) bind(share.device);
  }

  void assemble() {
    if (nfit_) {
      bind_nfit();
      tree_.regions = nfit_->regions;
    }
    std::vector<LabelDevice> devices;
    for (const DeviceImage& device : tree_.devices) {
      if (!device.area) continue;
      LabelDevice label{device.index, &*device.area, {}, {}};
      if (device.data) label.dpa_size = device.data->size();
      devices.push_back(label);
    }
    tree_.labels = assemble_labels(devices, tree_.regions, findings_);
  }

  Status add_namespaces() {
    for (std::size_t i = 0; i < tree_.labels.namespaces.size(); ++i) NDMEDIC_CHECK(add_labelled(i));
    for (const DeviceImage& device : tree_.devices)
      if (is_one_namespace(device)) NDMEDIC_CHECK(add_whole(device));
    return {};
  }

  /// Without labels that Linux would take, a device is one namespace (labels.md 4.2, 4.10).
  static bool is_one_namespace(const DeviceImage& device) {
    if (!device.data || device.data->size() == 0) return false;
    return !device.area || !device.area->has_index();
  }

  NamespaceImage& new_namespace() {
    tree_.namespaces.emplace_back();
    tree_.namespaces.back().index = static_cast<std::uint32_t>(tree_.namespaces.size() - 1);
    return tree_.namespaces.back();
  }

  Status add_labelled(std::size_t label) {
    const LabelNamespace& from = tree_.labels.namespaces[label];
    NamespaceImage& ns = new_namespace();
    ns.label = label;
    ns.uuid = from.uuid;
    ns.name = from.name;
    ns.size = from.size;
    if (from.extents.size() == 1) ns.device = from.extents.front().device;
    auto data = namespace_data(from, tree_.devices, tree_.labels, nfit_ ? &*nfit_ : nullptr,
                               options_.interleave);
    ns.unreachable = data.unreachable;
    ns.media = std::move(data.media);
    if (ns.media && ns.index >= namespaces_read_max) ns.unreachable = Unreachable::limit;
    if (ns.unreachable != Unreachable::reachable) {
      ns.personality = Personality::not_checked;
      tell_unreachable(ns);
      return {};
    }
    const NamespaceOrigin origin{from.claim, from.uuid, false, {}};
    return read_personality(ns, origin, options_.probe_content, budget_, findings_);
  }

  void tell_unreachable(const NamespaceImage& ns) {
    if (ns.unreachable == Unreachable::no_data) return;  // nobody gave any data
    Finding finding;
    finding.id = ProblemId::data_not_reachable;
    finding.place.kind = PlaceKind::ns;
    finding.place.ns = ns.index;
    finding.arguments = {{"reason", std::string(to_string(ns.unreachable))}};
    findings_.add(std::move(finding));
  }

  Status add_whole(const DeviceImage& device) {
    NamespaceImage& ns = new_namespace();
    ns.device = device.index;
    ns.size = device.data->size();
    NDMEDIC_TRY(ns.media, View::slice(*device.data, 0, ns.size));
    NamespaceOrigin origin;
    if (device.pool) {
      origin.pool = true;
      if (device.pool->readable) origin.poolset_uuid = device.pool->header.poolset_uuid;
      ns.uuid = device.pool->header.poolset_uuid;
    }
    NDMEDIC_CHECK(read_personality(ns, origin, options_.probe_content, budget_, findings_));
    if (device.pool) check_pool(device, ns);
    return {};
  }

  /// Nothing was written where the BTT would begin: known, not merely unreadable.
  static bool is_blank(const Media& pool) {
    const auto zero = is_zero(pool, {pool_btt_offset, info_block_size});
    return zero && *zero;
  }

  /// What header, descriptor and BTT of a pool say of each other.
  void check_pool(const DeviceImage& device, const NamespaceImage& ns) {
    Finding finding;
    finding.place.device = device.index;
    finding.place.kind = PlaceKind::pool_desc;
    if (ns.btt->arenas.empty()) {
      if (ns.btt->chain.found()) return;
      const bool cut = ns.size < pool_btt_offset + info_block_size;
      finding.id = cut ? ProblemId::pool_cut : ProblemId::pool_not_written;
      if (cut) finding.arguments = {{"read", ns.size}};
      if (cut || is_blank(*ns.media)) findings_.add(std::move(finding));
      return;
    }
    const Arena& arena = *ns.btt->chain.places[ns.btt->arenas.front().place].arena;
    const std::uint32_t expected = arena.geometry.external_lbasize;
    for (const Violation& violation : validate(device.pool->descriptor, expected)) {
      if (violation.rule != "PH-6" && violation.rule != "PH-5") continue;
      finding.id = ProblemId::pool_block_size;
      finding.arguments = {{"read", violation.read}, {"expected", std::uint64_t{expected}}};
      finding.proof = {violation};
      findings_.add(finding);
      return;
    }
  }

  const OpenOptions& options_;
  FindingSink& findings_;
  ImageTree tree_;
  std::uint32_t next_device_ = 0;
  std::vector<std::uint32_t> missing_;  // numbers of inputs that could not be opened
  std::optional<NfitReading> nfit_;
  ReadBudget budget_;
};

}  // namespace

std::string_view to_string(Personality personality) {
  switch (personality) {
    case Personality::raw:
      return "raw";
    case Personality::btt_1_1:
      return "btt-1.1";
    case Personality::btt_2_0:
      return "btt-2.0";
    case Personality::fsdax:
      return "fsdax";
    case Personality::devdax:
      return "devdax";
    case Personality::pool:
      return "pool";
    case Personality::unknown:
      return "unknown";
    case Personality::not_checked:
      break;
  }
  return "not-checked";
}

std::string_view to_string(Unreachable why) {
  switch (why) {
    case Unreachable::reachable:
      return "reachable";
    case Unreachable::no_data:
      return "no-data";
    case Unreachable::incomplete:
      return "incomplete-set";
    case Unreachable::interleave_unknown:
      return "interleave-unknown";
    case Unreachable::outside:
      return "outside-the-image";
    case Unreachable::limit:
      break;
  }
  return "limit-of-namespaces";
}

Result<ImageTree> open_images(std::vector<ImageInput> inputs, const OpenOptions& options,
                              FindingSink& findings) {
  return Opening(options, findings).run(std::move(inputs));
}

Status for_each_arena(const ImageTree& tree, const Progress& progress, const ArenaVisit& visit) {
  std::uint64_t total = 0;
  std::uint64_t before = 0;
  for (const NamespaceImage& ns : tree.namespaces)
    if (ns.btt) total += ns.btt->chain.external_nlba();
  for (std::size_t n = 0; n < tree.namespaces.size(); ++n) {
    const NamespaceImage& ns = tree.namespaces[n];
    const std::size_t arenas = ns.btt ? ns.btt->arenas.size() : 0;
    for (std::size_t a = 0; a < arenas; ++a) {
      CensusOptions options;
      options.context = ns.btt->options.context;
      if (progress)
        options.progress = [&](std::uint64_t done, std::uint64_t) {
          return progress(before + done, total);
        };
      NDMEDIC_TRY(const bool goes_on, visit(n, a, options));
      if (!goes_on) return {};
      before += ns.btt->arena(ns.btt->arenas[a]).geometry.external_nlba;
    }
  }
  return {};
}

Status count_maps(ImageTree& tree, const Progress& progress, FindingSink& findings) {
  return for_each_arena(
      tree, progress,
      [&](std::size_t n, std::size_t a, const CensusOptions& options) -> Result<bool> {
        const NamespaceImage& ns = tree.namespaces[n];
        ArenaImage& image = tree.namespaces[n].btt->arenas[a];
        NDMEDIC_TRY(image.census, count_map(*ns.media, ns.btt->arena(image), options, findings));
        return !image.census->cancelled;
      });
}

}  // namespace ndmedic
