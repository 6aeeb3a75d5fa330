#include <functional>

#include "controlplane/store/time_micros.h"
#include "tests/contract/store_fixture.h"

namespace llmgw::controlplane::store {
namespace {

using Ids = std::vector<std::string>;

class LogQueryOnAll : public StoreTest {
 protected:
  // "req_<name>" one microsecond after the one before, changed by `change`.
  void Add(const std::string& name, const std::function<void(usage::v1::RequestRecord&)>& change) {
    usage::v1::RequestRecord record = RecordAt("req_" + name, ++time_us_);
    change(record);
    Must(logs().Append("dp", {record}));
  }
  Ids List(const LogQuery& query) { return ListIds(logs(), query, 2); }
  Ids Tail(const LogQuery& query) { return IdsOf(Must(logs().After(query, 0, 100))); }

  int64_t time_us_ = 1'800'000'000'000'000;
};
INSTANTIATE_ON_ALL_STORES(LogQueryOnAll);

TEST_P(LogQueryOnAll, HasNoPagesWhenThereIsNothing) {
  const auto page = Must(logs().List({}, "", 10));
  EXPECT_TRUE(page.entries.empty());
  EXPECT_EQ(page.next_cursor, "");
}

TEST_P(LogQueryOnAll, ListsNewestFirstAndByIdWithinAMoment) {
  Must(logs().Append("dp", {RecordAt("req_b", 10), RecordAt("req_d", 20), RecordAt("req_c", 10),
                            RecordAt("req_a", 10), RecordAt("req_e", 5)}));
  const Ids expected = {"req_d", "req_c", "req_b", "req_a", "req_e"};
  for (size_t page : {1, 2, 3, 5, 100}) EXPECT_EQ(ListIds(logs(), {}, page), expected) << page;
}

TEST_P(LogQueryOnAll, OrdersIdsByTheirBytesOnEveryServer) {
  Must(logs().Append("dp", {RecordAt("req_a", 1), RecordAt("req_B", 1), RecordAt("req_-", 1)}));
  EXPECT_EQ(List({}), (Ids{"req_a", "req_B", "req_-"}));
}

TEST_P(LogQueryOnAll, GivesNoCursorWithTheLastPageEvenWhenItIsFull) {
  Must(logs().Append("dp", {RecordAt("req_a", 1), RecordAt("req_b", 2)}));
  EXPECT_EQ(Must(logs().List({}, "", 2)).next_cursor, "");
  EXPECT_NE(Must(logs().List({}, "", 1)).next_cursor, "");
}

TEST_P(LogQueryOnAll, PagesWithoutGapOrRepetitionWhileRecordsArrive) {
  Ids expected;
  for (int i = 0; i < 20; ++i) {
    const std::string id = "req_old_" + std::to_string(100 + i);
    Must(logs().Append("dp", {RecordAt(id, 1'000 + i)}));
    expected.insert(expected.begin(), id);
  }
  Ids seen;
  std::string cursor;
  int arrivals = 0;
  do {
    const auto page = Must(logs().List({}, cursor, 3));
    for (std::string& id : IdsOf(page.entries)) seen.push_back(std::move(id));
    cursor = page.next_cursor;
    Must(logs().Append("dp", {RecordAt("req_new_" + std::to_string(arrivals), 5'000 + arrivals)}));
    ++arrivals;
  } while (!cursor.empty());
  EXPECT_EQ(seen, expected);
}

TEST_P(LogQueryOnAll, ListsWithoutAttemptsAndBodies) {
  Must(logs().Append("dp", {FullRecord("req_1")}));
  usage::v1::RequestRecord expected = FullRecord("req_1");
  expected.clear_attempts();
  expected.clear_request_body();
  expected.clear_response_body();
  EXPECT_EQ(Must(logs().List({}, "", 1)).entries.at(0).record.DebugString(),
            expected.DebugString());
}

TEST_P(LogQueryOnAll, RefusesACursorThatItNeverGave) {
  for (const std::string cursor : {"x", "12", "12.", ".req", "99999999999999999999.req"}) {
    auto page = logs().List({}, cursor, 10);
    ASSERT_FALSE(page) << cursor;
    EXPECT_EQ(page.error().kind, ErrorKind::kInvalidArgument);
    EXPECT_EQ(page.error().field, "page_token");
  }
}

TEST_P(LogQueryOnAll, NarrowsByTimeFromSinceToBeforeUntil) {
  for (const char* name : {"1", "2", "3", "4"}) Add(name, [](auto&) {});
  LogQuery query;
  query.since = FromMicros(time_us_ - 2);
  query.until = FromMicros(time_us_);
  EXPECT_EQ(List(query), (Ids{"req_3", "req_2"}));
  EXPECT_EQ(Tail(query), (Ids{"req_2", "req_3"}));
}

TEST_P(LogQueryOnAll, NarrowsByKeyUpstreamRouteReasonAndFault) {
  using Record = usage::v1::RequestRecord;
  Add("none", [](Record&) {});
  Add("key", [](Record& r) { r.set_key_id("v"); });
  Add("upstream", [](Record& r) { r.set_upstream("v"); });
  Add("route", [](Record& r) { r.set_route("v"); });
  Add("reason", [](Record& r) { r.set_reason("v"); });
  Add("fault", [](Record& r) { r.set_fault("v"); });
  const auto only = [&](std::string LogQuery::*field, const std::string& value) {
    LogQuery query;
    query.*field = value;
    EXPECT_EQ(Tail(query), List(query));
    return List(query);
  };
  EXPECT_EQ(only(&LogQuery::key_id, "v"), Ids{"req_key"});
  EXPECT_EQ(only(&LogQuery::upstream, "v"), Ids{"req_upstream"});
  EXPECT_EQ(only(&LogQuery::route, "v"), Ids{"req_route"});
  EXPECT_EQ(only(&LogQuery::reason, "v"), Ids{"req_reason"});
  EXPECT_EQ(only(&LogQuery::fault, "v"), Ids{"req_fault"});
  EXPECT_EQ(only(&LogQuery::key_id, "V"), Ids{});
  EXPECT_EQ(only(&LogQuery::key_id, "' OR '1'='1"), Ids{});
}

TEST_P(LogQueryOnAll, NarrowsByModelAskedOrServedExactOrByPrefix) {
  using Record = usage::v1::RequestRecord;
  Add("asked", [](Record& r) { r.set_model_asked("gpt-4o"); });
  Add("served", [](Record& r) { r.set_model_served("gpt-4o"); });
  Add("longer", [](Record& r) { r.set_model_asked("gpt-4o-mini"); });
  Add("other", [](Record& r) { r.set_model_asked("claude_100%"); });
  const auto model = [&](const std::string& pattern) {
    LogQuery query;
    query.model = pattern;
    return List(query);
  };
  EXPECT_EQ(model("gpt-4o"), (Ids{"req_served", "req_asked"}));
  EXPECT_EQ(model("gpt-4o*"), (Ids{"req_longer", "req_served", "req_asked"}));
  EXPECT_EQ(model("gpt-4o-*"), Ids{"req_longer"});
  EXPECT_EQ(model("gpt"), Ids{});
  EXPECT_EQ(model("*").size(), 4u);
  // Signs that mean something to SQL's LIKE mean nothing here.
  EXPECT_EQ(model("claude%*"), Ids{});
  EXPECT_EQ(model("claude_100%*"), Ids{"req_other"});
}

TEST_P(LogQueryOnAll, NarrowsByStatus) {
  for (int status : {200, 404, 429, 500, 503}) {
    Add(std::to_string(status), [&](usage::v1::RequestRecord& r) { r.set_status(status); });
  }
  const auto status = [&](int min, int max) {
    LogQuery query;
    query.status_min = min;
    query.status_max = max;
    return List(query);
  };
  EXPECT_EQ(status(429, 429), Ids{"req_429"});
  EXPECT_EQ(status(500, 599), (Ids{"req_503", "req_500"}));
  EXPECT_EQ(status(400, 0), (Ids{"req_503", "req_500", "req_429", "req_404"}));
  EXPECT_EQ(status(0, 404), (Ids{"req_404", "req_200"}));
  EXPECT_EQ(status(300, 403), Ids{});
}

TEST_P(LogQueryOnAll, NarrowsByEverythingAtOnceAndPages) {
  for (int i = 0; i < 12; ++i) {
    Add(std::to_string(100 + i), [&](usage::v1::RequestRecord& r) {
      r.set_key_id(i % 2 == 0 ? "k" : "other");
      r.set_upstream("u");
      r.set_model_asked("m-1");
      r.set_status(i % 3 == 0 ? 500 : 200);
    });
  }
  LogQuery query;
  query.key_id = "k";
  query.upstream = "u";
  query.model = "m-*";
  query.status_min = 500;
  query.since = FromMicros(time_us_ - 11);
  EXPECT_EQ(ListIds(logs(), query, 1), (Ids{"req_106", "req_100"}));
}

}  // namespace
}  // namespace llmgw::controlplane::store
