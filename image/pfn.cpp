// SPDX-License-Identifier: BSD-3-Clause
// PFN and DAX info blocks of a namespace (btt.md 6).
#include <algorithm>

#include <ndmedic/image/siblings.h>

namespace ndmedic {
namespace {

std::string kind_name(PfnKind kind) { return kind == PfnKind::fsdax ? "fsdax" : "devdax"; }

class Report {
 public:
  Report(const PfnReading& reading, const Place& place, FindingSink& findings)
      : reading_(reading), findings_(findings), place_(place) {
    place_.kind = PlaceKind::ns_info;
  }

  void run() {
    const PfnViolations& violations = reading_.violations;
    if (violations.has<"6.3-3">()) {
      add(ProblemId::pfn_checksum, {});
      return;  // the fields of a torn block say nothing
    }
    for (const Violation& violation : violations) tell(violation);
  }

 private:
  void tell(const Violation& violation) {
    if (violation.rule == "6.3-4") {
      add(ProblemId::pfn_parent,
          {{"parent", to_string(reading_.block.parent_uuid, GuidOrder::text)}}, &violation);
    } else if (violation.rule == "6.4") {
      add(ProblemId::pfn_start_pad, {{"read", violation.read, true}}, &violation);
    } else if (violation.rule == "6.1") {
      add(ProblemId::pfn_foreign_version,
          {{"major", std::uint64_t{reading_.block.major.value()}},
           {"minor", std::uint64_t{reading_.block.minor.value()}}},
          &violation);
    } else if (violation.rule.starts_with("6.3-") && violation.rule != "6.3-12") {
      add(ProblemId::pfn_rule,
          {{"field", std::string(violation.field)}, {"read", violation.read, true}}, &violation);
    }
  }

  void add(ProblemId id, std::vector<Argument> arguments, const Violation* proof = nullptr) {
    arguments.push_back({"kind", kind_name(reading_.kind)});
    Finding finding;
    finding.id = id;
    finding.place = place_;
    finding.arguments = std::move(arguments);
    if (proof != nullptr) finding.proof.push_back(*proof);
    findings_.add(std::move(finding));
  }

  const PfnReading& reading_;
  FindingSink& findings_;
  Place place_;
};

bool data_fits(const PfnReading& reading, std::uint64_t size) {
  return reading.data_offset <= size && reading.data_size <= size - reading.data_offset;
}

}  // namespace

Result<std::optional<PfnReading>> read_pfn(const Media& ns, std::optional<Guid> ns_uuid,
                                           const Place& place, FindingSink& findings) {
  if (ns.size() < pfn_info_offset + sizeof(PfnInfo)) return std::optional<PfnReading>();
  NDMEDIC_TRY(const PfnInfo block, read_structure<PfnInfo>(ns, pfn_info_offset));
  const auto kind = pfn_kind(block);
  if (!kind) return std::optional<PfnReading>();
  PfnReading reading;
  reading.offset = pfn_info_offset;
  reading.block = block;
  reading.kind = *kind;
  reading.violations = validate(block, {ns.size(), ns_uuid, {}, {}});
  Report(reading, place, findings).run();
  const auto size = usable_size(block, ns.size());
  reading.usable = reading.violations.trusted() && size.has_value();
  if (reading.usable) {
    reading.data_offset = interpret(block).start_pad + block.dataoff.value();
    reading.data_size = *size;
    reading.usable = data_fits(reading, ns.size());
  }
  return std::optional<PfnReading>(std::move(reading));
}

}  // namespace ndmedic
