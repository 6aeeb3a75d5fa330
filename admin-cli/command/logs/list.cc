#include "admin-cli/command/logs/list.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/client/paging.h"
#include "admin-cli/command/logs/record_line.h"
#include "llmgw/admin/v1/log_service.grpc.pb.h"

namespace llmgw::admin_cli::logs {
namespace {

using admin::v1::ListLogsRequest;
using admin::v1::LogService;
using usage::v1::RequestRecord;

constexpr char kExamples[] =
    "llmctl logs list\n"
    "llmctl logs list --errors --since 1h\n"
    "llmctl logs list --status 5xx --upstream openai --limit 500 -o json\n"
    "llmctl logs list --key my-app --model 'gpt-4o*'";

// --errors is filtered here; this bounds how much is read for it.
constexpr uint64_t kMostScanned = 20'000;

}  // namespace

Result<ExitCode> RunList(const ListOptions& options, Factory& factory) {
  ListLogsRequest request;
  TRY_ASSIGN(*request.mutable_filter(), ToFilter(options.filter, factory.Now()));
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  Json entries = Json::array();
  Table table(RecordHeader());
  KeyNames keys(*client);
  uint64_t scanned = 0;
  TRY(ForEachEntry(
      request, options.filter.errors ? kMostScanned : options.limit,
      [&](const auto& page) { return client->Call(&LogService::Stub::ListLogs, page); },
      [](auto& response) { return response.mutable_records(); },
      [&](const RequestRecord& record) {
        ++scanned;
        if (options.filter.errors && !IsError(record)) return true;
        if (factory.WantsTable()) table.Row(RecordCells(record, keys));
        entries.push_back(ToDocument(record));
        return entries.size() < options.limit;
      }));
  if (options.filter.errors && scanned == kMostScanned && entries.size() < options.limit) {
    factory.Note("looked through the newest " + std::to_string(kMostScanned) +
                 " requests only; --until goes further back");
  }
  if (!factory.WantsTable()) {
    factory.Print(Json{{"records", std::move(entries)}});
  } else if (entries.empty()) {
    factory.Note("no requests match");
  } else {
    table.Print(factory.io().out, factory.io().color);
  }
  return ExitCode::kOk;
}

void BuildList(CLI::App& noun, CommandContext context, Runner<ListOptions> run) {
  CLI::App* command = AddCommand(noun, "list", "Requests so far, newest first", kExamples);
  auto options = SelectInto<ListOptions>(command, context, std::move(run));
  AddFilterFlags(command, options->filter);
  command->add_option("--limit", options->limit, "At most this many (default 50)")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
}

}  // namespace llmgw::admin_cli::logs
