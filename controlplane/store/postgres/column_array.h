#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llmgw::controlplane::store::postgres {

// One column of a batch as the text of a PostgreSQL array ("{1,2,NULL}"), so that a single
// statement inserts any number of rows: INSERT … SELECT … FROM unnest($1::bigint[], …).
class ColumnArray {
 public:
  void Int(int64_t value);
  void Bool(bool value);
  void Null();
  void Text(std::string_view value);   // REQUIRES: valid UTF-8 without NUL
  void Bytes(std::string_view value);  // any bytes, for bytea[]

  // The whole array. The object is used up.
  std::string Finish();

 private:
  void Separate();
  std::string text_ = "{";
};

// Takes rows value by value (record_row.h) and spreads them over columns.
class ColumnSink {
 public:
  explicit ColumnSink(size_t columns) : columns_(columns) {}

  void Text(std::string_view value) { Next().Text(value); }
  void Int(int64_t value) { Next().Int(value); }
  void Time(int64_t micros) { Next().Int(micros); }
  void Bool(bool value) { Next().Bool(value); }
  void Bytes(std::string_view value) { Next().Bytes(value); }
  void Null() { Next().Null(); }

  bool empty() const { return values_ == 0; }
  // One parameter per column. The object is used up.
  std::vector<std::string> Finish();

 private:
  ColumnArray& Next() { return columns_[values_++ % columns_.size()]; }
  std::vector<ColumnArray> columns_;
  size_t values_ = 0;
};

}  // namespace llmgw::controlplane::store::postgres
