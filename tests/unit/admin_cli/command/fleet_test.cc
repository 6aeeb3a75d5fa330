#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/unit/admin_cli/cli_fixture.h"

// status, dataplane and audit: what an operator looks at.
namespace llmgw::admin_cli {
namespace {

using admin::v1::AuditEntry;
using admin::v1::Dataplane;
using admin::v1::GetStatusResponse;
using admin::v1::ListDataplanesResponse;
using testing::HasSubstr;

class FleetTest : public CliTest {
 protected:
  FleetTest() {
    status.set_version("0.1.0");
    status.set_store_kind("sqlite");
    status.set_store_ok(true);
    status.set_revision(12);
    status.set_upstreams(1);
    status.set_routes(1);
    dataplanes.set_current_revision(12);
    auto& d = *dataplanes.add_dataplanes();
    d.set_id("dp-1");
    d.set_connected(true);
    d.set_acked_revision(12);
  }

  Seen RunStatus(std::vector<std::string> more = {}) {
    server.get_status.Answers(status);
    server.list_dataplanes.Answers(dataplanes);
    more.insert(more.begin(), "status");
    return Run(more);
  }

  GetStatusResponse status;
  ListDataplanesResponse dataplanes;
};

TEST_F(FleetTest, StatusIsWellWhenEveryDataplaneIsCurrent) {
  const Seen seen = RunStatus();
  EXPECT_EQ(seen.code, ExitCode::kOk) << seen.out;
  EXPECT_TRUE(seen.out.starts_with("All is well.")) << seen.out;
  EXPECT_THAT(seen.out, HasSubstr("dp-1"));
}

TEST_F(FleetTest, StatusShowsProtectionsThatAreOffWithoutCallingThemFaults) {
  status.add_warnings("route open is served without keys");
  const Seen seen = RunStatus();
  EXPECT_EQ(seen.code, ExitCode::kOk);
  EXPECT_THAT(seen.out, HasSubstr("route open is served without keys"));
}

TEST_F(FleetTest, StatusIsDegradedByARefusalAndNamesItsField) {
  auto& d = *dataplanes.mutable_dataplanes(0);
  d.set_acked_revision(11);
  d.set_nacked_revision(12);
  d.set_nack_reason("no such host");
  d.set_nack_field("upstreams[openai].endpoint");
  const Seen seen = RunStatus();
  EXPECT_EQ(seen.code, ExitCode::kDegraded);
  EXPECT_THAT(seen.out, HasSubstr("dp-1 refuses the configuration: upstreams[openai].endpoint: no "
                                  "such host (revision 12); it serves on with revision 11"));
}

TEST_F(FleetTest, StatusIsDegradedWithoutStoreDataplaneUpstreamOrRoute) {
  status.set_store_ok(false);
  status.set_store_error("connection refused");
  status.set_upstreams(0);
  status.set_routes(0);
  dataplanes.clear_dataplanes();
  const Seen seen = RunStatus({"-o", "json"});
  EXPECT_EQ(seen.code, ExitCode::kDegraded);
  const auto document = nlohmann::json::parse(seen.out);
  EXPECT_EQ(document["healthy"], false);
  EXPECT_EQ(document["problems"].size(), 4u) << seen.out;
}

TEST_F(FleetTest, StatusCountsRecentFailures) {
  server.list_logs.Answers([](const admin::v1::ListLogsRequest& q, admin::v1::ListLogsResponse* a) {
    if (q.filter().fault() == "upstream") a->add_records();
    EXPECT_EQ(q.filter().since().seconds(), 1'795'176'000 - 300);
    return grpc::Status::OK;
  });
  const Seen seen = RunStatus();
  EXPECT_EQ(seen.code, ExitCode::kOk);
  EXPECT_THAT(seen.out, HasSubstr("1 by the upstream (llmctl logs list --since 5m"));
}

TEST_F(FleetTest, DataplaneListTellsCurrentFromBehindRefusedAndGone) {
  auto add = [this](const std::string& id) -> Dataplane& {
    auto& d = *dataplanes.add_dataplanes();
    d.set_id(id);
    d.set_connected(true);
    d.set_acked_revision(11);
    return d;
  };
  add("dp-behind");
  auto& refused = add("dp-refused");
  refused.set_nacked_revision(12);
  refused.set_nack_reason("bad prefix");
  add("dp-gone").set_connected(false);
  server.list_dataplanes.Answers(dataplanes);
  const std::string out = Run({"dataplane", "list"}).out;
  for (const char* part :
       {"current", "12/12", "behind", "11/12", "refused", "bad prefix", "gone"}) {
    EXPECT_THAT(out, HasSubstr(part));
  }
  const auto document = nlohmann::json::parse(Run({"dataplane", "list", "-o", "json"}).out);
  EXPECT_EQ(document["current_revision"], 12);
  EXPECT_EQ(document["dataplanes"].size(), 4u);
}

TEST_F(FleetTest, DataplaneShowIsOneDataplane) {
  server.get_dataplane.Answers(dataplanes.dataplanes(0));
  EXPECT_THAT(Run({"dataplane", "show", "dp-1"}).out, HasSubstr("serves with revision:  12"));
  EXPECT_EQ(server.get_dataplane.last().id(), "dp-1");
}

TEST_F(FleetTest, AuditNamesTheFieldsThatChanged) {
  AuditEntry entry;
  entry.set_revision(12);
  entry.set_actor("admin@127.0.0.1 (root)");
  entry.set_action("update");
  entry.set_kind("upstream");
  entry.set_name("openai");
  entry.set_before_json(R"({"name":"openai","allow":["a"]})");
  entry.set_after_json(R"({"name":"openai","allow":["b"],"retries":2})");
  admin::v1::ListAuditEntriesResponse response;
  *response.add_entries() = entry;
  server.list_audit.Answers(response);
  EXPECT_THAT(Run({"audit", "list"}).out, HasSubstr("allow, retries"));
  server.get_audit.Answers(entry);
  const auto document = nlohmann::json::parse(Run({"audit", "show", "12", "-o", "json"}).out);
  EXPECT_EQ(document["before"]["allow"][0], "a");
  EXPECT_EQ(document["after"]["retries"], 2);
  EXPECT_THAT(Run({"audit", "show", "12"}).out, HasSubstr("after:\nname: openai\n"));
}

TEST_F(FleetTest, VersionAsksTheControlplaneOnlyWhenTold) {
  server.get_status.Answers(status);
  EXPECT_EQ(Run({"version"}).out.find("controlplane"), std::string::npos);
  EXPECT_EQ(server.get_status.calls(), 0u);
  EXPECT_THAT(Run({"version", "--remote"}).out, HasSubstr("controlplane 0.1.0"));
}

}  // namespace
}  // namespace llmgw::admin_cli
