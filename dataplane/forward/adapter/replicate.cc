#include "dataplane/forward/adapter/replicate.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "common/text/percent_decode.h"
#include "dataplane/forward/adapter/replicate_api.h"
#include "dataplane/forward/adapter/replicate_events.h"
#include "dataplane/forward/adapter/replicate_relay.h"
#include "dataplane/forward/head_writer.h"
#include "dataplane/forward/rate_limit_headers.h"
#include "dataplane/forward/response_body.h"
#include "dataplane/forward/retry_policy.h"
#include "dataplane/forward/stream_relay.h"

namespace llmgw::forward {
namespace {

using net::IoStatus;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A larger request is refused: it is held in memory, and with it what is made of it. Images that
// are this large are meant to be given by URL.
constexpr size_t kMostRequest = 16 << 20;
// Pauses between two questions whether a prediction has ended.
constexpr milliseconds kFirstPause{250};
constexpr milliseconds kLongestPause{2'000};
// So many questions in a row may get no answer, or one that says "not now".
constexpr int kMostFailedPolls = 5;
// Left of the first-byte timeout when the API is asked to wait.
constexpr milliseconds kWaitMargin{1'000};

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kEvents = "text/event-stream";

std::string_view ReasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 413:
      return "Content Too Large";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    default:
      return status < 500 ? "Refused" : "Failed";
  }
}

// The exact names of the upstream's allow list that this caller may use: all that the configuration
// knows of its models.
std::vector<std::string> KnownModels(const AnswerJob& job) {
  std::vector<std::string> names;
  const settings::KeySettings* key = job.request.caller.key();
  for (const std::string& name : job.upstream.models.allow) {
    if (name.ends_with('*') || name.starts_with('/') || !job.upstream.models.Admits(name) ||
        (key != nullptr && !key->models.Admits(name)))
      continue;
    names.push_back(name);
  }
  return names;
}

// One attempt to have one request answered.
class Conversation {
 public:
  explicit Conversation(const AnswerJob& job)
      : job_(job),
        request_(job.request),
        exchange_(job.request.exchange),
        waiter_(job.request.exchange.waiter()),
        account_{job.worker, job.request.keep_settings, job.request.keep_tls, job.upstream,
                 job.secret} {}

  net::Task<AttemptEnd> Models(std::string_view name) {
    job_.nothing_asked = true;
    const std::vector<std::string> known = KnownModels(job_);
    if (known.empty()) {
      co_return co_await Reply(404,
                               ErrorJson(404,
                                         "The upstream '" + job_.upstream.name +
                                             "' (kind replicate) has no list of models: its allow "
                                             "list names none without a '*'.",
                                         "", "no_models_list"),
                               "");
    }
    if (name.empty()) co_return co_await Reply(200, ModelsJson(known), "");
    if (std::find(known.begin(), known.end(), name) != known.end())
      co_return co_await Reply(200, ModelJson(std::string(name)), "");
    co_return co_await Reply(404,
                             ErrorJson(404, "The model does not exist, or this key may not use it.",
                                       "model", "model_not_found"),
                             "");
  }

  net::Task<AttemptEnd> Chat() {
    exchange_.KeepInput();
    if (!exchange_.source().finished() || exchange_.body().size() > kMostRequest) {
      job_.nothing_asked = true;
      co_return co_await Refuse(
          413, "Requests to this upstream may have at most 16 MiB; give images by URL.",
          "body_too_large", "");
    }
    {
      const net::http1::BufferedBody::View view(exchange_.body());
      auto order = OrderPrediction(view.bytes(), request_.upstream_model, job_.upstream.replicate);
      if (!order) co_return co_await RefuseOrder(order.error());
      order_ = std::move(*order);
    }
    facts_ = {
        "", request_.facts.model,
        duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
            .count()};
    guard_ = std::make_unique<PredictionGuard>(account_, waiter_.reactor());
    first_byte_ = waiter_.reactor().After(order_.stream ? job_.upstream.timeouts.first_byte_stream
                                                        : job_.upstream.timeouts.first_byte);
    first_text_ = waiter_.reactor().After(job_.upstream.timeouts.first_byte);
    const AttemptEnd created = co_await Create();
    if (created != AttemptEnd::kRelayed || answered_) co_return created;
    if (order_.stream && prediction_.status == PredictionStatus::kRunning) {
      const std::optional<StreamPlace> place =
          PlaceOfStream(prediction_.stream_url, job_.upstream.endpoint);
      if (place) co_return co_await Stream(*place);
      // The model has no stream, or none that may be followed.
      first_byte_ = waiter_.reactor().After(job_.upstream.timeouts.first_byte);
    }
    const AttemptEnd ended = co_await AwaitEnd();
    if (ended != AttemptEnd::kRelayed) co_return ended;
    co_return co_await AnswerPrediction();
  }

