#include "dataplane/record/request_metrics.h"

#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <atomic>
#include <sstream>
#include <thread>

namespace llmgw::record {
namespace {

using std::chrono::microseconds;

model::RequestRecord Answered(std::string model, int status = 200) {
  model::RequestRecord record;
  record.route = "v1";
  record.upstream = "openai";
  record.model_asked = std::move(model);
  record.model_named = true;
  record.status = status;
  record.reason = "ok";
  return record;
}

std::string Text(const RequestMetrics& metrics) {
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, metrics.Collect());
  return out.str();
}

// The lines of one family, without comments.
std::string Lines(const RequestMetrics& metrics, const std::string& name) {
  std::istringstream in(Text(metrics));
  std::string lines;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(name)) lines += line + "\n";
  }
  return lines;
}

TEST(RequestMetrics, CountsRequestsByRouteUpstreamModelStatusAndFault) {
  RequestMetrics metrics;
  WorkerMetrics& worker = metrics.AddWorker();
  worker.Record(Answered("gpt-4o"));
  worker.Record(Answered("gpt-4o"));
  model::RequestRecord unknown;
  unknown.status = 401;
  unknown.fault = model::Fault::kClient;
  unknown.reason = "invalid_api_key";
  worker.Record(unknown);
  EXPECT_EQ(Lines(metrics, "llmgw_requests_total"),
            "llmgw_requests_total{route=\"none\",upstream=\"none\",model=\"none\",status=\"401\","
            "fault=\"client\"} 1\n"
            "llmgw_requests_total{route=\"v1\",upstream=\"openai\",model=\"gpt-4o\",status=\"200\","
            "fault=\"none\"} 2\n");
  EXPECT_EQ(Lines(metrics, "llmgw_requests_failed_total"),
            "llmgw_requests_failed_total{route=\"none\",reason=\"invalid_api_key\","
            "fault=\"client\"} 1\n");
}

TEST(RequestMetrics, CountsCredentialsThatBeginToRestAndSpentBudgets) {
  RequestMetrics metrics;
  WorkerMetrics& worker = metrics.AddWorker();
  model::RequestRecord record = Answered("gpt-4o", 429);
  record.retry_budget_spent = true;
  record.attempts.resize(2);
  for (model::AttemptRecord& attempt : record.attempts) {
    attempt.upstream = "openai";
    attempt.credential_id = "main";
    attempt.outcome = "ok";
    attempt.status = 429;
  }
  record.attempts[1].credential_rests = true;
  worker.Record(record);
  EXPECT_EQ(Lines(metrics, "llmgw_credential_rests_total"),
            "llmgw_credential_rests_total{upstream=\"openai\",credential=\"main\","
            "status=\"429\"} 1\n");
  EXPECT_EQ(Lines(metrics, "llmgw_retry_budget_spent_total"),
            "llmgw_retry_budget_spent_total{route=\"v1\"} 1\n");
}

