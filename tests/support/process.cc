#include "tests/support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <array>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "tests/support/temp_dir.h"

extern char** environ;

namespace llmgw::test {
namespace {

std::vector<std::string> MergedEnvironment(const std::map<std::string, std::string>& extra) {
  std::map<std::string, std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals != std::string_view::npos) {
      merged[std::string(text.substr(0, equals))] = text.substr(equals + 1);
    }
  }
  for (const auto& [name, value] : extra) merged[name] = value;
  std::vector<std::string> lines;
  lines.reserve(merged.size());
  for (const auto& [name, value] : merged) lines.push_back(name + "=" + value);
  return lines;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (std::string& text : strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

struct Pipe {
  int read = -1;
  int write = -1;
  Pipe() {
    std::array<int, 2> fds{};
    if (pipe2(fds.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
    read = fds[0];
    write = fds[1];
  }
};

void WriteAll(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t n = write(fd, data.data(), data.size());
    if (n <= 0) return;  // it closed its input: its choice
    data.remove_prefix(static_cast<size_t>(n));
  }
}

}  // namespace

Process::Process(const Command& command) {
  // Everything is allocated before the fork: the child may only make system calls.
  std::vector<std::string> args{command.program};
  args.insert(args.end(), command.args.begin(), command.args.end());
  std::vector<std::string> env = MergedEnvironment(command.env);
  const std::vector<char*> argv = Pointers(args);
  const std::vector<char*> envp = Pointers(env);
  const Pipe in;
  const Pipe out;
  const Pipe err;
  const pid_t parent = getpid();

  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    signal(SIGPIPE, SIG_DFL);
    dup2(in.read, STDIN_FILENO);
    dup2(out.write, STDOUT_FILENO);
    dup2(err.write, STDERR_FILENO);
    execvpe(argv[0], argv.data(), envp.data());
    const char* text = "cannot execute\n";
    (void)!write(STDERR_FILENO, text, strlen(text));
    _exit(127);
  }
  close(in.read);
  close(out.write);
  close(err.write);
  signal(SIGPIPE, SIG_IGN);
  reader_ = std::thread(&Process::ReadOutput, this, out.read, err.read);
  WriteAll(in.write, command.input);
  close(in.write);
}

Process::~Process() {
  if (Running()) kill(pid_, SIGKILL);
  (void)WaitForExit();
  reader_.join();
}

bool Process::Running() { return !WaitForExit(std::chrono::milliseconds{0}).has_value(); }

void Process::Signal(int signal) {
  if (Running()) kill(pid_, signal);
}

std::optional<Exit> Process::WaitForExit(std::chrono::milliseconds bound) {
  (void)WaitFor(
      [this] {
        const std::lock_guard lock(mutex_);
        if (exit_) return true;
        int status = 0;
        if (waitpid(pid_, &status, WNOHANG) != pid_) return false;
        exit_ = WIFSIGNALED(status) ? Exit{.status = 0, .signal = WTERMSIG(status)}
                                    : Exit{.status = WEXITSTATUS(status), .signal = 0};
        return true;
      },
      bound);
  const std::lock_guard lock(mutex_);
  return exit_;
}

bool Process::WaitForOutputEnd(std::chrono::milliseconds bound) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, bound, [&] { return output_ended_; });
}

bool Process::WaitForOutput(std::string_view text, std::chrono::milliseconds bound) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, bound,
                    [&] { return output_ended_ || output_.find(text) != std::string::npos; });
  return output_.find(text) != std::string::npos;
}

std::string Process::output() const {
  const std::lock_guard lock(mutex_);
  return output_;
}

std::string Process::standard_output() const {
  const std::lock_guard lock(mutex_);
  return standard_output_;
}

void Process::ReadOutput(int out_fd, int err_fd) {
  std::array<pollfd, 2> fds{pollfd{out_fd, POLLIN, 0}, pollfd{err_fd, POLLIN, 0}};
  std::array<char, 8192> buffer{};
  while (fds[0].fd >= 0 || fds[1].fd >= 0) {
    if (poll(fds.data(), fds.size(), -1) < 0) continue;
    for (pollfd& entry : fds) {
      if (entry.fd < 0 || entry.revents == 0) continue;
      const ssize_t n = read(entry.fd, buffer.data(), buffer.size());
      if (n <= 0) {
        close(entry.fd);
        entry.fd = -1;
        continue;
      }
      const std::lock_guard lock(mutex_);
      output_.append(buffer.data(), static_cast<size_t>(n));
      if (&entry == fds.data()) standard_output_.append(buffer.data(), static_cast<size_t>(n));
      changed_.notify_all();
    }
  }
  const std::lock_guard lock(mutex_);
  output_ended_ = true;
  changed_.notify_all();
}

Finished RunToEnd(const Command& command, std::chrono::milliseconds bound) {
  Process process(command);
  std::optional<Exit> exit = process.WaitForExit(bound);
  if (!exit) {
    process.Signal(SIGKILL);
    exit = process.WaitForExit();
  }
  process.WaitForOutputEnd();  // what it wrote last may still be in the pipe
  return {exit.value_or(Exit{.status = 0, .signal = SIGKILL}), process.output(),
          process.standard_output()};
}

std::string ProgramPath(std::string_view name) {
  const char* folder = std::getenv("LLMGW_BIN_DIR");
  return std::string(folder != nullptr ? folder : LLMGW_BINARY_DIR "/bin") + "/" +
         std::string(name);
}

std::string SourcePath(std::string_view path) {
  return std::string(LLMGW_SOURCE_DIR "/") + std::string(path);
}

std::string WaitForAddress(Process& process, const std::string& json_file, std::string_view name,
                           std::chrono::milliseconds bound) {
  std::string value;
  const std::string quoted = "\"" + std::string(name) + "\"";
  (void)WaitFor(
      [&] {
        const std::string content = ReadFile(json_file);
        size_t at = content.find(quoted);
        if (at == std::string::npos) return !process.Running();
        at = content.find('"', content.find(':', at + quoted.size()));
        const size_t end = content.find('"', at + 1);
        if (at == std::string::npos || end == std::string::npos) return !process.Running();
        value = content.substr(at + 1, end - at - 1);
        return true;
      },
      bound);
  return value;
}

}  // namespace llmgw::test
