# shellcheck shell=bash
# Allow and deny lists of upstreams and keys.
step llmctl upstream add mock --kind mock
step llmctl key create app --quiet
step llmctl allow add 'gpt-4o*' o3 --upstream mock
step llmctl deny add gpt-4o-audio --upstream mock
step llmctl deny add 'o*' --key app
step llmctl allow list --upstream mock
step llmctl deny list
step llmctl allow add 'g*4' --upstream mock
step llmctl allow add gpt-4o
step llmctl allow remove o3 --upstream mock
step llmctl allow list -o json
