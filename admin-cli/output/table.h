#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace llmgw::admin_cli {

enum class Tone { kPlain, kGood, kBad, kWarn, kDim };

// `text` in the colour of its tone; as it is when `color` is off.
std::string Colored(const std::string& text, Tone tone, bool color);

struct Cell {
  Cell(std::string t, Tone n = Tone::kPlain) : text(std::move(t)), tone(n) {}  // NOLINT: implicit
  Cell(const char* t) : text(t) {}                                             // NOLINT: implicit
  std::string text;
  Tone tone = Tone::kPlain;
};

// Columns under a header, aligned, two spaces apart, no padding after the last. Cells are made safe
// for a terminal; an empty one is shown as "-" so that columns can be cut by scripts.
class Table {
 public:
  explicit Table(std::vector<std::string> header);

  void Row(std::vector<Cell> cells);
  void Print(std::ostream& out, bool color) const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<Cell>> rows_;
};

// Names and values, one pair per line, values aligned. Pairs with an empty value are left out.
class FieldList {
 public:
  void Add(std::string name, Cell value);
  void Print(std::ostream& out, bool color) const;

 private:
  std::vector<std::pair<std::string, Cell>> fields_;
};

}  // namespace llmgw::admin_cli
