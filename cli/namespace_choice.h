// SPDX-License-Identifier: BSD-3-Clause
// The namespace that a verb works on, and its BTT, opened.
#pragma once

#include <memory>
#include <string>

#include <ndmedic/btt/engine.h>
#include <ndmedic/cli/command.h>
#include <ndmedic/cli/verb.h>
#include <ndmedic/image/image.h>

namespace ndmedic::cli {

inline constexpr const char* which_namespace =
    "Which namespace, where there are several: its index, uuid or name";

void add_durability_option(const Verb& verb, Durability& durability);

/// The namespace that is meant, or nullptr, told on io.err: wrong usage.
NamespaceImage* choose_namespace(ImageTree& tree, const std::string& selector, Io& io);

/// The image that a namespace lies on, for sentences; the first one when it lies on several.
std::string path_of(const ImageTree& tree, const NamespaceImage& ns);

/// What is read of an image that somebody writes may be of different moments: told on io.err.
void tell_in_use(const Findings& findings, Io& io);

/// A BTT, or none, told on io.err, and the exit code for that.
struct OpenedBtt {
  std::unique_ptr<Btt> btt;
  int code = 0;
};
/// `options.chain` is filled in here. `path` is for sentences. A writable BTT is recovered; what
/// recovery did, and what is damaged, is told on io.err.
OpenedBtt open_btt(NamespaceImage& ns, BttOptions options, const std::string& path, Io& io);

}  // namespace ndmedic::cli
