#pragma once

namespace llmgw::admin_cli {

enum class Format { kTable, kJson, kYaml };

}  // namespace llmgw::admin_cli
