// SPDX-License-Identifier: BSD-3-Clause
// Refusals of transactions on labels, in words.
#include <fmt/format.h>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/label_update.h>
#include <ndmedic/cli/text.h>

namespace ndmedic::cli {
namespace {

std::string device_text(const NamespaceAnswer& answer) {
  return answer.device ? fmt::format("d{}", *answer.device) : std::string("a DIMM of the region");
}

std::string size_refusal_text(const NamespaceAnswer& answer) {
  if (answer.refusal == Refusal::bad_alignment)
    return fmt::format(
        "an alignment is a power of two times the number of DIMMs, of 4 KiB or more on each, such "
        "as {}",
        size_text(answer.limit));
  if (answer.refusal == Refusal::misaligned)
    return fmt::format(
        "sizes are multiples of {} in this region, and places of each DIMM's share of it; --align "
        "changes that",
        size_text(answer.limit));
  if (answer.refusal == Refusal::overlap)
    return "the place is not free on all DIMMs of the region, or not within it";
  if (answer.limit == 0) return "there is no free place in the region";
  return fmt::format("that does not fit; {} would", size_text(answer.limit));
}

std::string label_refusal_text(Refusal refusal, const std::string& device) {
  switch (refusal) {
    case Refusal::not_found:
      return "the region has no label of this namespace";
    case Refusal::conflicting:
      return "its labels do not make one namespace; \"ndmedic check\" tells why";
    case Refusal::interrupted:
      return "an update of it was interrupted; \"ndmedic labels recover\" completes it";
    case Refusal::read_only:
      return "its labels are marked read-only; --force changes them all the same";
    case Refusal::block_mode:
      return "it is a block-mode namespace of old kernels; these are removed, never changed";
    default:
      return fmt::format("{} has a label of this uuid already", device);
  }
}

std::string value_refusal_text(Refusal refusal) {
  switch (refusal) {
    case Refusal::bad_uuid:
      return "the null uuid is none";
    case Refusal::bad_name:
      return "a name is UTF-8 of at most 63 bytes, without NUL";
    case Refusal::bad_lbasize:
      return "labels promise sectors of 512 or 4096 bytes, or none (0); others are told by the BTT "
             "alone";
    default:
      return "labels of CXL 2.1 cannot be marked read-only";
  }
}

std::string area_refusal_text(Refusal refusal, const std::string& device) {
  switch (refusal) {
    case Refusal::no_region:
      return "such a region cannot be";
    case Refusal::dimm_missing:
      return fmt::format(
          "{} is not given: all DIMMs of the region are needed, and their NFIT "
          "(--nfit)",
          device);
    case Refusal::no_index:
      return fmt::format("{} has no valid label index", device);
    case Refusal::untrusted_area:
      return fmt::format(
          "what the label area of {} has in use is not certain; \"ndmedic check\" "
          "tells why",
          device);
    case Refusal::mixed_formats:
      return fmt::format("{} has labels of another kind than the other DIMMs", device);
    case Refusal::no_region_label:
      return fmt::format("{} has no region label for the region", device);
    case Refusal::no_free_slot:
      return fmt::format("{} has no label slot left that could be used", device);
    default:
      return "the region's cookie is not known: give --for qemu:slot=N for each image, or the NFIT "
             "(--nfit)";
  }
}

}  // namespace

std::string refusal_text(const NamespaceAnswer& answer) {
  switch (answer.refusal) {
    case Refusal::bad_alignment:
    case Refusal::misaligned:
    case Refusal::overlap:
    case Refusal::does_not_fit:
      return size_refusal_text(answer);
    case Refusal::duplicate_uuid:
    case Refusal::not_found:
    case Refusal::conflicting:
    case Refusal::interrupted:
    case Refusal::read_only:
    case Refusal::block_mode:
      return label_refusal_text(answer.refusal, device_text(answer));
    case Refusal::bad_uuid:
    case Refusal::bad_name:
    case Refusal::bad_lbasize:
    case Refusal::no_such_field:
      return value_refusal_text(answer.refusal);
    default:
      return area_refusal_text(answer.refusal, device_text(answer));
  }
}

int refusal_code(Refusal refusal) {
  switch (refusal) {
    case Refusal::no_index:
    case Refusal::untrusted_area:
    case Refusal::mixed_formats:
    case Refusal::no_region_label:
    case Refusal::conflicting:
    case Refusal::interrupted:
      return exit_damage;
    default:
      return exit_usage;
  }
}

}  // namespace ndmedic::cli
