// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/finding.h>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace ndmedic;

namespace {

constexpr auto some_id = ProblemId::label_area_blank;
constexpr auto other_id = ProblemId::info_primary_bad;

Finding at(PlaceKind kind, std::uint64_t first, std::uint64_t last = 0, ProblemId id = some_id) {
  Finding finding;
  finding.id = id;
  finding.place.kind = kind;
  finding.place.first = first;
  finding.place.last = last;
  if (last > first && kind != PlaceKind::range) finding.count = last - first + 1;
  return finding;
}

std::vector<std::string> places(const Findings& findings) {
  std::vector<std::string> all;
  for (const Finding& f : findings.list())
    all.push_back(to_string(f.place) + " x" + std::to_string(f.count));
  return all;
}

using Places = std::vector<std::string>;

}  // namespace

TEST_CASE("neighbouring places with one problem are one finding with a count") {
  Findings findings;
  for (const std::uint64_t entry : {5U, 6U, 7U, 9U}) findings.add(at(PlaceKind::map, entry, entry));
  findings.add(at(PlaceKind::map, 10, 19));
  CHECK(places(findings) == Places{"ns/0/arena0/map/5..7 x3", "ns/0/arena0/map/9..19 x11"});
}

TEST_CASE("slots, lanes, flog entries, map entries, blocks and ranges merge; nothing else does") {
  for (const auto kind : {PlaceKind::slot, PlaceKind::flog, PlaceKind::flog_entry, PlaceKind::map,
                          PlaceKind::block}) {
    Findings findings;
    findings.add(at(kind, 1));
    findings.add(at(kind, 2));
    CHECK(findings.list().size() == 1);
    CHECK(findings.list().front().place.last == 2);
    CHECK(findings.list().front().count == 2);
  }
  for (const auto kind : {PlaceKind::device, PlaceKind::labels, PlaceKind::index, PlaceKind::ns,
                          PlaceKind::info, PlaceKind::nfit, PlaceKind::pool_header}) {
    Findings findings;
    findings.add(at(kind, 0));
    findings.add(at(kind, 1));
    CHECK(findings.list().size() == 2);
  }
  Findings ranges;
  ranges.add(at(PlaceKind::range, 0x1000, 0x200));
  ranges.add(at(PlaceKind::range, 0x1200, 0x100));
  ranges.add(at(PlaceKind::range, 0x1400, 0x100));
  CHECK(places(ranges) == Places{"@0x1000+768 x2", "@0x1400+256 x1"});
}

TEST_CASE("places that differ in more than their number stay apart") {
  auto base = [] { return at(PlaceKind::flog_entry, 2); };
  std::vector<Finding> others;
  for (int i = 0; i < 6; ++i) others.push_back(base());
  others[0].place.device = 1;
  others[1].place.arena = 1;
  others[2].place.ns = std::uint32_t{1};
  others[3].place.entry_b = true;
  others[4].place.field = "seq";
  others[5].place.kind = PlaceKind::flog;
  for (const Finding& other : others) {
    Findings findings;
    findings.add(at(PlaceKind::flog_entry, 1));
    findings.add(other);
    CHECK(findings.list().size() == 2);
  }
}

TEST_CASE("findings with other arguments stay apart, those with equal ones keep the first proof") {
  auto with = [](std::uint64_t entry, std::uint64_t value) {
    Finding finding = at(PlaceKind::map, entry);
    finding.arguments.push_back({"value", value});
    finding.proof.push_back({"V-1", "sig", 0, 16, entry, 0});
    return finding;
  };
  Findings findings;
  findings.add(with(1, 7));
  findings.add(with(2, 7));
  findings.add(with(3, 8));
  CHECK(places(findings) == Places{"ns/0/arena0/map/1..2 x2", "ns/0/arena0/map/3 x1"});
  REQUIRE(findings.list().front().proof.size() == 1);
  CHECK(findings.list().front().proof.front().read == 1);
}

