// SPDX-License-Identifier: BSD-3-Clause
#include "run.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>

namespace ndmedic::laboratory {
namespace {

std::uint64_t seed_of(const RunId& id) {
  return mix(id.seed + (static_cast<std::uint64_t>(id.writer) << 56) +
             (static_cast<std::uint64_t>(id.kind) << 48));
}

/// Equal bytes in arenas of different shape are different images.
std::uint64_t salt_of(const Shape& shape) { return std::hash<std::string>{}(describe(shape)); }

std::vector<std::byte> bytes_of(const CrashImage& image) {
  return {image.bytes.begin(), image.bytes.end()};
}

}  // namespace

std::string to_string(const RunId& id) {
  return std::string(to_string(id.writer)) + ":" +
         std::string(kind_names[static_cast<std::size_t>(id.kind)]) + ":" + std::to_string(id.seed);
}

std::optional<RunId> parse_run_id(std::string_view text) {
  RunId id;
  const std::size_t first = text.find(':');
  const std::size_t second = text.find(':', first + 1);
  if (first == text.npos || second == text.npos) return std::nullopt;
  bool writer_known = false;
  for (std::size_t i = 0; i < writer_count && !writer_known; ++i) {
    id.writer = static_cast<Writer>(i);
    writer_known = to_string(id.writer) == text.substr(0, first);
  }
  const auto kind = std::ranges::find(kind_names, text.substr(first + 1, second - first - 1));
  if (!writer_known || kind == kind_names.end()) return std::nullopt;
  id.kind = static_cast<Kind>(kind - kind_names.begin());
  const std::string_view number = text.substr(second + 1);
  if (std::from_chars(number.data(), number.data() + number.size(), id.seed).ec != std::errc())
    return std::nullopt;
  return id;
}

Run::Run(const RunId& id, const Faults& faults, const RecoveryFault& recovery_fault, Tally& tally)
    : id_(id),
      faults_(faults),
      recovery_fault_(recovery_fault),
      tally_(tally),
      random_(seed_of(id)),
      workload_(make_workload(id.kind, id.writer, random_)),
      world_(lay_out(workload_.shape)),
      salt_(salt_of(workload_.shape)),
      media_({}, workload_.fences) {}

Run::~Run() = default;

void Run::fail(std::string rule) {
  if (!violation_) violation_ = Violation{std::move(rule), id_, moment_, 0, {}};
}

std::optional<Violation> Run::execute() {
  ++tally_.runs;
  const unsigned lives = 1 + random_.below(3);
  Start start = random_.one_in(4) ? fresh_start(world_) : random_start(world_, random_);
  for (unsigned life = 0; life < lives && !violation_; ++life) {
    if (life > 0) {
      ++tally_.restarts;
      start = {next_->bytes, next_->contents};
    }
    next_.reset();
    crash_moment_ = moment_ + 1 + random_.below(24);
    crash_image_ = random_.next();
    if (begin_life(start, life == 0)) live(life);
  }
  tally_.recoveries += oracle_ ? oracle_->recoveries() : 0;
  return violation_;
}

/// Attach: recovery with its stores in flight, then everything around a new engine.
bool Run::begin_life(const Start& start, bool first) {
  subject_.reset();
  watch_.reset();
  media_.restart(start.bytes);
  stores_seen_ = ~std::uint64_t{0};
  history_ = std::make_unique<History>(start.contents);
  const bool whole = !wants_recovery(id_.writer);
  media_.before_fence({});
  if (!first) {
    media_.before_fence([this] { visit(); });
    oracle_->expect_whole_before_recovery(false);
    media_.drop_flush(recovery_fault_.kind == RecoveryFault::Kind::flush ? recovery_fault_.ordinal
                                                                         : 0);
    media_.drop_fence(recovery_fault_.kind == RecoveryFault::Kind::fence ? recovery_fault_.ordinal
                                                                         : 0);
  }
  std::vector<ArenaStart> starts;
  if (const char* problem = recover_arenas(media_, world_, starts)) {
    fail(problem);
    return true;
  }
  media_.drop_flush(0);
  media_.drop_fence(0);
  if (recovery_fault_.kind == RecoveryFault::Kind::none && !media_.in_flight().empty())
    fail("WP-R7: recovery returned before it was durable");
  layouts_.clear();
  for (const ArenaStart& arena : starts) layouts_.push_back(arena.layout);
  if (oracle_) tally_.recoveries += oracle_->recoveries();
  oracle_ = std::make_unique<Oracle>(world_, layouts_);
  oracle_->expect_whole_before_recovery(whole);
  media_.before_fence([this] { visit(); });
  watch_ = std::make_unique<CommitWatch>(world_, layouts_, media_.visible(),
                                         workload_.fences == CrashMedia::FenceReach::all_flushes);
  scheduler_ = std::make_unique<Scheduler>(random_.next());
  access_ = std::make_unique<CrashAccess>(media_, world_.shape.block, *scheduler_, *watch_, faults_,
                                          tally_.use);
  subject_ = make_subject(id_.writer, workload_.queued, *access_, world_, std::move(starts));
  return !violation_;
}

void Run::live(unsigned life) {
  // Later lives do the calls of the first in another order of LBAs.
  const std::uint32_t shift = life == 0 ? 0 : random_.below(2);
  for (const std::vector<Call>& calls : workload_.threads)
    scheduler_->spawn([this, &calls, shift] {
      for (std::size_t i = 0; i < calls.size() && !violation_; ++i)
        perform(calls[(i + shift) % calls.size()]);
    });
  if (!scheduler_->run()) {
    fail("threads wait for each other for ever");
    // Fibers that never end hold on to the engine.
    static_cast<void>(subject_.release());
    return;
  }
  visit();
  if (!violation_) read_everything();
  if (next_ || violation_) return;
  next_ = Next{{media_.visible().begin(), media_.visible().end()}, {}};
  for (std::uint32_t lba = 0; lba < world_.sectors(); ++lba)
    next_->contents.push_back(history_->possible_recovered(lba).front());
}

void Run::perform(const Call& call) {
  switch (call.kind) {
    case Call::Kind::read:
      return read(call);
    case Call::Kind::write:
      return write(call);
    case Call::Kind::flush:
      if (!subject_->flush()) fail("flush failed");
      // WP-R5: never left without the closing fence.
      if (workload_.threads.size() == 1 && !media_.in_flight().empty())
        fail("flush returned before all was durable");
      return;
    default:
      return change_states(call);
  }
}

void Run::write(const Call& call) {
  struct Sector {
    std::uint32_t lba;
    SectorHistory::Op op;
  };
  std::vector<Sector> sectors;
  std::map<std::uint32_t, SectorHistory::Op> last;
  std::vector<std::byte> bytes(call.lbas.size() * world_.shape.sector);
  std::vector<std::pair<std::uint32_t, const std::byte*>> writes;
  for (const std::uint32_t lba : call.lbas) {
    const std::span<std::byte> sector =
        std::span(bytes).subspan(sectors.size() * world_.shape.sector, world_.shape.sector);
    const Content content = history_->next_content(lba);
    fill_content(sector, content);
    std::optional<SectorHistory::Op> behind;
    if (last.contains(lba)) behind = last[lba];
    last[lba] = history_->begin_write(lba, content, behind);
    sectors.push_back({lba, last[lba]});
    writes.emplace_back(lba, sector.data());
  }
  if (!subject_->write(writes)) return fail("a write failed");
  for (const Sector& sector : sectors) history_->end_write(sector.lba, sector.op);
  visit();
}

void Run::change_states(const Call& call) {
  const bool zero = call.kind == Call::Kind::zero;
  std::vector<SectorHistory::Op> ops;
  for (const std::uint32_t lba : call.lbas)
    ops.push_back(history_->begin_write(lba, zero ? content_zeros : content_error));
  const auto count = static_cast<std::uint32_t>(call.lbas.size());
  const Status status = zero ? subject_->zero(call.lbas.front(), count)
                             : subject_->mark_error(call.lbas.front(), count);
  if (!status) return fail("a change of state failed");
  for (std::size_t i = 0; i < ops.size(); ++i) history_->end_write(call.lbas[i], ops[i]);
  visit();
}

void Run::read(const Call& call) {
  for (const std::uint32_t lba : call.lbas) {
    std::vector<std::byte> bytes(world_.shape.sector, std::byte{0xEE});
    const SectorHistory::Op op = history_->begin_read(lba);
    access_->reads(true);
    const Status status = subject_->read(lba, bytes);
    access_->reads(false);
    if (!status && status.error().code != Errc::bad_media) return fail("a read failed");
    const auto content = status ? history_->recognise(lba, bytes) : content_error;
    if (!content) return fail("a read gave what was never written");
    history_->end_read(lba, op, *content);
    if (!history_->explained(lba)) return fail("reads cannot be explained by any order of calls");
  }
  visit();
}

void Run::read_everything() {
  Call all{Call::Kind::read, {}};
  for (std::uint32_t lba = 0; lba < world_.sectors(); ++lba) all.lbas.push_back(lba);
  read(all);
}

/// The images of this moment. Between two stores, and as long as no call returns, the images only
/// get fewer and what they may hold does not: the moment before each fence stands for all.
void Run::visit() {
  if (violation_) return;
  if (stores_seen_ == media_.stores() && returns_seen_ == history_->returns()) return;
  stores_seen_ = media_.stores();
  returns_seen_ = history_->returns();
  ++moment_;
  ++tally_.moments;
  images_.take(media_, id_.seed + moment_);
  if (!images_.exhaustive()) ++tally_.sampled;
  oracle_->begin(*history_);
  const std::uint64_t count = images_.exhaustive() ? images_.count() : samples;
  if (moment_ == crash_moment_) crash_image_ %= count;
  images_.for_each(samples, [this](const CrashImage& image) {
    look(image);
    return true;
  });
}

void Run::look(const CrashImage& image) {
  ++tally_.images;
  if (tally_.count_distinct) tally_.distinct.insert(image.hash ^ salt_);
  if (watch_) watch_->classify(image.bytes, tally_.rows[static_cast<std::size_t>(id_.writer)]);
  if (violation_) return;  // the rest of the moment is only sorted
  std::string problem = oracle_->check(image);
  if (!problem.empty()) {
    violation_ = Violation{std::move(problem), id_, moment_, image.number, bytes_of(image)};
  } else if (moment_ == crash_moment_ && image.number == crash_image_) {
    next_ = Next{bytes_of(image), oracle_->recovered_contents(image.bytes)};
  }
}

}  // namespace ndmedic::laboratory
