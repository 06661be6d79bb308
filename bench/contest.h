// SPDX-License-Identifier: BSD-3-Clause
// Contests: several subjects do the same work in turns, in one run, so that a noisy machine is
// noisy for all of them. What counts is the ratio of the medians.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <thread>
#include <vector>

namespace ndmedic::bench {

/// xorshift64*: cheap enough not to show beside a copy of 512 bytes.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15U + 1) {}
  std::uint64_t below(std::uint64_t limit) {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return ((state_ * 0x2545F4914F6CDD1DU >> 32) * limit) >> 32;
  }

 private:
  std::uint64_t state_;
};

/// Seconds that `threads` threads need for body(thread), released at once.
inline double seconds(unsigned threads, const std::function<void(unsigned)>& body) {
  std::atomic<unsigned> ready{0};
  std::atomic<bool> go{false};
  std::vector<std::jthread> running;
  for (unsigned thread = 0; thread < threads; ++thread)
    running.emplace_back([&, thread] {
      ++ready;
      while (!go) {
      }
      body(thread);
    });
  while (ready != threads) std::this_thread::yield();
  const auto begin = std::chrono::steady_clock::now();
  go = true;
  running.clear();  // joins
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct Subject {
  /// Does `operations` of them as thread `thread` of round `round`.
  std::function<void(unsigned thread, unsigned round, std::uint64_t operations)> work;
  unsigned threads = 1;
  std::uint64_t operations = 0;  // of a thread in a round
};

/// Operations a second of each subject: the median of `rounds` rounds, the subjects in turns.
inline std::vector<double> contest(const std::vector<Subject>& subjects, unsigned rounds) {
  std::vector<std::vector<double>> rates(subjects.size());
  for (unsigned round = 0; round < rounds; ++round)
    for (std::size_t i = 0; i < subjects.size(); ++i) {
      const Subject& subject = subjects[i];
      const double time = seconds(subject.threads, [&](unsigned thread) {
        subject.work(thread, round, subject.operations);
      });
      rates[i].push_back(static_cast<double>(subject.operations) * subject.threads / time);
    }
  std::vector<double> medians;
  for (const auto& values : rates) medians.push_back(median(values));
  return medians;
}

/// Operations a second; 0: not measured. `limit`: the floor with what no BTT can do without.
struct Rates {
  double engine = 0;
  double peer = 0;
  double floor = 0;
  double limit = 0;
};

inline void print_head() {
  std::puts("work,threads,engine/s,libpmemblk/s,floor/s,limit/s,of libpmemblk,of floor,of limit");
}

inline void print(const char* name, unsigned threads, const Rates& rates) {
  const auto of = [&](double other) { return other > 0 ? rates.engine / other : 0; };
  std::printf("%s,%u,%.0f,%.0f,%.0f,%.0f,%.2f,%.2f,%.2f\n", name, threads, rates.engine, rates.peer,
              rates.floor, rates.limit, of(rates.peer), of(rates.floor), of(rates.limit));
  std::fflush(stdout);
}

}  // namespace ndmedic::bench