TEST_CASE("runs of one problem merge across findings of another") {
  Findings findings;
  for (std::uint64_t entry = 0; entry < 4; ++entry) {
    findings.add(at(PlaceKind::map, entry));
    findings.add(at(PlaceKind::map, entry, 0, other_id));
  }
  CHECK(places(findings) == Places{"ns/0/arena0/map/0..3 x4", "ns/0/arena0/map/0..3 x4"});
}

TEST_CASE("numbers at the end of their range do not wrap into neighbours") {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  Findings findings;
  findings.add(at(PlaceKind::map, most, most));
  findings.add(at(PlaceKind::map, 0));
  findings.add(at(PlaceKind::range, most, 1));
  findings.add(at(PlaceKind::range, 0, 1));
  CHECK(findings.list().size() == 4);
  Finding many = at(PlaceKind::map, 1);
  many.count = most;
  findings.add(at(PlaceKind::map, 4));
  many.place.first = 5;
  findings.add(many);
  CHECK(findings.list().back().count == most);
}

TEST_CASE("at most the limit of findings of each id is kept and the rest is counted") {
  Findings findings(3);
  for (std::uint64_t i = 0; i < 10; ++i) findings.add(at(PlaceKind::map, 2 * i));
  findings.add(at(PlaceKind::map, 0, 0, other_id));
  CHECK(findings.list().size() == 4);
  CHECK(findings.dropped(some_id) == 7);
  CHECK(findings.dropped(other_id) == 0);
  CHECK(findings.dropped(ProblemId::image_empty) == 0);
  // A neighbour of the last one kept needs no room.
  findings.add(at(PlaceKind::map, 5));
  CHECK(findings.dropped(some_id) == 7);
  // Places are counted, not calls.
  findings.add(at(PlaceKind::map, 100, 149));
  CHECK(findings.dropped(some_id) == 57);
}

TEST_CASE("with a limit of 0 everything is counted and nothing kept") {
  Findings findings(0);
  findings.add(at(PlaceKind::map, 1));
  findings.add(at(PlaceKind::map, 2));
  CHECK(findings.list().empty());
  CHECK(findings.dropped(some_id) == 2);
  CHECK(findings.worst() == Severity::note);
}

TEST_CASE("the worst severity is told, of dropped findings too") {
  Findings findings(1);
  CHECK_FALSE(findings.worst().has_value());
  findings.add(at(PlaceKind::map, 1));
  CHECK(findings.worst() == Severity::note);
  findings.add(at(PlaceKind::info, 0, 0, ProblemId::info_primary_bad));
  CHECK(findings.worst() == Severity::damage);
  findings.add(at(PlaceKind::map, 9));
  CHECK(findings.worst() == Severity::damage);
}

TEST_CASE("keys of a message are filled with numbers, hexadecimal numbers and text") {
  const std::vector<Argument> arguments = {
      {"lane", std::uint64_t{17}, false},
      {"offset", std::uint64_t{0x3FFB000}, true},
      {"most", std::numeric_limits<std::uint64_t>::max(), true},
      {"name", std::string("pm0"), false}};
  CHECK(fill_message("lane {lane} at {offset}", arguments) == "lane 17 at 0x3ffb000");
  CHECK(fill_message("{name}{lane}{name}", arguments) == "pm017pm0");
  CHECK(fill_message("{most}", arguments) == "0xffffffffffffffff");
  CHECK(fill_message("", arguments).empty());
  CHECK(fill_message("no keys", arguments) == "no keys");
  CHECK(fill_message("{other} {lane}", arguments) == "{other} 17");
  // An argument is not searched for keys.
  CHECK(fill_message("{a}", std::vector<Argument>{{"a", std::string("{b}")},
                                                  {"b", std::string("no")}}) == "{b}");
}

TEST_CASE("text arguments cannot steer a terminal") {
  const std::vector<Argument> arguments = {{"name", std::string("a\x1b[31m\n\xe2\x80\xae")}};
  CHECK(fill_message("\"{name}\"", arguments) == "\"a\\x1b[31m\\x0a\\u{202e}\"");
}

TEST_CASE("the message of a finding is that of its problem") {
  Finding finding = at(PlaceKind::device, 0, 0, ProblemId::image_empty);
  CHECK(message_of(finding) == problem(ProblemId::image_empty).message);
}
