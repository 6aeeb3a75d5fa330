#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/e2e/gateway_stack.h"
#include "tests/support/postgres.h"

namespace llmgw::test {

// A gateway over each of the two stores: instantiate with INSTANTIATE_OVER_STORES.
class OverStores : public testing::TestWithParam<std::string> {
 protected:
  OverStores() {
    if (GetParam() == "PostgreSql") database_ = std::make_unique<PostgresDatabase>();
    stack_ = std::make_unique<GatewayStack>(database_ ? database_->url() : "");
  }
  ~OverStores() override {
    if (HasFailure()) std::fputs(stack_->AllOutput().c_str(), stderr);
  }

  GatewayStack& stack() { return *stack_; }

 private:
  std::unique_ptr<PostgresDatabase> database_;
  std::unique_ptr<GatewayStack> stack_;  // after the database: it goes first
};

}  // namespace llmgw::test

#define INSTANTIATE_OVER_STORES(suite)                                       \
  INSTANTIATE_TEST_SUITE_P(, suite, testing::Values("Sqlite", "PostgreSql"), \
                           [](const auto& store) { return store.param; })
