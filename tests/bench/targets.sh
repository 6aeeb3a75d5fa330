# Sourced by run.sh: what is measured, and what stands behind it. Uses $work, $out, $bin, $here and the cores that run.sh chose.
# Ready targets are described by
#   port[NAME]      where clients connect; requests go to the mock's clear port
#   tls_port[NAME]  the same with TLS to the mock (the gateway decides by model, so it has one port for both)
#   client_tls_port[NAME]  TLS with clients, in clear to the mock (the gateway has it after RestartDataplane with $client_tls)
#   watched[NAME]   the processes whose CPU time and memory count
# shellcheck shell=bash
declare -A port tls_port client_tls_port watched main
ready_ms=0
running=()

# Spawn NAME CORE PROGRAM ARG…: in the background, its output in $work/NAME.log; sets $spawned. Ends with this script.
Spawn() {
  local name=$1 core=$2
  shift 2
  taskset -c "$core" setpriv --pdeathsig TERM "$@" >"$work/$name.log" 2>&1 </dev/null &
  spawned=$!
  running+=("$spawned")
}

Stop() { # PID…
  local pid
  for pid in "$@"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "$@"; do
    timeout 10 tail --pid="$pid" -s 0.02 -f /dev/null 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  Forget "$@"
}
Forget() { # PID…: that have ended
  local pid left=()
  for pid in "${running[@]}"; do [[ " $* " == *" $pid "* ]] || left+=("$pid"); done
  running=("${left[@]}")
}
StopEverything() { [ ${#running[@]} = 0 ] || Stop "${running[@]}"; }

# WaitUntil COMMAND…: repeats it until it succeeds; gives up after 20 s, showing the log $work/NAME.log.
WaitUntil() {
  local name=$1 tries=2000
  shift
  until "$@" 2>/dev/null; do
    tries=$((tries - 1))
    if [ $tries = 0 ]; then
      printf 'run.sh: the %s is not ready:\n' "$name" >&2
      tail -n 20 "$work/$name.log" >&2
      exit 1
    fi
    sleep 0.01
  done
}

Listens() { : <"/dev/tcp/127.0.0.1/$1"; }
# nginx and HAProxy cannot say which port they got; below the range from which connections take theirs.
FreePort() {
  local candidate
  while :; do
    candidate=$((20000 + RANDOM % 10000))
    Listens $candidate 2>/dev/null || break
  done
  echo $candidate
}
Milliseconds() { echo $(($(date +%s%N) / 1000000)); }

# ---- the mock upstream ---------------------------------------------------------------------------------------------------
MakeCertificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -addext 'subjectAltName=DNS:localhost' -keyout "$work/upstream.key" -out "$work/upstream.pem" 2>/dev/null
  # For the proxies, under TLS with clients: certificate and key in one file, as HAProxy wants it.
  cat "$work/upstream.pem" "$work/upstream.key" >"$work/server.pem"
  chmod 644 "$work/upstream.pem"
}

StartMock() {
  Spawn mock "$mock_core" "$bin/llmgw-bench-mock" --certificate "$work/upstream.pem" --key "$work/upstream.key"
  WaitUntil mock grep -q '^https=' "$work/mock.log"
  mock_port=$(sed -n 's/^http=//p' "$work/mock.log")
  mock_tls_port=$(sed -n 's/^https=//p' "$work/mock.log")
  port[direct]=$mock_port
  watched[direct]=$spawned
}

# ---- nginx and HAProxy ---------------------------------------------------------------------------------------------------
FillIn() { # TEMPLATE NAME=VALUE…
  local template=$1 edits=() pair
  shift
  for pair in "$@"; do edits+=(-e "s#@${pair%%=*}@#${pair#*=}#g"); done
  sed "${edits[@]}" "$here/conf/$template"
}

# What the gateway offers (dataplane/net/tls_server_context.cc), for the others.
client_tls_settings=(
  CIPHERS=ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384
  CIPHERSUITES=TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256
)
client_tls=(--tls-cert "$work/server.pem" --tls-key "$work/server.pem")

StartNginx() { # nginx|nginx-log
  local name=$1 folder=$work/$1 log='off' user=''
  mkdir -p -m 755 "$folder"
  # As most people run it: one line per request, written at once.
  [ "$name" = nginx ] || log="$folder/access.log combined"
  [ "$(id -u)" != 0 ] || user='user root;'
  port[$name]=$(FreePort) tls_port[$name]=$(FreePort) client_tls_port[$name]=$(FreePort)
  FillIn nginx.conf "FOLDER=$folder" "ACCESS_LOG=$log" "USER=$user" "PORT=${port[$name]}" "TLS_PORT=${tls_port[$name]}" \
    "MOCK_PORT=$mock_port" "MOCK_TLS_PORT=$mock_tls_port" "CA=$work/upstream.pem" "CONNECTIONS=$((descriptors - 200))" \
    "CLIENT_TLS_PORT=${client_tls_port[$name]}" "CERTIFICATE=$work/server.pem" "${client_tls_settings[@]}" \
    >"$folder/nginx.conf"
  Spawn "$name" "$proxy_core" nginx -p "$folder" -c "$folder/nginx.conf"
  WaitUntil "$name" Listens "${port[$name]}"
  WaitUntil "$name" pgrep -P "$spawned" >/dev/null
  main[$name]=$spawned
  watched[$name]=$(pgrep -P "$spawned" | paste -sd,)
}

StartHaproxy() {
  port[haproxy]=$(FreePort) tls_port[haproxy]=$(FreePort) client_tls_port[haproxy]=$(FreePort)
  FillIn haproxy.cfg "PORT=${port[haproxy]}" "TLS_PORT=${tls_port[haproxy]}" "MOCK_PORT=$mock_port" \
    "MOCK_TLS_PORT=$mock_tls_port" "CA=$work/upstream.pem" "CONNECTIONS=$((most_streams + 400))" \
    "CLIENT_TLS_PORT=${client_tls_port[haproxy]}" "CERTIFICATE=$work/server.pem" "${client_tls_settings[@]}" >"$work/haproxy.cfg"
  Spawn haproxy "$proxy_core" haproxy -db -f "$work/haproxy.cfg"
  WaitUntil haproxy Listens "${port[haproxy]}"
  main[haproxy]=$spawned
  watched[haproxy]=$spawned
}

# ---- the gateway ---------------------------------------------------------------------------------------------------------
# Address NAME FIELD: out of the file a daemon writes when it listens.
Address() { sed -n "s/.*\"$2\"[[:space:]]*:[[:space:]]*\"\([^\"]*\)\".*/\1/p" "$work/$1/addresses.json"; }
OpsReady() { curl -fsS -m 2 -o /dev/null "http://$(Address "$1" ops)/readyz"; }
llmctl() { timeout 60 "$bin/llmctl" "$@" >>"$work/llmctl.log" 2>&1 || { cat "$work/llmctl.log" >&2 && exit 1; }; }

# Behind everything that is measured in priority: its own cost is not the proxy's.
StartControlplane() {
  rm -f "$work/controlplane/addresses.json"
  Spawn controlplane "$controlplane_core" nice -n 10 "$bin/llmgw-controlplane" --data-dir "$work/controlplane" \
    --listen 127.0.0.1:0 --ops-listen 127.0.0.1:0
  controlplane_pid=$spawned
  WaitUntil controlplane OpsReady controlplane
  LLMGW_CONTROLPLANE=$(Address controlplane grpc) LLMGW_TOKEN_FILE=$work/controlplane/admin.token
  unset LLMGW_TOKEN LLMGW_PROFILE
  export LLMGW_CONTROLPLANE LLMGW_TOKEN_FILE XDG_CONFIG_HOME=$work/config
}

# A controlplane that knows all keys takes a while to make; it is kept for later runs with the same program.
FillControlplane() {
  filled=$out/controlplane-$keys-keys
  if [ ! -f "$filled/tokens" ] || [ "$bin/llmgw-controlplane" -nt "$filled/tokens" ]; then
    echo "Creating $keys client keys; this takes minutes for 10,000, once"
    rm -rf "$filled" "$work/controlplane"
    mkdir -p "$filled" "$work/controlplane"
    StartControlplane
    "$bin/llmgw-bench-fill" "$LLMGW_CONTROLPLANE" "$LLMGW_TOKEN_FILE" "$keys" >"$work/tokens"
    Stop "$controlplane_pid"
    mv "$work/controlplane" "$filled/data"
    mv "$work/tokens" "$filled/tokens"
  fi
}

# Three upstreams: the first two refuse the clear cases' model and the first the TLS cases', so that every request's
# model is found and held against lists.
StartGateway() {
  rm -rf "$work/controlplane" "$work/dataplane"
  cp -a "$filled/data" "$work/controlplane"
  StartControlplane
  export BENCH_UPSTREAM_KEY=sk-upstream-0123456789abcdefghijklmnopqrstuvwxyz
  llmctl upstream add other --endpoint "http://127.0.0.1:$mock_port/v1" --key-env BENCH_UPSTREAM_KEY \
    --allow gpt-4o --allow 'o1*' --deny o1-mini
  llmctl upstream add tls --endpoint "https://127.0.0.1:$mock_tls_port/v1" --key-env BENCH_UPSTREAM_KEY \
    --allow 'bench-tls*' --tls-ca-file "$work/upstream.pem" --tls-server-name localhost
  llmctl upstream add plain --endpoint "http://127.0.0.1:$mock_port/v1" --key-env BENCH_UPSTREAM_KEY \
    --allow 'bench-plain*' --deny bench-plain-preview
  StartDataplane
}

StartDataplane() { # ARG…
  local began
  rm -f "$work/dataplane/addresses.json"
  mkdir -p "$work/dataplane"
  began=$(Milliseconds)
  Spawn dataplane "$proxy_core" "$bin/llmgw-dataplane" --data-dir "$work/dataplane" --workers 1 --id bench \
    --listen 127.0.0.1:0 --ops-listen 127.0.0.1:0 \
    --controlplane "$LLMGW_CONTROLPLANE" --token-file "$work/controlplane/dataplane.token" "$@"
  main[llmgw]=$spawned
  watched[llmgw]=$spawned
  WaitUntil dataplane OpsReady dataplane
  ready_ms=$(($(Milliseconds) - began))
  port[llmgw]=$(Address dataplane http | sed 's/.*://')
  tls_port[llmgw]=${port[llmgw]} client_tls_port[llmgw]=${port[llmgw]}
}

DataplaneCounter() { curl -fsS -m 5 "http://$(Address dataplane ops)/metrics" | awk -v name="$1" '$1 == name { print $2 }'; }

# ---- all -----------------------------------------------------------------------------------------------------------------
StartTarget() {
  case $1 in
    nginx | nginx-log) StartNginx "$1" ;;
    haproxy) StartHaproxy ;;
    llmgw) StartGateway ;;
  esac
}
StartTargets() { for target in "${targets[@]}"; do StartTarget "$target"; done; }
StopTargets() {
  for target in "${targets[@]}"; do Stop "${main[$target]}"; done
  if Has "${targets[@]}" llmgw; then Stop "$controlplane_pid"; fi
}
# A fresh process, for memory. The gateway's starts from its last good configuration.
RestartTarget() {
  [ "$1" != direct ] || return 0
  if [ "$1" = llmgw ]; then
    RestartDataplane
  else
    Stop "${main[$1]}"
    StartTarget "$1"
  fi
}
RestartDataplane() { # ARG…
  CountRecords
  Stop "${main[llmgw]}"
  StartDataplane "$@"
}
