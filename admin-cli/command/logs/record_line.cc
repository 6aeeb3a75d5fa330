#include "admin-cli/command/logs/record_line.h"

#include "admin-cli/command/logs/filter_flags.h"
#include "admin-cli/output/human.h"

namespace llmgw::admin_cli::logs {
namespace {

std::string ModelText(const usage::v1::RequestRecord& record) {
  return record.model_asked().empty() ? record.model_served() : record.model_asked();
}

}  // namespace

std::vector<std::string> RecordHeader() {
  return {"TIME",  "STATUS", "REASON", "MODEL", "UPSTREAM",  "KEY",
          "FIRST", "TOTAL",  "TOKENS", "PATH",  "REQUEST ID"};
}

Tone ToneOf(const usage::v1::RequestRecord& record) {
  if (!IsError(record)) return Tone::kGood;
  return record.fault() == "client" ? Tone::kWarn : Tone::kBad;
}

std::string TokensText(const usage::v1::RequestRecord& record) {
  if (!record.has_input_tokens() && !record.has_output_tokens()) return "";
  return std::to_string(record.input_tokens()) + "+" + std::to_string(record.output_tokens());
}

std::vector<Cell> RecordCells(const usage::v1::RequestRecord& record, KeyNames& keys) {
  const std::string kind = record.stream() ? " (stream)" : "";
  return {LocalTime(record.time()),
          Cell(std::to_string(record.status()), ToneOf(record)),
          Cell(record.reason(), ToneOf(record)),
          ModelText(record) + (ModelText(record).empty() ? "" : kind),
          record.upstream(),
          keys.Of(record.key_id()),
          record.first_byte_us() == 0 ? "" : Micros(record.first_byte_us()),
          Micros(record.total_us()),
          TokensText(record),
          record.path(),
          record.request_id()};
}

}  // namespace llmgw::admin_cli::logs
