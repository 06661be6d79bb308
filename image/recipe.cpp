// SPDX-License-Identifier: BSD-3-Clause
// Line by line through a recipe; what a line means stands in recipe_base, recipe_labels and
// recipe_change.
#include <ndmedic/image/recipe.h>

#include <algorithm>

#include <ndmedic/image/recipe_state.h>
#include <ndmedic/image/recipe_words.h>

namespace ndmedic {
namespace {

Status run_line(RecipeState& state, std::string_view line) {
  NDMEDIC_TRY(WordReader words, WordReader::split(line));
  if (words.done()) return {};
  std::optional<Status> status = run_base_statement(state, words);
  if (!status) status = run_change_statement(state, words);
  if (!status) return Error{Errc::invalid, {}, "a statement"};
  if (*status && !words.done()) return Error{Errc::invalid, {}, "the end of the line"};
  return *status;
}

Error in_line(Error error, std::uint64_t line) {
  error.where = {line, 0};
  return error;
}

}  // namespace

Result<RecipeMedia> make_media(std::string_view recipe) {
  if (recipe.size() > recipe_text_max) return Error{Errc::too_large, {}, "size of the recipe"};
  RecipeState state;
  std::uint64_t number = 0;
  while (!recipe.empty()) {
    ++number;
    const std::size_t end = std::min(recipe.find('\n'), recipe.size());
    if (Status status = run_line(state, recipe.substr(0, end)); !status)
      return in_line(status.error(), number);
    recipe.remove_prefix(std::min(end + 1, recipe.size()));
  }
  if (state.seals_at_end())
    if (Status status = seal(state); !status) return in_line(status.error(), number);
  Result<RecipeMedia> made = state.finish();
  if (!made) return in_line(made.error(), number);
  return made;
}

}  // namespace ndmedic
