#include "controlplane/store/postgres/postgres_errors.h"

#include <pqxx/except>
#include <string_view>
#include <utility>

namespace llmgw::controlplane::store::postgres {
namespace {

std::string FirstLine(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

MappedError Lost(std::string message) { return {Unavailable(std::move(message)), true}; }

MappedError MapSqlState(std::string_view state, const std::string& text,
                        const std::string& server) {
  // No code: the failure is not the server's answer but its silence.
  if (state.empty()) return Lost("the connection to " + server + " broke: " + text);
  // query_canceled: the statement timeout.
  if (state == "57014") {
    return {{ErrorKind::kDeadlineExceeded, server + " took too long", {}}};
  }
  // disk_full
  if (state == "53100") {
    return {{ErrorKind::kResourceExhausted, "the disk of " + server + " is full", {}}};
  }
  // lock_not_available: another change has held the lock too long.
  if (state == "55P03") return {Unavailable(server + " is busy with another change; try again")};
  // read_only_sql_transaction: after a failover this one is the standby.
  if (state == "25006") return Lost(server + " is read-only (a standby?)");
  const std::string_view state_class = state.substr(0, 2);
  // Connection failures; an operator's shutdown.
  if (state_class == "08" || state_class == "57") return Lost(server + " is away: " + text);
  // Rolled back by the server (deadlock, serialization); short of resources.
  if (state_class == "40" || state_class == "53") {
    return {Unavailable(server + " is not available: " + text)};
  }
  return {Internal(server + " refused a statement (" + std::string(state) + "): " + text)};
}

}  // namespace

MappedError MapException(const std::exception& exception, const std::string& server) {
  const std::string text = FirstLine(exception.what());
  if (dynamic_cast<const pqxx::in_doubt_error*>(&exception) != nullptr) {
    return Lost("the connection to " + server +
                " broke during a commit; whether it was saved is not known");
  }
  if (dynamic_cast<const pqxx::broken_connection*>(&exception) != nullptr) {
    return Lost(server + " is away: " + text);
  }
  if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&exception)) {
    return MapSqlState(sql->sqlstate(), text, server);
  }
  return {Internal(server + ": " + text)};
}

}  // namespace llmgw::controlplane::store::postgres
