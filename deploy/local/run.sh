#!/usr/bin/env bash
# From a fresh clone on Debian 12 to a streamed answer: installs, builds, starts both daemons, and talks to them. See --help.
set -euo pipefail
repo=$(cd "$(dirname "$0")/../.." && pwd)

Usage() {
  cat <<'HELP'
usage: deploy/local/run.sh [--check] [--postgres URL] [--data DIR] [--port N] [--controlplane-port N]

Installs missing Debian packages, builds, starts controlplane and dataplane, creates an upstream and a client key
through llmctl, shows a streamed answer, and keeps running until Ctrl-C, which drains and stops everything.
Run it again and it starts in seconds with everything it knew before.

  --check                 exit after the demonstration, with status 0 if it worked
  --postgres URL          keep the state in PostgreSQL instead of SQLite (postgres://user:password@host/database);
                          LLMGW_DATABASE=URL does the same and keeps the password out of the shell's history
  --data DIR              where state, keys and logs live (default: data/ in the repository)
  --port N                public port of the gateway (default 8080; its ops port is N+1)
  --controlplane-port N   port of the admin API (default 7400; its ops port is N+1)
                          A port of 0 takes any free one.
  --help                  this text

Environment:
  OPENAI_API_KEY    when set, the upstream is the real API; otherwise one of kind "mock" answers inside the gateway
  OPENAI_BASE_URL   another OpenAI-style API to use with that key (default https://api.openai.com/v1)
  OPENAI_MODEL      model to ask for (default gpt-4o-mini)

Examples:
  deploy/local/run.sh
  OPENAI_API_KEY=sk-… deploy/local/run.sh --port 9000
  deploy/local/run.sh --check --data "$(mktemp -d)" --port 0 --controlplane-port 0
HELP
}

Say() { printf '%s\n' "$@"; }
Fail() {
  printf 'run.sh: %s\n' "$*" >&2
  exit 1
}
WrongUsage() {
  printf 'run.sh: %s (see --help)\n' "$*" >&2
  exit 2
}

# ---- arguments -----------------------------------------------------------------------------------------------------------
check=no data=$repo/data public_port=8080 admin_port=7400
while [ $# -gt 0 ]; do
  case $1 in
    --check) check=yes ;;
    --postgres | --data | --port | --controlplane-port)
      [ $# -ge 2 ] || WrongUsage "$1 needs a value"
      case $1 in
        # Exported, not passed on: an argument would show the password to everyone on this machine.
        --postgres) export LLMGW_DATABASE=$2 ;;
        --data) data=$2 ;;
        --port) public_port=$2 ;;
        --controlplane-port) admin_port=$2 ;;
      esac
      shift
      ;;
    -h | --help) Usage && exit 0 ;;
    *) WrongUsage "unknown argument '$1'" ;;
  esac
  shift
done
for port in "$public_port" "$admin_port"; do
  { [[ $port =~ ^[0-9]+$ ]] && [ "$port" -lt 65535 ]; } || WrongUsage "'$port' is not a port below 65535"
done
PortAfter() { [ "$1" = 0 ] && echo 0 || echo $(($1 + 1)); }

umask 077 # keys and state are for this user only
mkdir -p "$data/log"
data=$(cd "$data" && pwd)
if command -v flock >/dev/null; then
  exec 9>"$data/.lock"
  flock -n 9 || Fail "another run.sh is using $data; stop it or give --data another folder"
fi

# ---- install and build ---------------------------------------------------------------------------------------------------
"$repo/deploy/local/install_packages.sh" "$repo/deploy/local/packages.txt" 9>&-
(
  umask 022
  export LLMGW_CMAKE_ARGS=-DLLMGW_TESTS=OFF
  "$repo/deploy/local/build.sh" build/release llmgw-controlplane llmgw-dataplane llmctl 9>&-
)
bin=$repo/build/release/bin

# ---- start and stop ------------------------------------------------------------------------------------------------------
controlplane_pid='' dataplane_pid=''

Alive() { [ -n "$1" ] && kill -0 "$1" 2>/dev/null; }

