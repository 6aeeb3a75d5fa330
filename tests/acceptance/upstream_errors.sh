# shellcheck shell=bash
# What is wrong is named by its field, nothing is stored, and the status says which kind of wrong it was.
export KEY=sk-secret-of-the-upstream
step llmctl upstream add
step llmctl upstream add 'Not a name' --endpoint https://api.example.com/v1 --key-env KEY
step llmctl upstream add nowhere --key-env KEY
step llmctl upstream add ftp --endpoint ftp://api.example.com/v1 --key-env KEY
step llmctl upstream add keyless --endpoint https://api.example.com/v1
step llmctl upstream add unset --endpoint https://api.example.com/v1 --key-env NO_SUCH_VARIABLE
step llmctl upstream add unknown --kind telepathy --endpoint https://api.example.com/v1 --key-env KEY
step llmctl upstream add twice --kind mock
step llmctl upstream add twice --kind mock
step llmctl upstream remove absent --yes
step llmctl upstream nonsense
step llmctl upstream list
