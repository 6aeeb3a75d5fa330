#include "dataplane/config_sync/health_report.h"

#include "common/text/clean_text.h"

namespace llmgw::config_sync {
namespace {

google::protobuf::Timestamp ToProto(std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  google::protobuf::Timestamp out;
  out.set_seconds(seconds.time_since_epoch().count());
  out.set_nanos(static_cast<int32_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time - seconds).count()));
  return out;
}

void Fill(const model::UpstreamHealth& from, config::v1::UpstreamHealth& to) {
  to.set_upstream(from.upstream);
  to.set_model(text::CleanText(from.model));
  to.set_credential_id(from.credential_id);
  to.set_state(model::ToString(from.state));
  *to.mutable_since() = ToProto(from.since);
  if (from.until) *to.mutable_until() = ToProto(*from.until);
  to.set_ejections(from.ejections);
  to.set_cause(from.cause);
}

}  // namespace

config::v1::HealthReport ReportOf(const std::vector<model::UpstreamHealth>& health) {
  config::v1::HealthReport report;
  // What concerns a whole upstream first: models may be many.
  for (const bool of_models : {false, true}) {
    for (const model::UpstreamHealth& entry : health) {
      if (entry.model.empty() == of_models) continue;
      if (static_cast<size_t>(report.upstreams_size()) == kMostReported) return report;
      Fill(entry, *report.add_upstreams());
    }
  }
  return report;
}

}  // namespace llmgw::config_sync
