#include <gmock/gmock.h>

#include <set>

#include "tests/integration/controlplane/controlplane_fixture.h"

namespace llmgw::controlplane {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using AdminTest = ControlplaneFixture;
using Upstreams = admin::v1::UpstreamService::Stub;
using Routes = admin::v1::RouteService::Stub;
using Keys = admin::v1::KeyService::Stub;
using Audit = admin::v1::AuditService::Stub;

TEST_F(AdminTest, FirstStartHasTheDefaultRoute) {
  admin::v1::GetRouteRequest request;
  request.set_name("default");
  auto entry = Call(*routes_, &Routes::GetRoute, request).value();
  EXPECT_EQ(entry.route().prefix(), "/v1");
  EXPECT_EQ(Revision(), 1u);
}

TEST_F(AdminTest, CreatedUpstreamReadsBackWithHintAndWithoutSecret) {
  auto created = CreateUpstream("openai", "sk-abcdefghijklmnop-WXYZ").value();
  EXPECT_EQ(created.meta().revision(), 2u);
  EXPECT_EQ(created.meta().created_revision(), 2u);
  EXPECT_GT(created.meta().created_at().seconds(), 0);
  auto read = GetUpstream("openai").value();
  ASSERT_EQ(read.upstream().credentials_size(), 1);
  EXPECT_EQ(read.upstream().credentials(0).hint(), "WXYZ");
  EXPECT_EQ(read.upstream().credentials(0).id(), "cred-wxyz");
  EXPECT_EQ(read.upstream().credentials(0).secret(), "");
}

TEST_F(AdminTest, CreatingTwiceIsAlreadyExists) {
  ASSERT_TRUE(CreateUpstream("openai"));
  EXPECT_EQ(CreateUpstream("openai").error().kind, ErrorKind::kAlreadyExists);
  config::v1::Route route;
  route.set_name("default");
  route.set_prefix("/x");
  EXPECT_EQ(CreateRoute(route).error().kind, ErrorKind::kAlreadyExists);
  ASSERT_TRUE(CreateKey("app"));
  EXPECT_EQ(CreateKey("app").error().kind, ErrorKind::kAlreadyExists);
}

TEST_F(AdminTest, InvalidCandidateNamesTheFieldAndChangesNothing) {
  uint64_t before = Revision();
  config::v1::Route route;
  route.set_name("r");
  route.set_prefix("/r");
  route.add_upstreams("opneai");
  auto refused = CreateRoute(route);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalidArgument);
  EXPECT_EQ(refused.error().field, "routes[r].upstreams[0]");
  route.clear_upstreams();
  route.set_prefix("/v1");
  EXPECT_THAT(CreateRoute(route).error().message, HasSubstr("that of route 'default'"));
  EXPECT_EQ(Revision(), before);
}

TEST_F(AdminTest, OfTwoEditorsTheSecondIsTold) {
  auto read = CreateUpstream("openai").value();
  auto first = read.upstream();
  first.add_allow("gpt-4o*");
  ASSERT_TRUE(UpdateUpstream(first, read.meta().revision()));
  auto second = read.upstream();
  second.set_disabled(true);
  auto refused = UpdateUpstream(second, read.meta().revision());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("is at revision 3, not 2"));
  EXPECT_EQ(UpdateUpstream(second, 0).error().field, "expected_revision");
  EXPECT_THAT(GetUpstream("openai")->upstream().allow(), ElementsAre("gpt-4o*"));
}

TEST_F(AdminTest, UnknownNamesGetASuggestion) {
  ASSERT_TRUE(CreateUpstream("openai"));
  auto missing = GetUpstream("opneai");
  EXPECT_EQ(missing.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("did you mean 'openai'?"));
}

