#!/usr/bin/env bash
# Runs the official clients of OpenAI and Anthropic against a gateway with a fake provider of each behind one route: all three programs,
# SQLite.
# Prints "ok NAME" or "FAIL NAME" per test. usage: run.sh [FILTER]   only the files whose name has FILTER in it
set -euo pipefail
cd "$(dirname "$0")"
filter=${1:-}

if ! cmp -s package-lock.json node_modules/.installed-lock; then
  npm ci --omit=peer --loglevel=error >&2 || { echo "FAIL npm ci" && exit 1; }
  cp package-lock.json node_modules/.installed-lock
fi

# shellcheck source=tests/support/stack.sh
. ../../support/stack.sh
provider_key=sk-provider-secret-key
StartProvider $provider_key
anthropic_key=sk-ant-provider-secret-key
StartAnthropic $anthropic_key
StartControlplane --log-format text
StartDataplane --log-format text
PROVIDER_KEY=$provider_key llmctl upstream add provider --endpoint "$provider" --key-env PROVIDER_KEY \
  --map public-name=gpt-4o-mini --map 'ours/*=gpt-*' --wait >&2
ANTHROPIC_KEY=$anthropic_key llmctl upstream add claude --kind anthropic --endpoint "$anthropic" --key-env ANTHROPIC_KEY --wait >&2
llmctl route add listed --prefix /listed/v1 --models local >&2
LLMGW_CLIENT_KEY=$(llmctl key create sdk -o json | Json token)
export LLMGW_CLIENT_KEY
# A key is live in the dataplane when it is used: the first request waits for that, bounded by the client's own retries.
tries=200
until curl -fsS -o /dev/null -H @- "$gateway/v1/models" <<<"Authorization: Bearer $LLMGW_CLIENT_KEY" 2>/dev/null; do
  tries=$((tries - 1))
  [ $tries -gt 0 ] || { echo "FAIL set-up: the key does not work" && cat "$stack/dataplane.log" && exit 1; }
  sleep 0.05
done

files=()
for file in *.test.mjs; do
  [[ $file == *"$filter"* ]] && files+=("$file")
done
status=0
node --test --test-reporter=./reporter.mjs --test-reporter-destination=stdout "${files[@]}" || status=$?
[ $status = 0 ] || { echo "--- the dataplane's log:" && tail -n 30 "$stack/dataplane.log"; }
exit $status
