#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace llmgw::admin_cli {

// Help as people read it: CLI11's, without what is only its own business (which flags exclude each
// other, values behind negative flags, names of validators).
class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(34); }

  std::string make_option_name(const CLI::Option* option, bool positional) const override;
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
};

}  // namespace llmgw::admin_cli
