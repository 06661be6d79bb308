// SPDX-License-Identifier: BSD-3-Clause
// Undo files: what was changed comes back, byte for byte, at every power cut of both the command
// and its undoing, with the images and the undo file on media that tear.
#include <doctest/doctest.h>

#include <cstring>
#include <functional>
#include <optional>
#include <random>

#include <ndmedic/media/crash_images.h>
#include <ndmedic/media/crash_media.h>
#include <ndmedic/media/memory_media.h>
#include <ndmedic/media/plan.h>
#include <ndmedic/media/undo_reader.h>

#include "pattern.h"

namespace ndmedic {
namespace {

using test::bytes_of;
using test::filled;
using test::pattern;
using Bytes = std::vector<std::byte>;

constexpr std::size_t image_size = 256;
const UndoNames names{"test", {"/a", "/b"}};

/// Two images and what is written to them: groups, overlaps, zeros in both directions.
struct Case {
  Bytes first = pattern(image_size);
  Bytes second = Bytes(image_size);
  Plan plan{};

  /// Records on media that show `first` and `second`.
  void record(Media& a, Media& b) {
    Media& one = plan.add(a);
    Media& two = plan.add(b);
    REQUIRE(one.write(16, filled(16, 1)));
    REQUIRE(two.write(8, filled(24, 2)));
    REQUIRE(one.fence());
    REQUIRE(one.write(24, filled(16, 0)));
    REQUIRE(one.write(100, filled(3, 9)));
    REQUIRE(two.fence());
    REQUIRE(two.write(16, filled(8, 0)));
    REQUIRE(one.write(20, filled(8, 7)));
  }
};

Bytes all(const Media& media) { return bytes_of(media, 0, media.size()); }

/// A command that came to its end, and what it left.
struct Finished {
  Case made{};
  MemoryMedia a{made.first};
  MemoryMedia b{made.second};
  std::unique_ptr<MemoryMedia> file;

