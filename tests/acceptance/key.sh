# shellcheck shell=bash
# A client key's token is shown once; afterwards it is known by its prefix only. A revoked key stays listed.
step llmctl key create app
step llmctl key create app
printf 'sk-existing-token-of-a-client' | step llmctl key create legacy --token-stdin
step llmctl key list
step llmctl key show app -o yaml
step llmctl key set app --allow 'gpt-4o*'
step llmctl key revoke app
step llmctl key list
step llmctl key show absent
