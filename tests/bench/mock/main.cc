// The upstream of the benchmark.
//
// usage: llmgw-bench-mock [--certificate FILE --key FILE]
// Prints "http=PORT", and with a certificate "https=PORT", then serves until it is killed.
#include <csignal>
#include <cstdio>
#include <cstring>

#include "tests/bench/mock/mock_server.h"

int main(int argc, char** argv) {
  const char* certificate = nullptr;
  const char* key = nullptr;
  for (int i = 1; i < argc; i += 2) {
    if (std::strcmp(argv[i], "--certificate") == 0 && i + 1 < argc) {
      certificate = argv[i + 1];
    } else if (std::strcmp(argv[i], "--key") == 0 && i + 1 < argc) {
      key = argv[i + 1];
    } else {
      std::fprintf(stderr, "usage: %s [--certificate FILE --key FILE]\n", argv[0]);
      return 2;
    }
  }
  std::signal(SIGPIPE, SIG_IGN);
  llmgw::bench::RaiseDescriptorLimit();
  llmgw::bench::MockServer server;
  std::printf("http=%u\n", server.Listen(0, nullptr));
  llmgw::bench::SslContextPtr tls;
  if (certificate && key) {
    tls = llmgw::bench::MakeServerContext(certificate, key);
    std::printf("https=%u\n", server.Listen(0, tls.get()));
  }
  std::fflush(stdout);
  server.Run();
}
