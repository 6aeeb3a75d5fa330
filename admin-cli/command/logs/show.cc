#include "admin-cli/command/logs/show.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/command/logs/record_line.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/safe_text.h"
#include "common/rpc/timestamp.h"
#include "llmgw/admin/v1/log_service.grpc.pb.h"

namespace llmgw::admin_cli::logs {
namespace {

using admin::v1::GetLogRequest;
using admin::v1::LogService;
using usage::v1::Attempt;
using usage::v1::RequestRecord;

std::string Both(const std::string& a, const std::string& between, const std::string& b) {
  return b.empty() || a == b ? a : a + between + b;
}

std::string TokenDetails(const RequestRecord& record) {
  if (!record.has_input_tokens() && !record.has_output_tokens()) return "not reported";
  std::string text = std::to_string(record.input_tokens()) + " in";
  if (record.has_cached_input_tokens()) {
    text += " (" + std::to_string(record.cached_input_tokens()) + " cached)";
  }
  text += ", " + std::to_string(record.output_tokens()) + " out";
  if (record.has_reasoning_tokens()) {
    text += " (" + std::to_string(record.reasoning_tokens()) + " reasoning)";
  }
  return text;
}

void PrintRequest(const RequestRecord& record, KeyNames& keys, Factory& factory) {
  FieldList fields;
  fields.Add("request id", record.request_id());
  fields.Add("time", LocalTimeMillis(record.time()));
  fields.Add("request",
             record.method() + " " + record.path() + (record.stream() ? " (stream)" : ""));
  fields.Add("status", Cell(std::to_string(record.status()), ToneOf(record)));
  fields.Add("reason", Cell(record.reason(), ToneOf(record)));
  fields.Add("fault of", record.fault());
  fields.Add("client", Both(record.client_address(), ", ", record.user_agent()));
  const std::string& key = keys.Of(record.key_id());
  fields.Add("key", key == record.key_id() ? key : key + " (" + record.key_id() + ")");
  fields.Add("route", record.route());
  fields.Add("upstream", record.upstream());
  fields.Add("model", Both(record.model_asked(), " asked, served by ", record.model_served()));
  fields.Add("tokens", TokenDetails(record));
  fields.Add("bytes",
             Bytes(record.request_bytes()) + " in, " + Bytes(record.response_bytes()) + " out");
  if (record.first_byte_us() != 0) fields.Add("first byte after", Micros(record.first_byte_us()));
  fields.Add("total",
             Micros(record.total_us()) + ", of it the gateway " + Micros(record.gateway_us()));
  fields.Add("dataplane", record.dataplane_id());
  fields.Print(factory.io().out, factory.io().color);
}

std::string ConnectText(const Attempt& attempt) {
  return attempt.reused_connection() ? "kept" : Micros(attempt.connect_us());
}

void PrintAttempts(const RequestRecord& record, Factory& factory) {
  IoStreams& io = factory.io();
  if (record.attempts().empty()) {
    io.out << "\nNo upstream was tried.\n";
    return;
  }
  io.out << "\nAttempts:\n";
  Table table({"#", "UPSTREAM", "CREDENTIAL", "ADDRESS", "AFTER", "CONNECT", "FIRST BYTE", "TOTAL",
               "STATUS", "OUTCOME"});
  for (const Attempt& attempt : record.attempts()) {
    const int64_t after = std::chrono::duration_cast<std::chrono::microseconds>(
                              rpc::ToWallTime(attempt.time()) - rpc::ToWallTime(record.time()))
                              .count();
    table.Row({std::to_string(attempt.number()), attempt.upstream(), attempt.credential_id(),
               attempt.address(), Micros(after < 0 ? 0 : after), ConnectText(attempt),
               attempt.first_byte_us() == 0 ? "" : Micros(attempt.first_byte_us()),
               Micros(attempt.total_us()),
               attempt.status() == 0 ? "" : std::to_string(attempt.status()),
               Cell(attempt.outcome(), attempt.outcome() == "ok" ? Tone::kGood : Tone::kBad)});
  }
  table.Print(io.out, io.color);
  for (const Attempt& attempt : record.attempts()) {
    if (attempt.error().empty()) continue;
    io.out << "  " << attempt.number() << ": " << SafeText(attempt.error()) << '\n';
  }
}

void PrintBody(const char* what, const std::string& body, bool truncated, Factory& factory) {
  if (body.empty()) return;
  factory.io().out << '\n'
                   << what << (truncated ? " (cut):\n" : ":\n") << SafeText(body, Lines::kKeep)
                   << (body.back() == '\n' ? "" : "\n");
}

}  // namespace

Result<ExitCode> RunShow(const ShowOptions& options, Factory& factory) {
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  GetLogRequest request;
  request.set_request_id(options.request_id);
  TRY_ASSIGN(RequestRecord record, client->Call(&LogService::Stub::GetLog, request));
  if (!factory.WantsTable()) {
    factory.Print(ToDocument(record));
    return ExitCode::kOk;
  }
  KeyNames keys(*client);
  PrintRequest(record, keys, factory);
  PrintAttempts(record, factory);
  PrintBody("Request body", record.request_body(), record.bodies_truncated(), factory);
  PrintBody("Response body", record.response_body(), record.bodies_truncated(), factory);
  return ExitCode::kOk;
}

void BuildShow(CLI::App& noun, CommandContext context, Runner<ShowOptions> run) {
  CLI::App* command = AddCommand(
      noun, "show", "One request with every attempt, its timings, and bodies where they are kept",
      "llmctl logs show req_abcdefghijklmnopqrstuvwx");
  auto options = SelectInto<ShowOptions>(command, context, std::move(run));
  command
      ->add_option("REQUEST_ID", options->request_id,
                   "From `logs list`, or the response header x-llmgw-request-id")
      ->required();
}

}  // namespace llmgw::admin_cli::logs