TEST_F(AdminTest, WhatIsNamedElsewhereCannotBeDeleted) {
  ASSERT_TRUE(CreateUpstream("openai"));
  config::v1::Route route;
  route.set_name("r");
  route.set_prefix("/r");
  route.add_upstreams("openai");
  ASSERT_TRUE(CreateRoute(route));
  admin::v1::CreateKeyRequest key;
  key.mutable_key()->set_name("app");
  key.mutable_key()->add_routes("r");
  ASSERT_TRUE(Call(*keys_, &Keys::CreateKey, key));

  admin::v1::DeleteUpstreamRequest upstream;
  upstream.set_name("openai");
  EXPECT_THAT(Call(*upstreams_, &Upstreams::DeleteUpstream, upstream).error().message,
              HasSubstr("named by route 'r'"));
  admin::v1::DeleteRouteRequest request;
  request.set_name("r");
  EXPECT_THAT(Call(*routes_, &Routes::DeleteRoute, request).error().message,
              HasSubstr("named by key 'app'"));
  admin::v1::DeleteKeyRequest delete_key;
  delete_key.set_id_or_name("app");
  ASSERT_TRUE(Call(*keys_, &Keys::DeleteKey, delete_key));
  ASSERT_TRUE(Call(*routes_, &Routes::DeleteRoute, request));
  upstream.set_expected_revision(1);
  EXPECT_EQ(Call(*upstreams_, &Upstreams::DeleteUpstream, upstream).error().kind,
            ErrorKind::kConflict);
  upstream.set_expected_revision(0);
  EXPECT_GT(Call(*upstreams_, &Upstreams::DeleteUpstream, upstream)->revision(), 5u);
  EXPECT_EQ(GetUpstream("openai").error().kind, ErrorKind::kNotFound);
}

TEST_F(AdminTest, RandomTokensAreShownOnceAndListedByPrefix) {
  auto created = CreateKey("app").value();
  const std::string& token = created.token();
  EXPECT_EQ(token.substr(0, 9), "sk-llmgw-");
  EXPECT_EQ(token.size(), 52u);
  EXPECT_EQ(created.entry().key().prefix(), token.substr(0, 12));
  EXPECT_EQ(created.entry().key().hash(), "");
  EXPECT_EQ(created.entry().key().id().substr(0, 4), "key_");
  admin::v1::ListKeysRequest list;
  list.set_token_prefix(token);
  EXPECT_EQ(Call(*keys_, &Keys::ListKeys, list)->keys_size(), 1);
  list.set_token_prefix("sk-other");
  EXPECT_EQ(Call(*keys_, &Keys::ListKeys, list)->keys_size(), 0);
  EXPECT_NE(CreateKey("other")->token(), token);
}

TEST_F(AdminTest, GivenTokensAreKeptSecretAndUnique) {
  auto created = CreateKey("old-app", "my-existing-token-1").value();
  EXPECT_EQ(created.token(), "");
  EXPECT_EQ(created.entry().key().prefix(), "my-exi");
  auto twice = CreateKey("other", "my-existing-token-1");
  EXPECT_EQ(twice.error().kind, ErrorKind::kInvalidArgument);
  EXPECT_THAT(twice.error().message, HasSubstr("'old-app'"));
  EXPECT_EQ(CreateKey("short", "too-short").error().field, "token");
  EXPECT_EQ(CreateKey("space", "has a space in it").error().field, "token");
}

TEST_F(AdminTest, RevokedKeyStaysListedAndSaidTwiceMeansTheSame) {
  ASSERT_TRUE(CreateKey("app"));
  admin::v1::RevokeKeyRequest request;
  request.set_id_or_name("app");
  auto revoked = Call(*keys_, &Keys::RevokeKey, request).value();
  EXPECT_TRUE(revoked.key().disabled());
  auto again = Call(*keys_, &Keys::RevokeKey, request).value();
  EXPECT_EQ(again.meta().revision(), revoked.meta().revision());
  admin::v1::GetKeyRequest get;
  get.set_id_or_name(revoked.key().id());
  EXPECT_TRUE(Call(*keys_, &Keys::GetKey, get)->key().disabled());
}

TEST_F(AdminTest, UpdatedKeyKeepsItsTokenAndRefusesSecretFields) {
  auto created = CreateKey("app").value();
  admin::v1::UpdateKeyRequest request;
  *request.mutable_key() = created.entry().key();
  request.mutable_key()->set_name("renamed");
  request.mutable_key()->set_prefix("forged");
  request.set_expected_revision(created.entry().meta().revision());
  auto updated = Call(*keys_, &Keys::UpdateKey, request).value();
  EXPECT_EQ(updated.key().name(), "renamed");
  EXPECT_EQ(updated.key().prefix(), created.entry().key().prefix());
  request.mutable_key()->set_token("0123456789abcdef");
  EXPECT_EQ(Call(*keys_, &Keys::UpdateKey, request).error().field, "key.token");
}

