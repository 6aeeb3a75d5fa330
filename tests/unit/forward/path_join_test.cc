#include "dataplane/forward/path_join.h"

#include <gtest/gtest.h>

namespace llmgw::forward {
namespace {

struct Case {
  const char* prefix;
  const char* path;
  const char* base;
  const char* joined;
};

constexpr Case kCases[] = {
    // The table of path_join.h.
    {"/v1", "/v1/models", "/v1", "/v1/models"},
    {"/v1", "/v1/models", "", "/v1/models"},
    {"/v1", "/v1/models", "/v2", "/v2/models"},
    {"/", "/v1/models", "/v1", "/v1/models"},
    {"/azure", "/azure/x", "/a/b", "/a/b/x"},
    // The version is given once wherever it stands.
    {"/team", "/team/v1/models", "/v1", "/v1/models"},
    {"/team", "/team/models", "/v1", "/v1/models"},
    {"/team", "/team/v1/models", "", "/v1/models"},
    {"/team/v1", "/team/v1/models", "", "/v1/models"},
    {"/team/v1", "/team/v1/models", "/openai/v1", "/openai/v1/models"},
    {"/", "/openai/v1/models", "/v1", "/v1/openai/v1/models"},
    // Only a whole segment is the version.
    {"/", "/v10/models", "/v1", "/v1/v10/models"},
    {"/", "/v1", "/v1", "/v1"},
    {"/xv1", "/xv1/models", "", "/models"},
    {"/v1", "/v1/models", "/xv1", "/xv1/models"},
    {"/team", "/team/v1/models", "/xv1", "/xv1/v1/models"},
    // Nothing left, or nothing but a slash.
    {"/v1", "/v1", "/v1", "/v1"},
    {"/v1", "/v1", "", "/v1"},
    {"/v1", "/v1/", "", "/v1/"},
    {"/", "/", "", "/"},
    {"/", "/", "/v1", "/v1/"},
    {"/team", "/team", "", "/"},
    {"/team", "/team/", "", "/"},
    {"/team", "/team", "/a", "/a"},
    // Untouched otherwise.
    {"/v1", "/v1//models%2F1", "/v1", "/v1//models%2F1"},
    {"/team", "/team//v1/x", "/v1", "/v1//v1/x"},
};

TEST(PathJoin, GivesTheVersionOnceAndLosesNothing) {
  for (const Case& join : kCases) {
    std::string out = "GET ";
    AppendUpstreamPath(out, join.base, join.prefix, join.path);
    EXPECT_EQ(out, std::string("GET ") + join.joined)
        << "prefix " << join.prefix << ", path " << join.path << ", base " << join.base;
  }
}

}  // namespace
}  // namespace llmgw::forward