TEST(RequestMetrics, AddsUpTheWorkers) {
  RequestMetrics metrics;
  for (int i = 0; i < 3; ++i) {
    WorkerMetrics& worker = metrics.AddWorker();
    model::RequestRecord record = Answered("gpt-4o");
    record.request_bytes = 100;
    record.response_bytes = 1000;
    record.usage.input = 7;
    record.usage.output = 11;
    record.attempts.resize(2);
    record.attempts[0].upstream = "azure";
    record.attempts[0].outcome = "connect_failed";
    record.attempts[1].upstream = "openai";
    record.attempts[1].outcome = "ok";
    worker.RequestStarted();
    worker.RequestStarted();
    worker.Record(record);
    worker.ChunksRelayed(5);
  }
  const std::string text = Text(metrics);
  EXPECT_NE(text.find("llmgw_request_bytes_total{route=\"v1\",upstream=\"openai\"} 300"),
            std::string::npos);
  EXPECT_NE(text.find("llmgw_response_bytes_total{route=\"v1\",upstream=\"openai\"} 3000"),
            std::string::npos);
  EXPECT_EQ(
      Lines(metrics, "llmgw_tokens_total"),
      "llmgw_tokens_total{route=\"v1\",upstream=\"openai\",model=\"gpt-4o\",kind=\"input\"} 21\n"
      "llmgw_tokens_total{route=\"v1\",upstream=\"openai\",model=\"gpt-4o\",kind=\"output\"} 33\n");
  EXPECT_EQ(Lines(metrics, "llmgw_upstream_attempts_total"),
            "llmgw_upstream_attempts_total{upstream=\"azure\",outcome=\"connect_failed\"} 3\n"
            "llmgw_upstream_attempts_total{upstream=\"openai\",outcome=\"ok\"} 3\n");
  EXPECT_EQ(Lines(metrics, "llmgw_stream_chunks_total"), "llmgw_stream_chunks_total 15\n");
  EXPECT_EQ(Lines(metrics, "llmgw_requests_in_flight"), "llmgw_requests_in_flight 3\n");
  EXPECT_EQ(metrics.requests_in_flight(), 3u);
}

TEST(RequestMetrics, TunnelsAreCountedWhileTheyAreOpenAndTimedApart) {
  RequestMetrics metrics;
  WorkerMetrics& worker = metrics.AddWorker();
  worker.tunnels_opened.Add(2);
  worker.tunnels_closed.Add(1);
  worker.TunnelBytes(10, 0);
  worker.TunnelBytes(0, 300);
  model::RequestRecord record = Answered("gpt-realtime", 101);
  record.total = microseconds(30'000'000);
  worker.Record(record);
  EXPECT_EQ(Lines(metrics, "llmgw_tunnels_open"), "llmgw_tunnels_open 1\n");
  EXPECT_EQ(Lines(metrics, "llmgw_tunnel_bytes_total"),
            "llmgw_tunnel_bytes_total{from=\"client\"} 10\n"
            "llmgw_tunnel_bytes_total{from=\"upstream\"} 300\n");
  EXPECT_EQ(Lines(metrics, "llmgw_tunnel_duration_seconds_sum"),
            "llmgw_tunnel_duration_seconds_sum{route=\"v1\",upstream=\"openai\"} 30\n");
  EXPECT_EQ(Lines(metrics, "llmgw_request_duration_seconds"), "");
}

TEST(RequestMetrics, HistogramsAreCumulativeAndInSeconds) {
  RequestMetrics metrics;
  WorkerMetrics& worker = metrics.AddWorker();
  model::RequestRecord record = Answered("m");
  record.gateway = microseconds(10);  // a bound belongs to its bucket
  worker.Record(record);
  record.gateway = microseconds(11);
  worker.Record(record);
  record.gateway = microseconds(2'000'000);
  worker.Record(record);
  const std::string lines = Lines(metrics, "llmgw_gateway_overhead_seconds");
  const std::string labels = "route=\"v1\",upstream=\"openai\"";
  EXPECT_NE(lines.find("_bucket{" + labels + ",le=\"1e-05\"} 1\n"), std::string::npos) << lines;
  EXPECT_NE(lines.find("_bucket{" + labels + ",le=\"2.5e-05\"} 2\n"), std::string::npos) << lines;
  EXPECT_NE(lines.find("_bucket{" + labels + ",le=\"1\"} 2\n"), std::string::npos) << lines;
  EXPECT_NE(lines.find("_bucket{" + labels + ",le=\"+Inf\"} 3\n"), std::string::npos) << lines;
  EXPECT_NE(lines.find("_count{" + labels + "} 3\n"), std::string::npos) << lines;
  EXPECT_NE(lines.find("_sum{" + labels + "} 2.000021"), std::string::npos) << lines;
}

