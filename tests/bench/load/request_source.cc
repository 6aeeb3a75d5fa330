#include "tests/bench/load/request_source.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace llmgw::bench {
namespace {

constexpr size_t kMostBodyInHead = 16 << 10;
constexpr std::string_view kBoundary = "bench-boundary-0123456789abcdef";

// The order of fields of the OpenAI SDK for Python: the model comes after the whole prompt, so a
// peek that wants it has to pass over everything.
std::string ChatBody(const LoadOptions& options) {
  const std::string begin =
      "{\"messages\":[{\"role\":\"system\",\"content\":\"You are a helpful assistant.\"},"
      "{\"role\":\"user\",\"content\":\"";
  std::string end = "\"}],\"model\":\"" + options.model + "\",\"temperature\":0.7";
  if (options.stream.chunks != 0) {
    end += ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";
  }
  end += "}";
  constexpr std::string_view kProse =
      "It was a bright cold day in April, and the clocks were striking thirteen. \\\"Well,\\\" he "
      "said,\\nand read on about gateways that nobody can see. ";
  std::string body = begin;
  while (body.size() + end.size() + kProse.size() <= options.body_bytes) body += kProse;
  while (body.size() + end.size() < options.body_bytes) body += '.';
  return body + end;
}

std::string UploadBody(const LoadOptions& options) {
  const std::string delimiter = "--" + std::string(kBoundary);
  std::string body =
      delimiter + "\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n" + options.model +
      "\r\n" + delimiter +
      "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"speech.wav\"\r\n"
      "Content-Type: audio/wav\r\n\r\n";
  const std::string end = "\r\n" + delimiter + "--\r\n";
  // Like sound: every byte value, no runs.
  uint32_t state = 1;
  while (body.size() + end.size() < options.body_bytes) {
    state = state * 1664525U + 1013904223U;
    body += static_cast<char>(state >> 24);
  }
  return body + end;
}

std::vector<std::string> ReadTokens(const std::string& file) {
  std::vector<std::string> tokens;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) tokens.push_back(line);
  }
  if (tokens.empty()) {
    std::fprintf(stderr, "llmgw-bench-load: there is no token in %s\n", file.c_str());
    std::exit(1);
  }
  return tokens;
}

}  // namespace

RequestSource::RequestSource(const LoadOptions& options)
    : tokens_(ReadTokens(options.tokens_file)) {
  const bool upload = options.shape == "upload";
  body_ = upload ? UploadBody(options) : ChatBody(options);
  body_in_head_ = body_.size() <= kMostBodyInHead;
  before_token_ =
      std::string("POST ") + (upload ? "/v1/audio/transcriptions" : "/v1/chat/completions") +
      " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(options.port) +
      "\r\nAccept-Encoding: gzip, deflate\r\nAccept: application/json\r\nUser-Agent: "
      "OpenAI/Python 1.54.0\r\nX-Stainless-Lang: python\r\nX-Stainless-Package-Version: 1.54.0\r\n"
      "Connection: " +
      (options.new_connections ? "close" : "keep-alive") + "\r\nAuthorization: Bearer ";
  after_token_ = "\r\nContent-Type: ";
  after_token_ += upload ? "multipart/form-data; boundary=" + std::string(kBoundary)
                         : std::string("application/json");
  if (options.stream.chunks != 0) {
    after_token_ += "\r\n" + std::string(kStreamHeader) + ": " + options.stream.Print();
  }
  after_token_ += "\r\nContent-Length: " + std::to_string(body_.size()) + "\r\n\r\n";
  if (body_in_head_) after_token_ += body_;
}

std::string_view RequestSource::Next(std::string& head) {
  head.assign(before_token_).append(tokens_[next_token_]).append(after_token_);
  if (++next_token_ == tokens_.size()) next_token_ = 0;
  return body_in_head_ ? std::string_view() : std::string_view(body_);
}

}  // namespace llmgw::bench
