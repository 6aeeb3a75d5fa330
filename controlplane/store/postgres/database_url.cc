#include "controlplane/store/postgres/database_url.h"

#include <libpq-fe.h>

#include <memory>
#include <string_view>

namespace llmgw::controlplane::store::postgres {
namespace {

// Ours are added where the URL does not say otherwise. The keepalive and user timeouts bound how
// long a call can hang on a server whose machine is gone.
constexpr struct {
  const char* name;
  const char* value;
} kDefaults[] = {
    {"connect_timeout", "5"},    {"application_name", "llmgw-controlplane"},
    {"keepalives_idle", "15"},   {"keepalives_interval", "5"},
    {"keepalives_count", "3"},   {"tcp_user_timeout", "20000"},
    {"client_encoding", "UTF8"},
};

std::string Option(const PQconninfoOption* options, std::string_view keyword) {
  for (; options->keyword != nullptr; ++options) {
    if (options->keyword == keyword) return options->val == nullptr ? "" : options->val;
  }
  return {};
}

// "5432", or "5432,5433" for several hosts, or nothing. Else a piece of a password with an
// unescaped
// ':' or '@' has ended up here.
bool IsPortList(std::string_view port) {
  return port.size() <= 100 && port.find_first_not_of("0123456789,") == std::string_view::npos;
}

std::string Describe(const PQconninfoOption* options) {
  std::string host = Option(options, "host");
  if (host.empty()) host = Option(options, "hostaddr");
  if (host.empty()) host = "the local socket";
  const std::string port = Option(options, "port");
  const std::string name = Option(options, "dbname");
  return "PostgreSQL at " + host + (port.empty() ? "" : ":" + port) +
         (name.empty() ? "" : "/" + name);
}

}  // namespace

Result<DatabaseUrl> ParseDatabaseUrl(const std::string& url) {
  // libpq's own message is dropped: it quotes the part that it can't read, which may be a password
  // with an unescaped '%' or '@'.
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(url.c_str(), nullptr), PQconninfoFree);
  if (options == nullptr || !IsPortList(Option(options.get(), "port"))) {
    return Fail(InvalidArgument(
        "database",
        "is not a PostgreSQL URL; the form is postgres://USER:PASSWORD@HOST:PORT/NAME, "
        "special characters in the password as %XX"));
  }
  std::string full = url;
  for (const auto& [name, value] : kDefaults) {
    if (!Option(options.get(), name).empty()) continue;
    full += full.find('?') == std::string::npos ? '?' : '&';
    full += std::string(name) + "=" + value;
  }
  return DatabaseUrl{.url = SecretString(std::move(full)),
                     .password = SecretString(Option(options.get(), "password")),
                     .server = Describe(options.get())};
}

}  // namespace llmgw::controlplane::store::postgres
