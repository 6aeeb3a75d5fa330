#include "controlplane/store/postgres/column_array.h"

#include <utility>

namespace llmgw::controlplane::store::postgres {

void ColumnArray::Separate() {
  if (text_.size() > 1) text_.push_back(',');
}

void ColumnArray::Int(int64_t value) {
  Separate();
  text_ += std::to_string(value);
}

void ColumnArray::Bool(bool value) {
  Separate();
  text_.push_back(value ? 't' : 'f');
}

void ColumnArray::Null() {
  Separate();
  text_ += "NULL";
}

void ColumnArray::Text(std::string_view value) {
  Separate();
  text_.push_back('"');
  for (char c : value) {
    if (c == '"' || c == '\\') text_.push_back('\\');
    text_.push_back(c);
  }
  text_.push_back('"');
}

void ColumnArray::Bytes(std::string_view value) {
  static constexpr char kDigits[] = "0123456789abcdef";
  Separate();
  text_.reserve(text_.size() + 2 * value.size() + 5);
  // bytea's hex form begins with a backslash, which the array doubles.
  text_ += "\"\\\\x";
  for (unsigned char byte : value) {
    text_.push_back(kDigits[byte >> 4]);
    text_.push_back(kDigits[byte & 15]);
  }
  text_.push_back('"');
}

std::string ColumnArray::Finish() {
  text_.push_back('}');
  return std::move(text_);
}

std::vector<std::string> ColumnSink::Finish() {
  std::vector<std::string> parameters;
  parameters.reserve(columns_.size());
  for (ColumnArray& column : columns_) parameters.push_back(column.Finish());
  return parameters;
}

}  // namespace llmgw::controlplane::store::postgres
