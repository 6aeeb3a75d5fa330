#include <spdlog/spdlog.h>

#include <csignal>

#include "common/daemon/options.h"
#include "common/daemon/stop_signal.h"
#include "dataplane/app/dataplane_app.h"

int main(int argc, char** argv) {
  // A limit on file sizes fails the write of a request body, not the process.
  std::signal(SIGXFSZ, SIG_IGN);
  // Before any thread: they inherit the signal mask.
  llmgw::daemon::StopSignal stop;
  llmgw::app::DataplaneOptions options;
  llmgw::daemon::Options declared(
      {.name = "llmgw-dataplane",
       .summary = "Forwards OpenAI-style requests of clients to model providers.",
       .version = llmgw::app::Version()});
  llmgw::app::Declare(declared, options);
  if (const auto status = declared.Parse(argc, argv, [&] { return llmgw::app::Check(options); })) {
    return *status;
  }
  auto app = llmgw::app::DataplaneApp::Start(options);
  if (!app) {
    spdlog::critical("can't start: {}{}", app.error().field.empty() ? "" : "--",
                     app.error().Describe());
    return 1;
  }
  stop.Wait();
  (*app)->Drain();
  (*app)->Stop();
  spdlog::info("stopped");
  return 0;
}