TEST(RequestMetrics, ARequestWithoutAByteHasNoTimeToFirstByte) {
  RequestMetrics metrics;
  WorkerMetrics& worker = metrics.AddWorker();
  worker.Record(Answered("m"));
  EXPECT_EQ(Lines(metrics, "llmgw_time_to_first_byte_seconds"), "");
  EXPECT_NE(Lines(metrics, "llmgw_request_duration_seconds"), "");
}

TEST(ModelLabel, BelongsOnlyToModelsThatAnUpstreamServed) {
  RequestMetrics metrics;
  WorkerMetrics& worker = metrics.AddWorker();
  worker.Record(Answered("made-up", 404));
  worker.Record(Answered("real", 200));
  worker.Record(Answered("real", 500));
  const std::string lines = Lines(metrics, "llmgw_requests_total");
  EXPECT_EQ(lines.find("made-up"), std::string::npos) << lines;
  EXPECT_NE(lines.find("model=\"other\",status=\"404\""), std::string::npos) << lines;
  EXPECT_NE(lines.find("model=\"real\",status=\"500\""), std::string::npos) << lines;
}

TEST(ModelLabel, IsNoneForARequestThatNamesNoModel) {
  RequestMetrics metrics;
  model::RequestRecord record = Answered("/v1/files/file-1");
  record.model_named = false;
  metrics.AddWorker().Record(record);
  const std::string lines = Lines(metrics, "llmgw_requests_total");
  EXPECT_EQ(lines.find("file-1"), std::string::npos) << lines;
  EXPECT_NE(lines.find("model=\"none\""), std::string::npos) << lines;
}

TEST(ModelLabel, IsBoundedInNumberLengthAndCharacters) {
  RequestMetrics metrics;
  WorkerMetrics& worker = metrics.AddWorker();
  for (size_t i = 0; i < WorkerMetrics::kMostModels; ++i) {
    worker.Record(Answered("model-" + std::to_string(i)));
  }
  worker.Record(Answered("one-too-many"));
  worker.Record(Answered("model-0"));
  const std::string text = Text(metrics);
  EXPECT_EQ(text.find("one-too-many"), std::string::npos);
  EXPECT_NE(text.find("model=\"other\",status=\"200\""), std::string::npos);
  EXPECT_NE(text.find("model=\"model-0\",status=\"200\",fault=\"none\"} 2"), std::string::npos);

  WorkerMetrics& fresh = metrics.AddWorker();
  fresh.Record(Answered(std::string(1000, 'x')));
  fresh.Record(Answered("bad\xff"));
  const std::string after = Text(metrics);
  EXPECT_EQ(after.find("xxxx"), std::string::npos);
  EXPECT_EQ(after.find("bad"), std::string::npos);
}

TEST(RequestCells, EndAtTheirMostAndTheRestIsCountedTogether) {
  RequestMetrics metrics;
  WorkerMetrics& worker = metrics.AddWorker();
  for (size_t i = 0; i < WorkerMetrics::kMostRequestCells + 10; ++i) {
    worker.Record(Answered("m", 1000 + static_cast<int>(i)));
  }
  EXPECT_LE(worker.requests.size(), WorkerMetrics::kMostRequestCells + 1);
  EXPECT_NE(Lines(metrics, "llmgw_requests_total")
                .find("route=\"other\",upstream=\"other\",model=\"other\",status=\"other\",fault="
                      "\"other\"} 10\n"),
            std::string::npos);
}

// Run under ThreadSanitizer.
TEST(RequestMetrics, MayBeReadWhileAWorkerWrites) {
  RequestMetrics metrics;
  WorkerMetrics& worker = metrics.AddWorker();
  std::atomic<bool> stop{false};
  std::thread reader([&] {
    while (!stop) metrics.Collect();
  });
  for (int i = 0; i < 2000; ++i) {
    worker.RequestStarted();
    worker.Record(Answered("m-" + std::to_string(i % 300)));
  }
  stop = true;
  reader.join();
  EXPECT_EQ(metrics.requests_in_flight(), 0u);
}

}  // namespace
}  // namespace llmgw::record
