#include "dataplane/forward/adapter/adapter.h"

#include <algorithm>

#include "dataplane/forward/retry_policy.h"

namespace llmgw::forward {
namespace {

constexpr std::string_view kVersion = "/v1";
// More names than this say nothing more.
constexpr size_t kMostUnsupportedBytes = 1024;

bool StartsWithSegment(std::string_view path, std::string_view segment) {
  return path.starts_with(segment) &&
         (path.size() == segment.size() || path[segment.size()] == '/');
}

bool MayStandInHeader(char c) { return c > ' ' && c < 0x7f && c != ','; }

}  // namespace

std::optional<AttemptEnd> Adapter::Refuses(const ForwardRequest&,
                                           const settings::UpstreamSettings&) const {
  return std::nullopt;
}

net::Task<AttemptEnd> Adapter::Answer(AnswerJob) const { co_return AttemptEnd::kBadResponse; }

const net::http1::HeaderView* ClientHeader(const ForwardRequest& request, std::string_view name) {
  for (const net::http1::HeaderView& header : request.exchange.head().headers) {
    if (header.name.size() == name.size() && net::http1::EqualsIgnoreCase(header.name, name))
      return &header;
  }
  return nullptr;
}

void AppendHeader(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

std::string_view PathBelowVersion(const ForwardRequest& request) {
  const std::string_view prefix = request.route.settings().prefix;
  std::string_view rest = prefix == "/" ? request.path : request.path.substr(prefix.size());
  if (StartsWithSegment(rest, kVersion)) rest.remove_prefix(kVersion.size());
  return rest;
}

bool GivesUp(const AnswerJob& job, int status) {
  const MonotonicTime now = job.started + job.record.first_byte;
  if (!SendsOnStatus(job.request, status)) return false;
  job.refused_credential =
      job.other_credential && !job.record.credential_id.empty() &&
      OtherCredentialMayDo(job.request, job.upstream, job.credential, status, now);
  if (!job.may_go_on && !job.refused_credential) return false;
  return TakeRetry(job.request, job.record, now);
}

void AppendUnsupported(std::string& out, const std::vector<std::string>& names) {
  if (names.empty()) return;
  std::string list;
  for (const std::string& name : names) {
    if (list.size() + name.size() > kMostUnsupportedBytes) {
      list += list.empty() ? "..." : ", ...";
      break;
    }
    if (!list.empty()) list += ", ";
    std::transform(name.begin(), name.end(), std::back_inserter(list),
                   [](char c) { return MayStandInHeader(c) ? c : '?'; });
  }
  AppendHeader(out, "x-llmgw-unsupported", list);
}

}  // namespace llmgw::forward
