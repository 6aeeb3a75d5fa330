#pragma once

#include <gtest/gtest.h>

#include <string>

#include "admin-cli/import/import_plan.h"

namespace llmgw::admin_cli::migrate {

// A plan as lines: resources in text format with their secrets (tests have only made-up ones), then
// what was not carried over.
inline std::string TextOf(const ImportPlan& plan) {
  std::string out = "\n";
  for (const auto& level : plan.levels) out += "level " + level.ShortDebugString() + "\n";
  for (const auto& upstream : plan.upstreams)
    out += "upstream " + upstream.ShortDebugString() + "\n";
  for (const auto& route : plan.routes) out += "route " + route.ShortDebugString() + "\n";
  for (const auto& key : plan.keys) {
    out += "key " + key.key.ShortDebugString() + " token " +
           (key.needs_new_token ? "(new)" : key.token.Reveal()) + "\n";
  }
  for (const auto& left : plan.not_carried)
    out += "not " + left.key + ":" + std::to_string(left.line) + " " + left.reason + "\n";
  return out;
}

// "field: message" of what a refused file was answered.
template <typename Plan>
std::string ErrorOf(const Plan& plan) {
  return plan ? "(no error)" : plan.error().Describe();
}

}  // namespace llmgw::admin_cli::migrate
