#pragma once

#include <cstdio>
#include <cstdlib>

// An oracle's verdict: unlike assert, present in every build; the fuzzer reports the abort with its
// input.
#define FUZZ_CHECK(condition)                                                      \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                \
    }                                                                              \
  } while (false)
