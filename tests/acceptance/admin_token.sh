# shellcheck shell=bash
# Without the admin token nothing is told; with the controlplane away, that is said.
step env LLMGW_TOKEN_FILE= "$bin/llmctl" --token-file /dev/null upstream list
step env LLMGW_TOKEN=wrong LLMGW_TOKEN_FILE= "$bin/llmctl" upstream list
stat -c 'mode of admin.token: %a' "$LLMGW_TOKEN_FILE"
step llmctl --controlplane 127.0.0.1:1 --timeout 2s upstream list
