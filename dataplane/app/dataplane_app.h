#pragma once

#include <memory>
#include <string>

#include "common/base/result.h"
#include "dataplane/app/options.h"

namespace llmgw::app {

// The version of this build.
const char* Version();

// One whole dataplane, the only code that knows how its parts fit together. Tests run the same on
// port 0. All methods are for one thread, the one that started it.
class DataplaneApp {
 public:
  // Serves when it returns: from the last good configuration or the snapshot file at once; without
  // either, requests are answered 503 until the controlplane sends the first one. Errors name the
  // option to blame. REQUIRES: Check(options) found nothing.
  static Result<std::unique_ptr<DataplaneApp>> Start(DataplaneOptions options);
  // Stop()s if that has not been done.
  ~DataplaneApp();

  // Takes no new connections and says so on /readyz; requests under way may end for at most
  // --drain-timeout, then they are cancelled.
  void Drain();

  // Ends everything, last started first; what is left of request logs is delivered for at most
  // --report-grace. Idempotent.
  void Stop();

  // With the real ports: "127.0.0.1:8080".
  const std::string& http_address() const;
  const std::string& ops_address() const;

 private:
  class Parts;
  explicit DataplaneApp(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace llmgw::app
