// SPDX-License-Identifier: BSD-3-Clause
// Making BTTs of hostile sizes. Contract: lay_out() gives an Error, or arenas that lie in the
// medium one behind the other; what format_btt() then writes over an old BTT is attached without a
// finding (but that Linux wants more lanes), can be read, and nothing of an old BTT in a namespace
// is found. size: of the medium; number: bytes of a sector; small: lanes; choice: version and
// container of the new BTT (bits 0..1) and of the old one (2..3), and whether there is one (4);
// flag 1: libpmemblk's rule; body: {offset (64 bits), length, bytes} over the old BTT.
#include <ndmedic/btt/engine.h>
#include <ndmedic/btt/layout.h>
#include <ndmedic/media/memory_media.h>

#include <algorithm>

#include "fuzz/harness.h"

using namespace ndmedic;

namespace {

constexpr Guid first_uuid = guid_literal("5d0a7c6e-1111-4222-8333-444455556666", GuidOrder::text);
constexpr Guid second_uuid = guid_literal("6e1b8d7f-2222-4333-8444-555566667777", GuidOrder::text);

FormatPlan plan_of(const fuzz::Head& head, unsigned kind, const Guid& uuid) {
  FormatPlan plan;
  plan.uuid = uuid;
  plan.version = (kind & 1) != 0 ? btt_version_1_1 : btt_version_2_0;
  if ((kind & 2) != 0) plan.container = BttContainer::pool;
  const bool pmemblk = head.flag(1) || plan.container == BttContainer::pool;
  plan.rule = pmemblk ? GeometryRule::pmemblk : GeometryRule::kernel;
  plan.external_lbasize = head.number;
  plan.nfree = head.small;
  return plan;
}

ChainOptions chain_of(BttContainer container, BttVersion version) {
  ChainOptions options;
  options.context.container = container;
  options.initial_offset = initial_offset(container, version);
  options.parent_uuid = Guid{};
  return options;
}

void check_arenas(std::span<const Arena> arenas, std::uint64_t size) {
  std::uint64_t end = 0;
  std::uint64_t lba = 0;
  for (const Arena& arena : arenas) {
    const ArenaGeometry& geometry = arena.geometry;
    fuzz::require(arena.start.value >= end, "arenas do not overlap");
    end = arena.backup().value + info_block_size;
    fuzz::require(end > arena.start.value && end <= size, "an arena lies in the medium");
    fuzz::require(arena.first_lba.value == lba, "LBAs go on");
    lba += geometry.external_nlba;
    fuzz::require(arena.block({geometry.internal_nlba}).value <= arena.map().offset &&
                      arena.map().offset + arena.map().size <= arena.flog().offset &&
                      arena.flog().offset + arena.flog().size <= arena.backup().value,
                  "the parts of an arena do not overlap");
    fuzz::require(geometry.internal_nlba - geometry.external_nlba == geometry.nfree &&
                      geometry.external_nlba > 0,
                  "as many spare blocks as lanes");
  }
}

/// format_btt() makes namespaces of other sectors only where libpmemblk's rule is asked for.
bool may_be_formatted(const FormatPlan& plan) {
  return plan.rule == GeometryRule::pmemblk || is_kernel_sector_size(plan.external_lbasize);
}

bool is_small(std::span<const Arena> arenas) {
  std::uint64_t lanes = 0;
  for (const Arena& arena : arenas) lanes += arena.geometry.nfree;
  return lanes <= 4096;
}

void check_attached(const Media& media, const FormatPlan& plan, std::uint64_t sectors) {
  Findings findings;
  BttOptions options;
  options.chain = chain_of(plan.container, plan.version);
  options.with_metadata = true;
  const auto attachment = read_attachment(media, options.chain, findings);
  fuzz::require(bool(attachment), "a new BTT is found");
  fuzz::require(attachment->refusal == AttachRefusal::none, "a new BTT may be written");
  for (const Finding& finding : findings.list())
    fuzz::require(finding.id == ProblemId::nfree_small && plan.nfree < 256,
                  "a new BTT has no findings");
  for (const SectorArena& arena : attachment->sectors)
    fuzz::require(arena.arena.uuid == plan.uuid, "it is the new one");
  const auto btt = Btt::open_read(media, options, findings);
  fuzz::require(bool(btt) && (*btt)->sectors() == sectors, "all sectors are there");
  fuzz::Buffer sector((*btt)->sector_size());
  for (const std::uint64_t lba : {std::uint64_t{0}, sectors / 2, sectors - 1})
    fuzz::require(bool((*btt)->read({lba}, sector)), "a new sector is read");
}

void format_old(Media& media, const fuzz::Head& head) {
  const FormatPlan old = plan_of(head, head.choice / 4U, first_uuid);
  const auto arenas = lay_out(head.size, old);
  if ((head.choice & 16) == 0 || !arenas || !is_small(*arenas) || !may_be_formatted(old)) return;
  fuzz::require(bool(format_btt(media, old)), "an empty medium is formatted");
}

/// At the start of another version. There a copy of the new BTT's info may stand where a backup
/// would: arena 1 of a BTT at 0 begins where the backup of an arena at 4096 is.
void check_nothing_old(const Media& media, BttVersion version) {
  fuzz::CheckedSink sink;
  const auto found = read_attachment(media, chain_of(BttContainer::ns, version), sink);
  if (!found) return fuzz::require(found.error().code == Errc::not_found, "memory is read");
  for (const ArenaPlace& place : found->chain.places)
    fuzz::require(!place.arena || place.arena->uuid == second_uuid, "nothing old is found");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input = fuzz::split(data, std::min<std::size_t>(size, 8192));
  const fuzz::Head& head = input.head;
  const FormatPlan plan = plan_of(head, head.choice, second_uuid);
  const auto arenas = lay_out(head.size, plan);
  if (!arenas) return 0;
  check_arenas(*arenas, head.size);
  if (!is_small(*arenas) || plan.external_lbasize > std::uint32_t{1} << 20) return 0;

  SparseMedia media(head.size);
  format_old(media, head);
  fuzz::Taker taker(input.body);
  while (!taker.done()) {
    const std::uint64_t offset = taker.number(8) % head.size;
    const fuzz::Bytes bytes = taker.bytes(taker.number(1));
    if (bytes.size() <= head.size - offset)
      fuzz::require(bool(media.write(offset, bytes)), "memory is written");
  }
  const Status formatted = format_btt(media, plan);
  fuzz::require(formatted.has_value() == may_be_formatted(plan), "what may be formatted is");
  if (!formatted) return 0;
  const std::uint64_t sectors =
      arenas->back().first_lba.value + arenas->back().geometry.external_nlba;
  check_attached(media, plan, sectors);
  // The backup of an old pool's arena may stand where one of a namespace would.
  if ((head.choice & 8) != 0) return 0;
  for (const BttVersion version : {btt_version_1_1, btt_version_2_0})
    if (initial_offset(BttContainer::ns, version) != initial_offset(plan.container, plan.version))
      check_nothing_old(media, version);
  return 0;
}
