# shellcheck shell=bash
# The whole way: an upstream and a key made here serve a chat at once, and the request shows in the logs.
StartDataplane --log-format text
step llmctl upstream add mock --kind mock --mock-reply 'Hello there!' --wait
LLMGW_CLIENT_KEY=$(llmctl key create app -o json | Json token)
export LLMGW_CLIENT_KEY
step llmctl chat --gateway "$gateway" --key-env LLMGW_CLIENT_KEY --model gpt-4o 'Hi'
step llmctl deny add gpt-4o --upstream mock
step llmctl chat --gateway "$gateway" --key-env LLMGW_CLIENT_KEY --model gpt-4o 'Hi'
LLMGW_CLIENT_KEY=sk-wrong step llmctl chat --gateway "$gateway" --key-env LLMGW_CLIENT_KEY 'Hi'
# The second call waits for the report to come in, bounded.
tries=100
until [ "$(llmctl logs list -o json | grep -c '"request_id"')" -ge 3 ] || [ $tries = 0 ]; do
  tries=$((tries - 1))
  sleep 0.1
done
llmctl logs list -o json | grep -oE '"(status|reason|fault|model_asked)": *("[^"]*"|[0-9]+)' | sort | uniq -c | sed 's/^ *//'
llmctl dataplane list -o json | grep -oE '"(id|connected|nack_reason)": *("[^"]*"|true|false)'
