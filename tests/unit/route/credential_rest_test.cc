#include "dataplane/route/credential_rest.h"

#include <gtest/gtest.h>

namespace llmgw::route {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class CredentialRestTest : public ::testing::Test {
 protected:
  bool Answer(int status, std::optional<milliseconds> asked = std::nullopt) {
    return rest_.Answered(status, asked, began_.value_or(now_ + milliseconds(1)), now_);
  }
  milliseconds Left() const {
    return std::chrono::duration_cast<milliseconds>(rest_.until() - now_);
  }
  void Wait() { now_ = rest_.until(); }

  CredentialRest rest_;
  std::optional<MonotonicTime> began_;  // of the request; unset: right now
  MonotonicTime now_ = MonotonicTime(hours(1));
};

TEST_F(CredentialRestTest, RestsAfterTheStatusesThatAreAboutIt) {
  for (const int status : {200, 302, 400, 404, 408, 500, 503, 529}) {
    EXPECT_FALSE(Answer(status)) << status;
    EXPECT_FALSE(rest_.rests(now_));
  }
  EXPECT_TRUE(Answer(429));
  EXPECT_TRUE(rest_.rests(now_));
  Wait();
  EXPECT_FALSE(rest_.rests(now_));
}

TEST_F(CredentialRestTest, IsNotEndedByTheSuccessOfWhatWasSentBeforeIt) {
  began_ = now_ - seconds(3);
  EXPECT_TRUE(Answer(429, seconds(60)));
  EXPECT_FALSE(Answer(200));
  EXPECT_TRUE(rest_.rests(now_));
  began_.reset();
  EXPECT_FALSE(Answer(200)) << "somebody asked all the same, and it works";
  EXPECT_FALSE(rest_.rests(now_));
}

TEST_F(CredentialRestTest, DoublesWithEachInARowUpToABound) {
  Answer(429);
  EXPECT_EQ(Left(), seconds(1));
  Wait();
  Answer(429);
  EXPECT_EQ(Left(), seconds(2));
  for (int i = 0; i < 60; ++i) {
    Wait();
    Answer(429);
  }
  EXPECT_EQ(Left(), CredentialRest::kLongestAfter429);
  Wait();
  Answer(200);
  Answer(429);
  EXPECT_EQ(Left(), seconds(1)) << "a success forgets";
}

TEST_F(CredentialRestTest, RestsLongWhenItIsRefused) {
  Answer(401);
  EXPECT_EQ(Left(), minutes(5));
  Wait();
  Answer(401);
  EXPECT_EQ(Left(), minutes(10));
  for (int i = 0; i < 10; ++i) {
    Wait();
    Answer(401);
  }
  EXPECT_EQ(Left(), CredentialRest::kLongest);
  rest_ = {};
  Answer(403);
  EXPECT_EQ(Left(), minutes(1));
}

TEST_F(CredentialRestTest, DoesAsTheUpstreamAsksWithinABound) {
  Answer(429, milliseconds(17'000));
  EXPECT_EQ(Left(), seconds(17));
  Wait();
  Answer(429, hours(100));
  EXPECT_EQ(Left(), CredentialRest::kLongest);
  Wait();
  Answer(200);
  Answer(429, milliseconds(0));
  EXPECT_EQ(Left(), seconds(1)) << "zero says nothing";
}

TEST_F(CredentialRestTest, RequestsThatFailTogetherCountOnce) {
  for (int i = 0; i < 50; ++i) Answer(429);
  EXPECT_EQ(Left(), seconds(1));
  EXPECT_TRUE(Answer(429, milliseconds(5000))) << "but what is asked for later counts";
  EXPECT_FALSE(Answer(429, milliseconds(2000))) << "unless it is sooner";
  EXPECT_EQ(Left(), seconds(5));
  Wait();
  Answer(429);
  EXPECT_EQ(Left(), seconds(2));
}

TEST_F(CredentialRestTest, ASuccessEndsTheRest) {
  Answer(401);
  Answer(200);
  EXPECT_FALSE(rest_.rests(now_));
}

}  // namespace
}  // namespace llmgw::route
