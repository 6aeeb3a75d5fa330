#include "dataplane/parse/query_peek.h"

#include <gtest/gtest.h>

#include <string>

namespace llmgw::parse {
namespace {

// The model, "-" for none, or the slug of the refusal.
std::string Peek(std::string_view query) {
  BodyFacts facts;
  const PeekStatus status = PeekQuery(query, facts);
  if (status != PeekStatus::kComplete) return std::string(Slug(status));
  return facts.has_model ? facts.model : "-";
}

TEST(QueryPeek, FindsTheModel) {
  EXPECT_EQ(Peek("?model=gpt-realtime"), "gpt-realtime");
  EXPECT_EQ(Peek("model=gpt-realtime"), "gpt-realtime");
  EXPECT_EQ(Peek("?a=1&&model=a=b&z"), "a=b");
  EXPECT_EQ(Peek("?model=a?b#"), "a?b#");
  EXPECT_EQ(Peek("?model="), "");
  EXPECT_EQ(Peek("?model"), "");
  EXPECT_EQ(Peek(""), "-");
  EXPECT_EQ(Peek("?"), "-");
  EXPECT_EQ(Peek("?models=x&amodel=y&x=model"), "-");
}

TEST(QueryPeek, ResolvesEscapesInNameAndValue) {
  EXPECT_EQ(Peek("?model=gpt%2D4o%2f1"), "gpt-4o/1");
  EXPECT_EQ(Peek("?mod%65l=x"), "x");
  EXPECT_EQ(Peek("?model=a+b"), "a b");
  EXPECT_EQ(Peek("?model=caf%C3%A9"), "caf\xc3\xa9");
  EXPECT_EQ(Peek("?model=a%26model%3Db"), "a&model=b");
}

TEST(QueryPeek, RefusesWhatServersReadInTwoWays) {
  for (const char* query :
       {"?model=a&model=b", "?model=a&model=a", "?model=a&mod%65l=b", "?model=&model=b",
        "?model=a&Model=b", "?MODEL=a", "?model[]=a", "?model%5B0%5D=a", "?model%00x=a",
        "?+model=a", "?model=a;x=1", "?x=1;model=a", "?model=a&x=1;%6dodel=b"}) {
    EXPECT_EQ(Peek(query), "duplicate_model") << query;
  }
  EXPECT_EQ(Peek("?model=a&x=1;y=2"), "a") << "a semicolon elsewhere changes nothing";
}

TEST(QueryPeek, RefusesValuesThatAreNoName) {
  for (const char* query : {"?model=%", "?model=a%2", "?model=%zz", "?model=%00", "?model=a%0Ab",
                            "?model=%FF", "?model=\xff"}) {
    EXPECT_EQ(Peek(query), "model_invalid") << query;
  }
  EXPECT_EQ(Peek("?model=" + std::string(1024, 'x')).size(), 1024U);
  EXPECT_EQ(Peek("?model=" + std::string(1025, 'x')), "model_invalid");
  EXPECT_EQ(Peek("?%=1&m%6=2&model=a"), "a");
}

}  // namespace
}  // namespace llmgw::parse
