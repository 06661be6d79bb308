// SPDX-License-Identifier: BSD-3-Clause
// Areas of which little is certain: what is fatal for Linux is told, what may hold labels is not
// called blank, and what could not be read is no knowledge.
#include <doctest/doctest.h>

#include <algorithm>

#include <ndmedic/labels/label_area.h>
#include <ndmedic/media/fault_media.h>
#include <ndmedic/media/memory_media.h>

#include "area_builder.h"

namespace ndmedic::tests {
namespace {

bool found(const Findings& findings, ProblemId id) {
  return std::any_of(findings.list().begin(), findings.list().end(),
                     [id](const Finding& finding) { return finding.id == id; });
}

TEST_CASE("an implausible 1.1 label still tells what makes the DIMM fail") {
  LabelValues values;
  values.nlabel = 0;
  values.rawsize = 0;
  values.dpa = mib;
  AreaBuilder area(131072, 128);
  area.put(0, make_label128(values)).block(0, 3, {0}).block(1, 2, {});
  CHECK(found(area.findings(), ProblemId::label_implausible));
  CHECK(found(area.findings(), ProblemId::label_rawsize_zero));
}

TEST_CASE("an area with a damaged label and no index is not blank") {
  AreaBuilder area;
  area.put(0, make_label(LabelValues{}));
  area.slot_byte(0, 3) ^= std::byte{1};
  CHECK(area.read().reason != IndexReason::blank);
  CHECK_FALSE(found(area.findings(), ProblemId::label_area_blank));
}

TEST_CASE("a reserved flag alone does not make a 1.1 label implausible") {
  LabelValues values;
  values.flags = 0x80000000;
  AreaBuilder area(131072, 128);
  area.put(0, make_label128(values)).block(0, 3, {0}).block(1, 2, {});
  CHECK_FALSE(found(area.findings(), ProblemId::label_implausible));
}

TEST_CASE("an area whose other index block could not be read is no knowledge of absence") {
  AreaBuilder area;
  area.put(1, make_label(LabelValues{})).block(0, 2, {1}).block(1, 1, {});
  CHECK(area.read().trustworthy());
  MemoryMedia bytes(area.bytes());
  FaultMedia media(bytes);
  media.mark_bad({0, 256});
  const LabelArea read = read_label_area(media);
  CHECK(read.reason == IndexReason::other_unknown);
  CHECK_FALSE(read.trustworthy());
}

}  // namespace
}  // namespace ndmedic::tests
