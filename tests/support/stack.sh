# Sourced by test scripts: starts the programs on free ports in a folder of the script's own, and stops what it started.
# The script sets nothing; it gets $stack (the folder), and after StartControlplane the environment that llmctl needs.
#   LLMGW_BIN_DIR   where the programs are (default build/release/bin)
# shellcheck shell=bash

bin=${LLMGW_BIN_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build/release/bin}
for program in llmgw-controlplane llmgw-dataplane llmctl fake-openai fake-anthropic; do
  [ -x "$bin/$program" ] || { echo "no $bin/$program: build first, or set LLMGW_BIN_DIR" >&2 && exit 1; }
done
stack=$(mktemp -d)
stack_pids=()

# Nothing of the person who runs the test: profiles, tokens, what the daemons would take for their flags.
for variable in $(compgen -e LLMGW_); do
  [ "$variable" = LLMGW_BIN_DIR ] || unset "$variable"
done
export XDG_CONFIG_HOME=$stack/config

StopStack() {
  local pid
  for pid in "${stack_pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${stack_pids[@]}"; do
    # Bounded: a daemon that does not drain is killed, and the test has had its result.
    timeout 20 tail --pid="$pid" -f /dev/null 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true
  done
  rm -rf "$stack"
}
trap StopStack EXIT
trap 'exit 130' INT TERM

# Daemon NAME PROGRAM ARG…: in the background, its output in $stack/NAME.log.
Daemon() {
  local name=$1 program=$2
  shift 2
  setpriv --pdeathsig KILL "$bin/$program" "$@" >"$stack/$name.log" 2>&1 </dev/null &
  stack_pids+=($!)
}

# WaitForAddress NAME FIELD: out of $stack/NAME/addresses.json once it is there; at most 20 s.
WaitForAddress() {
  local value tries=400
  while [ $tries -gt 0 ]; do
    value=$(sed -n "s/.*\"$2\"[[:space:]]*:[[:space:]]*\"\([^\"]*\)\".*/\1/p" "$stack/$1/addresses.json" 2>/dev/null || true)
    [ -z "$value" ] || { echo "$value" && return 0; }
    sleep 0.05
    tries=$((tries - 1))
  done
  echo "the $1 did not start:" >&2
  cat "$stack/$1.log" >&2
  return 1
}

# WaitReady NAME: its readiness endpoint says yes; at most 20 s.
WaitReady() {
  local ops tries=400
  ops=$(WaitForAddress "$1" ops) || return 1
  until curl -fsS -m 2 -o /dev/null "http://$ops/readyz" 2>/dev/null; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || { echo "the $1 is not ready:" >&2 && cat "$stack/$1.log" >&2 && return 1; }
    sleep 0.05
  done
}

StartControlplane() { # ARG…
  Daemon controlplane llmgw-controlplane --data-dir "$stack/controlplane" --listen 127.0.0.1:0 --ops-listen 127.0.0.1:0 "$@"
  WaitReady controlplane || return 1
  LLMGW_CONTROLPLANE=$(WaitForAddress controlplane grpc)
  LLMGW_TOKEN_FILE=$stack/controlplane/admin.token
  export LLMGW_CONTROLPLANE LLMGW_TOKEN_FILE
}

StartDataplane() { # ARG…; sets $gateway
  Daemon dataplane llmgw-dataplane --data-dir "$stack/dataplane" --listen 127.0.0.1:0 --ops-listen 127.0.0.1:0 --id dp-1 \
    --controlplane "$LLMGW_CONTROLPLANE" --token-file "$stack/controlplane/dataplane.token" "$@"
  WaitReady dataplane || return 1
  gateway=http://$(WaitForAddress dataplane http)
  export gateway
}

# StartFake PROGRAM KEY FD: a fake provider; its endpoint is the first line of $stack/PROGRAM.out.
StartFake() {
  mkfifo "$stack/$1.in"
  setpriv --pdeathsig KILL "$bin/$1" "$2" <"$stack/$1.in" >"$stack/$1.out" 2>&1 &
  stack_pids+=($!)
  # Held open for the life of this script: the provider ends with its standard input.
  eval "exec $3>\"\$stack/$1.in\""
  local tries=400
  until [ -s "$stack/$1.out" ]; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || { echo "$1 did not start" >&2 && return 1; }
    sleep 0.05
  done
}

# StartProvider KEY: the fake OpenAI; sets $provider to its endpoint.
StartProvider() {
  StartFake fake-openai "$1" 8
  provider=$(head -n 1 "$stack/fake-openai.out")
  export provider
}

# StartAnthropic KEY: the fake Anthropic; sets $anthropic to its endpoint.
StartAnthropic() {
  StartFake fake-anthropic "$1" 9
  anthropic=$(head -n 1 "$stack/fake-anthropic.out")
  export anthropic
}

llmctl() { timeout 60 "$bin/llmctl" "$@" 8>&- 9>&-; }

# Json FIELD: the first string of that name in standard input.
Json() { sed -n "s/.*\"$1\"[[:space:]]*:[[:space:]]*\"\([^\"]*\)\".*/\1/p" | head -n 1; }
