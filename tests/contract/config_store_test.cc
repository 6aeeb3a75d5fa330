#include "tests/contract/store_fixture.h"

namespace llmgw::controlplane::store {
namespace {

class ConfigStoreOnAll : public StoreTest {};
INSTANTIATE_ON_ALL_STORES(ConfigStoreOnAll);

TEST_P(ConfigStoreOnAll, BeginsEmptyAtRevisionZero) {
  const auto state = Must(config().Load());
  EXPECT_EQ(state->revision, 0u);
  EXPECT_TRUE(state->resources.empty());
  EXPECT_TRUE(Must(config().ListAudit("", "", 0, 10)).empty());
}

TEST_P(ConfigStoreOnAll, CountsTheRevisionUpByOnePerChange) {
  EXPECT_EQ(Must(Put(config(), UpstreamNamed("a"))).state->revision, 1u);
  EXPECT_EQ(Must(Put(config(), UpstreamNamed("b"))).state->revision, 2u);
  EXPECT_EQ(Must(Put(config(), UpstreamNamed("a", "https://x"))).state->revision, 3u);
  EXPECT_EQ(Must(Remove(config(), "upstream", "b")).state->revision, 4u);
  EXPECT_EQ(Must(config().Load())->revision, 4u);
}

TEST_P(ConfigStoreOnAll, StampsRevisionsAndTimes) {
  const WallTime first = clock_.now;
  Must(Put(config(), UpstreamNamed("a")));
  Must(Put(config(), UpstreamNamed("b")));
  clock_.now += std::chrono::hours(1);
  Must(Put(config(), UpstreamNamed("a", "https://x")));
  const auto a = Must(config().Load())->Find("upstream", "a");
  EXPECT_EQ(a->resource.created_revision(), 1u);
  EXPECT_EQ(a->resource.revision(), 3u);
  EXPECT_EQ(a->created_at, first);
  EXPECT_EQ(a->updated_at, clock_.now);
}

TEST_P(ConfigStoreOnAll, LoadsWhatWasCommittedByteForByte) {
  config::v1::Resource resource = UpstreamNamed("a", "https://x.example/v1");
  auto* upstream = resource.mutable_upstream();
  upstream->add_allow("gpt-4o*");
  upstream->set_retries(0);  // set to zero differs from unset
  upstream->mutable_timeouts()->mutable_idle()->set_seconds(30);
  upstream->mutable_timeouts()->mutable_idle()->set_nanos(5'000'000);
  upstream->mutable_mock()->set_reply(
      std::string("nul \0 quote \" gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80", 25));
  upstream->mutable_tls()->set_ca_pem("-----BEGIN\nx\n");
  const auto committed = Must(Put(config(), resource)).state->Find("upstream", "a");
  resource.set_revision(1);
  resource.set_created_revision(1);
  EXPECT_EQ(committed->resource.SerializeAsString(), resource.SerializeAsString());
  Reopen();
  EXPECT_EQ(Must(config().Load())->Find("upstream", "a")->resource.SerializeAsString(),
            resource.SerializeAsString());
}

TEST_P(ConfigStoreOnAll, KeepsTheHashOfAClientKey) {
  config::v1::Resource key = KeyWithId("key_1");
  key.mutable_client_key()->set_hash(std::string("\0\x01\xFF", 3) + std::string(29, 'h'));
  Must(Put(config(), key));
  Reopen();
  EXPECT_EQ(Must(config().Load())->Find("client_key", "key_1")->resource.client_key().hash(),
            key.client_key().hash());
}

TEST_P(ConfigStoreOnAll, KeepsTheOrderOfCreationThroughUpdates) {
  for (const char* name : {"zeta", "alpha", "mid"}) Must(Put(config(), UpstreamNamed(name)));
  Must(Put(config(), UpstreamNamed("zeta", "https://x")));
  Reopen();
  const auto state = Must(config().Load());
  EXPECT_EQ(state->Find("upstream", "zeta")->resource.created_revision(), 1u);
  EXPECT_EQ(state->Find("upstream", "alpha")->resource.created_revision(), 2u);
  EXPECT_EQ(state->Find("upstream", "mid")->resource.created_revision(), 3u);
}

TEST_P(ConfigStoreOnAll, CreatesAnewWhatWasRemoved) {
  Must(Put(config(), UpstreamNamed("a")));
  Must(Remove(config(), "upstream", "a"));
  EXPECT_EQ(Must(config().Load())->Find("upstream", "a"), nullptr);
  Must(Put(config(), UpstreamNamed("a")));
  EXPECT_EQ(Must(config().Load())->Find("upstream", "a")->resource.created_revision(), 3u);
}

TEST_P(ConfigStoreOnAll, ChangesNothingWhenTheDecisionFails) {
  Must(Put(config(), UpstreamNamed("a")));
  auto failed = config().Transact([](const ConfigState& current) -> Result<Change> {
    EXPECT_EQ(current.revision, 1u);
    return Fail(Conflict("somebody else was first"));
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(failed.error().message, "somebody else was first");
  EXPECT_EQ(Must(config().Load())->revision, 1u);
  EXPECT_EQ(Must(config().ListAudit("", "", 0, 10)).size(), 1u);
  EXPECT_EQ(Must(Put(config(), UpstreamNamed("b"))).state->revision, 2u);
}

TEST_P(ConfigStoreOnAll, ChangesNothingWhenTheAuditCannotBeWritten) {
  database_->Sql(GetParam().name == "sqlite"
                     ? "CREATE TRIGGER refuse BEFORE INSERT ON config_audit "
                       "BEGIN SELECT RAISE(ABORT, 'no audit'); END"
                     : "ALTER TABLE config_audit ADD CHECK (actor <> 'tester')");
  auto refused = Put(config(), UpstreamNamed("a"), {{"c1", "k", "sealed"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kInternal);
  EXPECT_EQ(Must(config().Load())->revision, 0u);
  Reopen();
  EXPECT_TRUE(Must(config().Load())->resources.empty());
}

TEST_P(ConfigStoreOnAll, RefusesToRemoveWhatIsNotThere) {
  auto removed = Remove(config(), "upstream", "ghost");
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(Must(config().Load())->revision, 0u);
}

TEST_P(ConfigStoreOnAll, RefusesABodyThatIsNotTheNamedResource) {
  auto changed = config().Transact([](const ConfigState&) -> Result<Change> {
    return Change{.action = "create",
                  .actor = "t",
                  .id = {"upstream", "a"},
                  .body = UpstreamNamed("b"),
                  .secrets = {}};
  });
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().kind, ErrorKind::kInternal);
}

TEST_P(ConfigStoreOnAll, AuditsWhoDidWhatWithBeforeAndAfter) {
  Must(Put(config(), UpstreamNamed("a", "https://one.example")));
  Must(Put(config(), UpstreamNamed("a", "https://two.example")));
  Must(Remove(config(), "upstream", "a"));
  const auto audit = Must(config().ListAudit("", "", 0, 10));
  ASSERT_EQ(audit.size(), 3u);
  EXPECT_EQ(audit[0].revision, 3u);
  EXPECT_EQ(audit[0].action, "delete");
  EXPECT_EQ(audit[0].before_json, R"({"name":"a","endpoint":"https://two.example"})");
  EXPECT_EQ(audit[0].after_json, "");
  EXPECT_EQ(audit[1].action, "update");
  EXPECT_EQ(audit[1].before_json, R"({"name":"a","endpoint":"https://one.example"})");
  EXPECT_EQ(audit[2].action, "create");
  EXPECT_EQ(audit[2].before_json, "");
  EXPECT_EQ(audit[2].after_json, R"({"name":"a","endpoint":"https://one.example"})");
  EXPECT_EQ(audit[2].actor, "tester");
  EXPECT_EQ(audit[2].time, clock_.now);
  EXPECT_EQ(audit[2].kind, "upstream");
  EXPECT_EQ(audit[2].name, "a");
}

TEST_P(ConfigStoreOnAll, ListsTheAuditInPagesAndByResource) {
  for (int i = 0; i < 5; ++i) Must(Put(config(), UpstreamNamed("a", std::to_string(i))));
  Must(Put(config(), UpstreamNamed("b")));
  Must(Put(config(), KeyWithId("a")));
  EXPECT_EQ(Must(config().ListAudit("upstream", "", 0, 10)).size(), 6u);
  EXPECT_EQ(Must(config().ListAudit("", "a", 0, 10)).size(), 6u);
  EXPECT_EQ(Must(config().ListAudit("upstream", "a", 0, 10)).size(), 5u);
  const auto first = Must(config().ListAudit("upstream", "a", 0, 2));
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[1].revision, 4u);
  const auto second = Must(config().ListAudit("upstream", "a", first[1].revision, 10));
  ASSERT_EQ(second.size(), 3u);
  EXPECT_EQ(second[0].revision, 3u);
}

TEST_P(ConfigStoreOnAll, NeverWritesASecretThatCameInTheClear) {
  config::v1::Resource upstream = UpstreamNamed("a");
  auto* credential = upstream.mutable_upstream()->add_credentials();
  credential->set_id("c1");
  credential->set_secret("sk-hunter2");
  auto* password = upstream.mutable_upstream()->mutable_outbound()->add_secrets();
  password->set_id("proxy_password");
  password->set_secret("password-hunter2");
  config::v1::Resource key = KeyWithId("key_1");
  key.mutable_client_key()->set_token("token-hunter2");
  key.mutable_client_key()->set_hash("hash-of-token");
  const auto committed = Must(Put(config(), upstream));
  EXPECT_EQ(committed.state->Find("upstream", "a")->resource.upstream().credentials(0).secret(),
            "");
  EXPECT_EQ(
      committed.state->Find("upstream", "a")->resource.upstream().outbound().secrets(0).secret(),
      "");
  Must(Put(config(), key));
  Reopen();
  EXPECT_EQ(Must(config().Load())
                ->Find("upstream", "a")
                ->resource.upstream()
                .outbound()
                .secrets(0)
                .secret(),
            "");
  EXPECT_EQ(
      Must(config().Load())->Find("upstream", "a")->resource.upstream().credentials(0).secret(),
      "");
  EXPECT_EQ(Must(config().Load())->Find("client_key", "key_1")->resource.client_key().token(), "");
  for (const AuditRecord& record : Must(config().ListAudit("", "", 0, 10))) {
    EXPECT_EQ(record.after_json.find("hunter2"), std::string::npos) << record.after_json;
    EXPECT_EQ(record.after_json.find("\"hash\""), std::string::npos) << record.after_json;
  }
}

TEST_P(ConfigStoreOnAll, KeepsSealedSecretsInTheirOrderAndDropsThemWithTheirResource) {
  const std::string bytes("\0sealed\xFF\\\x80", 10);
  Must(Put(config(), UpstreamNamed("a"), {{"z", "key1", bytes}, {"b", "key1", "2"}}));
  Must(Put(config(), UpstreamNamed("other"), {{"z", "key1", "kept"}}));
  Reopen();
  auto secrets = Must(config().Load())->Find("upstream", "a")->secrets;
  ASSERT_EQ(secrets.size(), 2u);
  EXPECT_EQ(secrets[0].credential_id, "z");
  EXPECT_EQ(secrets[0].key_id, "key1");
  EXPECT_EQ(secrets[0].sealed, bytes);
  EXPECT_EQ(secrets[1].credential_id, "b");

  // The change carries the complete set.
  Must(Put(config(), UpstreamNamed("a"), {{"b", "key2", "3"}}));
  Reopen();
  secrets = Must(config().Load())->Find("upstream", "a")->secrets;
  ASSERT_EQ(secrets.size(), 1u);
  EXPECT_EQ(secrets[0].key_id, "key2");

  Must(Remove(config(), "upstream", "a"));
  Must(Put(config(), UpstreamNamed("a")));
  Reopen();
  EXPECT_TRUE(Must(config().Load())->Find("upstream", "a")->secrets.empty());
  EXPECT_EQ(Must(config().Load())->Find("upstream", "other")->secrets.size(), 1u);
}

TEST_P(ConfigStoreOnAll, NeverChangesAStateThatWasGivenOut) {
  Must(Put(config(), UpstreamNamed("a")));
  const auto before = Must(config().Load());
  Must(Put(config(), UpstreamNamed("b")));
  Must(Remove(config(), "upstream", "a"));
  EXPECT_EQ(before->revision, 1u);
  EXPECT_NE(before->Find("upstream", "a"), nullptr);
  EXPECT_EQ(before->Find("upstream", "b"), nullptr);
}

TEST_P(ConfigStoreOnAll, SharesWhatHasNotChangedBetweenStates) {
  Must(Put(config(), UpstreamNamed("a")));
  const auto before = Must(config().Load());
  EXPECT_EQ(Must(config().Load()), before) << "nothing has changed";
  auto other = OpenAgain();
  Must(Put(*other->config, UpstreamNamed("b")));
  const auto after = Must(config().Load());
  EXPECT_EQ(after->revision, 2u);
  EXPECT_EQ(after->Find("upstream", "a"), before->Find("upstream", "a")) << "was read again";
}

}  // namespace
}  // namespace llmgw::controlplane::store
