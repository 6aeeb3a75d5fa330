#include "admin-cli/output/table.h"

#include <gtest/gtest.h>

#include <sstream>

namespace llmgw::admin_cli {
namespace {

TEST(Table, AlignsColumnsUnderTheHeader) {
  Table table({"NAME", "STATE"});
  table.Row({"openai", "enabled"});
  table.Row({"\xC3\xBC", ""});
  std::ostringstream out;
  table.Print(out, /*color=*/false);
  EXPECT_EQ(out.str(),
            "NAME    STATE\n"
            "openai  enabled\n"
            "\xC3\xBC       -\n");
}

TEST(Table, ColoursOnlyWhenAsked) {
  Table table({"A"});
  table.Row({Cell("bad", Tone::kBad)});
  std::ostringstream plain, colored;
  table.Print(plain, false);
  table.Print(colored, true);
  EXPECT_EQ(plain.str().find('\x1b'), std::string::npos);
  EXPECT_NE(colored.str().find("\x1b[31mbad\x1b[0m"), std::string::npos);
}

TEST(Table, DoesNotLetACellMoveTheCursor) {
  Table table({"A"});
  table.Row({"x\x1b[2Jy"});
  std::ostringstream out;
  table.Print(out, false);
  EXPECT_EQ(out.str(), "A\nx\\x1b[2Jy\n");
}

TEST(FieldList, LeavesOutWhatIsEmpty) {
  FieldList fields;
  fields.Add("name", "x");
  fields.Add("deny", "");
  fields.Add("endpoint", "y");
  std::ostringstream out;
  fields.Print(out, false);
  EXPECT_EQ(out.str(), "name:      x\nendpoint:  y\n");
}

}  // namespace
}  // namespace llmgw::admin_cli
