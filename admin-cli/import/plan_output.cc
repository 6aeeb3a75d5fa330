#include "admin-cli/import/plan_output.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/safe_text.h"
#include "admin-cli/output/table.h"

namespace llmgw::admin_cli::migrate {
namespace {

Json ShownUpstream(config::v1::Upstream upstream) {
  for (auto& credential : *upstream.mutable_credentials()) credential.clear_secret();
  if (upstream.has_outbound()) {
    for (auto& secret : *upstream.mutable_outbound()->mutable_secrets()) secret.clear_secret();
  }
  return ToDocument(upstream);
}

Json ShownResource(const ImportPlan& plan, const ImportStep& step) {
  if (step.kind == "level") return ToDocument(plan.levels[step.index]);
  if (step.kind == "upstream") return ShownUpstream(plan.upstreams[step.index]);
  if (step.kind == "route") return ToDocument(plan.routes[step.index]);
  return ToDocument(plan.keys[step.index].key);
}

std::string UpstreamSummary(const config::v1::Upstream& upstream) {
  if (upstream.kind() == "mock") return "answered by the gateway itself";
  const std::string mode = upstream.credential_mode();
  return upstream.endpoint() + ", " +
         (mode.empty() ? Counted(static_cast<uint64_t>(upstream.credentials_size()), "credential")
                       : "credential mode " + mode);
}

std::string RouteSummary(const config::v1::Route& route) {
  std::string text = route.prefix() + " to " + Joined(route.upstreams());
  if (route.auth() == "none") text += ", open: no key is asked for";
  if (route.has_addresses()) text += ", by address";
  return text;
}

std::string KeySummary(const PlannedKey& planned) {
  std::string text = "for " + Joined(planned.key.routes());
  if (!planned.key.upstreams().empty()) text += ", upstreams " + Joined(planned.key.upstreams());
  if (!planned.key.levels().empty()) text += ", " + Joined(planned.key.levels());
  if (planned.needs_new_token) text += ", new token";
  return text;
}

std::string SummaryOf(const ImportPlan& plan, const ImportStep& step) {
  std::string differs;
  for (const std::string& one : step.differs) differs += (differs.empty() ? "" : ", ") + one;
  if (step.action == StepAction::kDiffers)
    return "is there already, but differs in " + differs + "; left alone";
  if (step.action == StepAction::kBlocked)
    return "not made: it names " + differs + ", which would not be what was meant";
  if (step.kind == "level") {
    const auto& models = plan.levels[step.index].models();
    return models.empty() ? "every model" : Joined(models);
  }
  if (step.kind == "upstream") return UpstreamSummary(plan.upstreams[step.index]);
  if (step.kind == "route") return RouteSummary(plan.routes[step.index]);
  return KeySummary(plan.keys[step.index]);
}

Tone ToneOf(StepAction action) {
  if (action == StepAction::kDiffers || action == StepAction::kBlocked) return Tone::kWarn;
  return action == StepAction::kSame ? Tone::kDim : Tone::kGood;
}

}  // namespace

Json ImportDocument(const ImportPlan& plan, const std::vector<ImportStep>& steps) {
  Json document{{"steps", Json::array()}, {"not_carried", Json::array()}};
  for (const ImportStep& step : steps) {
    Json entry{{"action", ToString(step.action)}, {"kind", step.kind}, {"name", step.name}};
    if (!step.differs.empty()) entry["differs"] = step.differs;
    entry["resource"] = ShownResource(plan, step);
    document["steps"].push_back(std::move(entry));
  }
  for (const NotCarried& left : plan.not_carried) {
    Json entry{{"key", left.key}};
    if (left.line != 0) entry["line"] = left.line;
    entry["reason"] = left.reason;
    document["not_carried"].push_back(std::move(entry));
  }
  return document;
}

void PrintImport(Factory& factory, const ImportPlan& plan, const std::vector<ImportStep>& steps) {
  IoStreams& io = factory.io();
  Table table({"ACTION", "KIND", "NAME", "WHAT"});
  for (const ImportStep& step : steps)
    table.Row({Cell(ToString(step.action), ToneOf(step.action)), step.kind, step.name,
               SummaryOf(plan, step)});
  table.Print(io.out, io.color);
  if (plan.not_carried.empty()) return;
  io.out << "\nNot carried over, or not as it was:\n";
  for (const NotCarried& left : plan.not_carried) {
    const std::string line = left.line == 0 ? "" : " (line " + std::to_string(left.line) + ")";
    io.out << "  " << SafeText(left.key) << line << ": " << SafeText(left.reason) << '\n';
  }
  io.out << std::flush;
}

}  // namespace llmgw::admin_cli::migrate
