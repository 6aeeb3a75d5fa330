# shellcheck shell=bash
# A level is a named set of models; it can't go while a key or a credential names it.
step llmctl level add basic --model 'gpt-4o-mini' --model 'o4-*'
step llmctl level add level-0
step llmctl level add basic
step llmctl level list
step llmctl level show basic -o yaml
OPENAI_KEY=sk-0123456789abcdef step llmctl upstream add openai --endpoint https://api.openai.com/v1 --credential a=env:OPENAI_KEY --credential-level a=basic
step llmctl key create app --level basic --allow-address 10.0.0.0/8 --deny-address 10.0.0.1
step llmctl key create typo --level bassic
step llmctl key create typo --allow-address 10.0.0.0/99
step llmctl key show app
step llmctl level remove basic --yes
step llmctl key set app --clear levels --level level-0
step llmctl upstream set openai --credential-level a=
step llmctl level set basic --model gpt-4o
step llmctl level remove basic --yes
step llmctl level list -o json