 private:
  UpstreamExchange::Deadlines Deadlines() const { return {first_byte_, job_.total_deadline}; }

  // A request that is wrong for this upstream; another may understand it.
  net::Task<AttemptEnd> RefuseOrder(const BadChat& bad) {
    const bool about_model = bad.param == "model";
    if (about_model && job_.may_go_on) co_return AttemptEnd::kNoDeployment;
    job_.nothing_asked = true;
    const int status = about_model ? 404 : 400;
    co_return co_await Reply(status,
                             ErrorJson(status, bad.message, bad.param,
                                       about_model ? "model_not_found" : "invalid_request"),
                             "");
  }

  int64_t WaitSeconds() const {
    if (order_.stream) return 0;
    const milliseconds left(first_byte_ - waiter_.reactor().now());
    const auto room = duration_cast<std::chrono::seconds>(left - kWaitMargin);
    return std::clamp<int64_t>(room.count(), 0, job_.upstream.replicate.wait.count());
  }

  // kRelayed: prediction_ is there, or, with answered_, the client has been told why not.
  net::Task<AttemptEnd> Create() {
    const int64_t wait = WaitSeconds();
    const std::string message = CreateMessage(account_, order_, wait);
    auto exchange = std::make_unique<UpstreamExchange>(
        ExchangePeer::Own(job_.worker, *account_.tls, job_.upstream));
    if (wait > 0) exchange->DialAnew();
    std::string body;
    AttemptEnd end = co_await exchange->Ask(waiter_, message, Deadlines(), job_.record);
    if (end == AttemptEnd::kRelayed)
      end = co_await exchange->ReadAll(waiter_, kMostApiAnswer, Deadlines(), body);
    if (end != AttemptEnd::kRelayed) {
      // Nobody here waits for the answer, but the prediction may be there.
      if (exchange->unfinished()) guard_->Asked(std::move(exchange), std::move(body));
      co_return end;
    }
    const int status = exchange->status();
    if (status < 200 || status >= 300) {
      co_return co_await RefuseApi(*exchange, ApiErrorText(body));
    }
    std::optional<Prediction> prediction = ParsePrediction(body);
    if (!prediction) {
      job_.record.error = "the answer is not a prediction";
      co_return AttemptEnd::kBadResponse;
    }
    Take(std::move(*prediction));
    co_return AttemptEnd::kRelayed;
  }

  void Take(Prediction prediction) {
    prediction_ = std::move(prediction);
    facts_.id = "chatcmpl-" + prediction_.id;
    guard_->Created(prediction_.id);
    if (prediction_.status != PredictionStatus::kRunning) guard_->Settle();
  }

