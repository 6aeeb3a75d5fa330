#include "tests/bench/load/load_options.h"

#include <CLI/CLI.hpp>

namespace llmgw::bench {

std::optional<LoadOptions> ParseLoadOptions(int argc, char** argv, int& exit_code) {
  LoadOptions options;
  CLI::App app(
      "Sends requests to a port of 127.0.0.1 and prints what it measured as NAME=VALUE lines.\n"
      "Without --rate each connection sends its next request when the last was answered (closed "
      "loop);\n"
      "with it requests are due at fixed times, and latency counts from then (open loop).");
  app.add_option("--port", options.port, "Where to connect")->required()->take_last();
  app.add_flag("--tls", options.tls, "Connect with TLS, checking nothing");
  app.add_option("--connections", options.connections, "Most connections at a time")
      ->check(CLI::Range(1U, 100'000U))
      ->capture_default_str();
  app.add_option("--rate", options.rate, "Requests per second, open loop")
      ->check(CLI::Range(0.0, 1e6));
  app.add_option("--warmup", options.warmup_seconds, "Seconds before the measuring begins")
      ->check(CLI::Range(0.0, 600.0))
      ->capture_default_str();
  app.add_option("--seconds", options.seconds, "Seconds to measure")
      ->check(CLI::Range(0.01, 600.0))
      ->capture_default_str();
  app.add_option("--requests", options.requests,
                 "Stop after this many, and measure them all: no warm-up");
  app.add_option(
         "--shape", options.shape,
         "chat: a JSON body as the OpenAI SDK for Python writes it; upload: a multipart form")
      ->check(CLI::IsMember({"chat", "upload"}))
      ->capture_default_str();
  app.add_option("--body-bytes", options.body_bytes, "Size of the request body")
      ->check(CLI::Range(512UL, 1UL << 30))
      ->capture_default_str();
  app.add_option("--model", options.model, "The model asked for")->capture_default_str();
  app.add_option("--tokens", options.tokens_file,
                 "File of client keys, one per line, which requests take in turns")
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--stream-chunks", options.stream.chunks,
                 "Ask for streams of so many events; 0: whole answers");
  app.add_option("--stream-interval-us", options.stream.interval_us,
                 "Microseconds between two events of a stream");
  app.add_flag("--new-connections", options.new_connections,
               "Each request on a connection of its own");
  app.add_flag(
      "--hold", options.hold,
      "Open all connections and get an answer (or a stream's first event) on each; print \"held\", "
      "measure until standard input ends, and leave what is open open");
  app.add_option("--watch", options.watched, "Processes whose CPU time is counted, by id")
      ->delimiter(',');
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error);
    return std::nullopt;
  }
  if (options.requests != 0) options.warmup_seconds = 0;
  return options;
}

}  // namespace llmgw::bench
