#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "common/base/error.h"

namespace llmgw {

// A value or the reason there is none. Functions that can fail for an expected reason return this;
// exceptions stay inside the libraries that throw them.
template <typename T>
using Result = tl::expected<T, Error>;

using Status = tl::expected<void, Error>;

inline tl::unexpected<Error> Fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace llmgw

#define LLMGW_CONCAT_INNER(a, b) a##b
#define LLMGW_CONCAT(a, b) LLMGW_CONCAT_INNER(a, b)

// TRY(expr): leaves the function with the error of `expr` (a Result or Status), otherwise goes on.
#define TRY(expr)                                                \
  do {                                                           \
    auto llmgw_try_result = (expr);                              \
    if (!llmgw_try_result) {                                     \
      return ::llmgw::Fail(std::move(llmgw_try_result.error())); \
    }                                                            \
  } while (false)

// TRY_ASSIGN(T x, expr): the same, and x holds the value afterwards. One per line.
#define TRY_ASSIGN(declaration, expr) \
  TRY_ASSIGN_INNER(LLMGW_CONCAT(llmgw_result_, __LINE__), declaration, expr)
#define TRY_ASSIGN_INNER(tmp, declaration, expr)          \
  auto tmp = (expr);                                      \
  if (!tmp) return ::llmgw::Fail(std::move(tmp.error())); \
  declaration = std::move(*tmp)
