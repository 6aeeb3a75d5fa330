# shellcheck shell=bash
# The life of an upstream: added, listed, shown without its secret, changed, removed.
export OPENAI_API_KEY=sk-secret-of-the-upstream
step llmctl upstream list
step llmctl upstream add openai --endpoint https://api.openai.com/v1 --key-env OPENAI_API_KEY --allow 'gpt-4o*'
step llmctl upstream add mock --kind mock
step llmctl upstream list
step llmctl upstream show openai -o yaml
step llmctl upstream set openai --endpoint https://eu.api.openai.com/v1
step llmctl upstream show openai -o json
step llmctl upstream remove mock --yes
step llmctl upstream list
step llmctl upstream show mock
