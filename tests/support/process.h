#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/wait.h"

namespace llmgw::test {

// What to start. `program` is a path, or a name looked for on PATH.
struct Command {
  std::string program;
  std::vector<std::string> args;
  std::map<std::string, std::string> env;  // added to (or replacing) what this process has
  std::string input;                       // written to its standard input, which is then closed
};

// How a process ended: its exit status, or the signal that ended it.
struct Exit {
  int status = 0;
  int signal = 0;
  bool Clean() const { return status == 0 && signal == 0; }
};

// A child process with its output captured (standard output and error, in order, as they come). It
// dies with this object, and with the thread that made it (so make it in one that lasts). Safe for
// concurrent use by the threads of one test.
class Process {
 public:
  explicit Process(const Command& command);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  bool Running();

  void Signal(int signal);

  // Waits for the end. No value: it still runs after `bound`.
  [[nodiscard]] std::optional<Exit> WaitForExit(std::chrono::milliseconds bound = kPatience);

  // Waits until nothing can come any more: the process, and all it started, have closed the output.
  bool WaitForOutputEnd(std::chrono::milliseconds bound = kPatience);

  // Waits until `text` is in the output. False: not within `bound`, or it ended without.
  [[nodiscard]] bool WaitForOutput(std::string_view text,
                                   std::chrono::milliseconds bound = kPatience);

  // All output so far; standard output alone.
  std::string output() const;
  std::string standard_output() const;

 private:
  void ReadOutput(int out_fd, int err_fd);

  pid_t pid_ = -1;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string output_;           // guarded by mutex_
  std::string standard_output_;  // guarded by mutex_
  bool output_ended_ = false;    // guarded by mutex_
  std::optional<Exit> exit_;     // guarded by mutex_

  std::thread reader_;
};

// Runs to the end, at most `bound`; then it is killed and `exit.signal` is SIGKILL.
struct Finished {
  Exit exit;
  std::string output;           // standard output and error
  std::string standard_output;  // standard output alone
};
Finished RunToEnd(const Command& command, std::chrono::milliseconds bound = kPatience * 3);

// A program of this build, "llmgw-dataplane"; LLMGW_BIN_DIR in the environment overrides where it
// is looked for.
std::string ProgramPath(std::string_view name);

// A file of the repository, "tests/support/postgres.sh".
std::string SourcePath(std::string_view path);

// The value of `name` in a flat JSON file such as addresses.json; waits until the file has it.
// Empty: not within `bound`, or the process ended.
std::string WaitForAddress(Process& process, const std::string& json_file, std::string_view name,
                           std::chrono::milliseconds bound = kPatience);

}  // namespace llmgw::test
