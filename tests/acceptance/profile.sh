# shellcheck shell=bash disable=SC2154
step llmctl profile add prod --controlplane prod.example:7400 --ca /nowhere.pem --token-file /nowhere.token
step llmctl profile list
# The address comes from the environment: what the profile says is for another controlplane.
step llmctl upstream list
step env LLMGW_TOKEN_FILE= "$bin/llmctl" upstream list
