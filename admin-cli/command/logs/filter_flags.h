#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "llmgw/admin/v1/log_service.pb.h"

namespace llmgw::admin_cli::logs {

// Which records `logs list` and `logs tail` want.
struct FilterFlags {
  std::string since;
  std::string until;
  std::string key;
  std::string model;
  std::string upstream;
  std::string route;
  std::string reason;
  std::string fault;
  std::string status;   // "429", "5xx" or "400-499"
  bool errors = false;  // everything that did not end well; see IsError
};

// `flags` must outlive parsing.
void AddFilterFlags(CLI::App* command, FilterFlags& flags);

// kInvalidArgument names the flag.
Result<admin::v1::LogFilter> ToFilter(const FilterFlags& flags, WallTime now);

// What --errors keeps: a status of 400 or more, or a reason other than "ok" (a stream that broke
// after its 200). The contract has no filter for that, so it is applied here.
bool IsError(const usage::v1::RequestRecord& record);

}  // namespace llmgw::admin_cli::logs
