// Gives a controlplane the many client keys of the benchmark, through its admin API.
//
// usage: llmgw-bench-fill CONTROLPLANE TOKEN_FILE COUNT
// Prints the tokens of the keys, one per line: the same for the same COUNT, so that the data folder
// of a filled controlplane can be kept and used again.
#include <grpcpp/client_context.h>

#include <charconv>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

#include "common/rpc/channel.h"
#include "llmgw/admin/v1/key_service.grpc.pb.h"

namespace llmgw::bench {
namespace {

std::string Numbered(std::string_view prefix, unsigned number) {
  const std::string digits = std::to_string(number);
  return std::string(prefix) + std::string(8 - digits.size(), '0') + digits;
}

bool CreateKey(admin::v1::KeyService::Stub& service, unsigned number, const std::string& token) {
  admin::v1::CreateKeyRequest request;
  request.mutable_key()->set_name(Numbered("key-", number));
  request.set_token(token);
  grpc::ClientContext context;
  admin::v1::CreateKeyResponse response;
  const grpc::Status status = service.CreateKey(&context, request, &response);
  if (!status.ok()) {
    std::cerr << "llmgw-bench-fill: key " << number << ": " << status.error_message() << '\n';
  }
  return status.ok();
}

int Fill(const char* address, const char* token_file, unsigned count) {
  std::ifstream file(token_file);
  std::string admin_token;
  std::getline(file, admin_token);
  const auto channel =
      rpc::MakeChannel({.address = address, .token = SecretString(std::move(admin_token))});
  if (!channel) {
    std::cerr << "llmgw-bench-fill: " << channel.error().Describe() << '\n';
    return 1;
  }
  const auto service = admin::v1::KeyService::NewStub(*channel);
  for (unsigned number = 0; number < count; ++number) {
    // As long as a real one.
    const std::string token = Numbered("sk-bench-0123456789abcdefghijklmnopqrstuv", number);
    if (!CreateKey(*service, number, token)) return 1;
    std::cout << token << '\n';
  }
  return 0;
}

}  // namespace
}  // namespace llmgw::bench

int main(int argc, char** argv) {
  unsigned count = 0;
  const std::string_view number = argc == 4 ? argv[3] : "";
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), count);
  if (error != std::errc() || end != number.data() + number.size() || count > 10'000'000) {
    std::fprintf(stderr, "usage: %s CONTROLPLANE TOKEN_FILE COUNT\n", argv[0]);
    return 2;
  }
  return llmgw::bench::Fill(argv[1], argv[2], count);
}
