#pragma once

#include <memory>
#include <string>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace llmgw::test {

// A real squid with a configuration of its own on a loopback address that nothing else uses: lets
// only `user` with `password` through, caches nothing, dies with this object.
class Squid {
 public:
  // Whether there is one to start (Debian package "squid").
  static bool Installed();

  // Throws std::runtime_error with its output when it does not start.
  Squid(const std::string& user, const std::string& password);

  const std::string& host() const { return host_; }
  int port() const { return port_; }
  std::string output() const { return process_->output(); }

 private:
  std::string Configuration() const;

  TempDir folder_;
  std::string host_;
  int port_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace llmgw::test
