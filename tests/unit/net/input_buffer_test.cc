#include "dataplane/net/input_buffer.h"

#include <gtest/gtest.h>

#include <random>

namespace llmgw::net {
namespace {

TEST(InputBuffer, BorrowsWithoutCopying) {
  InputBuffer input;
  const std::string bytes = "hello world";
  input.Borrow(bytes);
  EXPECT_EQ(input.view().data(), bytes.data());
  input.Consume(6);
  EXPECT_EQ(input.view(), "world");
  EXPECT_EQ(input.view().data(), bytes.data() + 6);
}

TEST(InputBuffer, OwnsWhatIsLeftBeforeTheLenderTakesItBack) {
  InputBuffer input;
  std::string lent = "0123456789";
  input.Borrow(lent);
  input.Consume(4);
  input.Own();
  lent.assign(10, 'x');
  EXPECT_EQ(input.view(), "456789");
  input.Own();
  EXPECT_EQ(input.view(), "456789");
}

TEST(InputBuffer, AppendsToWhatIsLeft) {
  InputBuffer input;
  input.Borrow("abc");
  input.Own();
  input.Consume(1);
  input.Borrow("def");
  EXPECT_EQ(input.view(), "bcdef");
  input.Consume(5);
  EXPECT_TRUE(input.empty());
  input.Borrow("g");
  EXPECT_EQ(input.view(), "g");
}

TEST(InputBuffer, ConsumedBytesStayReadableUntilTheNextLoan) {
  InputBuffer input;
  input.Borrow(std::string_view("a long enough text to need memory of its own"));
  input.Own();
  const std::string_view taken = input.view();
  input.Consume(taken.size());
  EXPECT_EQ(taken, "a long enough text to need memory of its own");
}

// The lender overwrites its buffer after every Own(), as the reactor does.
TEST(InputBuffer, LosesNothingUnderRandomUse) {
  std::mt19937 random(11);
  InputBuffer input;
  std::string expected;
  std::string lent;
  for (int step = 0; step < 50'000; ++step) {
    switch (random() % 3) {
      case 0:
        input.Own();
        lent.assign(random() % 40, static_cast<char>('a' + random() % 26));
        expected += lent;
        input.Borrow(lent);
        break;
      case 1: {
        const size_t n = expected.empty() ? 0 : random() % (expected.size() + 1);
        expected.erase(0, n);
        input.Consume(n);
        break;
      }
      default:
        input.Own();
        lent.assign(lent.size(), '!');
    }
    ASSERT_EQ(input.view(), expected);
    ASSERT_EQ(input.empty(), expected.empty());
  }
}

}  // namespace
}  // namespace llmgw::net
