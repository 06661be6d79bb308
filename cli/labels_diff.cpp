// SPDX-License-Identifier: BSD-3-Clause
// The verb labels diff: two label areas by meaning.
#include <fmt/format.h>

#include <memory>
#include <ostream>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/field_text.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/json_fields.h>
#include <ndmedic/cli/labels_verbs.h>
#include <ndmedic/cli/output.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/labels/label_diff.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "Compares what the labels in use say, not where they lie or how often they were rewritten.\n"
    "Exit code 0: the same; 1: they differ; 8: one could not be read or has no label area.\n"
    "\n"
    "Examples:\n"
    "  ndmedic labels diff before.img after.img\n"
    "  ndmedic labels diff --json --label-size 128K dimm.img lsa.bin";

struct Arguments {
  ImageArguments image;
  std::string output;
  bool json = false;
};

/// One area as it is told: key, text.
using Rows = std::vector<std::pair<std::string_view, std::string>>;

Rows area_rows(const LabelArea& area, const AreaDifference& which) {
  Rows rows;
  if (which.size) rows.emplace_back("size", size_text(area.size));
  if (which.index) rows.emplace_back("index", area.has_index() ? "valid" : "none");
  if (which.version) rows.emplace_back("version", fmt::format("{}.{}", area.major, area.minor));
  if (which.nslot)
    rows.emplace_back("slots",
                      fmt::format("{} of {} bytes", area.layout.nslot, area.layout.slot_size));
  if (which.unreadable)
    rows.emplace_back("labels in use that cannot be told", fmt::format("{}", unknown_labels(area)));
  return rows;
}

std::string label_text(const LabelRecord& label) {
  return fmt::format("{} \"{}\" position {}, {} at {}", to_string(label.uuid, GuidOrder::text),
                     escape_untrusted(label.name()), label.position, size_text(label.rawsize),
                     hex_text(label.dpa));
}

void print_label(const LabelDifference& difference, std::ostream& out) {
  const auto& [before, after, fields] = difference;
  if (after == nullptr) {
    out << "- " << label_text(*before) << '\n';
    return;
  }
  if (before == nullptr) {
    out << "+ " << label_text(*after) << '\n';
    return;
  }
  out << "~ " << label_text(*before) << '\n';
  for (const Field* field : fields)
    out << fmt::format("    {:<20}{} -> {}\n", field->name, field_text(*field, before->bytes()),
                       field_text(*field, after->bytes()));
}

void print_text(const LabelArea& before, const LabelArea& after, const AreaComparison& comparison,
                std::ostream& out) {
  if (comparison.same()) out << "the labels say the same\n";
  const Rows old_rows = area_rows(before, comparison.area);
  const Rows new_rows = area_rows(after, comparison.area);
  for (std::size_t i = 0; i < old_rows.size(); ++i)
    out << fmt::format("{}: {} -> {}\n", old_rows[i].first, old_rows[i].second, new_rows[i].second);
  for (const LabelDifference& difference : comparison.labels) print_label(difference, out);
}

Json label_json(const LabelRecord& label) {
  Json json = {{"slot", label.slot}, {"uuid", to_string(label.uuid, GuidOrder::text)}};
  add_text(json, "name", label.name());
  json["position"] = label.position;
  add_number(json, "dpa", label.dpa);
  add_number(json, "rawsize", label.rawsize);
  return json;
}

Json difference_json(const LabelDifference& difference) {
  const auto& [before, after, fields] = difference;
  Json json = {{"what", before == nullptr ? "added" : after == nullptr ? "removed" : "changed"}};
  json["before"] = before == nullptr ? Json() : label_json(*before);
  json["after"] = after == nullptr ? Json() : label_json(*after);
  if (before == nullptr || after == nullptr) return json;
  json["fields"] = Json::array();
  for (const Field* field : fields) {
    Json change = {{"field", field->key}, {"before", Json::object()}, {"after", Json::object()}};
    add_field(change["before"], *field, before->bytes());
    add_field(change["after"], *field, after->bytes());
    json["fields"].push_back(std::move(change));
  }
  return json;
}

void print_json(const LabelArea& before, const LabelArea& after, const AreaComparison& comparison,
                std::ostream& out) {
  Json json = json_head("labels diff");
  json["same"] = comparison.same();
  json["area"] = Json::array();
  const Rows old_rows = area_rows(before, comparison.area);
  const Rows new_rows = area_rows(after, comparison.area);
  for (std::size_t i = 0; i < old_rows.size(); ++i)
    json["area"].push_back({{"what", old_rows[i].first},
                            {"before", old_rows[i].second},
                            {"after", new_rows[i].second}});
  json["labels"] = Json::array();
  for (const LabelDifference& difference : comparison.labels)
    json["labels"].push_back(difference_json(difference));
  write_json(json, out);
}

int run(const Arguments& arguments, Io& io) {
  std::vector<ImageTree> trees;
  const ImageArguments& all = arguments.image;
  for (std::size_t i = 0; i < all.images.size(); ++i) {
    const std::string& path = all.images[i];
    ImageArguments image = all;
    image.images = {path};
    image.options.lsa.clear();
    if (i < all.options.lsa.size()) image.options.lsa = {all.options.lsa[i]};
    image.options.probe_content = false;
    Findings ignored;  // what is wrong with an area is for check; what it says is compared
    Opened opened = open(image, ignored, io);
    if (!opened.tree) return opened.code;
    if (opened.tree->devices.empty() || !opened.tree->devices.front().area) {
      io.err << no_label_area_text(path);
      return exit_unreadable;
    }
    trees.push_back(std::move(*opened.tree));
  }
  const LabelArea& before = *trees[0].devices.front().area;
  const LabelArea& after = *trees[1].devices.front().area;
  const AreaComparison comparison = compare_label_areas(before, after);
  arguments.json ? print_json(before, after, comparison, io.out)
                 : print_text(before, after, comparison, io.out);
  return comparison.same() ? exit_ok : exit_differs;
}

}  // namespace

void add_labels_diff(const Verb& labels, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(labels, "diff", "What two label areas say differently");
  verb.footer(footer);
  add_image_options(verb, arguments->image, "IMAGE", 2);
  verb.flag("--json", arguments->json, "JSON instead of text");
  add_output_option(verb, arguments->output);
  verb.runs(chosen, [arguments](Io& io) {
    if (arguments->image.images.size() != 2) {
      io.err << "ndmedic: labels diff wants two images; see \"ndmedic labels diff --help\"\n";
      return exit_usage;
    }
    return run_into(arguments->output, files_of(arguments->image), io,
                    [&](Io& into) { return run(*arguments, into); });
  });
}

}  // namespace ndmedic::cli
