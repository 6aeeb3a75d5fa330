#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "common/base/result.h"
#include "controlplane/app/app_options.h"

namespace llmgw::controlplane::app {

// The composition root: the only code that knows how the rooms of a controlplane fit together. main
// runs one; tests run the same one in-process on port 0.
//
// Make → Start → (serves) → Drain → Stop. All from one thread. The destructor stops. What was
// started is torn down in reverse.
class ControlplaneApp {
 public:
  // Reads or makes the secrets in the data folder. Errors name the option or file.
  static Result<std::unique_ptr<ControlplaneApp>> Make(AppOptions options);
  ~ControlplaneApp();

  // Returns when both addresses listen. The database may still be away (then calls are answered
  // UNAVAILABLE and /readyz says so).
  Status Start();
  // Not ready any more; streams of dataplanes and tails end, calls under way are finished, up to
  // `bound`.
  void Drain(std::chrono::milliseconds bound = std::chrono::seconds(5));
  // Idempotent.
  void Stop();

  // After Start: where it really listens.
  std::string grpc_address() const;
  std::string ops_address() const;
  const AppOptions& options() const;

 private:
  struct Parts;
  explicit ControlplaneApp(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace llmgw::controlplane::app