  net::Task<AttemptEnd> AwaitEnd() {
    const std::string message = GetMessage(account_, prediction_.id);
    milliseconds pause = kFirstPause;
    int failed = 0;
    while (prediction_.status == PredictionStatus::kRunning) {
      const net::LoopTime latest = std::min(first_byte_, job_.total_deadline);
      const net::LoopTime until = std::min(waiter_.reactor().After(pause), latest);
      const net::Wake wake = co_await net::Sleep(waiter_, until);
      if (wake == net::Wake::kPeerGone) co_return AttemptEnd::kClientGone;
      if (wake == net::Wake::kCancelled) co_return AttemptEnd::kCancelled;
      if (until == latest) {
        job_.record.error = "the prediction did not end in time";
        co_return latest == job_.total_deadline ? AttemptEnd::kTotalTimeout
                                                : AttemptEnd::kFirstByteTimeout;
      }
      pause = std::min(pause + pause / 2, kLongestPause);
      UpstreamExchange exchange(ExchangePeer::Own(job_.worker, *account_.tls, job_.upstream));
      std::string body;
      AttemptEnd end = co_await exchange.Ask(waiter_, message, Deadlines(), job_.record);
      if (end == AttemptEnd::kRelayed)
        end = co_await exchange.ReadAll(waiter_, kMostApiAnswer, Deadlines(), body);
      if (end == AttemptEnd::kClientGone || end == AttemptEnd::kCancelled) co_return end;
      std::optional<Prediction> prediction;
      if (end == AttemptEnd::kRelayed && exchange.status() == 200)
        prediction = ParsePrediction(body);
      if (prediction && prediction->id == prediction_.id) {
        failed = 0;
        job_.record.error.clear();
        Take(std::move(*prediction));
      } else if (++failed >= kMostFailedPolls) {
        if (end == AttemptEnd::kRelayed) {
          job_.record.error =
              "the prediction can't be asked for: status " + std::to_string(exchange.status());
          co_return AttemptEnd::kBadResponse;
        }
        co_return end;
      }
    }
    co_return AttemptEnd::kRelayed;
  }

  net::Task<AttemptEnd> AnswerPrediction() {
    if (prediction_.status != PredictionStatus::kSucceeded)
      co_return co_await RefuseEnd(prediction_.status == PredictionStatus::kCanceled,
                                   prediction_.error);
    const std::string finish = FinishReason(prediction_.usage, order_.max_tokens);
    if (!order_.stream)
      co_return co_await Reply(200, CompletionJson(facts_, prediction_, finish), "");
    ReplicateEvents events(facts_, order_.include_usage);
    std::string chunks;
    events.Output(prediction_.output, chunks);
    events.Finish(finish, prediction_.usage, chunks);
    ResponseBody body = BeginEvents();
    request_.observer.OnUsage(prediction_.usage);
    std::string storage;
    const ResponseBody::Step step = body.Next(chunks, storage, request_.observer);
    CountPayload(request_.record, step.payload_bytes, steady_clock::now() - request_.started);
    head_ += step.out;
    head_ += body.Closing();
    co_return co_await Send();
  }

  net::Task<AttemptEnd> Stream(const StreamPlace& place) {
    const std::string message = StreamMessage(account_, place);
    const settings::UpstreamSettings& upstream = job_.upstream;
    auto exchange = std::make_unique<UpstreamExchange>(
        place.own_origin
            ? ExchangePeer::Own(job_.worker, *account_.tls, upstream)
            : ExchangePeer{job_.worker, *account_.tls, upstream, place.endpoint,
                           place.endpoint.host, upstream.pool_key + "|" + place.endpoint.host});
    const AttemptEnd asked = co_await exchange->Ask(waiter_, message, Deadlines(), job_.record);
    if (asked != AttemptEnd::kRelayed) co_return asked;
    if (exchange->status() != 200 || !exchange->event_stream()) {
      std::string body;
      const AttemptEnd read =
          co_await exchange->ReadAll(waiter_, kMostApiAnswer, Deadlines(), body);
      if (read != AttemptEnd::kRelayed) co_return read;
      // Another host was not sent the token: what it says is not about the credential.
      if (exchange->status() >= 400 && place.own_origin)
        co_return co_await RefuseApi(*exchange, ApiErrorText(body));
      job_.record.error = "the stream of the prediction is no event stream: status " +
                          std::to_string(exchange->status());
      co_return AttemptEnd::kBadResponse;
    }
    co_return co_await BeginStream(std::move(exchange));
  }

