// SPDX-License-Identifier: BSD-3-Clause
// The house rules that a machine can check, one function each. docs/DESIGN.md gives the reasons.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "source_text.h"

namespace house_rules {

struct Complaint {
  std::string path;
  std::size_t line;
  std::string text;
};
using Complaints = std::vector<Complaint>;

// Rules for C++ files.
Complaints include_arrows(const SourceText& source);   ///< format <- media <- labels, btt <- ...
Complaints function_length(const SourceText& source);  ///< at most 70 lines
Complaints user_sentences(const SourceText& source);   ///< only in the catalogue and in cli/
Complaints banned_names(const SourceText& source);     ///< words that say nothing

// Rules for every text file of the project.
Complaints file_length(const SourceText& source);      ///< at most 600 lines; tables are exempt
Complaints line_width(const SourceText& source);       ///< at most 100 characters
Complaints licence_line(const SourceText& source);     ///< the SPDX line opens the file
Complaints unfinished_work(const SourceText& source);  ///< nothing marked as to be done later
Complaints foreign_paths(const SourceText& source);    ///< no path of one developer's machine

/// All rules that apply to the file, by its extension and folder.
Complaints all_rules(const SourceText& source);

}  // namespace house_rules
