// SPDX-License-Identifier: BSD-3-Clause
#include "guest.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace kernel_test {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr seconds longest_boot{180};
constexpr seconds longest_probe{20};

fs::path guest_folder;  // set by prepare_guest()

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

std::string text_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Runs a shell command that must succeed; the tests have nothing to go on with otherwise.
void run_shell(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

/// A child whose standard output is read line by line until it ends or is killed.
class Child {
 public:
  Child(std::vector<std::string> words, const fs::path& errors) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    output_ = pipe[0];
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, pipe[1], 1);
    ::posix_spawn_file_actions_addopen(&actions, 2, errors.c_str(), O_WRONLY | O_CREAT, 0600);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int failed =
        ::posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
    if (failed != 0) throw std::runtime_error("cannot start " + words[0]);
  }
  ~Child() {
    end();
    ::close(output_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// The next line; none at the end of the output or of the time.
  std::optional<std::string> next_line(Clock::time_point deadline) {
    while (true) {
      const auto newline = pending_.find('\n');
      if (newline != std::string::npos) {
        std::string line = pending_.substr(0, newline);
        pending_.erase(0, newline + 1);
        std::erase(line, '\r');
        return line;
      }
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
      pollfd ready{output_, POLLIN, 0};
      if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0) return {};
      std::array<char, 4096> buffer{};
      const ssize_t got = ::read(output_, buffer.data(), buffer.size());
      if (got <= 0) return {};
      pending_.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }

  /// Power loss: no instruction of the child runs after the return.
  void end() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }
  void wait() {
    if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string pending_{};
};

/// The guest's files with /job added: the kernel unpacks several archives one after another, and
/// looks for ACPI tables in the first of them.
void write_initrd(const BootPlan& plan, const ScratchFolder& scratch) {
  const fs::path job = scratch / "job";
  fs::create_directory(job);
  fs::copy_file(fs::path(NDMEDIC_KERNEL_TESTS) / "jobs" / (plan.job + ".sh"), job / "job.sh");
  for (const fs::path& file : plan.files) fs::copy_file(file, job / file.filename());
  const fs::path tables = scratch / "kernel/firmware/acpi";
  fs::create_directories(tables);
  for (const fs::path& table : plan.acpi) fs::copy_file(table, tables / table.filename());
  const fs::path initrd = scratch / "initrd";
  run_shell("cd " + quoted(scratch.path()) +
            " && find kernel job -print0 | cpio --quiet -0 -o -H newc -R 0:0 >" + quoted(initrd));
  fs::resize_file(initrd, (fs::file_size(initrd) + 511) / 512 * 512);
  run_shell("cat " + quoted(guest_folder / "initramfs") + " >>" + quoted(initrd));
}

std::vector<std::string> qemu_words(const BootPlan& plan, const ScratchFolder& scratch, bool kvm) {
  std::vector<std::string> words = {
      "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-nic", "none",
      "-no-reboot"};
  const auto add = [&](const std::string& option, const std::string& value) {
    words.push_back(option);
    words.push_back(value);
  };
  add("-machine", plan.dimms.empty() ? "q35" : "q35,nvdimm=on");
  add("-accel", kvm ? "kvm" : "tcg,thread=multi,tb-size=128");
  add("-cpu", kvm ? "host" : "max");
  add("-smp", "4");  // the kernel's lane is the number of the CPU
  add("-m", "512M,slots=8,maxmem=16G");
  add("-kernel", (guest_folder / "vmlinuz").string());
  add("-initrd", (scratch / "initrd").string());
  add("-append", "console=ttyS0 quiet panic=-1 oops=panic nokaslr mitigations=off tsc=reliable");
  add("-chardev", "file,id=console,path=" + (scratch / "console").string());
  add("-serial", "chardev:console");
  add("-chardev", "file,id=job,path=/dev/fd/1");
  add("-serial", "chardev:job");
  for (const Dimm& dimm : plan.dimms) {
    const std::string number = std::to_string(&dimm - plan.dimms.data());
    add("-object", "memory-backend-file,id=mem" + number + ",share=on,mem-path=" +
                       dimm.image.string() + ",size=" + std::to_string(fs::file_size(dimm.image)));
    add("-device", "nvdimm,id=nvdimm" + number + ",memdev=mem" + number +
                       (dimm.label_size == 0 ? std::string()
                                             : ",label-size=" + std::to_string(dimm.label_size)));
  }
  if (!plan.out.empty()) {
    add("-drive", "if=none,id=out,format=raw,file=" + (scratch / "out.tar").string());
    add("-device", "virtio-blk-pci,drive=out");
  }
  return words;
}

std::string last_lines(const std::string& text) {
  constexpr std::size_t enough = 4000;
  return text.size() <= enough ? text : text.substr(text.size() - enough);
}

BootResult boot_with(const BootPlan& plan, const KillAt& kill_at, bool kvm, seconds longest) {
  const ScratchFolder scratch;
  write_initrd(plan, scratch);
  if (!plan.out.empty()) {
    std::ofstream(scratch / "out.tar").close();
    fs::resize_file(scratch / "out.tar", std::uintmax_t{256} << 20);
  }
  const Clock::time_point deadline = Clock::now() + longest;
  BootResult result;
  {
    Child qemu(qemu_words(plan, scratch, kvm), scratch / "errors");
    while (const auto line = qemu.next_line(deadline)) {
      if (line->starts_with("guest: exit ")) result.status = std::stoi(line->substr(12));
      if (!line->starts_with("guest: ")) result.lines.push_back(*line);
      result.killed = kill_at && kill_at(*line);
      if (result.killed) break;
    }
    if (Clock::now() < deadline && !result.killed) qemu.wait();
  }
  const bool late = Clock::now() >= deadline;
  result.told = (late ? "out of time\n" : "") + text_of(scratch / "errors") +
                last_lines(text_of(scratch / "console"));
  for (const std::string& line : result.lines) result.told += "\njob: " + line;
  if (result.status && !plan.out.empty())
    run_shell("tar -C " + quoted(plan.out) + " --no-same-owner -xf " + quoted(scratch / "out.tar"));
  return result;
}

/// A /dev/kvm proves little: within a virtual machine it may be there and never start a kernel. So
/// the processor is asked, then one guest is tried, and the answer kept beside the guest.
bool kvm_works() {
  const std::string processor = text_of("/proc/cpuinfo");
  const bool promised =
      processor.find(" vmx") != std::string::npos || processor.find(" svm") != std::string::npos;
  if (!promised || ::access("/dev/kvm", R_OK | W_OK) != 0) return false;
  const fs::path answer = guest_folder / "kvm";
  if (!fs::exists(answer)) {
    BootPlan plan;
    plan.job = "nothing";
    const BootResult tried = boot_with(plan, {}, true, longest_probe);
    std::ofstream(answer) << (tried.status == 0 ? "works" : "does not work");
  }
  return text_of(answer) == "works";
}

}  // namespace

ScratchFolder::ScratchFolder() {
  std::string name = (fs::temp_directory_path() / "ndmedic-kernel-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder " + name);
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

BootResult boot(const BootPlan& plan, const KillAt& kill_at) {
  return boot_with(plan, kill_at, kvm_works(), longest_boot);
}

bool prepare_guest() {
  const std::string command = quoted(fs::path(NDMEDIC_KERNEL_TESTS) / "build_guest.sh");
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return false;
  std::string said;
  std::array<char, 512> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) said += buffer.data();
  const int status = ::pclose(pipe);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) return false;
  if (status != 0) throw std::runtime_error("build_guest.sh failed");
  guest_folder = said.substr(0, said.find('\n'));
  return true;
}

}  // namespace kernel_test
