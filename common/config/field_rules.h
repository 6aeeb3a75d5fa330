#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/repeated_ptr_field.h>

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"

namespace llmgw::config::v1 {
class Resource;
}

// Rules that several kinds of resources share. Private to common/config.
namespace llmgw::config {

using Strings = google::protobuf::RepeatedPtrField<std::string>;

// Collects what is wrong with one resource, the `index`th of its candidate.
class Faults {
 public:
  Faults(const v1::Resource& resource, int index, std::vector<Error>* into)
      : resource_(resource), index_(index), into_(into) {}

  // "upstreams[openai].timeouts.idle", "…upstreams[2]" with `field` "upstreams" and an index.
  void Add(std::string_view field, std::string_view message);
  void AddAt(std::string_view field, int index, std::string_view message);

  // One of `choices`, or empty for the default, which is the first.
  void CheckChoice(std::string_view field, std::string_view value,
                   std::initializer_list<std::string_view> choices);
  // No control characters; `allowed` are exceptions, such as "\n".
  void CheckText(std::string_view field, std::string_view value, size_t longest,
                 std::string_view allowed = {});
  // At most 24 h; at least 1 ms, or 0 where `zero_allowed`.
  enum class Zero { kRefused, kAllowed };
  void CheckDuration(std::string_view field, const google::protobuf::Duration& value, Zero zero);
  // Model patterns, none twice.
  void CheckModelPatterns(std::string_view field, const Strings& patterns);
  // Names that all exist among `known` (what they are, in the singular, is `noun`), none twice.
  void CheckReferences(std::string_view field, const Strings& names, std::string_view noun,
                       const std::vector<std::string>& known_sorted);

 private:
  // Of the resource itself: "upstreams[openai]". Made only for a fault: there may be hundreds of
  // thousands of resources, and nearly all are fine.
  std::string Path() const;

  const v1::Resource& resource_;
  int index_;
  std::vector<Error>* into_;
};

// A name as it may stand in an error's path: made printable, cut to a bound; "#3" (the place in the
// list) when it has none.
std::string PathName(std::string_view name, int index);

bool HasControlCharacter(std::string_view text, std::string_view allowed = {});
// Characters 0x21 to 0x7e: what a header value can carry as one word.
bool IsVisibleAscii(std::string_view text);

}  // namespace llmgw::config
