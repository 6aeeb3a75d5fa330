#include "dataplane/pipeline/request_pipeline.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "dataplane/authenticate/api_key_authenticator.h"
#include "dataplane/forward/forwarder.h"
#include "dataplane/forward/relay.h"
#include "dataplane/parse/request_parser.h"
#include "dataplane/pipeline/cors.h"
#include "dataplane/pipeline/local_models.h"
#include "dataplane/pipeline/responder.h"
#include "dataplane/pipeline/response_recorder.h"
#include "dataplane/route/affinity.h"
#include "dataplane/route/router.h"

namespace llmgw::pipeline {
namespace {

using model::Failure;
using net::http1::BodyOutcome;
using net::http1::HeaderId;
using Served = tl::expected<void, Failure>;
using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr size_t kMostUserAgentBytes = 256;
constexpr size_t kMostRecordedPathBytes = 1024;

// CO_TRY(const T& x, expr): leaves the coroutine with the failure of `expr`, otherwise x is its
// value. One per line.
#define CO_TRY(declaration, expr) CO_TRY_INNER(LLMGW_CONCAT(stage_, __LINE__), declaration, expr)
#define CO_TRY_INNER(tmp, declaration, expr)                  \
  auto tmp = (expr);                                          \
  if (!tmp) co_return tl::unexpected(std::move(tmp.error())); \
  declaration = *tmp

microseconds Since(steady_clock::time_point start) {
  return duration_cast<microseconds>(steady_clock::now() - start);
}

std::string_view PathOf(const net::http1::RequestHead& head) {
  const std::string_view target = head.OriginForm();
  return target.substr(0, target.find('?'));
}

// REQUIRES: the body is not there, wholly or in part.
Failure FailureOf(BodyOutcome outcome, net::http1::ServerExchange& exchange) {
  switch (outcome) {
    case BodyOutcome::kComplete:
    case BodyOutcome::kPartial:
      break;
    case BodyOutcome::kTooLarge:
      return model::BodyTooLarge(exchange.max_body_bytes());
    case BodyOutcome::kMalformed:
      return model::MalformedRequest(400, Slug(exchange.source().chunk_fault()));
    case BodyOutcome::kTimeout:
      return model::BodyTimeout();
    case BodyOutcome::kGone:
      return model::ClientGone();
    case BodyOutcome::kCancelled:
      return model::ShuttingDown();
    case BodyOutcome::kNoSpace:
      break;
    case BodyOutcome::kNoDescriptor:
      return model::Overloaded("open files", model::Limit::kDescriptors);
    case BodyOutcome::kNoRoom:
      return model::BodyBudget();
  }
  return model::BodyNotKept();
}

std::string RequestIdLine(std::string memory, const std::string& id) {
  memory += "x-llmgw-request-id: ";
  memory += id;
  memory += "\r\n";
  return memory;
}

}  // namespace

// What one request carries from step to step, besides what each step proves.
struct RequestPipeline::Journey {
  net::http1::ServerExchange& exchange;
  settings::SettingsPtr settings;                   // taken once; the request sees no later change
  std::shared_ptr<const forward::TlsContexts> tls;  // that go with them
  std::shared_ptr<route::UpstreamTable> upstreams;  // the same
  std::unique_ptr<model::RequestRecord> record;
  record::Recorder& recorder;
  net::SpareStrings& spare;
  // On every answer: request id, CORS.
  std::string response_headers = RequestIdLine(spare.Take(), record->request_id);
  steady_clock::time_point started = steady_clock::now();
  ResponseRecorder observer{*record, recorder, exchange.reactor(), spare};
  std::unique_ptr<forward::Relay> relay = nullptr;  // the rest of a response, or a tunnel
};

void RequestPipeline::Use(const settings::RuntimeSettings& settings) {
  upstreams_ = std::make_shared<route::UpstreamTable>(settings, upstreams_.get(),
                                                      reinterpret_cast<uintptr_t>(this));
}

net::Task<void> RequestPipeline::Run(net::http1::ServerExchange& exchange,
                                     settings::SettingsPtr settings, const std::string& client) {
  if (PathOf(exchange.head()) == "/healthz") {
    co_await RespondPlain(exchange, 200, "content-type: application/json\r\n", "\"OK\"");
    co_return;
  }
  // Room first: who can't be served costs nothing more, no look at the key and no byte of the body.
  const net::Permit in_flight(room_.in_flight);
  const net::Permit descriptor(room_.descriptors);
  if (!in_flight || !descriptor) {
    co_await Decline(exchange, in_flight ? model::Limit::kDescriptors : model::Limit::kInFlight,
                     client);
    co_return;
  }
  Journey journey{exchange,  std::move(settings), worker_.tls, upstreams_, Begin(exchange, client),
                  recorder_, worker_.spare};
  exchange.waiter().Guard(&exchange.client().descriptor());
  Served served = co_await Serve(journey);
  if (journey.relay != nullptr) served = journey.relay->Finish(co_await journey.relay->Run());
  exchange.waiter().Guard(nullptr);
  if (!served) {
    Count(served.error());
    co_await RespondFailure(exchange, served.error(), journey.response_headers, *journey.record);
  }
  Finish(journey);
}

// Each step's result is the next one's input and can only come from that step.
net::Task<Served> RequestPipeline::Serve(Journey& journey) {
  net::http1::ServerExchange& exchange = journey.exchange;
  const net::http1::RequestHead& head = exchange.head();
  model::RequestRecord& record = *journey.record;
  const std::string_view path = PathOf(head);
  const std::string_view query = head.OriginForm().substr(path.size());

  // Without configuration nobody can be told apart, so nothing is served.
  if (journey.settings == nullptr) co_return tl::unexpected(model::NoConfig());
  const settings::RuntimeSettings& settings = *journey.settings;

  // 1. Route: it says who may come in and how browsers are answered, so it is found first.
  CO_TRY(const model::MatchedRoute& matched, route::Router::Match(settings, head.Host(), path));
  const settings::RouteSettings& route_settings = matched.settings();
  record.route = route_settings.name;
  record.log_policy = route_settings.log_policy;
  // Before anything is said to strangers. A page may read why it was refused.
  if (!route_settings.addresses.Admits(record.client_address)) {
    AppendCorsHeaders(journey.response_headers, route_settings.cors, head);
    co_return tl::unexpected(model::AddressNotAllowed(record.client_address));
  }
  if (head.method == "OPTIONS" && route_settings.cors.enabled) {
    // A preflight carries no credential: it is answered before authentication.
    AppendPreflightHeaders(journey.response_headers, route_settings.cors, head);
    record.status = 204;
    co_await RespondPlain(exchange, 204, journey.response_headers, "");
    co_return Served();
  }
  AppendCorsHeaders(journey.response_headers, route_settings.cors, head);

  // 2. Authenticate: before the body, so that strangers can't make the gateway read one.
  CO_TRY(const model::Caller& caller,
         authenticate::ApiKeyAuthenticator::Authenticate(head, matched, settings, record.time,
                                                         record.client_address));
  if (caller.key() != nullptr) {
    record.key_id = caller.key()->id;
    record.log_policy = caller.key()->log_policy.value_or(record.log_policy);
  }

  // What may be asked for here is for the gateway to tell, where the route says so.
  if (const auto asked = AskedAboutModels(matched, head.method, path))
    co_return co_await AnswerModels(journey, matched, caller, *asked);

  // 3. Body: as much of it as can be sent again to another upstream.
  BodyOutcome body = exchange.TryReadBody();
  microseconds body_time{0};
  if (body == BodyOutcome::kPartial && !exchange.source().finished()) {
    const steady_clock::time_point body_begun = steady_clock::now();
    body = co_await exchange.AwaitBody();
    body_time = Since(body_begun);
  }
  record.request_bytes = static_cast<int64_t>(exchange.source().received());
  if (body != BodyOutcome::kComplete && body != BodyOutcome::kPartial)
    co_return tl::unexpected(FailureOf(body, exchange));

  // 4. Parse: model and stream, without building a document.
  CO_TRY(const model::RequestFacts& facts,
         parse::ParseRequest(head, path, exchange.body(), body == BodyOutcome::kComplete));
  record.model_asked = facts.model;
  record.model_named = facts.has_model;
  record.stream = facts.stream;
  if (record.log_policy == model::LogPolicy::kBodies) {
    const net::http1::BufferedBody::View view(exchange.body());
    record.bodies_truncated = body == BodyOutcome::kPartial;
    journey.observer.KeepRequestBody(view.bytes());
  }

  // 5. Choose: the upstreams that caller and model may use, in order.
  CO_TRY(model::Route & route, route::Router::Choose(matched, caller, facts));
  if (journey.upstreams->any_failing())
    route::Router::DropEjected(route, facts, *journey.upstreams, steady_clock::now());
  if (route::Router::NeedsOrder(route, *journey.upstreams)) Order(route, journey, caller, facts);

  // 6. Forward: until one answers; from the first byte on there is no way back.
  const steady_clock::time_point ready = steady_clock::now();
  record.gateway = duration_cast<microseconds>(ready - journey.started) - body_time;
  exchange.KeepInput();
  co_return co_await forward::Forward(
      forward::ForwardRequest{exchange, route, caller, facts, *journey.tls, *journey.upstreams,
                              path, query, journey.response_headers, route_settings.cors.enabled,
                              journey.observer, record, journey.started, ready, journey.relay,
                              journey.settings, journey.tls},
      worker_);
}

void RequestPipeline::Order(model::Route& route, Journey& journey, const model::Caller& caller,
                            const model::RequestFacts& facts) {
  const settings::ChoosingSettings& choosing = route.settings().choosing;
  uint64_t affinity = 0;
  if (choosing.policy == settings::PolicyKind::kSticky) {
    const net::http1::BufferedBody& body = journey.exchange.body();
    std::array<char, route::kPromptBytes> begun;
    std::string_view beginning;
    if (choosing.sticky_on == settings::StickyOn::kPrompt)
      beginning =
          body.in_memory() ? body.memory() : std::string_view(begun.data(), body.ReadAt(0, begun));
    affinity = route::AffinityOf(choosing.sticky_on, caller, facts, journey.record->client_address,
                                 beginning);
  }
  route::Router::Order(route, caller, *journey.upstreams, affinity, steady_clock::now());
}

net::Task<Served> RequestPipeline::AnswerModels(Journey& journey,
                                                const model::MatchedRoute& matched,
                                                const model::Caller& caller,
                                                const std::string& asked) {
  model::RequestRecord& record = *journey.record;
  record.model_named = !asked.empty();
  record.model_asked = record.model_named ? asked : record.path;
  CO_TRY(const std::string& answer, DescribeModels(matched, caller, asked));
  record.status = 200;
  journey.observer.OnHead(200, "application/json", false, false);
  if (!journey.exchange.head_request()) {
    journey.observer.OnPayload(answer);
    record.response_bytes = static_cast<int64_t>(answer.size());
  }
  const std::string headers = "content-type: application/json\r\n" + journey.response_headers;
  co_await RespondPlain(journey.exchange, 200, headers, answer);
  co_return Served();
}

net::Task<void> RequestPipeline::Refuse(net::http1::ServerExchange& exchange, Failure failure,
                                        const std::string& client) {
  Journey journey{exchange,  nullptr,      nullptr, nullptr, Begin(exchange, client),
                  recorder_, worker_.spare};
  exchange.CloseAfter();
  Count(failure);
  co_await RespondFailure(exchange, failure, journey.response_headers, *journey.record);
  Finish(journey);
}

net::Task<void> RequestPipeline::Decline(net::http1::ServerExchange& exchange, model::Limit limit,
                                         const std::string& client) {
  Journey journey{exchange,  nullptr,      nullptr, nullptr, Begin(exchange, client),
                  recorder_, worker_.spare};
  const char* what = limit == model::Limit::kInFlight ? "requests in flight" : "open files";
  const Failure failure = model::Overloaded(what, limit);
  exchange.DropBody();
  Count(failure);
  co_await RespondFailure(exchange, failure, journey.response_headers, *journey.record);
  Finish(journey);
  if (!exchange.keep_alive()) co_return;
  const bool dropped = co_await exchange.DropRest();
  if (!dropped) exchange.CloseAfter();
}

std::string RequestPipeline::ConnectionRefusal() {
  return WholeFailure(model::Overloaded("client connections", model::Limit::kConnections));
}

void RequestPipeline::Count(const Failure& failure) {
  if (failure.limit != model::Limit::kNone) counts_.Refused(failure.limit);
  if (failure.timeout != model::ClientTimeout::kNone) counts_.TimedOut(failure.timeout);
}

std::unique_ptr<model::RequestRecord> RequestPipeline::Begin(
    const net::http1::ServerExchange& exchange, const std::string& client) {
  recorder_.RequestStarted();
  in_flight_.fetch_add(1, std::memory_order_relaxed);
  std::unique_ptr<model::RequestRecord> record = records_.Take();
  record->time = std::chrono::system_clock::now();
  ids_.Next(record->time, record->request_id);
  record->client_address = client;
  const net::http1::RequestHead& head = exchange.head();
  record->method = head.method;
  record->path = PathOf(head).substr(0, kMostRecordedPathBytes);
  if (const net::http1::HeaderView* agent = head.Find(HeaderId::kUserAgent))
    record->user_agent = agent->value.substr(0, kMostUserAgentBytes);
  return record;
}

void RequestPipeline::Finish(Journey& journey) {
  model::RequestRecord& record = *journey.record;
  journey.observer.Finish();
  // A tunnel's bytes are counted already; it had no body.
  record.request_bytes =
      std::max(record.request_bytes, static_cast<int64_t>(journey.exchange.source().received()));
  record.total = Since(journey.started);
  if (journey.exchange.stalled()) counts_.TimedOut(model::ClientTimeout::kWrite);
  if (record.reason.empty()) {
    // An upstream's own answer: the statuses that blame the request blame the client, the others
    // the upstream.
    const bool blames_client = record.status >= 400 && record.status < 500 &&
                               record.status != 401 && record.status != 403 &&
                               record.status != 407 && record.status != 429;
    if (journey.observer.saw_error_event()) {
      record.reason = "upstream_error_event";
      record.fault = model::Fault::kUpstream;
    } else if (record.status < 400) {
      record.reason = "ok";
    } else {
      record.reason = blames_client ? "upstream_rejected" : "upstream_error";
      record.fault = blames_client ? model::Fault::kClient : model::Fault::kUpstream;
    }
  }
  if (journey.observer.chunks() > 0 && record.stream)
    recorder_.ChunksRelayed(journey.observer.chunks());
  worker_.heads.Put(journey.exchange.ReleaseRequest());
  in_flight_.fetch_sub(1, std::memory_order_relaxed);
  recorder_.Record(record);
  records_.Put(std::move(journey.record));
  worker_.spare.Give(std::move(journey.response_headers));
}

}  // namespace llmgw::pipeline
