// SPDX-License-Identifier: BSD-3-Clause
// Transactions on namespaces over label areas whose power is cut, against a model, and over areas
// of any content. Contract: answers are the model's; after a cut and a recovery, cut as well, the
// labels are the old or the new ones; on hostile areas a refusal writes nothing, and what is
// carried out leaves the labels of others as they were. choice: the shape of the areas; flag 2:
// hostile areas, see label_area_of(), flag 1 as there; number: bytes of the body that are the first
// area; size: where the region lies on each DIMM. body: operations {kind, two numbers, a cut of 32
// bits}, or the areas.
#include <ndmedic/labels/namespace_writer.h>
#include <ndmedic/labels/set_recovery.h>
#include <ndmedic/media/memory_media.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "fuzz/harness.h"
#include "laboratory/set_meaning.h"
#include "laboratory/set_session.h"

using namespace ndmedic;

namespace {

constexpr std::size_t operations_max = 100;

laboratory::SetOperation take(fuzz::Taker& taker) {
  laboratory::SetOperation operation;
  operation.kind = static_cast<std::uint8_t>(taker.number(1));
  operation.first = static_cast<std::uint8_t>(taker.number(1));
  operation.second = static_cast<std::uint8_t>(taker.number(1));
  operation.cut = static_cast<std::uint32_t>(taker.number(4));
  return operation;
}

void run_session(const fuzz::Input& input) {
  laboratory::SetSession session(input.head.choice % laboratory::set_shapes);
  fuzz::Taker taker(input.body);
  for (std::size_t i = 0; i < operations_max && !taker.done(); ++i) {
    const char* const problem = session.run(take(taker));
    fuzz::require(problem == nullptr, problem == nullptr ? "" : problem);
  }
}

/// Two areas of any content, as DIMMs of one region.
class HostileSet {
 public:
  explicit HostileSet(const fuzz::Input& input) {
    for (unsigned device = 0; device < 2; ++device) {
      fuzz::Input part = input;
      const std::size_t split = std::min<std::size_t>(input.head.number % 8192, input.body.size());
      part.body = device == 0 ? input.body.first(split) : input.body.subspan(split);
      if (device == 1 && part.body.empty()) part.body = input.body;
      media_.push_back(std::make_unique<MemoryMedia>(fuzz::label_area_of(part)));
      targets_.push_back({device, media_.back().get()});
      region_.description.mappings.push_back({.device = device,
                                              .dpa_start = input.head.size >> 32,
                                              .size = input.head.size << 20,
                                              .region_offset = device * 0x1000u,
                                              .serial = 1 + device});
    }
    region_.cookies = region_cookies(region_.description);
  }

  void run() {
    const auto recovered = recover_namespaces(targets_, {&region_, 1});
    fuzz::require(recovered.has_value(), "recovery on sound media succeeds");
    for (const Recovery& again : plan_recovery(SetWriter(targets_), {&region_, 1}))
      fuzz::require(again.action == RecoveryAction::none, "what can be recovered is");
    std::vector<Guid> uuids = known_uuids();
    Guid fresh;
    fresh.bytes.fill(0xE7);
    attempt(fresh, [&] {
      return add_namespace(targets_, region_, {.uuid = fresh, .name = "new", .alignment = 8192});
    });
    uuids.push_back(fresh);
    for (const Guid& uuid : uuids) {
      attempt(uuid, [&] {
        return change_namespace(targets_, region_, uuid,
                                {.name = "changed", .lbasize = 4096, .force = true});
      });
      attempt(uuid, [&] {
        return change_namespace(targets_, region_, uuid, {.size = 16384, .alignment = 8192});
      });
      attempt(uuid, [&] { return remove_namespace(targets_, region_, uuid, true); });
    }
  }

 private:
  laboratory::Areas content() const {
    laboratory::Areas areas;
    for (const auto& medium : media_)
      areas.emplace_back(medium->bytes().begin(), medium->bytes().end());
    return areas;
  }

  /// Of the first labels in use.
  std::vector<Guid> known_uuids() const {
    std::vector<Guid> uuids;
    for (const LabelArea& area : laboratory::read_areas(content()))
      for (const LabelRecord& label : area.slots)
        if (label.active() && uuids.size() < 8) uuids.push_back(label.uuid);
    return uuids;
  }

  template <class Transaction>
  void attempt(const Guid& uuid, const Transaction& transaction) {
    const laboratory::Areas before = content();
    const auto answer = transaction();
    fuzz::require(answer.has_value(), "a transaction on sound media succeeds");
    if (!answer->done()) return fuzz::require(content() == before, "a refusal writes nothing");
    fuzz::require(laboratory::neighbours_kept(laboratory::read_areas(before),
                                              laboratory::read_areas(content()), uuid),
                  "labels of others are kept");
  }

  std::vector<std::unique_ptr<MemoryMedia>> media_{};
  std::vector<LabelTarget> targets_{};
  RegionState region_{};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input = fuzz::split(data, size);
  if (input.head.flag(2))
    HostileSet(input).run();
  else
    run_session(input);
  return 0;
}
