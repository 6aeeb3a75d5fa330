#include "dataplane/pipeline/responder.h"

#include <nlohmann/json.hpp>

#include "dataplane/forward/adapter/adapter.h"
#include "dataplane/parse/caller_dialect.h"

namespace llmgw::pipeline {
namespace {

std::string_view ReasonPhrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 417:
      return "Expectation Failed";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Error";
  }
}

std::string StatusLine(int status) {
  std::string line = "HTTP/1.1 " + std::to_string(status) + " ";
  line += ReasonPhrase(status);
  line += "\r\n";
  return line;
}

void AppendConnection(std::string& head, const net::http1::ServerExchange& exchange) {
  if (!exchange.keep_alive()) {
    head += "connection: close\r\n";
  } else if (exchange.http10()) {
    head += "connection: keep-alive\r\n";
  }
  head += "\r\n";
}

// OpenAI's error object (https://platform.openai.com/docs/guides/error-codes) or Anthropic's
// (https://docs.claude.com/en/api/errors).
std::string ErrorBody(const model::Failure& failure, const std::string& request_id,
                      model::Dialect dialect) {
  const bool anthropic = dialect == model::Dialect::kAnthropic;
  nlohmann::ordered_json error = {
      {"message", failure.message},
      {"type", anthropic ? model::AnthropicErrorType(failure) : failure.type},
      {"param", nullptr},
      {"code", failure.reason}};
  if (!failure.param.empty()) error["param"] = failure.param;
  error["fault"] = model::ToString(failure.fault);
  nlohmann::ordered_json body;
  if (anthropic) body["type"] = "error";
  if (!anthropic && !request_id.empty()) error["request_id"] = request_id;
  body["error"] = std::move(error);
  if (anthropic && !request_id.empty()) body["request_id"] = request_id;
  // Paths and model names come from outside; whatever they hold, this answer is valid JSON.
  return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

// A body that was not read would be taken for the next request.
void CloseUnlessBodyRead(net::http1::ServerExchange& exchange) {
  if (!exchange.body_done()) exchange.CloseAfter();
}

// Status line and the headers that every failure has.
std::string FailureHead(const model::Failure& failure) {
  std::string head = StatusLine(failure.status);
  head += "content-type: application/json\r\nx-llmgw-reason: ";
  head += failure.reason;
  head += "\r\nx-llmgw-fault: ";
  head += model::ToString(failure.fault);
  head += "\r\n";
  if (failure.status == 401) head += "www-authenticate: Bearer\r\n";
  if (failure.retry_after_seconds > 0)
    head += "retry-after: " + std::to_string(failure.retry_after_seconds) + "\r\n";
  return head;
}

// Counts nothing but a client that takes nothing.
void Sent(net::http1::ServerExchange& exchange, const net::IoResult& sent) {
  if (sent.status == net::IoStatus::kTimeout) exchange.MarkStalled();
  if (!sent.ok()) exchange.CloseAfter();
}

}  // namespace

net::Task<void> RespondFailure(net::http1::ServerExchange& exchange, const model::Failure& failure,
                               const std::string& extra_headers, model::RequestRecord& record) {
  record.reason = failure.reason;
  record.fault = failure.fault;
  if (exchange.committed()) {
    // What went out is not whole: nothing may follow it.
    exchange.CloseAfter();
    co_return;
  }
  record.status = failure.status;
  if (failure.silent) {
    exchange.CloseAfter();
    co_return;
  }
  CloseUnlessBodyRead(exchange);
  exchange.KeepInput();
  const model::Dialect dialect = parse::CallerDialect(exchange.head());
  const std::string body = ErrorBody(failure, record.request_id, dialect);
  std::string head = FailureHead(failure);
  head += dialect == model::Dialect::kAnthropic ? "request-id: " : "x-request-id: ";
  head += record.request_id + "\r\n";
  if (!failure.unsupported.empty()) forward::AppendUnsupported(head, {failure.unsupported});
  head += extra_headers;
  head += "content-length: " + std::to_string(body.size()) + "\r\n";
  AppendConnection(head, exchange);
  exchange.MarkCommitted();
  const std::array<iovec, 2> parts{net::Part(head),
                                   net::Part(exchange.head_request() ? std::string_view() : body)};
  const net::IoResult sent = co_await exchange.Send(parts);
  Sent(exchange, sent);
  if (!exchange.head_request()) record.response_bytes = static_cast<int64_t>(body.size());
}

std::string WholeFailure(const model::Failure& failure) {
  const std::string body = ErrorBody(failure, {}, model::Dialect::kOpenai);
  return FailureHead(failure) + "content-length: " + std::to_string(body.size()) +
         "\r\nconnection: close\r\n\r\n" + body;
}

net::Task<void> RespondPlain(net::http1::ServerExchange& exchange, int status,
                             std::string_view headers, std::string_view body) {
  CloseUnlessBodyRead(exchange);
  exchange.KeepInput();
  std::string head = StatusLine(status);
  head += headers;
  if (status != 204) head += "content-length: " + std::to_string(body.size()) + "\r\n";
  AppendConnection(head, exchange);
  exchange.MarkCommitted();
  const std::array<iovec, 2> parts{net::Part(head),
                                   net::Part(exchange.head_request() ? std::string_view() : body)};
  const net::IoResult sent = co_await exchange.Send(parts);
  Sent(exchange, sent);
}

}  // namespace llmgw::pipeline
