#include "admin-cli/app/terminal.h"

#include <termios.h>
#include <unistd.h>

#include <iostream>

#include "admin-cli/app/exit_code.h"

namespace llmgw::admin_cli {
namespace {

// No echo while it lives.
class EchoOff {
 public:
  EchoOff() {
    ::tcgetattr(STDIN_FILENO, &before_);
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  ~EchoOff() { Restore(); }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

  void Restore() { ::tcsetattr(STDIN_FILENO, TCSANOW, &before_); }

 private:
  termios before_{};
};

}  // namespace

Result<SecretString> AskUnseen(const std::string& question, Interrupts& interrupts) {
  std::cerr << question << std::flush;
  std::string line;
  bool read = false;
  {
    EchoOff echo_off;
    // The read below can't be cancelled, so an interrupt ends the process from here.
    Interrupts::Scope scope(interrupts, [&echo_off] {
      echo_off.Restore();
      ::_exit(static_cast<int>(ExitCode::kInterrupted));
    });
    read = static_cast<bool>(std::getline(std::cin, line));
  }
  std::cerr << std::endl;
  if (!read) return Fail(InvalidArgument("", "nothing was typed"));
  return SecretString(std::move(line));
}

}  // namespace llmgw::admin_cli