# StartDaemon NAME ARG…: sets started_pid. A session of its own keeps Ctrl-C from reaching it before we stop things in
# order; the death signal stops it should this script be killed.
StartDaemon() {
  local name=$1
  shift
  mkdir -p "$data/$name"
  rm -f "$data/$name/addresses.json"
  [ ! -f "$data/log/$name.log" ] || mv "$data/log/$name.log" "$data/log/$name.log.1"
  setsid setpriv --pdeathsig TERM "$bin/llmgw-$name" --data-dir "$data/$name" "$@" \
    >"$data/log/$name.log" 2>&1 9>&- </dev/null &
  started_pid=$!
}

ReportDeath() {
  printf '\nrun.sh: the %s has stopped. The end of %s:\n\n' "$1" "$data/log/$1.log" >&2
  tail -n 20 "$data/log/$1.log" >&2
}

# Address NAME FIELD: one address out of the file a daemon writes when it listens; empty when there is none yet.
Address() {
  [ ! -f "$data/$1/addresses.json" ] ||
    sed -n "s/.*\"$2\"[[:space:]]*:[[:space:]]*\"\([^\"]*\)\".*/\1/p" "$data/$1/addresses.json"
}

Ready() {
  local ops
  ops=$(Address "$1" ops)
  [ -n "$ops" ] && curl -fsS --max-time 2 -o /dev/null "http://$ops/readyz" 2>/dev/null
}

WaitReady() {
  local name=$1 pid=$2 tries=300
  until Ready "$name"; do
    if ! Alive "$pid"; then
      ReportDeath "$name"
      exit 1
    fi
    tries=$((tries - 1))
    if [ $tries = 0 ]; then
      tail -n 20 "$data/log/$name.log" >&2
      Fail "the $name is not ready after 30 s; its log is $data/log/$name.log"
    fi
    sleep 0.1
  done
}

StopDaemon() {
  local pid=$1 tries=600
  Alive "$pid" || return 0
  kill -TERM "$pid" 2>/dev/null || true
  while Alive "$pid" && [ $tries -gt 0 ]; do
    sleep 0.1
    tries=$((tries - 1))
  done
  kill -KILL "$pid" 2>/dev/null || true
}

StopAll() {
  local status=$?
  trap - EXIT
  # A second Ctrl-C does not wait for the streams that are still open.
  trap 'kill -KILL $dataplane_pid $controlplane_pid 2>/dev/null' INT TERM HUP
  if Alive "$dataplane_pid" || Alive "$controlplane_pid"; then
    [ $check = yes ] || printf '\nDraining and stopping; Ctrl-C again to cut open streams.\n'
  fi
  StopDaemon "$dataplane_pid"
  StopDaemon "$controlplane_pid"
  exit "$status"
}
trap StopAll EXIT
trap 'exit 0' INT TERM HUP
[ $check = no ] || trap 'exit 130' INT TERM HUP

StartDaemon controlplane --listen "127.0.0.1:$admin_port" --ops-listen "127.0.0.1:$(PortAfter "$admin_port")"
controlplane_pid=$started_pid
WaitReady controlplane "$controlplane_pid"
LLMGW_CONTROLPLANE=$(Address controlplane grpc)
LLMGW_TOKEN_FILE=$data/controlplane/admin.token
export LLMGW_CONTROLPLANE LLMGW_TOKEN_FILE
# The llmctl below is for this gateway, whatever its user's profiles and environment say of others.
unset LLMGW_TOKEN LLMGW_PROFILE LLMGW_GATEWAY
export XDG_CONFIG_HOME=$data/config

StartDaemon dataplane --listen "127.0.0.1:$public_port" --ops-listen "127.0.0.1:$(PortAfter "$public_port")" \
  --controlplane "$LLMGW_CONTROLPLANE" --token-file "$data/controlplane/dataplane.token"
dataplane_pid=$started_pid
WaitReady dataplane "$dataplane_pid"
gateway=http://$(Address dataplane http)

