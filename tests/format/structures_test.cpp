// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/structures.h>

#include <doctest/doctest.h>

#include <cstddef>
#include <set>
#include <string_view>

#include <ndmedic/format/btt_info.h>

using namespace ndmedic;

TEST_CASE(
    "every structure of the list has a name of its own, a title, a source and fields that tile "
    "it") {
  std::set<std::string_view> names;
  for (const Structure* structure : all_structures()) {
    CAPTURE(structure->name);
    CHECK(names.insert(structure->name).second);
    CHECK(find_structure(structure->name) == structure);
    CHECK_FALSE(structure->title.empty());
    CHECK(structure->source.find(".md ") != std::string_view::npos);
    std::size_t at = 0;
    std::set<std::string_view> fields;
    for (const Field& field : structure->fields) {
      CAPTURE(field.name);
      CHECK(field.offset == at);
      CHECK(fields.insert(field.name).second);
      CHECK_FALSE(field.key.empty());
      CHECK_FALSE(field.meaning.empty());
      at += field.size;
    }
    CHECK(at == structure->size);
  }
  CHECK(find_structure("info_block") == &info_block_structure);
  CHECK(find_structure("no_such") == nullptr);
}

TEST_CASE("the list has the structures of both specifications") {
  for (const char* name :
       {"index_block", "label_1_1", "label_1_2", "cxl_namespace_label", "cxl_region_label",
        "info_block", "flog_entry", "pfn_info", "pool_header", "pool_desc", "nfit_header",
        "nfit_spa_range", "nfit_mapping", "nfit_interleave", "nfit_smbios", "nfit_control_region",
        "nfit_data_window", "nfit_flush_hints", "nfit_capabilities"}) {
    CAPTURE(name);
    CHECK(find_structure(name) != nullptr);
  }
}
