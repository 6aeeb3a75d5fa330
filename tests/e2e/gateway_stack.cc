#include "tests/e2e/gateway_stack.h"

#include <csignal>

#include <stdexcept>
#include <utility>

namespace llmgw::test {
namespace {

std::string OrAnyPort(const std::string& address) {
  return address.empty() ? "127.0.0.1:0" : address;
}

std::string ChatBody(const std::string& model, bool stream) {
  return nlohmann::json{{"model", model},
                        {"stream", stream},
                        {"messages", {{{"role", "user"}, {"content", "Hello"}}}}}
      .dump();
}

}  // namespace

GatewayStack::GatewayStack(std::string database) : database_(std::move(database)) {}

void GatewayStack::Start(Program& program, const std::string& name, const std::string& field,
                         const Command& command) {
  if (program.process) ended_output_ += program.process->output();
  const std::string addresses = folder_.Path(name + "/addresses.json");
  std::filesystem::remove(addresses);
  program.process = std::make_unique<Process>(command);
  program.address = WaitForAddress(*program.process, addresses, field);
  program.ops = WaitForAddress(*program.process, addresses, "ops");
  const bool ready = !program.ops.empty() && WaitFor([&] {
    return Get(program.ops, "/readyz").status == 200 || !program.process->Running();
  });
  if (!ready || !program.process->Running()) {
    throw std::runtime_error(name + " did not become ready:\n" + program.process->output());
  }
}

void GatewayStack::StartControlplane() {
  Command command{.program = ProgramPath("llmgw-controlplane"),
                  .args = {"--data-dir", folder_.Path("controlplane"), "--listen",
                           OrAnyPort(controlplane_.address), "--ops-listen", "127.0.0.1:0",
                           "--log-level", "debug"},
                  .env = {},
                  .input = {}};
  // By environment: it holds a password.
  if (!database_.empty()) command.env["LLMGW_DATABASE"] = database_;
  Start(controlplane_, "controlplane", "grpc", command);
}

void GatewayStack::StartDataplane(const std::string& name) {
  Program& program = dataplanes_[name];
  Start(program, name, "http",
        {.program = ProgramPath("llmgw-dataplane"),
         .args = {"--data-dir", folder_.Path(name), "--listen", OrAnyPort(program.address),
                  "--ops-listen", "127.0.0.1:0", "--controlplane", controlplane_.address,
                  "--token-file", folder_.Path("controlplane/dataplane.token"), "--id", name,
                  "--log-level", "debug"},
         .env = {},
         .input = {}});
}

void GatewayStack::Kill(Program& program) {
  program.process->Signal(SIGKILL);
  if (!program.process->WaitForExit()) throw std::runtime_error("kill -9 did not end it");
}

Finished GatewayStack::TryLlmctl(const std::vector<std::string>& args,
                                 const std::map<std::string, std::string>& env) {
  Command command{.program = ProgramPath("llmctl"), .args = args, .env = env, .input = {}};
  command.env["LLMGW_CONTROLPLANE"] = controlplane_.address;
  command.env["LLMGW_TOKEN_FILE"] = folder_.Path("controlplane/admin.token");
  // Nothing of the person who runs the tests.
  command.env["XDG_CONFIG_HOME"] = folder_.Path("config");
  command.env["LLMGW_TOKEN"] = "";
  command.env["LLMGW_PROFILE"] = "";
  Finished finished = RunToEnd(command);
  return finished;
}

std::string GatewayStack::Llmctl(const std::vector<std::string>& args,
                                 const std::map<std::string, std::string>& env) {
  Finished finished = TryLlmctl(args, env);
  if (!finished.exit.Clean()) {
    std::string line = "llmctl";
    for (const std::string& arg : args) line += " " + arg;
    throw std::runtime_error(line + ": " + finished.output);
  }
  return std::move(finished.standard_output);
}

nlohmann::json GatewayStack::LlmctlJson(std::vector<std::string> args) {
  args.insert(args.end(), {"-o", "json"});
  return nlohmann::json::parse(Llmctl(args));
}

void GatewayStack::AddUpstream(const std::string& name, const FakeUpstream& upstream,
                               const std::string& secret) {
  Llmctl({"upstream", "add", name, "--endpoint", upstream.Url("/v1"), "--key-env", "UPSTREAM_KEY",
          "--wait"},
         {{"UPSTREAM_KEY", secret}});
}

std::string GatewayStack::CreateKey(const std::string& name) {
  return LlmctlJson({"key", "create", name, "--wait"}).at("token");
}

bool GatewayStack::WaitForDataplanes(size_t count) {
  return WaitFor([&] {
    const Finished finished = TryLlmctl({"dataplane", "list", "-o", "json"});
    if (!finished.exit.Clean()) return false;
    const auto list = nlohmann::json::parse(finished.standard_output);
    size_t live = 0;
    for (const auto& dataplane : list.at("dataplanes")) {
      if (dataplane.at("connected") == true &&
          dataplane.at("acked_revision") == list.at("current_revision")) {
        ++live;
      }
    }
    return live == count;
  });
}

HttpAnswer GatewayStack::Chat(const std::string& token, const std::string& model,
                              const std::string& dataplane) const {
  return PostJson(gateway(dataplane), "/v1/chat/completions", ChatBody(model, false), token);
}

Connection GatewayStack::StartStream(const std::string& token, const std::string& dataplane) const {
  Connection connection = ConnectTo(gateway(dataplane));
  (void)connection.Write(Print(
      {.method = "POST",
       .target = "/v1/chat/completions",
       .headers = {{"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}},
       .body = ChatBody("gpt-4o", true)}));
  return connection;
}

std::string GatewayStack::AllOutput() const {
  std::string all = ended_output_;
  if (controlplane_.process) all += controlplane_.process->output();
  for (const auto& [name, program] : dataplanes_) all += program.process->output();
  return all;
}

}  // namespace llmgw::test
