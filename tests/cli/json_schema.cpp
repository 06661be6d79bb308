// SPDX-License-Identifier: BSD-3-Clause
#include "json_schema.h"

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "workbench.h"

namespace ndmedic::cli::test {

using nlohmann::json;
using valijson::adapters::NlohmannJsonAdapter;

struct JsonSchema::Parsed {
  json root;  // the schema points into it
  valijson::Schema schema;
};

JsonSchema::JsonSchema(const std::string& name, const std::string& definition)
    : parsed_(std::make_unique<Parsed>()) {
  json& root = parsed_->root;
  root = json::parse(text_of(NDMEDIC_SOURCE_DIR "/docs/schema/" + name + ".schema.json"));
  if (!definition.empty())
    root = json{{"$ref", "#/definitions/" + definition}, {"definitions", root["definitions"]}};
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  parser.populateSchema(NlohmannJsonAdapter(root), parsed_->schema);
}

JsonSchema::~JsonSchema() = default;

std::string JsonSchema::complaints(std::string_view document) const {
  const json target = json::parse(document);
  valijson::Validator validator(valijson::Validator::kStrongTypes);
  valijson::ValidationResults results;
  if (validator.validate(parsed_->schema, NlohmannJsonAdapter(target), &results)) return {};
  std::string text;
  for (const auto& error : results) {
    for (const std::string& part : error.context) text += part;
    text += ": " + error.description + "\n";
  }
  return text;
}

}  // namespace ndmedic::cli::test
