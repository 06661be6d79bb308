// SPDX-License-Identifier: BSD-3-Clause
// Every problem of chapter BTT is told for the damage that it names, and for nothing else.
#include <doctest/doctest.h>

#include <string>

#include "problem_layers.h"
#include "scenario.h"

namespace ndmedic::test {
namespace {

std::vector<Scenario> all_scenarios() {
  std::vector<Scenario> all;
  for (auto part : {info_scenarios(), chain_scenarios(), flog_scenarios(), map_scenarios()})
    for (Scenario& scenario : part) all.push_back(std::move(scenario));
  return all;
}

std::string names(const std::set<ProblemId>& ids) {
  std::string text;
  for (const ProblemId id : ids) text += std::string(problem(id).name) + ' ';
  return text;
}

Reading read_patient(const Scenario& scenario, BttBuilder& btt) {
  FaultyMedia faults(btt.media());
  ChainOptions options = options_for(scenario.shape);
  Patient patient{btt, faults, options};
  if (scenario.damage) scenario.damage(patient);
  return read_all(faults, options);
}

TEST_CASE("each kind of damage gives exactly the problems that describe it") {
  for (const Scenario& scenario : all_scenarios()) {
    BttBuilder btt(scenario.shape);
    const Reading reading = read_patient(scenario, btt);
    INFO(std::string(scenario.what));
    CHECK(names(reading.ids()) == names(scenario.expected));
    for (const Finding& finding : reading.findings.list()) {
      const std::string message = message_of(finding);
      INFO(message);
      CHECK(message.find('{') == std::string::npos);
    }
  }
}

TEST_CASE("every problem that the layer BTT tells has a scenario that produces it") {
  std::set<ProblemId> produced;
  for (const Scenario& scenario : all_scenarios())
    produced.insert(scenario.expected.begin(), scenario.expected.end());
  for (const Problem& row : problems()) {
    if (layer_of(row.id) != Layer::btt) continue;
    INFO(std::string(row.name));
    CHECK(produced.contains(row.id));
  }
}

TEST_CASE("a freshly formatted BTT gives no finding") {
  BttShape v11;
  v11.container = (std::uint64_t{1} << 24) + 4096;
  v11.initial_offset = 4096;
  v11.version = btt_version_1_1;
  BttShape with_metadata;
  with_metadata.sector = 520;
  BttShape unaligned;
  unaligned.container = unaligned.rawsize = (std::uint64_t{1} << 24) + 0x39;
  BttShape idle_tail;
  idle_tail.container = idle_tail.rawsize = (std::uint64_t{1} << 39) + (std::uint64_t{1} << 23);
  for (const BttShape& shape :
       {BttShape{}, v11, with_metadata, unaligned, idle_tail, pool_shape(), two_arenas_shape()}) {
    BttBuilder btt(shape);
    const Reading reading = read_all(btt.media(), options_for(shape));
    CHECK(names(reading.ids()) == "");
    CHECK(reading.chain.whole());
    for (const LaneTable& lanes : reading.lanes) CHECK(lanes.count(LaneState::pristine) == 256);
    for (std::size_t i = 0; i < reading.maps.size(); ++i)
      CHECK(reading.maps[i].initial == reading.chain.places[i].arena->geometry.external_nlba);
  }
}

}  // namespace
}  // namespace ndmedic::test
