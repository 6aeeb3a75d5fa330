#include "admin-cli/app/interrupts.h"

#include <gtest/gtest.h>

namespace llmgw::admin_cli {
namespace {

TEST(Interrupts, TellToLeaveWhenNobodyCleansUp) {
  Interrupts interrupts;
  EXPECT_FALSE(interrupts.Trigger());
}

TEST(Interrupts, RunTheNewestHandlerOnceThenTellToLeave) {
  Interrupts interrupts;
  std::string ran;
  Interrupts::Scope outer(interrupts, [&ran] { ran += "outer "; });
  {
    Interrupts::Scope inner(interrupts, [&ran] { ran += "inner "; });
    EXPECT_TRUE(interrupts.Trigger());
  }
  EXPECT_EQ(ran, "inner ");
  EXPECT_TRUE(interrupts.triggered());
  EXPECT_FALSE(interrupts.Trigger());
}

TEST(Interrupts, ForgetAHandlerWhoseScopeEnded) {
  Interrupts interrupts;
  {
    Interrupts::Scope scope(interrupts, [] { FAIL(); });
  }
  EXPECT_FALSE(interrupts.Trigger());
}

}  // namespace
}  // namespace llmgw::admin_cli
