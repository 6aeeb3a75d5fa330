#include "dataplane/forward/adapter/mock.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dataplane/forward/path_join.h"
#include "dataplane/forward/response_body.h"
#include "dataplane/forward/stream_relay.h"

namespace llmgw::forward {
namespace {

using nlohmann::json;

int64_t UnixSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Each word with the space before it, so that the pieces join to the text.
std::vector<std::string> Words(const std::string& text) {
  std::vector<std::string> words;
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = std::min(text.find(' ', begin + 1), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return words;
}

json Usage(const ForwardRequest& request, size_t words) {
  // A token is four bytes here: near enough for a mock.
  const auto prompt = static_cast<int64_t>(request.exchange.body().size() / 4);
  const auto completion = static_cast<int64_t>(words);
  return {{"prompt_tokens", prompt},
          {"completion_tokens", completion},
          {"total_tokens", prompt + completion}};
}

// One response whose head and body pieces are made here.
class Answerer {
 public:
  explicit Answerer(const AnswerJob& job)
      : job_(job), request_(job.request), upstream_(job.upstream) {}

  net::Task<AttemptEnd> Plain(int status, std::string_view reason, std::string body) {
    net::http1::ResponseHead head = Head(status, reason, "application/json");
    head.framing = net::http1::BodyFraming::kLength;
    head.content_length = body.size();
    std::string out;
    WriteClientHead(out, request_, head, ResponseFraming::kLength);
    Commit(status, "application/json");
    if (!request_.exchange.head_request()) {
      request_.observer.OnPayload(body);
      CountPayload(request_.record, body.size(), Elapsed());
      out += body;
    }
    co_return co_await Send(out) ? AttemptEnd::kRelayed : AttemptEnd::kClientGone;
  }

  net::Task<AttemptEnd> Stream(std::vector<std::string> events) {
    const ResponseFraming framing = ResponseBody::ClientFraming(
        net::http1::BodyFraming::kUntilClose, request_.exchange.http10());
    if (framing == ResponseFraming::kUntilClose) request_.exchange.CloseAfter();
    std::string out;
    WriteClientHead(out, request_, Head(200, "OK", "text/event-stream"), framing);
    Commit(200, "text/event-stream");
    ResponseBody body(net::http1::BodyFraming::kUntilClose, 0, framing);
    std::string storage;
    for (const std::string& event : events) {
      const ResponseBody::Step step = body.Next(event, storage, request_.observer);
      out += step.out;
      CountPayload(request_.record, step.payload_bytes, Elapsed());
      if (&event == &events.back()) out += body.Closing();
      if (!co_await Send(out)) co_return AttemptEnd::kClientGone;
      out.clear();
      if (&event == &events.back()) break;
      const net::Wake wake = co_await net::Sleep(request_.exchange.waiter(),
                                                 Now() + upstream_.mock.chunk_interval.count());
      if (wake == net::Wake::kPeerGone) co_return AttemptEnd::kClientGone;
      if (wake == net::Wake::kCancelled) {
        request_.exchange.CloseAfter();
        if (body.EndWith(ErrorEvent(request_.observer, request_.record, model::ShuttingDown()),
                         out))
          (void)co_await Send(out);
        co_return AttemptEnd::kCancelled;
      }
    }
    co_return AttemptEnd::kRelayed;
  }

 private:
  std::chrono::steady_clock::duration Elapsed() const {
    return std::chrono::steady_clock::now() - request_.started;
  }
  net::LoopTime Now() { return request_.exchange.reactor().now(); }

  net::http1::ResponseHead Head(int status, std::string_view reason, std::string_view type) {
    net::http1::ResponseHead head;
    head.status = status;
    head.reason = reason;
    head.headers.push_back({"content-type", type, net::http1::HeaderId::kContentType});
    if (type == "text/event-stream")
      head.headers.push_back({"cache-control", "no-cache", net::http1::HeaderId::kOther});
    return head;
  }

  void Commit(int status, std::string_view type) {
    request_.record.status = status;
    job_.record.status = status;
    request_.record.upstream = upstream_.name;
    request_.exchange.MarkCommitted();
    request_.observer.OnHead(status, type, type == "text/event-stream", false);
  }

  net::Task<bool> Send(std::string_view bytes) {
    const iovec part = net::Part(bytes);
    const net::IoResult sent = co_await request_.exchange.Send({&part, 1});
    if (sent.status == net::IoStatus::kTimeout) request_.exchange.MarkStalled();
    co_return sent.ok();
  }

  const AnswerJob& job_;
  ForwardRequest& request_;
  const settings::UpstreamSettings& upstream_;
};

class Mock final : public Adapter {
 public:
  bool answers() const override { return true; }

  void AppendTarget(std::string& out, const ForwardRequest& request,
                    const settings::UpstreamSettings& upstream) const override {
    AppendUpstreamPath(out, upstream.endpoint.base_path, request.route.settings().prefix,
                       request.path);
  }

  void AppendHeaders(std::string&, const ForwardRequest&, const settings::UpstreamSettings&,
                     const SecretString*) const override {}

  net::Task<AttemptEnd> Answer(AnswerJob job) const override {
    ForwardRequest& request = job.request;
    const settings::UpstreamSettings& upstream = job.upstream;
    std::string target;
    AppendTarget(target, request, upstream);
    const bool chat = target.ends_with("/chat/completions");
    if (upstream.mock.first_byte_delay.count() > 0) {
      net::Reactor& reactor = request.exchange.reactor();
      const net::Wake wake = co_await net::Sleep(request.exchange.waiter(),
                                                 reactor.After(upstream.mock.first_byte_delay));
      if (wake == net::Wake::kPeerGone) co_return AttemptEnd::kClientGone;
      if (wake == net::Wake::kCancelled) co_return AttemptEnd::kCancelled;
    }
    Answerer answerer(job);
    if (chat && request.exchange.head().method == "POST") {
      if (request.facts.stream) co_return co_await answerer.Stream(ChatEvents(request, upstream));
      co_return co_await answerer.Plain(200, "OK", Chat(request, upstream));
    }
    if (target.ends_with("/models")) co_return co_await answerer.Plain(200, "OK", Models());
    co_return co_await answerer.Plain(404, "Not Found", NotFound(target));
  }

 private:
  static std::string Chat(const ForwardRequest& request,
                          const settings::UpstreamSettings& upstream) {
    const json message = {
        {"role", "assistant"}, {"content", upstream.mock.reply}, {"refusal", nullptr}};
    const json choice = {
        {"index", 0}, {"message", message}, {"logprobs", nullptr}, {"finish_reason", "stop"}};
    return json{{"id", "chatcmpl-" + request.record.request_id},
                {"object", "chat.completion"},
                {"created", UnixSeconds()},
                {"model", request.facts.model},
                {"choices", json::array({choice})},
                {"usage", Usage(request, Words(upstream.mock.reply).size())}}
        .dump();
  }

  static std::vector<std::string> ChatEvents(const ForwardRequest& request,
                                             const settings::UpstreamSettings& upstream) {
    const std::vector<std::string> words = Words(upstream.mock.reply);
    json chunk = {{"id", "chatcmpl-" + request.record.request_id},
                  {"object", "chat.completion.chunk"},
                  {"created", UnixSeconds()},
                  {"model", request.facts.model}};
    const auto event = [&chunk](const json& delta, const json& finish) {
      chunk["choices"] = json::array(
          {{{"index", 0}, {"delta", delta}, {"logprobs", nullptr}, {"finish_reason", finish}}});
      return "data: " + chunk.dump() + "\n\n";
    };
    std::vector<std::string> events;
    events.push_back(event({{"role", "assistant"}, {"content", ""}}, nullptr));
    for (const std::string& word : words) events.push_back(event({{"content", word}}, nullptr));
    events.push_back(event(json::object(), "stop"));
    chunk["choices"] = json::array();
    chunk["usage"] = Usage(request, words.size());
    events.push_back("data: " + chunk.dump() + "\n\ndata: [DONE]\n\n");
    return events;
  }

  static std::string Models() {
    const json model = {{"id", "mock"}, {"object", "model"}, {"created", 0}, {"owned_by", "llmgw"}};
    return json{{"object", "list"}, {"data", json::array({model})}}.dump();
  }

  static std::string NotFound(const std::string& target) {
    return json{{"error",
                 {{"message", "The mock upstream answers chat/completions and models only, not '" +
                                  target + "'."},
                  {"type", "invalid_request_error"},
                  {"param", nullptr},
                  {"code", "not_found"}}}}
        .dump();
  }
};

}  // namespace

const Adapter& MockAdapter() {
  static const Mock adapter;
  return adapter;
}

}  // namespace llmgw::forward
