#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/fakes/fake_upstream.h"
#include "tests/support/http_client.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace llmgw::test {

// The programs of one gateway as a user runs them: one controlplane, any number of dataplanes, and
// llmctl. Folders, ports and tokens are this object's own; what it started ends with it. Verbs that
// must work throw std::runtime_error, with the program's output, when they don't.
class GatewayStack {
 public:
  // `database`: a postgres:// URL, or empty for SQLite in the stack's folder.
  explicit GatewayStack(std::string database = {});

  // ---- programs. A program that is started again keeps its folder and its address.
  void StartControlplane();
  void StartDataplane(const std::string& name = "dp-1");
  Process& controlplane() { return *controlplane_.process; }
  Process& dataplane(const std::string& name = "dp-1") { return *dataplanes_.at(name).process; }
  // kill -9.
  void KillControlplane() { Kill(controlplane_); }
  void KillDataplane(const std::string& name = "dp-1") { Kill(dataplanes_.at(name)); }

  // Addresses, "127.0.0.1:1234", of public and ops ports.
  const std::string& gateway(const std::string& name = "dp-1") const {
    return dataplanes_.at(name).address;
  }
  const std::string& dataplane_ops(const std::string& name = "dp-1") const {
    return dataplanes_.at(name).ops;
  }
  const std::string& controlplane_ops() const { return controlplane_.ops; }

  // ---- administration
  Finished TryLlmctl(const std::vector<std::string>& args,
                     const std::map<std::string, std::string>& env = {});
  // Its standard output.
  std::string Llmctl(const std::vector<std::string>& args,
                     const std::map<std::string, std::string>& env = {});
  // The same with "-o json", parsed.
  nlohmann::json LlmctlJson(std::vector<std::string> args);
  void AddUpstream(const std::string& name, const FakeUpstream& upstream,
                   const std::string& secret = "sk-upstream-secret");
  // A client key; its token.
  std::string CreateKey(const std::string& name);
  // Waits, bounded, until that many dataplanes are connected and serve the newest revision. False:
  // they don't.
  [[nodiscard]] bool WaitForDataplanes(size_t count);

  // ---- traffic
  HttpAnswer Chat(const std::string& token, const std::string& model = "gpt-4o",
                  const std::string& dataplane = "dp-1") const;
  // A connection on which a streamed chat has been sent.
  Connection StartStream(const std::string& token, const std::string& dataplane = "dp-1") const;

  const TempDir& folder() const { return folder_; }
  // What every program, also those that have ended, has printed.
  std::string AllOutput() const;

 private:
  struct Program {
    std::unique_ptr<Process> process;
    std::string address;
    std::string ops;
  };

  void Start(Program& program, const std::string& name, const std::string& field,
             const Command& command);
  void Kill(Program& program);

  TempDir folder_;
  const std::string database_;
  Program controlplane_;
  std::map<std::string, Program> dataplanes_;
  std::string ended_output_;
};

}  // namespace llmgw::test
