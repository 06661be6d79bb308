// SPDX-License-Identifier: BSD-3-Clause
// What a reader says of its input, as one text: findings, states, choices. Values that it merely
// shows (uuids, names, sizes it cannot judge) are not in it.
#pragma once

#include <string>

#include <ndmedic/btt/lane_state.h>
#include <ndmedic/btt/map_census.h>
#include <ndmedic/format/finding.h>
#include <ndmedic/image/image.h>

namespace bad_input {

std::string verdict_of(const ndmedic::Findings& findings);
std::string verdict_of(const ndmedic::ImageTree& tree);
std::string verdict_of(const ndmedic::LaneTable& lanes);
std::string verdict_of(const ndmedic::MapCensus& census);

}  // namespace bad_input
