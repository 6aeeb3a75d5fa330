#include "dataplane/app/dataplane_metrics.h"

#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <sstream>

#include "common/observe/process_metrics.h"
#include "dataplane/settings/settings_builder.h"

namespace llmgw::app {
namespace {

class FixedClock final : public Clock {
 public:
  MonotonicTime Monotonic() const override { return {}; }
  WallTime Wall() const override { return WallTime(std::chrono::seconds(1'000)); }
};

// Without comments.
std::string Text(const prometheus::Collectable& metrics) {
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, metrics.Collect());
  std::istringstream in(out.str());
  std::string lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("#")) lines += line + "\n";
  }
  return lines;
}

TEST(DataplaneMetrics, SayWhichConfigurationIsInForceAndHowOldItIs) {
  config_sync::ConfigStatus status;
  settings::SettingsHolder holder;
  const FixedClock clock;
  const DataplaneMetrics metrics(status, holder, nullptr, clock);
  EXPECT_EQ(Text(metrics),
            "llmgw_config_revision 0\n"
            "llmgw_config_connected 0\n"
            "llmgw_config_updates_total{result=\"applied\"} 0\n"
            "llmgw_config_updates_total{result=\"refused\"} 0\n");

  settings::SettingsBuilder builder(7, "");
  builder.AddKey({.id = "key_1"});
  holder.Publish(builder.Build());
  status.Update([](config_sync::ConfigStatusValues& values) {
    values.source = config_sync::ConfigSource::kControlplane;
    values.revision = 7;
    values.connected = true;
    values.applied = 1;
    values.refused = 2;
    values.applied_at = WallTime(std::chrono::seconds(958));
  });
  EXPECT_EQ(Text(metrics),
            "llmgw_config_revision 7\n"
            "llmgw_config_connected 1\n"
            "llmgw_config_age_seconds 42\n"
            "llmgw_config_updates_total{result=\"applied\"} 1\n"
            "llmgw_config_updates_total{result=\"refused\"} 2\n"
            "llmgw_config_objects{kind=\"upstream\"} 0\n"
            "llmgw_config_objects{kind=\"route\"} 0\n"
            "llmgw_config_objects{kind=\"client_key\"} 1\n");
}

TEST(ProcessMetrics, ShowTheProcessAndItsBuild) {
  const observe::ProcessMetrics metrics("llmgw-x", "1.2.3");
  const std::string text = Text(metrics);
  EXPECT_NE(text.find("llmgw_build_info{program=\"llmgw-x\",version=\"1.2.3\"} 1\n"),
            std::string::npos)
      << text;
  for (const char* name :
       {"process_cpu_seconds_total ", "process_resident_memory_bytes ", "process_open_fds ",
        "process_max_fds ", "process_threads ", "process_start_time_seconds "}) {
    EXPECT_NE(text.find(name), std::string::npos) << name;
  }
  EXPECT_EQ(text.find("process_resident_memory_bytes 0\n"), std::string::npos);
}

}  // namespace
}  // namespace llmgw::app