  // Nothing is committed until the first text is there: what fails before may go elsewhere.
  net::Task<AttemptEnd> BeginStream(std::unique_ptr<UpstreamExchange> exchange) {
    ReplicateEvents events(facts_, order_.include_usage);
    std::string chunks, bytes;
    while (!events.has_content() && events.state() == ReplicateEvents::State::kRunning) {
      // Pings end the idle time, not the wait for the first text.
      const net::LoopTime until = std::min(
          {waiter_.reactor().After(job_.upstream.timeouts.idle), first_text_, job_.total_deadline});
      bytes.clear();
      const IoStatus read = co_await exchange->Read(waiter_, until, bytes);
      if (read == IoStatus::kPeerGone) co_return AttemptEnd::kClientGone;
      if (read == IoStatus::kCancelled) co_return AttemptEnd::kCancelled;
      if (read == IoStatus::kTimeout) {
        job_.record.error = "no text in time";
        co_return waiter_.reactor().now() >= job_.total_deadline ? AttemptEnd::kTotalTimeout
                                                                 : AttemptEnd::kFirstByteTimeout;
      }
      if (read != IoStatus::kOk) {
        job_.record.error = "the event stream ended before the first text";
        co_return AttemptEnd::kReset;
      }
      events.Feed(bytes, chunks);
    }
    if (!events.has_content()) {
      if (events.state() == ReplicateEvents::State::kMalformed) co_return AttemptEnd::kBadResponse;
      if (events.state() != ReplicateEvents::State::kDone) {
        guard_->Settle();
        co_return co_await RefuseEnd(events.state() == ReplicateEvents::State::kCanceled,
                                     events.error());
      }
    }
    ResponseBody body = BeginEvents();
    std::string storage;
    const ResponseBody::Step step = body.Next(chunks, storage, request_.observer);
    CountPayload(request_.record, step.payload_bytes, steady_clock::now() - request_.started);
    head_ += step.out;
    const AttemptEnd sent = co_await Send();
    if (sent != AttemptEnd::kRelayed) co_return sent;
    job_.worker.heads.Put(exchange_.ReleaseRequest());
    request_.relay = std::make_unique<ReplicateRelay>(
        request_,
        OpenPrediction{std::move(guard_), std::move(exchange), std::move(events), std::move(body),
                       prediction_.id, order_.max_tokens, job_.total_deadline, job_.started,
                       std::move(job_.permit), job_.credential});
    co_return AttemptEnd::kRelayed;
  }

  // ---- answers

  net::Task<AttemptEnd> RefuseEnd(bool canceled, const std::string& error) {
    std::string message = "The prediction of the upstream '" + job_.upstream.name +
                          (canceled ? "' was canceled" : "' failed");
    message += error.empty() ? "." : ": " + error;
    co_return co_await Refuse(502, message, canceled ? "prediction_canceled" : "prediction_failed",
                              "");
  }

  net::Task<AttemptEnd> RefuseApi(const UpstreamExchange& exchange, const std::string& detail) {
    const int status = exchange.status();
    // What is neither an answer nor an error (a redirect) is not followed.
    if (status < 400) {
      job_.record.error = "status " + std::to_string(status) + ", which is no prediction";
      co_return AttemptEnd::kBadResponse;
    }
    std::string message = "The upstream '" + job_.upstream.name + "' refused the request";
    message += detail.empty() ? "." : ": " + detail;
    job_.retry_after = RetryAfter(exchange.head(), std::chrono::system_clock::now());
    co_return co_await Refuse(status, message, "upstream_refused", exchange.Header("retry-after"));
  }

  // Another candidate may do better; else the client is told.
  net::Task<AttemptEnd> Refuse(int status, std::string_view message, std::string_view code,
                               std::string_view retry_after) {
    job_.record.status = status;
    job_.record.first_byte =
        duration_cast<std::chrono::microseconds>(steady_clock::now() - job_.started);
    if (status < 600 && GivesUp(job_, status)) {
      job_.record.error = "status " + std::to_string(status);
      co_return AttemptEnd::kRefused;
    }
    co_return co_await Reply(status, ErrorJson(status, message, "", code), retry_after);
  }

  net::http1::ResponseHead Head(int status, std::string_view type) const {
    net::http1::ResponseHead head;
    head.status = status;
    head.reason = ReasonOf(status);
    head.headers.push_back({"content-type", type, net::http1::HeaderId::kContentType});
    return head;
  }

  void Commit(int status, std::string_view type) {
    answered_ = true;
    request_.record.status = status;
    request_.record.upstream = job_.upstream.name;
    job_.record.status = status;
    job_.record.first_byte =
        duration_cast<std::chrono::microseconds>(steady_clock::now() - job_.started);
    exchange_.MarkCommitted();
    request_.observer.OnHead(status, type, type == kEvents, false);
  }

