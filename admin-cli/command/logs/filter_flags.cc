#include "admin-cli/command/logs/filter_flags.h"

#include <charconv>

#include "admin-cli/input/time.h"

namespace llmgw::admin_cli::logs {
namespace {

struct StatusRange {
  int32_t low = 0;
  int32_t high = 0;
};

bool ParseStatus(const std::string& text, int32_t& status) {
  const char* end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, status);
  return error == std::errc() && rest == end && status >= 100 && status <= 599;
}

Result<StatusRange> ParseRange(const std::string& text) {
  StatusRange range;
  if (text.size() == 3 && text.ends_with("xx") && text[0] >= '1' && text[0] <= '5') {
    range.low = (text[0] - '0') * 100;
    range.high = range.low + 99;
    return range;
  }
  const size_t dash = text.find('-');
  const std::string high = dash == std::string::npos ? text : text.substr(dash + 1);
  if (ParseStatus(text.substr(0, dash), range.low) && ParseStatus(high, range.high) &&
      range.low <= range.high) {
    return range;
  }
  return Fail(InvalidArgument("--status", "write 429, 5xx or 400-499"));
}

}  // namespace

void AddFilterFlags(CLI::App* command, FilterFlags& flags) {
  const char* group = "Which requests (every flag narrows)";
  const auto add = [&](const char* flag, std::string& target, const char* help, const char* type) {
    command->add_option(flag, target, help)->type_name(type)->group(group);
  };
  add("--since", flags.since, "From then on: 90s, 1h, 2d, 2026-11-20T18:00:00Z", "WHEN");
  add("--until", flags.until, "Before then", "WHEN");
  add("--key", flags.key, "Client key, by name or id", "NAME");
  add("--model", flags.model, "Asked or served: a name, or a prefix with '*'", "MODEL");
  add("--upstream", flags.upstream, "The one that answered", "NAME");
  add("--route", flags.route, "The route", "NAME");
  add("--reason", flags.reason, "ok, invalid_api_key, upstream_timeout, …", "REASON");
  add("--fault", flags.fault, "client, gateway or upstream", "WHOSE");
  add("--status", flags.status, "429, 5xx or 400-499", "STATUS");
  command->add_flag("--errors", flags.errors, "Only what did not end well, broken streams included")
      ->group(group);
}

Result<admin::v1::LogFilter> ToFilter(const FilterFlags& flags, WallTime now) {
  admin::v1::LogFilter filter;
  if (!flags.since.empty()) {
    auto time = ParsePast(flags.since, now);
    if (!time) return Fail(InvalidArgument("--since", time.error().message));
    *filter.mutable_since() = *time;
  }
  if (!flags.until.empty()) {
    auto time = ParsePast(flags.until, now);
    if (!time) return Fail(InvalidArgument("--until", time.error().message));
    *filter.mutable_until() = *time;
  }
  filter.set_key(flags.key);
  filter.set_model(flags.model);
  filter.set_upstream(flags.upstream);
  filter.set_route(flags.route);
  filter.set_reason(flags.reason);
  filter.set_fault(flags.fault);
  if (!flags.status.empty()) {
    TRY_ASSIGN(const StatusRange range, ParseRange(flags.status));
    filter.set_status_min(range.low);
    filter.set_status_max(range.high);
  }
  return filter;
}

bool IsError(const usage::v1::RequestRecord& record) {
  return record.status() >= 400 || (!record.reason().empty() && record.reason() != "ok");
}

}  // namespace llmgw::admin_cli::logs
