#include "admin-cli/command/upstream/kind_flags.h"

#include <string>

#include "admin-cli/output/human.h"

namespace llmgw::admin_cli::upstream {
namespace {

void AddOpenaiFlags(CLI::App* command, FieldEdits& edits) {
  const char* group = "Kind openai";
  edits
      .Text(command, "--openai-organization", "openai.organization",
            "Sent as OpenAI-Organization when the client sends none")
      ->type_name("ID")
      ->group(group);
  edits
      .Text(command, "--openai-project", "openai.project",
            "Sent as OpenAI-Project when the client sends none")
      ->type_name("ID")
      ->group(group);
}

void AddAzureFlags(CLI::App* command, FieldEdits& edits) {
  const char* group = "Kind azure_openai (--endpoint https://NAME.openai.azure.com)";
  edits
      .Text(command, "--azure-api-version", "azure_openai.api_version",
            "Default 2024-10-21; v1 uses the /openai/v1 paths, without deployments")
      ->type_name("VERSION")
      ->group(group);
  edits
      .Map(command, "--azure-deployment", "azure_openai.deployments",
           "The deployment of a model; others have their own name. Repeatable; replaces the map")
      ->type_name("MODEL=NAME")
      ->group(group);
  edits
      .Text(command, "--azure-auth", "azure_openai.auth",
            "How the key is sent: api-key (default) or bearer (a Microsoft Entra ID token)")
      ->type_name("HOW")
      ->group(group);
}

void AddAnthropicFlags(CLI::App* command, FieldEdits& edits) {
  edits
      .Text(command, "--anthropic-version", "anthropic.version",
            "Sent as anthropic-version when the client sends none (default 2023-06-01)")
      ->type_name("VERSION")
      ->group("Kind anthropic (--endpoint https://api.anthropic.com/v1)");
}

void AddMockFlags(CLI::App* command, FieldEdits& edits) {
  const auto add = [&](const char* flag, const char* path, const char* type, const char* help) {
    edits.Text(command, flag, path, help)->type_name(type)->group("Kind mock");
  };
  add("--mock-mode", "mock.mode", "MODE",
      "canned (default: --mock-reply) or echo (the last user message)");
  add("--mock-reply", "mock.reply", "TEXT", "What a mock answers");
  add("--mock-delay", "mock.first_byte_delay", "DURATION", "Pause before the first byte");
  add("--mock-interval", "mock.chunk_interval", "DURATION",
      "Pause between stream events (default 20ms)");
  add("--mock-rate", "mock.rate", "N", "Requests a second before it answers 429 (default: any)");
  add("--mock-fault", "mock.fault", "FAULT",
      "Drill: status, cut (in the middle), garbage, hang or error-event (a 200 that is an error)");
  add("--mock-fault-percent", "mock.fault_percent", "N",
      "Share of the requests that fail so (default: all)");
  add("--mock-fault-status", "mock.fault_status", "CODE", "Of fault status (default 500)");
  add("--mock-fault-retry-after", "mock.fault_retry_after", "DURATION",
      "Sent as Retry-After with it");
}

void AddMockFields(const config::v1::Mock& mock, FieldList& fields) {
  fields.Add("mock mode", mock.mode());
  fields.Add("mock reply", mock.reply());
  if (mock.has_first_byte_delay()) {
    fields.Add("mock delay", DurationText(mock.first_byte_delay()));
  }
  if (mock.has_chunk_interval()) {
    fields.Add("mock interval", DurationText(mock.chunk_interval()));
  }
  if (mock.rate() != 0) fields.Add("mock rate", std::to_string(mock.rate()) + " requests/s");
  if (mock.fault().empty()) return;
  std::string drill = mock.fault();
  if (drill == "status") {
    drill += " " + std::to_string(mock.fault_status() == 0 ? 500 : mock.fault_status());
    if (mock.has_fault_retry_after()) {
      drill += ", Retry-After " + DurationText(mock.fault_retry_after());
    }
  }
  const uint32_t percent = mock.fault_percent() == 0 ? 100 : mock.fault_percent();
  fields.Add("mock fault", drill + " (" + std::to_string(percent) + " % of requests)");
}

}  // namespace

void AddKindFlags(CLI::App* command, FieldEdits& edits) {
  AddOpenaiFlags(command, edits);
  AddAzureFlags(command, edits);
  AddAnthropicFlags(command, edits);
  AddMockFlags(command, edits);
}

void AddKindFields(const config::v1::Upstream& upstream, FieldList& fields) {
  fields.Add("openai organization", upstream.openai().organization());
  fields.Add("openai project", upstream.openai().project());
  fields.Add("azure api version", upstream.azure_openai().api_version());
  for (const auto& [model, deployment] : upstream.azure_openai().deployments()) {
    fields.Add("azure deployment", model + " = " + deployment);
  }
  fields.Add("azure auth", upstream.azure_openai().auth());
  fields.Add("anthropic version", upstream.anthropic().version());
  AddMockFields(upstream.mock(), fields);
}

}  // namespace llmgw::admin_cli::upstream