# ---- an upstream and a key -----------------------------------------------------------------------------------------------
llmctl() { timeout 60 "$bin/llmctl" "$@" 9>&-; }
Json() { sed -n "s/.*\"$1\"[[:space:]]*:[[:space:]]*\"\([^\"]*\)\".*/\1/p"; }
HasName() { Json name | grep -qxF -- "$1"; }

upstreams=$(llmctl upstream list -o json) || Fail "llmctl could not list the upstreams"
model=${OPENAI_MODEL:-gpt-4o-mini}
if [ -n "${OPENAI_API_KEY:-}" ]; then
  verb='add'
  ! HasName openai <<<"$upstreams" || verb='set'
  llmctl upstream $verb openai --endpoint "${OPENAI_BASE_URL:-https://api.openai.com/v1}" \
    --key-env OPENAI_API_KEY --wait >"$data/log/setup.log" || Fail "llmctl upstream $verb openai failed"
  # An upstream made before the key was there would answer first.
  ! HasName mock <<<"$upstreams" || llmctl upstream remove mock --yes >>"$data/log/setup.log" ||
    Fail "llmctl upstream remove mock failed"
elif [ -z "$(Json name <<<"$upstreams")" ]; then
  llmctl upstream add mock --kind mock --wait >"$data/log/setup.log" || Fail "llmctl upstream add mock failed"
fi

keys=$(llmctl key list -o json) || Fail "llmctl could not list the keys"
name=local
if [ -s "$data/client.key" ]; then
  # Kept from an earlier run; a fresh database does not know it yet.
  HasName $name <<<"$keys" || llmctl key create $name --token-stdin -o json <"$data/client.key" >/dev/null ||
    Fail "llmctl key create failed"
else
  ! HasName $name <<<"$keys" || name=local-$(date +%Y%m%d-%H%M%S)
  llmctl key create "$name" -o json | Json token >"$data/client.key"
  [ -s "$data/client.key" ] || Fail "llmctl key create gave no token"
fi
LLMGW_CLIENT_KEY=$(cat "$data/client.key")
export LLMGW_CLIENT_KEY

# ---- the demonstration ---------------------------------------------------------------------------------------------------
Say "" "The gateway is up at $gateway. A streamed answer from $model:"
Say ""
Ask() {
  llmctl chat --gateway "$gateway" --key-env LLMGW_CLIENT_KEY --model "$model" "Say hello in one sentence." |
    tee "$data/log/demo.log"
}
if ! Ask || [ ! -s "$data/log/demo.log" ]; then
  Fail "the gateway gave no answer; see $data/log/dataplane.log"
fi

request="curl -N $gateway/v1/chat/completions \\
  -H \"Authorization: Bearer \$(cat '$data/client.key')\" -H 'Content-Type: application/json' \\
  -d '{\"model\": \"$model\", \"stream\": true, \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}'"

if [ $check = yes ]; then
  # The command that is printed for copying must work as printed.
  # Read to the end: a pipe closed early would be curl's failure.
  answered=$(timeout 60 bash -c "$request" 2>/dev/null | grep -c '^data: ') || true
  [ "${answered:-0}" -gt 0 ] || Fail "this request was not answered: $request"
  Say "" "Checked: set-up, streamed answer and the curl command all work."
  exit 0
fi

cat <<TEXT

Try it yourself:

  $request

Any OpenAI SDK, for example:

  export OPENAI_BASE_URL=$gateway/v1 OPENAI_API_KEY="\$(cat '$data/client.key')"

Administer it:

  export LLMGW_CONTROLPLANE=$LLMGW_CONTROLPLANE LLMGW_TOKEN_FILE='$LLMGW_TOKEN_FILE'
  $bin/llmctl status
  $bin/llmctl logs tail

State, keys and logs: $data
Running; Ctrl-C drains and stops.
TEXT

# ---- until Ctrl-C, or until a daemon dies --------------------------------------------------------------------------------
wait -n "$controlplane_pid" "$dataplane_pid" || true
for name in controlplane dataplane; do
  pid=${name}_pid
  Alive "${!pid}" || ReportDeath "$name"
done
exit 1
