#pragma once

#include <memory>
#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "controlplane/store/config_store.h"
#include "controlplane/store/log_store.h"

namespace llmgw::controlplane::store {

// Two views of one database.
struct Stores {
  std::unique_ptr<ConfigStore> config;
  std::unique_ptr<LogStore> logs;
};

// Opens the database, makes it when it is new, and brings its tables up to date.
//
//   sqlite:PATH                              a file of this machine, made when missing (mode 0600);
//                                            its folder must exist
//   postgres://USER:PASSWORD@HOST:PORT/NAME  PostgreSQL 12 or newer, encoding UTF8; also
//   postgresql://                            "postgresql://"; libpq's parameters may follow a '?'
//
// kInvalidArgument on the field "database" for anything else, and for a database of a newer program
// than this; kUnavailable when the server can't be reached now (trying again may help). No message
// repeats the URL or its password. `clock` stamps changes and must outlive the stores.
Result<std::unique_ptr<Stores>> OpenStores(const std::string& url,
                                           const Clock& clock = RealClock());

}  // namespace llmgw::controlplane::store
