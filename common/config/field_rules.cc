#include "common/config/field_rules.h"

#include <algorithm>
#include <unordered_set>

#include "common/config/validate.h"
#include "common/text/near_name.h"
#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::config {
namespace {

constexpr size_t kLongestName = 63;
constexpr size_t kLongestPattern = 256;
constexpr int kMostPatterns = 10'000;
constexpr int64_t kLongestSeconds = 24 * 3600;

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

}  // namespace

std::string_view CheckName(std::string_view name) {
  if (name.empty()) return "is needed";
  if (name.size() > kLongestName) return "must have at most 63 characters";
  if (!std::all_of(name.begin(), name.end(), IsNameCharacter)) {
    return "must have only the characters a-z, 0-9, '.', '_' and '-'";
  }
  bool good_start = (name[0] >= 'a' && name[0] <= 'z') || (name[0] >= '0' && name[0] <= '9');
  return good_start ? std::string_view() : "must start with a letter or digit";
}

std::string_view CheckModelPattern(std::string_view pattern) {
  if (pattern.empty()) return "must not be empty; '*' stands for every model";
  if (pattern.size() > kLongestPattern) return "must have at most 256 characters";
  if (HasControlCharacter(pattern)) return "has a control character";
  if (pattern.front() == ' ' || pattern.back() == ' ') return "begins or ends with a space";
  if (pattern.find('*') < pattern.size() - 1) return "may have a '*' only at its end";
  return {};
}

std::string PathName(std::string_view name, int index) {
  if (name.empty()) return "#" + std::to_string(index);
  std::string shown(name.substr(0, kLongestName));
  for (char& c : shown) {
    if (c < ' ' || c > '~' || c == '[' || c == ']') c = '?';
  }
  return shown;
}

bool HasControlCharacter(std::string_view text, std::string_view allowed) {
  return std::any_of(text.begin(), text.end(), [&](char c) {
    bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    return control && allowed.find(c) == std::string_view::npos;
  });
}

bool IsVisibleAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

std::string Faults::Path() const {
  switch (resource_.body_case()) {
    case v1::Resource::kUpstream:
      return "upstreams[" + PathName(resource_.upstream().name(), index_) + "]";
    case v1::Resource::kRoute:
      return "routes[" + PathName(resource_.route().name(), index_) + "]";
    case v1::Resource::kClientKey:
      return "keys[" + PathName(resource_.client_key().name(), index_) + "]";
    case v1::Resource::kLevel:
      return "levels[" + PathName(resource_.level().name(), index_) + "]";
    case v1::Resource::BODY_NOT_SET:
      break;
  }
  return "resources[#" + std::to_string(index_) + "]";
}

void Faults::Add(std::string_view field, std::string_view message) {
  const std::string path = Path();
  into_->push_back(InvalidArgument(field.empty() ? path : path + "." + std::string(field),
                                   std::string(message)));
}

void Faults::AddAt(std::string_view field, int index, std::string_view message) {
  Add(std::string(field) + "[" + std::to_string(index) + "]", message);
}

void Faults::CheckChoice(std::string_view field, std::string_view value,
                         std::initializer_list<std::string_view> choices) {
  if (value.empty() || std::find(choices.begin(), choices.end(), value) != choices.end()) return;
  std::string list;
  for (auto choice : choices) list += (list.empty() ? "" : ", ") + std::string(choice);
  Add(field, "must be one of " + list);
}

void Faults::CheckText(std::string_view field, std::string_view value, size_t longest,
                       std::string_view allowed) {
  if (HasControlCharacter(value, allowed)) Add(field, "has a control character");
  if (value.size() > longest) Add(field, "must have at most " + std::to_string(longest) + " bytes");
}

void Faults::CheckDuration(std::string_view field, const google::protobuf::Duration& value,
                           Zero zero) {
  constexpr int32_t kNanosPerMs = 1'000'000;
  bool malformed = value.nanos() < 0 || value.nanos() > 999'999'999;
  if (malformed || value.seconds() < 0) return Add(field, "must not be negative");
  bool is_zero = value.seconds() == 0 && value.nanos() == 0;
  if (is_zero && zero == Zero::kAllowed) return;
  if (is_zero) return Add(field, "must not be zero; leave it out for the default");
  if (value.seconds() == 0 && value.nanos() < kNanosPerMs)
    return Add(field, "must be at least 1ms");
  bool too_long = value.seconds() > kLongestSeconds ||
                  (value.seconds() == kLongestSeconds && value.nanos() > 0);
  if (too_long) Add(field, "must be at most 24h");
}

void Faults::CheckModelPatterns(std::string_view field, const Strings& patterns) {
  if (patterns.size() > kMostPatterns) return Add(field, "must have at most 10000 entries");
  std::unordered_set<std::string_view> seen;
  for (int i = 0; i < patterns.size(); ++i) {
    if (auto fault = CheckModelPattern(patterns[i]); !fault.empty()) AddAt(field, i, fault);
    if (!seen.insert(patterns[i]).second) AddAt(field, i, "stands twice in the list");
  }
}

void Faults::CheckReferences(std::string_view field, const Strings& names, std::string_view noun,
                             const std::vector<std::string>& known_sorted) {
  std::unordered_set<std::string_view> seen;
  for (int i = 0; i < names.size(); ++i) {
    if (!seen.insert(names[i]).second) AddAt(field, i, "stands twice in the list");
    if (std::binary_search(known_sorted.begin(), known_sorted.end(), names[i])) continue;
    AddAt(field, i,
          "there is no " + std::string(noun) + " '" + PathName(names[i], i) + "'" +
              text::DidYouMean(names[i], known_sorted));
  }
}

}  // namespace llmgw::config
