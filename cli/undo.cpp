// SPDX-License-Identifier: BSD-3-Clause
// The verb undo: takes back what another verb changed, from the undo file that it made.
#include <fmt/format.h>

#include <memory>
#include <ostream>

#include <ndmedic/cli/command.h>
#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/json_fields.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/verb.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/media/file_media.h>
#include <ndmedic/media/undo_reader.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "Every byte that the command had changed is as it was before, or nothing is done: the images\n"
    "must hold what the command left there. An undo that was interrupted is run again. The newest\n"
    "undo file of an image comes first. The file stays; remove it when it is no longer needed.\n"
    "\n"
    "Examples:\n"
    "  ndmedic undo disk.img.undo              the image is where it was\n"
    "  ndmedic undo disk.img.undo moved.img    it was moved";

struct Arguments {
  std::vector<std::string> files;
  bool force = false;
  bool dry_run = false;
  bool json = false;
};

int refuse(const std::string& path, const std::string& sentence, int code, Io& io) {
  io.err << "ndmedic: " << escape_untrusted(path) << ": " << sentence << '\n';
  return code;
}

int tell_unusable(const std::string& path, const Error& error, Io& io) {
  if (error.code == Errc::not_found && error.os_error == 0)
    return refuse(path, "it is no undo file, or its command was stopped before it changed anything",
                  exit_usage, io);
  if (error.code == Errc::not_supported)
    return refuse(path, "it was made by a later version of ndmedic", exit_unreadable, io);
  if (error.code == Errc::damaged)
    return refuse(path, "the head of the undo file is damaged; nothing in it can be trusted",
                  exit_damage, io);
  io.err << "ndmedic: " << error_text(path, error) << '\n';
  return exit_unreadable;
}

std::string_view state_text(const UndoReader& undo) {
  if (!undo.state()) return "state unknown";
  switch (*undo.state()) {
    case UndoState::begun:
      return "interrupted";
    case UndoState::finished:
      return "finished";
    case UndoState::undoing:
      return "undoing interrupted";
    case UndoState::undone:
      break;
  }
  return "undone";
}

/// One undoing from the command line to the exit code.
class Undoing {
 public:
  Undoing(const Arguments& arguments, Io& io) : arguments_(arguments), io_(io) {}

  int run() {
    const std::string& path = arguments_.files.front();
    auto file = arguments_.dry_run ? FileMedia::open_read(path) : FileMedia::open_write(path);
    if (!file) {
      io_.err << "ndmedic: " << claim_error_text(path, file.error()) << '\n';
      return exit_unreadable;
    }
    auto undo = UndoReader::open(**file);
    if (!undo) return tell_unusable(path, undo.error(), io_);
    state_ = state_text(*undo);
    tell_gaps(*undo);
    if (undo->state() == UndoState::undone && !arguments_.force)
      return refuse(path, "it was undone already; --force does it again", exit_usage, io_);
    if (const int code = open_images(*undo); code != exit_ok) return code;
    if (const int code = verify(*undo); code != exit_ok) return code;
    return restore(*undo);
  }

 private:
  void tell_gaps(const UndoReader& undo) {
    if (undo.lost_records() > 0)
      io_.err << fmt::format("ndmedic: {}: {} of {} are damaged beyond telling their place\n",
                             escape_untrusted(arguments_.files.front()), undo.lost_records(),
                             count_text(undo.record_count(), "record"));
    damaged_ = undo.lost_records() > 0;
    for (const UndoGap& gap : undo.gaps()) {
      damaged_ = damaged_ || gap.damaged;
      io_.err << fmt::format("ndmedic: d{}/@{:#x}+{} stays as it is: {}\n", gap.device,
                             gap.range.offset, gap.range.size,
                             gap.damaged ? "the undo file is damaged there"
                                         : "it could not be read when it was overwritten");
    }
  }

