#include "tests/support/postgres.h"

#include <sys/stat.h>
#include <unistd.h>
#include <csignal>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace llmgw::test {
namespace {

std::string RunOrThrow(const Command& command) {
  Finished finished = RunToEnd(command);
  if (!finished.exit.Clean()) {
    throw std::runtime_error(command.program + " failed: " + finished.output);
  }
  while (finished.standard_output.ends_with('\n')) finished.standard_output.pop_back();
  return std::move(finished.standard_output);
}

std::string Script() { return SourcePath("tests/support/postgres.sh"); }

std::string Psql(const std::string& url, const std::string& statement) {
  return RunOrThrow({.program = "psql",
                     .args = {url, "-v", "ON_ERROR_STOP=1", "-qAt", "-c", statement},
                     .env = {},
                     .input = {}});
}

// The server that this test program shares, when the run has not started one.
std::string SharedServerUrl() {
  if (const char* url = std::getenv("LLMGW_TEST_POSTGRES"); url != nullptr && *url != '\0') {
    return url;
  }
  static PostgresServer server;
  return server.url();
}

// The same server, another database: the path of the URL is replaced.
std::string WithDatabase(const std::string& url, const std::string& name) {
  const size_t path = url.find('/', url.find("://") + 3);
  const size_t query = url.find('?');
  return url.substr(0, path) + "/" + name + (query == std::string::npos ? "" : url.substr(query));
}

}  // namespace

PostgresServer::PostgresServer() {
  // Not a TempDir: the server runs as another user when the tests run as root, and must get
  // through.
  std::string pattern = (std::filesystem::temp_directory_path() / "llmgw-pg-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
  folder_ = pattern;
  url_ = RunOrThrow({.program = Script(), .args = {"init", folder_}, .env = {}, .input = {}});
  Start();
}

PostgresServer::~PostgresServer() {
  Stop();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void PostgresServer::Stop() {
  if (server_ == nullptr) return;
  server_->Signal(SIGQUIT);
  (void)server_->WaitForExit();
  server_.reset();
}

void PostgresServer::Start() {
  if (server_ != nullptr) return;
  server_ = std::make_unique<Process>(
      Command{.program = Script(), .args = {"run", folder_}, .env = {}, .input = {}});
  if (!server_->WaitForOutput("ready to accept connections")) {
    throw std::runtime_error("PostgreSQL did not start: " + server_->output());
  }
}

std::string PostgresServer::Sql(const std::string& statement) const {
  return Psql(url_, statement);
}

std::string PostgresServer::Dump() const {
  return RunOrThrow({.program = "pg_dump", .args = {"--inserts", url_}, .env = {}, .input = {}});
}

PostgresDatabase::PostgresDatabase() : server_url_(SharedServerUrl()) {
  static std::atomic<int> count{0};
  name_ = "test_" + std::to_string(getpid()) + "_" + std::to_string(count.fetch_add(1));
  Psql(server_url_, "CREATE DATABASE " + name_);
  url_ = WithDatabase(server_url_, name_);
}

PostgresDatabase::~PostgresDatabase() {
  (void)RunToEnd(
      {.program = "psql",
       .args = {server_url_, "-qc", "DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)"},
       .env = {},
       .input = {}});
}

}  // namespace llmgw::test
