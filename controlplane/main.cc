#include <spdlog/spdlog.h>

#include <iostream>

#include "common/daemon/stop_signal.h"
#include "controlplane/app/app_options.h"
#include "controlplane/app/controlplane_app.h"

int main(int argc, char** argv) {
  namespace app_room = llmgw::controlplane::app;
  app_room::AppOptionsParser parser;
  if (auto exit_code = parser.Parse(argc, argv)) return *exit_code;

  llmgw::daemon::StopSignal stop;
  auto app = app_room::ControlplaneApp::Make(parser.options());
  if (!app) {
    spdlog::error("can't start: {}", app.error().Describe());
    return 1;
  }
  if (auto started = (*app)->Start(); !started) {
    spdlog::error("can't start: {}", started.error().Describe());
    return 1;
  }
  int signal_number = stop.Wait();
  spdlog::info("signal {}: draining; a second one ends at once", signal_number);
  (*app)->Drain();
  (*app)->Stop();
  spdlog::info("stopped");
  return 0;
}
