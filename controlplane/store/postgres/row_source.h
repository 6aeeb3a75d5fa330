#pragma once

#include <cstdint>
#include <optional>
#include <pqxx/pqxx>
#include <string>

namespace llmgw::controlplane::store::postgres {

// Any bytes, from a bytea field.
inline std::string BytesOf(const pqxx::field& field) { return pqxx::binarystring(field).str(); }

// The columns of a row in turn, for record_row.h.
class RowSource {
 public:
  RowSource(const pqxx::row& row, int first_column) : row_(row), column_(first_column) {}
  std::string Text() {
    const pqxx::field field = row_[column_++];
    return std::string(field.c_str(), field.size());
  }
  int64_t Int() { return row_[column_++].as<int64_t>(); }
  int64_t Time() { return Int(); }  // selected as microseconds
  bool Bool() { return row_[column_++].as<bool>(); }
  std::optional<int64_t> OptionalInt() {
    const pqxx::field field = row_[column_++];
    return field.is_null() ? std::nullopt : std::optional(field.as<int64_t>());
  }

 private:
  const pqxx::row& row_;
  int column_;
};

}  // namespace llmgw::controlplane::store::postgres
