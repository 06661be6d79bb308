// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/copy_in.h>

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <span>
#include <vector>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/progress.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/byte_runs.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

constexpr std::uint64_t window_bytes = std::uint64_t{1} << 20;
constexpr std::uint64_t zeros_at_once = std::uint64_t{1} << 20;  // sectors between two looks at ^C
constexpr std::uint64_t zeros_worth_a_call = 8;                  // sectors

class Copier {
 public:
  Copier(Btt& btt, InputFile& input, const CopyIn& copy, Io& io)
      : btt_(btt),
        input_(input),
        copy_(copy),
        io_(io),
        unit_(btt.sector_size()),
        window_(window_sectors(unit_) * unit_) {}

  CopiedIn run() {
    if (fits() && copy_all()) flush();
    return {done_, code_};
  }

 private:
  std::uint64_t at() const { return copy_.first + done_; }
  std::uint64_t room() const { return btt_.sectors() - at(); }

  std::string input_name() const { return copy_.input == "-" ? "standard input" : copy_.input; }

  bool fail(const std::string& sentence, int code) {
    io_.err << "ndmedic: " << sentence;
    if (done_ > 0)
      io_.err << fmt::format("; {} from LBA {} on were written", count_text(done_, "sector"),
                             copy_.first);
    // The failed call is of many sectors, and commits them in batches.
    if (in_call_)
      io_.err << "; behind that each sector is old or new";
    else if (done_ > 0)
      io_.err << ", nothing behind them";
    io_.err << '\n';
    code_ |= code;
    return false;
  }

  bool fail_size(std::uint64_t bytes) {
    return fail(fmt::format("{}: {} bytes are no whole number of sectors of {} bytes",
                            escape_untrusted(input_name()), bytes, unit_),
                exit_usage);
  }

  bool fail_range(std::uint64_t count) {
    return fail(fmt::format("{}: no room for {} from LBA {} on: the last LBA is {}",
                            escape_untrusted(copy_.image), count_text(count, "sector"), at(),
                            btt_.sectors() - 1),
                exit_usage);
  }

  /// What is known before the first write.
  bool fits() {
    if (copy_.first >= btt_.sectors()) return fail_range(1);
    if (!input_.size()) return true;
    if (*input_.size() % unit_ != 0) return fail_size(*input_.size());
    if (*input_.size() / unit_ > room()) return fail_range(*input_.size() / unit_);
    return true;
  }

  bool tell(ProgressLine& line) {
    const std::uint64_t total = input_.size() ? *input_.size() / unit_ : btt_.sectors();
    if (line.tell(done_, total)) return true;
    return fail(escape_untrusted(copy_.image) + ": cancelled", exit_cancelled);
  }

  bool check(const Status& status) {
    if (status) return true;
    const std::uint64_t failed = status.error().where.offset;
    if (failed > at()) done_ += failed - at();
    in_call_ = true;
    return fail(sector_error_text(copy_.image, status.error(), btt_.sectors()), exit_unreadable);
  }

  bool copy_all() {
    ProgressLine line(io_, copy_.doing);
    while (tell(line)) {
      if (copy_.zeros != Zeros::write) {
        const std::uint64_t most = std::min(room(), zeros_at_once) * unit_;
        if (const std::uint64_t hole = input_.skip_hole(unit_, most); hole > 0) {
          if (!put_zeros(hole / unit_)) return false;
          continue;
        }
      }
      const auto got = input_.read(window_);
      if (!got) return fail(error_text(input_name(), got.error()), exit_unreadable);
      if (*got == 0) return true;
      if (*got % unit_ != 0) return fail_size(done_ * unit_ + *got);
      if (*got / unit_ > room()) return fail_range(*got / unit_);
      if (!put(std::span(window_).first(*got))) return false;
    }
    return false;
  }

  bool put_zeros(std::uint64_t count) {
    if (copy_.zeros == Zeros::mark && !check(btt_.zero({at()}, count))) return false;
    done_ += count;
    return true;
  }

  bool put_data(std::span<const std::byte> bytes) {
    if (!check(btt_.write({at()}, bytes))) return false;
    done_ += bytes.size() / unit_;
    return true;
  }

  /// Sectors from the start of `bytes` that are all zero, or all not.
  std::uint64_t run_of(std::span<const std::byte> bytes, bool zero) const {
    std::uint64_t count = 0;
    while (count * unit_ < bytes.size() && all_zero(bytes.subspan(count * unit_, unit_)) == zero)
      ++count;
    return count;
  }

  bool put(std::span<const std::byte> bytes) {
    const std::uint64_t least = copy_.zeros == Zeros::mark ? zeros_worth_a_call : 1;
    std::uint64_t data = 0;  // sectors before `next` that are to be written
    for (std::uint64_t next = 0; copy_.zeros != Zeros::write && next * unit_ < bytes.size();) {
      const std::uint64_t zeros = run_of(bytes.subspan(next * unit_), true);
      if (zeros >= least) {
        if (data > 0 && !put_data(bytes.subspan((next - data) * unit_, data * unit_))) return false;
        if (!put_zeros(zeros)) return false;
        bytes = bytes.subspan((next + zeros) * unit_);
        data = next = 0;
        continue;
      }
      const std::uint64_t others = zeros + run_of(bytes.subspan((next + zeros) * unit_), false);
      data += others;
      next += others;
    }
    return bytes.empty() || put_data(bytes);
  }

  void flush() {
    if (const Status status = btt_.flush(); !status)
      fail(fmt::format("{}, so what was written may be lost",
                       error_text(copy_.image, status.error())),
           exit_unreadable);
  }

  Btt& btt_;
  InputFile& input_;
  const CopyIn& copy_;
  Io& io_;
  const std::uint32_t unit_;
  std::vector<std::byte> window_;
  std::uint64_t done_ = 0;
  bool in_call_ = false;
  int code_ = 0;
};

}  // namespace

std::uint64_t window_sectors(std::uint32_t sector_size) {
  return std::max<std::uint64_t>(1, window_bytes / sector_size);
}

CopiedIn copy_in(Btt& btt, InputFile& input, const CopyIn& copy, Io& io) {
  return Copier(btt, input, copy, io).run();
}

}  // namespace ndmedic::cli
