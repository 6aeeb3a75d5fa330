#include "dataplane/parse/query_peek.h"

#include <algorithm>
#include <string>

#include "dataplane/parse/json_skip.h"

namespace llmgw::parse {
namespace {

constexpr std::string_view kModelName = "model";
constexpr size_t kMaxModelBytes = 1024;

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// A broken escape stays as it is, as with lenient servers; false says that there was one.
bool Decode(std::string_view in, std::string& out) {
  bool clean = true;
  out.clear();
  for (size_t i = 0; i < in.size(); ++i) {
    if (in[i] == '+') {
      out += ' ';
      continue;
    }
    const int high = in[i] == '%' && i + 2 < in.size() ? HexValue(in[i + 1]) : -1;
    const int low = high >= 0 ? HexValue(in[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      clean = clean && in[i] != '%';
      out += in[i];
    }
  }
  return clean;
}

std::string_view Take(std::string_view& list, char separator) {
  const std::string_view taken = list.substr(0, list.find(separator));
  list.remove_prefix(std::min(taken.size() + 1, list.size()));
  return taken;
}

enum class Name { kOther, kModel, kLikeModel };

// Some server takes it for the model: names without regard to case, cut at a NUL, trimmed, or as an
// array's.
Name NameOf(std::string_view parameter) {
  std::string name;
  Decode(parameter.substr(0, parameter.find('=')), name);
  if (name == kModelName) return Name::kModel;
  std::string_view like = name;
  constexpr std::string_view kCut("[\0", 2);
  like = like.substr(0, like.find_first_of(kCut));
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!like.empty() && blank(like.front())) like.remove_prefix(1);
  while (!like.empty() && blank(like.back())) like.remove_suffix(1);
  const bool same = std::equal(
      like.begin(), like.end(), kModelName.begin(), kModelName.end(),
      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b; });
  return same ? Name::kLikeModel : Name::kOther;
}

bool HasModelBetweenSemicolons(std::string_view parameter) {
  while (!parameter.empty()) {
    if (NameOf(Take(parameter, ';')) != Name::kOther) return true;
  }
  return false;
}

}  // namespace

PeekStatus PeekQuery(std::string_view query, BodyFacts& out) {
  out.Clear();
  const char* const begin = query.data();
  if (query.starts_with('?')) query.remove_prefix(1);
  bool seen = false;
  while (!query.empty()) {
    const std::string_view parameter = Take(query, '&');
    if (parameter.find(';') != std::string_view::npos) {
      if (HasModelBetweenSemicolons(parameter)) return PeekStatus::kDuplicateModel;
      continue;
    }
    const Name name = NameOf(parameter);
    if (name == Name::kOther) continue;
    if (name == Name::kLikeModel || seen) return PeekStatus::kDuplicateModel;
    seen = true;
    const size_t equals = parameter.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : parameter.substr(equals + 1);
    if (!Decode(value, out.model) || out.model.size() > kMaxModelBytes || !IsCleanUtf8(out.model)) {
      out.model.clear();
      return PeekStatus::kModelInvalid;
    }
    out.has_model = true;
    if (value.empty()) continue;
    out.model_begin = static_cast<size_t>(value.data() - begin);
    out.model_end = out.model_begin + value.size();
  }
  return PeekStatus::kComplete;
}

}  // namespace llmgw::parse