  Finished() {
    made.record(a, b);
    file = std::make_unique<MemoryMedia>(*undo_file_size(made.plan.recording(), names));
    UndoWriter writer(*file, names);
    REQUIRE(made.plan.apply({}, &writer));
  }
  std::vector<Media*> images() { return {&a, &b}; }
};

TEST_CASE("undo: the checksum is CRC-32C, over both parts") {
  const std::string digits = "123456789";
  const auto bytes = std::as_bytes(std::span(digits));
  CHECK(undo_crc(bytes) == 0xE3069283);
  CHECK(undo_crc(bytes.first(4), bytes.subspan(4)) == 0xE3069283);
}

TEST_CASE("undo: a finished command is taken back byte for byte, once") {
  Finished done;
  CHECK(all(done.a) != done.made.first);
  auto undo = UndoReader::open(*done.file);
  REQUIRE(undo);
  CHECK(undo->state() == UndoState::finished);
  CHECK(undo->command() == "test");
  CHECK(undo->devices().at(1).path == "/b");
  REQUIRE(undo->verify(done.images()));
  REQUIRE(undo->restore(done.images()));
  CHECK(all(done.a) == done.made.first);
  CHECK(all(done.b) == done.made.second);
  CHECK(UndoReader::open(*done.file)->state() == UndoState::undone);
}

TEST_CASE("undo: an image that is not as the command left it is told") {
  for (const std::uint64_t at : {16U, 24U, 27U, 39U, 102U}) {
    Finished done;
    REQUIRE(done.a.write(at, filled(1, 0xAB)));
    auto undo = UndoReader::open(*done.file);
    REQUIRE(undo);
    const Status verified = undo->verify(done.images());
    REQUIRE_FALSE(verified);
    CHECK(verified.error().code == Errc::changed);
    CHECK(undo->failed_device() == 0);
  }
  Finished done;
  REQUIRE(done.a.write(60, filled(1, 0xAB)));  // nobody's
  CHECK(UndoReader::open(*done.file)->verify(done.images()));
  REQUIRE(done.a.write(20, pattern(8)));  // an older state is not the last one
  CHECK_FALSE(UndoReader::open(*done.file)->verify(done.images()));
  MemoryMedia other(image_size + 1);
  std::vector<Media*> images = {&other, &done.b};
  const Status size = UndoReader::open(*done.file)->verify(images);
  CHECK(size.error().code == Errc::out_of_range);
}

TEST_CASE("undo: every bit of the file that is turned over is noticed, or is one of no meaning") {
  Finished done;
  const Bytes sound = all(*done.file);
  std::uint64_t used = 0;
  for (std::size_t bit = 0; bit < sound.size() * 8; ++bit) {
    Bytes bytes = sound;
    bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    MemoryMedia file(bytes);
    auto undo = UndoReader::open(file);
    if (!undo) continue;
    const bool told = !undo->gaps().empty() || undo->lost_records() > 0 || !undo->state();
    CAPTURE(bit);
    REQUIRE(told);
    ++used;
    // What is sound in it is used, and the rest left alone.
    MemoryMedia a(all(done.a));
    MemoryMedia b(all(done.b));
    const std::vector<Media*> images = {&a, &b};
    REQUIRE(undo->restore(images));
    if (undo->gaps().empty() && undo->lost_records() == 0) {
      REQUIRE(all(a) == done.made.first);
      continue;
    }
    REQUIRE(UndoReader::open(file)->state() == UndoState::undoing);
    REQUIRE(bytes_of(a, 128, 128) == Bytes(done.made.first.begin() + 128, done.made.first.end()));
  }
  CHECK(used > 0);
}

TEST_CASE("undo: a file that is cut, or random, is refused") {
  Finished done;
  const Bytes sound = all(*done.file);
  for (std::size_t size = 0; size < sound.size(); ++size) {
    MemoryMedia file(Bytes(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(size)));
    REQUIRE_FALSE(UndoReader::open(file));
  }
}

TEST_CASE("undo: a later version or a feature that must be known is refused, others are not") {
  Finished done;
  const auto altered = [&](std::size_t at) {
    Bytes bytes = all(*done.file);
    bytes[at] ^= std::byte{2};
    UndoHeader header;
    std::memcpy(&header, bytes.data(), sizeof header);
    const UndoStateWord state{header.state, header.state_crc};
    header.crc = header.state = header.state_crc = 0U;
    Bytes zeroed = bytes;
    std::memcpy(zeroed.data(), &header, sizeof header);
    header.crc = undo_crc(std::span(zeroed).first(header.header_size.value()));
    header.state = state.state;
    header.state_crc = state.crc;
    std::memcpy(bytes.data(), &header, sizeof header);
    return bytes;
  };
  MemoryMedia version(altered(offsetof(UndoHeader, version)));
  CHECK(UndoReader::open(version).error().code == Errc::not_supported);
  MemoryMedia incompatible(altered(offsetof(UndoHeader, incompatible)));
  CHECK(UndoReader::open(incompatible).error().code == Errc::not_supported);
  MemoryMedia compatible(altered(offsetof(UndoHeader, compatible)));
  CHECK(UndoReader::open(compatible));
}

TEST_CASE("undo: no room or no file, and nothing is written to the images") {
  Case made;
  MemoryMedia a(made.first);
  MemoryMedia b(made.second);
  made.record(a, b);
  MemoryMedia small(*undo_file_size(made.plan.recording(), names) - 1);
  UndoWriter writer(small, names);
  CHECK_FALSE(made.plan.apply({}, &writer));
  CHECK(made.plan.failed_device() == 2);
  CHECK_FALSE(writer.prepared());
  CHECK(all(a) == made.first);
}

/// The start is there, or the undo file brings it back.
bool comes_back(const Case& made, const Bytes& first, const Bytes& second, const Bytes& undo) {
  MemoryMedia a(first);
  MemoryMedia b(second);
  MemoryMedia file(undo);
  auto reader = UndoReader::open(file);
  if (!reader) return first == made.first && second == made.second;
  const std::vector<Media*> images = {&a, &b};
  if (!reader->gaps().empty() || reader->lost_records() > 0) return false;
  if (reader->state() == UndoState::undone) return first == made.first && second == made.second;
  return reader->verify(images) && reader->restore(images) && all(a) == made.first &&
         all(b) == made.second;
}

/// Media that lose power together, watched at each moment before a fence has its effect.
struct CrashRig {
  CrashMedia a;
  CrashMedia b;
  CrashMedia file;
  const Case* made = nullptr;
  bool survives = true;  ///< every cut that was looked at comes back

