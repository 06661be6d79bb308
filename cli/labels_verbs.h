// SPDX-License-Identifier: BSD-3-Clause
// The verbs of labels that have files of their own.
#pragma once

#include <string>

#include <ndmedic/cli/command.h>
#include <ndmedic/cli/verb.h>

namespace ndmedic::cli {

void add_labels_list(const Verb& labels, Run& chosen);
void add_labels_add(const Verb& labels, Run& chosen);
/// rename, resize, remove
void add_labels_change(const Verb& labels, Run& chosen);
void add_labels_recover(const Verb& labels, Run& chosen);
void add_labels_diff(const Verb& labels, Run& chosen);
void add_labels_restore(const Verb& labels, Run& chosen);
void add_labels_init(const Verb& labels, Run& chosen);

/// The line for an image without one.
std::string no_label_area_text(const std::string& path);

}  // namespace ndmedic::cli