TEST_F(AdminTest, ListsArePagedByNameToTheEnd) {
  for (auto name : {"c", "a", "e", "b", "d"}) ASSERT_TRUE(CreateKey(name));
  admin::v1::ListKeysRequest request;
  request.mutable_page()->set_page_size(2);
  std::vector<std::string> names;
  int pages = 0;
  do {
    auto page = Call(*keys_, &Keys::ListKeys, request).value();
    for (const auto& entry : page.keys()) names.push_back(entry.key().name());
    request.mutable_page()->set_page_token(page.next_page_token());
    ++pages;
  } while (!request.page().page_token().empty());
  EXPECT_THAT(names, ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_EQ(pages, 3);
}

TEST_F(AdminTest, ListsAreFiltered) {
  ASSERT_TRUE(CreateUpstream("openai-eu"));
  admin::v1::CreateUpstreamRequest mock;
  mock.mutable_upstream()->set_name("mock");
  mock.mutable_upstream()->set_kind("mock");
  ASSERT_TRUE(Call(*upstreams_, &Upstreams::CreateUpstream, mock));
  admin::v1::ListUpstreamsRequest request;
  request.set_kind("openai");
  auto found = Call(*upstreams_, &Upstreams::ListUpstreams, request).value();
  ASSERT_EQ(found.upstreams_size(), 1);
  EXPECT_EQ(found.upstreams(0).upstream().name(), "openai-eu");
  request.clear_kind();
  request.set_name_contains("oc");
  EXPECT_EQ(Call(*upstreams_, &Upstreams::ListUpstreams, request)->upstreams(0).upstream().name(),
            "mock");
}

TEST_F(AdminTest, AuditSaysWhoDidWhat) {
  auto created = CreateUpstream("openai").value();
  auto changed = created.upstream();
  changed.set_disabled(true);
  ASSERT_TRUE(UpdateUpstream(changed, created.meta().revision()));
  admin::v1::ListAuditEntriesRequest request;
  request.set_kind("upstream");
  request.mutable_page()->set_page_size(1);
  auto first = Call(*audit_, &Audit::ListAuditEntries, request).value();
  ASSERT_EQ(first.entries_size(), 1);
  EXPECT_EQ(first.entries(0).action(), "update");
  EXPECT_EQ(first.entries(0).actor(), "admin@127.0.0.1 (alice)");
  EXPECT_EQ(first.entries(0).before_json().find("disabled"), std::string::npos);
  EXPECT_THAT(first.entries(0).after_json(), HasSubstr("disabled"));
  request.mutable_page()->set_page_token(first.next_page_token());
  auto second = Call(*audit_, &Audit::ListAuditEntries, request).value();
  EXPECT_EQ(second.entries(0).action(), "create");
  EXPECT_EQ(second.next_page_token(), "");
  admin::v1::GetAuditEntryRequest get;
  get.set_revision(1);
  EXPECT_EQ(Call(*audit_, &Audit::GetAuditEntry, get)->name(), "default");
  get.set_revision(99);
  EXPECT_EQ(Call(*audit_, &Audit::GetAuditEntry, get).error().kind, ErrorKind::kNotFound);
}

TEST_F(AdminTest, StatusCountsAndNamesProtectionsThatAreOff) {
  ASSERT_TRUE(CreateUpstream("openai"));
  ASSERT_TRUE(CreateKey("app"));
  config::v1::Route open;
  open.set_name("open");
  open.set_prefix("/open");
  open.set_auth("none");
  ASSERT_TRUE(CreateRoute(open));
  auto status = GetStatus().value();
  EXPECT_EQ(status.store_kind(), "sqlite");
  EXPECT_TRUE(status.store_ok());
  EXPECT_EQ(status.upstreams(), 1u);
  EXPECT_EQ(status.routes(), 2u);
  EXPECT_EQ(status.keys(), 1u);
  EXPECT_THAT(status.warnings(), ElementsAre("route open is served without keys"));
}

TEST_F(AdminTest, CallsAreCountedByMethodAndCode) {
  GetUpstream("nope");
  EXPECT_THAT(Ops("/metrics"), HasSubstr("method=\"UpstreamService/GetUpstream\""));
  EXPECT_THAT(Ops("/metrics"), HasSubstr("code=\"NOT_FOUND\""));
}

}  // namespace
}  // namespace llmgw::controlplane
