#include "admin-cli/command/chat/chat.h"

#include <iterator>

#include "admin-cli/app/factory.h"
#include "admin-cli/client/gateway_client.h"
#include "admin-cli/command/chat/answer.h"
#include "admin-cli/input/secret_source.h"
#include "admin-cli/output/safe_text.h"
#include "admin-cli/output/table.h"

namespace llmgw::admin_cli::chat {
namespace {

constexpr char kDefaultGateway[] = "http://127.0.0.1:8080";
constexpr char kExamples[] =
    "llmctl chat --key-env LLMGW_CLIENT_KEY 'Say hello in one sentence.'\n"
    "llmctl chat --model gpt-4o --system 'Answer in French.' How are you?\n"
    "cat question.txt | llmctl chat --key-file my-app.key -\n"
    "llmctl chat --gateway https://llm.example.com --raw Hello     # the bytes as they arrive";

Result<std::string> Message(const ChatOptions& options, IoStreams& io) {
  if (options.text == std::vector<std::string>{"-"}) {
    return std::string(std::istreambuf_iterator<char>(io.in), {});
  }
  return CLI::detail::join(options.text, " ");
}

std::string_view WithoutSlash(std::string_view url) {
  if (url.ends_with('/')) url.remove_suffix(1);
  return url;
}

// Flags, then environment, then profile. The profile's key and CA are for its own gateway only.
Result<GatewayTarget> FindGateway(const ChatOptions& options, Factory& factory) {
  TRY_ASSIGN(Profile profile, factory.ActiveProfile());
  GatewayTarget target;
  target.url = options.gateway;
  if (target.url.empty()) target.url = factory.env()("LLMGW_GATEWAY").value_or(profile.gateway);
  if (target.url.empty()) target.url = kDefaultGateway;
  const std::string own = profile.gateway.empty() ? kDefaultGateway : profile.gateway;
  if (WithoutSlash(target.url) != WithoutSlash(own)) profile = Profile();
  target.ca_file = options.gateway_ca.empty() ? profile.gateway_ca : options.gateway_ca;

  SecretSource source;
  if (!options.key_env.empty()) {
    source = {SecretSource::Kind::kEnv, options.key_env};
  } else if (!options.key_file.empty()) {
    source = {SecretSource::Kind::kFile, options.key_file};
  } else if (factory.env()("LLMGW_CLIENT_KEY")) {
    source = {SecretSource::Kind::kEnv, "LLMGW_CLIENT_KEY"};
  } else if (!profile.key_file.empty()) {
    source = {SecretSource::Kind::kFile, profile.key_file};
  }
  TRY_ASSIGN(target.key, ReadSecret(source, factory.env(), factory.io()));
  return target;
}

std::string RequestBody(const ChatOptions& options, const std::string& message) {
  Json messages = Json::array();
  if (!options.system.empty()) {
    messages.push_back({{"role", "system"}, {"content", options.system}});
  }
  messages.push_back({{"role", "user"}, {"content", message}});
  Json body{{"model", options.model}, {"stream", options.stream}, {"messages", messages}};
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Shows the answer as it comes, in one of three ways: text, the bytes themselves (--raw), or
// nothing until a document at its end.
class Screen {
 public:
  Screen(const ChatOptions& options, Factory& factory)
      : io_(factory.io()), raw_(options.raw), live_(!options.raw && factory.WantsTable()) {}

  void Text(std::string_view text) {
    if (!live_) return;
    // A model's words are not trusted with a terminal; a file gets them as they are.
    io_.out << (io_.out_is_tty ? SafeText(text, Lines::kKeep) : std::string(text)) << std::flush;
    ended_line_ = text.back() == '\n';
  }
  void Bytes(std::string_view bytes) {
    if (raw_) io_.out << bytes << std::flush;
  }
  // Puts what follows on a line of its own.
  void EndLine() {
    if (!ended_line_) io_.out << std::endl;
    ended_line_ = true;
  }

 private:
  IoStreams& io_;
  const bool raw_;
  const bool live_;
  bool ended_line_ = true;
};

Result<ExitCode> Report(const Answer& answer, const Status& sent, const ChatOptions& options,
                        Factory& factory) {
  if (!sent && answer.head().status == 0) return Fail(sent.error());
  if (!options.raw && !factory.WantsTable()) factory.Print(answer.ToDocument());
  if (!answer.complete()) {
    Error error = answer.Failure();
    if (!sent) error.message += "\n" + sent.error().message;
    return Fail(std::move(error));
  }
  if (factory.io().out_is_tty && factory.io().err_is_tty && factory.WantsTable()) {
    const std::string line = answer.model() + "  " + answer.head().request_id;
    factory.Note(Colored(SafeText(line), Tone::kPlain, false));
  }
  return ExitCode::kOk;
}

}  // namespace

Result<ExitCode> RunChat(const ChatOptions& options, Factory& factory) {
  TRY_ASSIGN(const std::string message, Message(options, factory.io()));
  if (message.empty()) return Fail(InvalidArgument("TEXT", "there is nothing to send"));
  TRY_ASSIGN(const GatewayTarget target, FindGateway(options, factory));

  Screen screen(options, factory);
  Answer answer([&screen](std::string_view text) { screen.Text(text); });
  const Status sent = PostChat(target, RequestBody(options, message), factory.interrupts(),
                               {[&](const GatewayHead& head) { answer.TakeHead(head); },
                                [&](std::string_view bytes) {
                                  screen.Bytes(bytes);
                                  answer.TakeData(bytes);
                                }});
  answer.Finish(/*cut=*/!sent);
  screen.EndLine();
  if (factory.interrupts().triggered()) return ExitCode::kInterrupted;
  return Report(answer, sent, options, factory);
}

void Build(CLI::App& root, CommandContext context, Runner<ChatOptions> run) {
  CLI::App* command = AddCommand(
      root, "chat", "Send one message through the gateway and show the answer as it arrives",
      kExamples);
  auto options = SelectInto<ChatOptions>(command, context, std::move(run));
  command->add_option("TEXT", options->text, "The message; - reads it from standard input")
      ->required();
  command
      ->add_option("--gateway", options->gateway,
                   "Where the gateway is (LLMGW_GATEWAY, profile; default http://127.0.0.1:8080)")
      ->type_name("URL");
  command
      ->add_option("--gateway-ca", options->gateway_ca,
                   "For https: trust only the CAs in this PEM file")
      ->type_name("FILE");
  command->add_option("--model", options->model, "The model (default gpt-4o-mini)");
  command->add_option("--system", options->system, "A system message before it");
  auto* env = command
                  ->add_option("--key-env", options->key_env,
                               "The client key is in this variable (default: LLMGW_CLIENT_KEY)")
                  ->type_name("VAR");
  command->add_option("--key-file", options->key_file, "… in this file")
      ->type_name("FILE")
      ->excludes(env);
  for (const char* flag : {"--key", "--api-key", "--token"}) {
    RefuseSecret(command, flag, "--key-env VAR or --key-file FILE");
  }
  command->add_flag("!--no-stream", options->stream, "Ask for the answer in one piece");
  command->add_flag("--raw", options->raw, "Show the response body's bytes as they arrive");
}

}  // namespace llmgw::admin_cli::chat