  CrashRig(const Bytes& first, const Bytes& second, const Bytes& undo)
      : a(first), b(second), file(undo) {}
  void watch(const Case& start) {
    made = &start;
    for (CrashMedia* media : {&a, &b, &file}) media->before_fence([this] { look(); });
  }
  void look() {
    survives = survives && every(200, [this](const Bytes& one, const Bytes& two, const Bytes& u) {
                 return comes_back(*made, one, two, u);
               });
  }
  /// Of all three together: `samples` combinations of what a power cut could leave now.
  bool every(unsigned samples, const std::function<bool(Bytes, Bytes, Bytes)>& holds) {
    std::mt19937 random(7);
    CrashImages images[3];
    images[0].take(a);
    images[1].take(b);
    images[2].take(file);
    const auto pick = [&](unsigned which, unsigned n) {
      CrashImages& of = images[which];
      std::uint64_t number = random() % std::min<std::uint64_t>(of.count(), 1U << 16);
      if (n < 8) number = (n >> which & 1) == 0 ? 0 : of.count() - 1;  // nothing, or all of it
      if (!of.exhaustive() && n >= 8) number = random();
      const auto bytes = of.image(number).bytes;
      return Bytes(bytes.begin(), bytes.end());
    };
    for (unsigned n = 0; n < samples; ++n)
      if (!holds(pick(0, n), pick(1, n), pick(2, n))) return false;
    return true;
  }
};

/// Carries the plan out with one fence left out (0: none); true if every cut comes back.
bool apply_survives(std::uint64_t dropped, unsigned media, std::uint64_t* fences) {
  Case made;
  MemoryMedia shown_a(made.first);
  MemoryMedia shown_b(made.second);
  Case twin;
  twin.record(shown_a, shown_b);
  const Bytes empty(*undo_file_size(twin.plan.recording(), names));
  CrashRig rig(made.first, made.second, empty);
  made.record(rig.a, rig.b);
  CrashMedia* const of[] = {&rig.a, &rig.b, &rig.file};
  if (dropped > 0) of[media]->drop_fence(dropped);
  rig.watch(made);
  UndoWriter writer(rig.file, names);
  REQUIRE(made.plan.apply({}, &writer));
  rig.look();
  if (fences != nullptr) *fences = of[media]->fences();
  return rig.survives;
}

TEST_CASE("undo: a command cut at any moment is taken back to the start") {
  std::uint64_t fences = 0;
  CHECK(apply_survives(0, 2, &fences));
  CHECK(fences == 3);
}

TEST_CASE("undo: no fence of the undo file can be left out before the images change") {
  CHECK_FALSE(apply_survives(1, 2, nullptr));
  CHECK_FALSE(apply_survives(2, 2, nullptr));
}

TEST_CASE("undo: the file is not called finished before the images are durable") {
  CHECK_FALSE(apply_survives(3, 0, nullptr));
}

/// Undoes with one fence of `media` left out (0: none); true if every cut comes back.
bool undo_survives(std::uint64_t dropped, unsigned media, std::uint64_t* fences) {
  Finished done;
  CrashRig rig(all(done.a), all(done.b), all(*done.file));
  CrashMedia* const of[] = {&rig.a, &rig.b, &rig.file};
  if (dropped > 0) of[media]->drop_fence(dropped);
  rig.watch(done.made);
  auto undo = UndoReader::open(rig.file);
  REQUIRE(undo);
  const std::vector<Media*> images = {&rig.a, &rig.b};
  REQUIRE(undo->verify(images));
  REQUIRE(undo->restore(images));
  rig.look();
  if (fences != nullptr) *fences = of[media]->fences();
  return rig.survives;
}

TEST_CASE("undo: undoing cut at any moment can be repeated") {
  std::uint64_t fences = 0;
  CHECK(undo_survives(0, 2, &fences));
  CHECK(fences == 2);
  CHECK(undo_survives(0, 0, &fences));
  CHECK(fences == 3);
}

TEST_CASE("undo: what undoing began is durable before the images change, and they before its end") {
  CHECK_FALSE(undo_survives(1, 2, nullptr));
  CHECK_FALSE(undo_survives(3, 0, nullptr));
}

}  // namespace
}  // namespace ndmedic
