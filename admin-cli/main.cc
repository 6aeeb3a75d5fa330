#include <grpc/support/log.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "admin-cli/app/factory.h"
#include "admin-cli/app/llmctl.h"
#include "admin-cli/app/terminal.h"
#include "common/daemon/stop_signal.h"

namespace {

using llmgw::admin_cli::ExitCode;
using llmgw::admin_cli::Factory;
using llmgw::admin_cli::Interrupts;
using llmgw::admin_cli::IoStreams;

std::optional<std::string> Getenv(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

IoStreams RealStreams(Interrupts& interrupts) {
  IoStreams io{std::cin, std::cout, std::cerr};
  io.in_is_tty = ::isatty(STDIN_FILENO) != 0;
  io.out_is_tty = ::isatty(STDOUT_FILENO) != 0;
  io.err_is_tty = ::isatty(STDERR_FILENO) != 0;
  io.color = io.out_is_tty && !Getenv("NO_COLOR") && Getenv("TERM") != "dumb";
  if (io.in_is_tty && io.err_is_tty) {
    io.ask_secret = [&interrupts](const std::string& question) {
      return llmgw::admin_cli::AskUnseen(question, interrupts);
    };
  }
  return io;
}

}  // namespace

int main(int argc, char** argv) {
  Interrupts interrupts;
  // Before anything that may start a thread: threads inherit which signals are blocked.
  llmgw::daemon::StopSignal signals([&interrupts](int) {
    if (!interrupts.Trigger()) ::_exit(static_cast<int>(ExitCode::kInterrupted));
  });
  // gRPC's own remarks about a failed handshake or name: what matters of them is in our error.
  // GRPC_VERBOSITY brings them back.
  if (!Getenv("GRPC_VERBOSITY")) gpr_set_log_function([](gpr_log_func_args*) {});
  Factory factory({RealStreams(interrupts), Getenv, llmgw::RealClock(), interrupts});
  const std::vector<std::string> args(argv + 1, argv + argc);
  return static_cast<int>(RunLlmctl(args, factory));
}
