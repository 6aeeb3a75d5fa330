#include "admin-cli/command/import/import.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/command/import/token_file.h"
#include "admin-cli/import/openai_api_route.h"
#include "admin-cli/import/openai_forward_config.h"
#include "admin-cli/import/plan_output.h"
#include "admin-cli/import/plan_runner.h"
#include "admin-cli/output/human.h"

namespace llmgw::admin_cli::migrate {
namespace {

constexpr size_t kLargestFile = 16 << 20;

Result<std::string> ReadConfigFile(const std::string& path, std::istream& in) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(in), {});
  std::ifstream file(path, std::ios::binary);
  if (!file) return Fail(NotFound("can't read the file " + path));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.size() > kLargestFile) return Fail(InvalidArgument(path, "is larger than 16 MiB"));
  return text;
}

bool IsYamlName(const std::string& path) {
  return path.ends_with(".yaml") || path.ends_with(".yml");
}

Result<ImportPlan> MakePlan(const ImportOptions& options, const std::string& text) {
  const ShortTokens short_tokens =
      options.new_tokens.empty() ? ShortTokens::kLeaveOut : ShortTokens::kReplace;
  if (options.format == ImportOptions::Format::kApiRoute) return PlanOfApiRoute(text, short_tokens);
  TRY_ASSIGN(ForwardConfig config,
             IsYamlName(options.file) ? ReadForwardYaml(text) : ReadForwardEnv(text));
  return PlanOfForward(std::move(config), short_tokens);
}

bool AnyDiffers(const std::vector<ImportStep>& steps) {
  return std::any_of(steps.begin(), steps.end(),
                     [](const ImportStep& step) { return step.action == StepAction::kDiffers; });
}

// What is there but something else keeps the import from being whole: scripts must see that.
ExitCode WithConflicts(ExitCode code, const std::vector<ImportStep>& steps, Factory& factory) {
  if (!AnyDiffers(steps)) return code;
  factory.Note(
      "some of it is there already under the same names, but different; it was left alone. Change "
      "or remove that, and import again");
  return code == ExitCode::kOk ? ExitCode::kConflict : code;
}

Error ExplainFailure(const ImportOutcome& outcome) {
  Error error = *outcome.failed;
  if (outcome.done.empty()) {
    error.message += "\nNothing was changed.";
    return error;
  }
  std::string done;
  for (const std::string& one : outcome.done) done += (done.empty() ? "" : ", ") + one;
  error.message +=
      "\nDone before: " + done + ". Importing again is safe: it goes on where this ended.";
  return error;
}

// Nothing to do, or nothing that may be done.
ExitCode ReportPlan(const ImportOptions& options, const ImportPlan& plan,
                    const std::vector<ImportStep>& steps, Factory& factory) {
  if (factory.WantsTable()) {
    PrintImport(factory, plan, steps);
    factory.Note(options.dry_run ? "dry run: nothing was changed"
                                 : "nothing to change: everything is there already");
  } else {
    Json document = ImportDocument(plan, steps);
    document["dry_run"] = options.dry_run;
    document["changed"] = 0;
    factory.Print(document);
  }
  return WithConflicts(ExitCode::kOk, steps, factory);
}

}  // namespace

Result<ExitCode> RunImportCommand(const ImportOptions& options, Factory& factory) {
  TRY_ASSIGN(const std::string text, ReadConfigFile(options.file, factory.io().in));
  auto plan = MakePlan(options, text);
  if (!plan) {
    Error error = plan.error();
    error.message = "in " + options.file + ": " + error.Describe();
    error.field.clear();
    return Fail(std::move(error));
  }
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  TRY_ASSIGN(const std::vector<ImportStep> steps, CompareWithStored(*client, *plan));
  const bool any = std::any_of(steps.begin(), steps.end(), [](const ImportStep& step) {
    return step.action == StepAction::kCreate || step.action == StepAction::kChange;
  });
  if (options.dry_run || !any) return ReportPlan(options, *plan, steps, factory);

  std::unique_ptr<TokenFile> tokens;
  if (!options.new_tokens.empty()) {
    TRY_ASSIGN(tokens, TokenFile::Create(options.new_tokens));
  }
  const ImportOutcome outcome = RunImport(*client, *plan, steps);
  Status written;
  if (tokens != nullptr) written = tokens->Write(outcome.new_tokens);
  if (factory.WantsTable()) PrintImport(factory, *plan, steps);
  if (outcome.failed) return Fail(ExplainFailure(outcome));
  TRY(written);
  Json document = ImportDocument(*plan, steps);
  document["dry_run"] = false;
  document["changed"] = outcome.done.size();
  const ExitCode code =
      ReportChange(factory, options.wait, outcome.revision,
                   Counted(outcome.done.size(), "resource") + " imported", std::move(document));
  if (!outcome.new_tokens.empty()) factory.Note("new tokens were written to " + options.new_tokens);
  return WithConflicts(code, steps, factory);
}

void Build(CLI::App& root, CommandContext context, const Runner<ImportOptions>& run) {
  CLI::App* noun = AddNoun(root, "import", "Take over the configuration of another gateway",
                           "llmctl import openai-api-route config.yaml --dry-run\n"
                           "llmctl import openai-forward .env");
  const auto add = [&](const char* name, const char* description, const char* file_help,
                       const char* examples, ImportOptions::Format format) {
    CLI::App* command = AddCommand(*noun, name, description, examples);
    auto options = SelectInto<ImportOptions>(command, context, run);
    options->format = format;
    command->add_option("FILE", options->file, file_help)->required();
    command->add_flag("--dry-run", options->dry_run,
                      "Show what would be made and what not; change nothing");
    command
        ->add_option("--new-tokens", options->new_tokens,
                     "Keys whose token is shorter than 16 characters get a new one, written to "
                     "this new file. Without it they are left out")
        ->type_name("FILE");
    AddWaitFlags(command, options->wait);
  };
  add("openai-api-route", "Make what a config.yaml of openai-api-route describes",
      "Its config.yaml; - reads standard input",
      "llmctl import openai-api-route config.yaml --dry-run\n"
      "llmctl import openai-api-route config.yaml --new-tokens tokens.txt",
      ImportOptions::Format::kApiRoute);
  add("openai-forward", "Make what a .env or YAML file of openai-forward describes",
      "Its .env (any name; - reads standard input) or openai-forward-config.yaml",
      "llmctl import openai-forward .env --dry-run\n"
      "llmctl import openai-forward openai-forward-config.yaml --new-tokens tokens.txt",
      ImportOptions::Format::kForward);
}

}  // namespace llmgw::admin_cli::migrate
