#include "dataplane/forward/path_join.h"

namespace llmgw::forward {
namespace {

constexpr std::string_view kVersion = "/v1";

bool StartsWithSegment(std::string_view path, std::string_view segment) {
  return path.substr(0, segment.size()) == segment &&
         (path.size() == segment.size() || path[segment.size()] == '/');
}

bool EndsWithSegment(std::string_view path, std::string_view segment) {
  return path.size() >= segment.size() && path.substr(path.size() - segment.size()) == segment;
}

}  // namespace

void AppendUpstreamPath(std::string& out, std::string_view base, std::string_view prefix,
                        std::string_view path) {
  std::string_view rest = prefix == "/" ? path : path.substr(prefix.size());
  if (base.empty() && EndsWithSegment(prefix, kVersion)) {
    out += kVersion;
  } else if (EndsWithSegment(base, kVersion) && StartsWithSegment(rest, kVersion)) {
    rest.remove_prefix(kVersion.size());
  }
  out += base;
  out += rest;
  if (base.empty() && rest.empty() && !EndsWithSegment(prefix, kVersion)) out += '/';
}

}  // namespace llmgw::forward
