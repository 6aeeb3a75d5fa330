# shellcheck shell=bash
# An upstream that can't be reached is left alone, and llmctl says so and why.
StartDataplane --log-format text
step llmctl upstream add dead --endpoint http://127.0.0.1:1/v1 --credential-mode none --retries 0 \
  --health-failures 1 --health-ejection 1h --health-max-ejection 1h --wait
step llmctl upstream add mock --kind mock --mock-reply 'Hello there!' --wait
step llmctl upstream health
LLMGW_CLIENT_KEY=$(llmctl key create app -o json | Json token)
export LLMGW_CLIENT_KEY
step llmctl chat --gateway "$gateway" --key-env LLMGW_CLIENT_KEY --model gpt-4o 'Hi'
# The news comes within a second or two; bounded.
tries=100
until [ $tries = 0 ] || ! llmctl upstream health >"$stack/health" 2>&1; do
  tries=$((tries - 1))
  sleep 0.1
done
head -1 "$stack/health"
health() { llmctl upstream health -o json; }
{ health || true; } | grep -oE '"(dataplane_id|upstream|model|state|cause|ejections)": *("[^"]*"|[0-9]+)'
curl -fsS "http://$(WaitForAddress dataplane ops)/metrics" | grep '^llmgw_upstream_ejected'
step llmctl upstream health mock
step llmctl upstream health nowhere
llmctl status | grep failing
step llmctl upstream set dead --health-check no-path
step llmctl upstream set dead --health-passive-off --wait
