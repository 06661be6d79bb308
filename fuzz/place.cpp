// SPDX-License-Identifier: BSD-3-Clause
// The grammar of PLACE. Contract: any text is a Place or an Error that points into the text; a
// Place prints as a text that reads back as itself; located bytes lie within their medium.
// The input is the text.
#include <ndmedic/format/place.h>
#include <ndmedic/image/recipe.h>

#include "fuzz/harness.h"

using namespace ndmedic;

namespace {

const RecipeMedia& media() {
  static const Result<RecipeMedia> made = make_media(
      "dimm 48M\nnamespace sector 512 size 20M nfree 4\nnamespace fsdax size 16M\n"
      "pool 17M nfree 4\nnfit\n");
  fuzz::require(bool(made), "the recipe of this harness builds");
  return *made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const auto place = parse_place(text);
  if (!place) {
    const Extent where = place.error().where;
    fuzz::require(where.offset <= text.size() && where.size <= text.size() - where.offset,
                  "an Error points into the text");
    fuzz::require(!place.error().what.empty(), "an Error says what was wanted");
    return 0;
  }
  const std::string printed = to_string(*place);
  const auto again = parse_place(printed);
  fuzz::require(bool(again), "a printed Place is read");
  fuzz::require(*again == *place, "a printed Place is the same Place");
  fuzz::require(to_string(*again) == printed, "printing is stable");
  const auto target = locate(media().places, *place);
  if (!target) return 0;
  fuzz::require(target->media != nullptr, "a target has a medium");
  const Extent range = target->range;
  fuzz::require(
      range.offset <= target->media->size() && range.size <= target->media->size() - range.offset,
      "a target lies within its medium");
  return 0;
}
