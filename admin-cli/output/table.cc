#include "admin-cli/output/table.h"

#include <algorithm>

#include "admin-cli/output/safe_text.h"

namespace llmgw::admin_cli {
namespace {

// Columns on the screen, near enough: one per code point.
size_t Width(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace

std::string Colored(const std::string& text, Tone tone, bool color) {
  if (!color) return text;
  switch (tone) {
    case Tone::kPlain:
      return text;
    case Tone::kGood:
      return "\x1b[32m" + text + "\x1b[0m";
    case Tone::kBad:
      return "\x1b[31m" + text + "\x1b[0m";
    case Tone::kWarn:
      return "\x1b[33m" + text + "\x1b[0m";
    case Tone::kDim:
      return "\x1b[2m" + text + "\x1b[0m";
  }
  return text;
}

Table::Table(std::vector<std::string> header) : header_(std::move(header)) {}

void Table::Row(std::vector<Cell> cells) {
  cells.resize(header_.size(), Cell(""));
  for (Cell& cell : cells) {
    cell.text = SafeText(cell.text);
    if (cell.text.empty()) cell.text = "-";
  }
  rows_.push_back(std::move(cells));
}

void Table::Print(std::ostream& out, bool color) const {
  std::vector<size_t> widths;
  widths.reserve(header_.size());
  for (const std::string& name : header_) widths.push_back(name.size());
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i].text));
  }
  auto put = [&](size_t column, const std::string& text, Tone tone) {
    out << Colored(text, tone, color);
    const bool last = column + 1 == header_.size();
    if (!last) out << std::string(widths[column] - Width(text) + 2, ' ');
  };
  for (size_t i = 0; i < header_.size(); ++i) put(i, header_[i], Tone::kDim);
  out << '\n';
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) put(i, row[i].text, row[i].tone);
    out << '\n';
  }
}

void FieldList::Add(std::string name, Cell value) {
  if (!value.text.empty()) fields_.emplace_back(std::move(name), std::move(value));
}

void FieldList::Print(std::ostream& out, bool color) const {
  size_t width = 0;
  for (const auto& [name, value] : fields_) width = std::max(width, name.size());
  for (const auto& [name, value] : fields_) {
    out << Colored(name + ":", Tone::kDim, color) << std::string(width - name.size() + 2, ' ')
        << Colored(SafeText(value.text), value.tone, color) << '\n';
  }
}

}  // namespace llmgw::admin_cli
