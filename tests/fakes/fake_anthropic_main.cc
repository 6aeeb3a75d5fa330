// fake-anthropic [API_KEY]: the fake provider as a program, for tests that are not written in C++.
// Prints its endpoint on a line of its own when it listens, and runs until its standard input ends
// or it is told to stop.
#include <unistd.h>

#include <array>
#include <cstdio>

#include "tests/fakes/anthropic_like.h"

int main(int argc, char** argv) {
  llmgw::test::AnthropicLike provider(argc > 1 ? argv[1] : "sk-provider-key");
  std::printf("%s\n", provider.endpoint().c_str());
  std::fflush(stdout);
  std::array<char, 256> ignored{};
  while (read(STDIN_FILENO, ignored.data(), ignored.size()) > 0) {
  }
  return 0;
}
