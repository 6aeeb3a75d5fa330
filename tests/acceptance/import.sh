# shellcheck shell=bash
# What other gateways were told becomes upstreams, levels, routes and keys here; their clients go on with their keys.
StartDataplane --log-format text
StartProvider sk-provider-key-of-the-test
Chat() { # TOKEN MODEL
  LLMGW_CLIENT_KEY=$1 step llmctl chat --gateway "$gateway" --key-env LLMGW_CLIENT_KEY --model "$2" --no-stream 'Hi'
}
cat >"$stack/config.yaml" <<END
address: :8888
authorization: token-of-the-first-client, short
upstreams:
  - sk: sk-provider-key-of-the-test
    endpoint: $provider
    deny: [gpt-3.5-turbo]
END
step llmctl import openai-api-route "$stack/config.yaml" --dry-run
step llmctl upstream list
step llmctl import openai-api-route "$stack/config.yaml"
step llmctl import openai-api-route "$stack/config.yaml"
Chat token-of-the-first-client gpt-4o-mini
Chat token-of-the-first-client gpt-3.5-turbo
Chat token-of-somebody-else gpt-4o-mini
step llmctl import openai-api-route "$stack/config.yaml" --new-tokens "$stack/tokens" -q
cut -d ' ' -f 1 "$stack/tokens"
stat -c %a "$stack/tokens"
Chat "$(cut -d ' ' -f 2 "$stack/tokens")" gpt-4o-mini

# The same provider under another name: names come from hosts.
port=${provider##*:}
port=${port%/v1}
cat >"$stack/.env" <<END
OPENAI_BASE_URL=http://localhost:$port
OPENAI_ROUTE_PREFIX=/openai
OPENAI_API_KEY={"sk-provider-key-of-the-test": [1], "sk-of-another-provider": [2]}
LEVEL_MODELS={"1": ["gpt-4o-mini"], "2": ["o3"]}
FORWARD_KEY={"fk-of-the-first-level": 1}
REQ_RATE_LIMIT='{"/openai/v1/chat/completions": "1/second"}'
END
step llmctl import openai-forward "$stack/.env"
step llmctl import openai-forward "$stack/.env" -q
for model in gpt-4o-mini o3; do
  step curl -sS -m 20 -o /dev/null -w '%{http_code}\n' -H 'Authorization: Bearer fk-of-the-first-level' \
    -H 'Content-Type: application/json' -d "{\"model\":\"$model\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}" "$gateway/openai/v1/chat/completions"
done
step llmctl upstream set localhost --endpoint http://127.0.0.1:9/v1 --no-wait
step llmctl key remove forward-key-1 --yes --no-wait
step llmctl route remove openai --yes --no-wait
step llmctl import openai-forward "$stack/.env" -q
printf 'TIMEOUT=soon\n' >"$stack/bad.env"
step llmctl import openai-forward "$stack/bad.env"