  int open_images(const UndoReader& undo) {
    paths_.assign(arguments_.files.begin() + 1, arguments_.files.end());
    if (paths_.empty())
      for (const UndoDevice& device : undo.devices()) paths_.push_back(device.path);
    if (paths_.size() != undo.devices().size())
      return refuse(arguments_.files.front(),
                    fmt::format("it is about {}; give as many, in their order",
                                count_text(undo.devices().size(), "image")),
                    exit_usage, io_);
    for (const std::string& path : paths_) {
      auto file = arguments_.dry_run ? FileMedia::open_read(path)
                                     : FileMedia::open_write(path, {arguments_.force, false});
      if (!file) {
        io_.err << "ndmedic: " << claim_error_text(path, file.error()) << '\n';
        return exit_unreadable;
      }
      images_.push_back(file->get());
      files_.push_back(std::move(*file));
    }
    return exit_ok;
  }

  int verify(UndoReader& undo) {
    if (damaged_ && !arguments_.force)
      return refuse(arguments_.files.front(), "it is damaged; --force restores what is sound in it",
                    exit_damage, io_);
    const Status verified = undo.verify(images_);
    if (verified) return exit_ok;
    const Error& error = verified.error();
    const std::string& path = paths_[undo.failed_device()];
    if (error.code == Errc::out_of_range)
      return refuse(path,
                    fmt::format("it is not the image: that had {}", size_text(error.where.size)),
                    exit_usage, io_);
    if (error.code != Errc::changed) {
      io_.err << "ndmedic: " << error_text(path, error) << '\n';
      return exit_unreadable;
    }
    if (arguments_.force) return exit_ok;
    return refuse(path,
                  fmt::format("it is not as the command left it: d{}/@{:#x}+{} was changed since; "
                              "--force restores it all the same",
                              undo.failed_device(), error.where.offset, error.where.size),
                  exit_usage, io_);
  }

  int restore(UndoReader& undo) {
    const Status restored = arguments_.dry_run ? Status() : undo.restore(images_);
    if (!restored) {
      const bool of_file = undo.failed_device() >= paths_.size();
      io_.err << "ndmedic: "
              << error_text(of_file ? arguments_.files.front() : paths_[undo.failed_device()],
                            restored.error())
              << "; run it again\n";
      return exit_unreadable;
    }
    const int code = undo.gaps().empty() && !damaged_ ? exit_ok : exit_damage;
    if (arguments_.json) {
      print_json(undo);
      return code;
    }
    io_.out << fmt::format(
        "{}: {} {} \"{}\" ({}), {}\n", escape_untrusted(arguments_.files.front()),
        arguments_.dry_run ? "would take" : "took", "back", escape_untrusted(undo.command()),
        state_, count_text(undo.record_count(), "change"));
    for (const std::string& path : paths_) io_.out << "  " << escape_untrusted(path) << '\n';
    return code;
  }

  void print_json(const UndoReader& undo) {
    Json json = json_head("undo");
    add_text(json, "undo_file", arguments_.files.front());
    add_text(json, "command", undo.command());
    json["state"] = state_;
    json["dry_run"] = arguments_.dry_run;
    json["changes"] = undo.record_count();
    json["images"] = Json::array();
    for (const std::string& path : paths_) {
      Json image = Json::object();
      add_text(image, "path", path);
      json["images"].push_back(std::move(image));
    }
    json["not_restored"] = Json::array();
    for (const UndoGap& gap : undo.gaps())
      json["not_restored"].push_back({{"device", gap.device},
                                      {"offset", gap.range.offset},
                                      {"size", gap.range.size},
                                      {"damaged", gap.damaged}});
    json["lost_records"] = undo.lost_records();
    write_json(json, io_.out);
  }

  const Arguments& arguments_;
  Io& io_;
  std::vector<std::string> paths_;
  std::vector<std::unique_ptr<Media>> files_;
  std::vector<Media*> images_;
  std::string_view state_;
  bool damaged_ = false;
};

}  // namespace

void add_undo(CLI::App& app, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(app, "undo", "Take back what another verb changed");
  verb.footer(footer);
  verb.flag("--force", arguments->force,
            "Restore even what was changed since, and from a damaged undo file");
  verb.flag("--dry-run", arguments->dry_run, "Write nothing; say whether it could be undone");
  verb.flag("--json", arguments->json, "JSON instead of text");
  verb.arguments("FILE", arguments->files, 1, "The undo file, then the images where they are now");
  verb.runs(chosen, [arguments](Io& io) { return Undoing(*arguments, io).run(); });
}

}  // namespace ndmedic::cli