  // Before the empty line that ends the head in `head_`.
  void NameUnsupported() {
    std::string line;
    AppendUnsupported(line, order_.unsupported);
    head_.insert(head_.size() - 2, line);
  }

  net::Task<AttemptEnd> Reply(int status, std::string body, std::string_view retry_after) {
    if (!exchange_.source().finished()) exchange_.CloseAfter();
    net::http1::ResponseHead head = Head(status, kJson);
    if (!retry_after.empty())
      head.headers.push_back({"retry-after", retry_after, net::http1::HeaderId::kOther});
    head.framing = net::http1::BodyFraming::kLength;
    head.content_length = body.size();
    head_.clear();
    WriteClientHead(head_, request_, head, ResponseFraming::kLength);
    NameUnsupported();
    Commit(status, kJson);
    if (!exchange_.head_request()) {
      request_.observer.OnPayload(body);
      CountPayload(request_.record, body.size(), steady_clock::now() - request_.started);
      head_ += body;
    }
    co_return co_await Send();
  }

  ResponseBody BeginEvents() {
    const ResponseFraming framing =
        ResponseBody::ClientFraming(net::http1::BodyFraming::kUntilClose, exchange_.http10());
    if (framing == ResponseFraming::kUntilClose) exchange_.CloseAfter();
    net::http1::ResponseHead head = Head(200, kEvents);
    head.headers.push_back({"cache-control", "no-cache", net::http1::HeaderId::kOther});
    head_.clear();
    WriteClientHead(head_, request_, head, framing);
    NameUnsupported();
    Commit(200, kEvents);
    return ResponseBody(net::http1::BodyFraming::kUntilClose, 0, framing);
  }

  net::Task<AttemptEnd> Send() {
    const iovec part = net::Part(head_);
    const net::IoResult sent = co_await exchange_.Send({&part, 1});
    if (!sent.ok()) co_return LoseClient(exchange_, job_.record, sent.status);
    co_return AttemptEnd::kRelayed;
  }

  const AnswerJob& job_;
  ForwardRequest& request_;
  net::http1::ServerExchange& exchange_;
  net::Waiter& waiter_;
  const ReplicateAccount account_;
  PredictionOrder order_;
  CompletionFacts facts_;
  Prediction prediction_;
  std::unique_ptr<PredictionGuard> guard_;
  net::LoopTime first_byte_ = net::kNever;  // of the head of an answer; for documents, of the end
  net::LoopTime first_text_ = net::kNever;  // of a stream
  std::string head_;                        // of the answer, and what goes with it
  bool answered_ = false;
};

class Replicate final : public Adapter {
 public:
  bool answers() const override { return true; }

  std::optional<AttemptEnd> Refuses(const ForwardRequest& request,
                                    const settings::UpstreamSettings&) const override {
    const std::string_view path = PathBelowVersion(request);
    const std::string_view method = request.exchange.head().method;
    if (path == "/chat/completions" && method == "POST") return std::nullopt;
    const bool models = path == "/models" || path.starts_with("/models/");
    if (models && (method == "GET" || method == "HEAD")) return std::nullopt;
    return AttemptEnd::kNoPlaceForPath;
  }

  // Not called: it answers.
  void AppendTarget(std::string&, const ForwardRequest&,
                    const settings::UpstreamSettings&) const override {}
  void AppendHeaders(std::string&, const ForwardRequest&, const settings::UpstreamSettings&,
                     const SecretString*) const override {}

  net::Task<AttemptEnd> Answer(AnswerJob job) const override {
    Conversation conversation(job);
    const std::string_view path = PathBelowVersion(job.request);
    if (path == "/chat/completions") co_return co_await conversation.Chat();
    constexpr std::string_view kModels = "/models/";
    // A name may be escaped: "meta%2Fllama-3".
    const std::string name =
        text::PercentDecoded(path.substr(std::min(path.size(), kModels.size())));
    co_return co_await conversation.Models(name);
  }
};

}  // namespace

const Adapter& ReplicateAdapter() {
  static const Replicate adapter;
  return adapter;
}

}  // namespace llmgw::forward
