#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "llmgw/admin/v1/access_service.pb.h"

namespace llmgw::admin_cli::access {

// Whose list is meant: exactly one of an upstream or a key.
struct Subject {
  std::string upstream;
  std::string key;

  // kInvalidArgument when neither was given.
  Status FillIn(admin::v1::AccessRule& rule) const;
};

void AddSubjectFlags(CLI::App* command, Subject& subject);

// "allow add", "deny list": the two nouns share their verbs and differ in this word.
enum class Effect { kAllow, kDeny };
const char* Name(Effect effect);

// The error of the pattern after the first `stored` ones, saying that those were stored: "added" or
// "removed".
Error AfterSome(Error error, const std::string& done, const std::vector<std::string>& patterns,
                size_t stored);

}  // namespace llmgw::admin_cli::access
