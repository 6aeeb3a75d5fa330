# Sourced by run.sh: what is measured of each target. Every value goes to $raw as ROUND CASE TARGET METRIC VALUE (tabs between);
# report.awk turns them into the table. "direct" is the mock without a proxy, for what a proxy adds.
# shellcheck shell=bash

records_sent=0 records_dropped=0

# Value CASE TARGET METRIC VALUE
Value() { printf '%s\t%s\t%s\t%s\t%s\n' "$round" "$@" >>"$raw"; }

# Wrong WHAT…: something did not work; the run goes on and fails in the end.
Wrong() {
  echo "run.sh: $*" >&2
  faults=$((faults + 1))
}

# Values CASE TARGET FILE: the NAME=VALUE lines of the load generator.
Values() {
  local name value
  grep -q '^faults=' "$3" || Wrong "$1, $2: nothing was measured"
  while IFS='=' read -r name value; do
    case $name in
      held) ;;
      first_fault) Wrong "$1, $2: $value" ;;
      faults) ;;
      *) Value "$1" "$2" "$name" "$value" ;;
    esac
  done <"$3"
}

Load() { # TARGET ARG…: prints what it measured
  local target=$1
  shift
  timeout 300 taskset -c "$load_core" "$bin/llmgw-bench-load" --tokens "$tokens" --watch "${watched[$target]}" "$@"
}

# Measure CASE TARGET ARG…
Measure() {
  local case=$1 target=$2
  shift 2
  Settle
  Load "$target" --port "${port[$target]}" --seconds "$seconds" "$@" >"$work/measured" || true
  Values "$case" "$target" "$work/measured"
  printf '%s round %s: %-14s %-10s %s\n' "$(date -u +%H:%M:%S)" "$round" "$case" "$target" "$(Brief "$work/measured")"
}
Brief() { sed -nE 's/^((cpu_us_per_[a-z]+|rps|proxy_busy|load_busy|latency_p50_us|chunk_delay_p50_us)=.*)/\1/p' "$1" | paste -sd' '; }

# CpuTicks: what everything but this script and the load has used so far.
CpuTicks() {
  local pid stat ticks=0
  for pid in "${running[@]}"; do
    stat=$(<"/proc/$pid/stat") || continue
    # shellcheck disable=SC2206  # fields
    stat=(${stat##*) })
    # Empty when it ended just now.
    ticks=$((ticks + ${stat[11]:-0} + ${stat[12]:-0}))
  done 2>/dev/null
  echo $ticks
}
# Waits until nobody works on what the last measurement left (request logs being stored, connections being closed):
# that would be charged to the next. Bounded.
Settle() {
  local before after tries=150
  after=$(CpuTicks)
  while [ $tries -gt 0 ]; do
    before=$after tries=$((tries - 1))
    sleep 0.2
    after=$(CpuTicks)
    [ $((after - before)) -gt 1 ] || break
  done
}

Rss() { # TARGET: KiB
  local pid sum=0
  for pid in ${watched[$1]//,/ }; do
    sum=$((sum + $(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status")))
  done
  echo $sum
}

# Hold COUNT ARG…: connections or streams that stay open until LetGo. PORT is in the arguments.
Hold() {
  local target=$1 count=$2
  shift 2
  rm -f "$work/hold.in"
  mkfifo "$work/hold.in"
  Load "$target" --hold --connections "$count" "$@" <"$work/hold.in" >"$work/held" &
  hold_pid=$!
  exec {hold_fd}>"$work/hold.in"
  local tries=6000
  until grep -q '^held' "$work/held"; do
    tries=$((tries - 1))
    if [ $tries = 0 ] || ! kill -0 $hold_pid 2>/dev/null; then return 1; fi
    sleep 0.01
  done
}
LetGo() { # CASE TARGET
  exec {hold_fd}>&-
  wait "$hold_pid" || true
  Values "$1" "$2" "$work/held"
}

Number() { [ "$quick" = yes ] && echo "$2" || echo "$1"; } # FULL QUICK

# ---- the cases -----------------------------------------------------------------------------------------------------------
# Whether the mock alone is measured too.
NeedsDirect() { # CASE
  case $1 in
    chat | stream | held) return 0 ;;
    *) return 1 ;;
  esac
}

RunCase() { # CASE TARGET
  local case=$1 target=$2
  case $case in
    chat) ChatCase "$target" ;;
    prompt-100k) Measure "$case" "$target" --connections 32 --body-bytes 102400 ;;
    prompt-1m) Measure "$case" "$target" --connections 8 --body-bytes 1048576 ;;
    upload-10m) Measure "$case" "$target" --connections 4 --shape upload --body-bytes 10485760 ;;
    stream) StreamCase "$case" "$target" "${port[$target]}" ;;
    tls-upstream) Measure "$case" "$target" --port "${tls_port[$target]}" --model bench-tls --connections 32 ;;
    tls-stream) StreamCase "$case" "$target" "${tls_port[$target]}" --model bench-tls ;;
    tls-client | tls-client-stream) ClientTlsCase "$case" "$target" ;;
    new-connection) Measure "$case" "$target" --connections 32 --new-connections ;;
    memory) MemoryCase "$target" ;;
    held) Unhurried HeldCase "$target" ;;
    syscalls) SyscallCase "$target" ;;
  esac
}

# Unhurried COMMAND…: for what measures latency. The controlplane, elsewhere on a machine of its own, works only when its
# core has nothing else to do; its bursts would count as the gateway's latency.
Unhurried() {
  [ -z "${controlplane_pid:-}" ] || chrt --all-tasks --idle --pid 0 "$controlplane_pid"
  "$@"
  [ -z "${controlplane_pid:-}" ] || chrt --all-tasks --other --pid 0 "$controlplane_pid"
}

ChatCase() {
  if [ "$1" != direct ]; then
    Measure chat-c32 "$1" --connections 32
    Measure chat-c256 "$1" --connections 256
  fi
  Unhurried Measure chat-rate "$1" --connections 256 --rate "$rate"
}

# $stream_rate streams begin each second and last 2 s: with 50, 100 are open and send 10,000 events per second. The warm-up is
# a stream's life.
StreamCase() { # CASE TARGET PORT ARG…
  local case=$1 target=$2 at=$3
  shift 3
  Unhurried Measure "$case" "$target" --port "$at" --connections 2000 --rate "$(Number "$stream_rate" 20)" --warmup "$(Number 2.2 0.2)" \
    --stream-chunks "$(Number 200 20)" --stream-interval-us 10000 "$@"
}

# The gateway listens in one way: it is started anew with certificates, and without afterwards.
ClientTlsCase() { # CASE TARGET
  local case=$1 target=$2
  [ "$target" != llmgw ] || RestartDataplane "${client_tls[@]}"
  if [ "$case" = tls-client ]; then
    Measure "$case" "$target" --port "${client_tls_port[$target]}" --tls --connections 32
  else
    StreamCase "$case" "$target" "${client_tls_port[$target]}" --tls
  fi
  [ "$target" != llmgw ] || RestartDataplane
}

# Clients that have their first answer and are silent; then streams with an event per second.
MemoryCase() {
  local target=$1 at before count
  RestartTarget "$target"
  [ "$target" != llmgw ] || Value memory "$target" ready_ms "$ready_ms"
  Value memory "$target" rss_at_start_kib "$(Rss "$target")"
  at=${port[$target]}
  WarmUp "$target"
  before=$(Rss "$target")
  for count in $(Number '1000 5000' 50); do
    HoldAndWeigh "$target" "$count" "$before" "idle_${count}" --port "$at"
  done
  RestartTarget "$target"
  at=${port[$target]}
  WarmUp "$target"
  before=$(Rss "$target")
  for count in $(Number "1000 5000 $most_streams" 50); do
    HoldAndWeigh "$target" "$count" "$before" "stream_$([ "$count" = "$most_streams" ] && echo most || echo "$count")" \
      --port "$at" --stream-chunks 1000000 --stream-interval-us 1000000
  done
}
WarmUp() { Load "$1" --port "${port[$1]}" --requests "$(Number 2000 100)" --connections 8 >/dev/null || true; }
HoldAndWeigh() { # TARGET COUNT RSS_BEFORE NAME ARG…
  local target=$1 count=$2 before=$3 name=$4 weight
  shift 4
  Settle
  if Hold "$target" "$count" "$@"; then
    sleep 1.5 # past the first event of each, in the steady state
    weight=$(awk -v after="$(Rss "$target")" -v before="$before" -v count="$count" 'BEGIN { printf "%.3f", (after - before) / count }')
    Value memory "$target" "rss_kib_per_$name" "$weight"
    printf '%s round %s: %-14s %-10s %s KiB per %s\n' "$(date -u +%H:%M:%S)" "$round" memory "$target" "$weight" "$name"
  else
    Wrong "$target does not hold $count connections"
  fi
  LetGo "memory-$name" "$target"
}

HeldCase() {
  local target=$1 count
  RestartTarget "$target"
  Settle
  count=$(Number $((most_streams > 9000 ? 9000 : most_streams)) 50)
  if Hold "$target" "$count" --port "${port[$target]}" --stream-chunks 1000000 --stream-interval-us 1000000; then
    Load "$target" --port "${port[$target]}" --seconds "$seconds" --connections 200 --rate "$(Number 2000 200)" >"$work/measured" || true
    Values held "$target" "$work/measured"
    printf '%s round %s: %-14s %-10s %s\n' "$(date -u +%H:%M:%S)" "$round" held "$target" "$(Brief "$work/measured")"
  else
    Wrong "$target does not hold $count streams"
  fi
  LetGo held-streams "$target"
}

# Counting slows the proxy down, so nothing else is taken from these runs.
SyscallCase() {
  CountCalls syscalls-chat "$1" "$(Number 6000 200)" 1 --connections 32
  CountCalls syscalls-stream "$1" "$(Number 100 4)" 200 --connections 2000 --rate 50 --stream-chunks 200 --stream-interval-us 10000
}
CountCalls() { # CASE TARGET REQUESTS UNITS_PER_REQUEST ARG…
  local case=$1 target=$2 requests=$3 units=$4 tracer calls
  shift 4
  Settle
  local counted=$out/$case-$target.txt
  taskset -c "$load_core" strace -f -c -o "$counted" -p "${watched[$target]}" 2>"$work/strace.log" &
  tracer=$!
  running+=("$tracer")
  WaitUntil strace grep -q attached "$work/strace.log"
  Load "$target" --port "${port[$target]}" --requests "$requests" "$@" >"$work/measured" || true
  kill -INT "$tracer" 2>/dev/null || true
  wait "$tracer" 2>/dev/null || true
  Forget "$tracer"
  grep -q '^faults=0' "$work/measured" || Wrong "$case, $target: $(cat "$work/measured")"
  calls=$(awk '$NF == "total" { print $4 }' "$counted")
  Value "$case" "$target" "$([ "$units" = 1 ] && echo syscalls_per_request || echo syscalls_per_chunk)" \
    "$(awk -v calls="${calls:-0}" -v all=$((requests * units)) 'BEGIN { printf "%.3f", calls / all }')"
}

# That the gateway's request logs were delivered, and not dropped for want of room. Each dataplane counts its own.
CountRecords() { # before the dataplane goes
  local sent dropped
  Settle
  sent=$(DataplaneCounter llmgw_records_sent_total)
  dropped=$(DataplaneCounter llmgw_records_dropped_total)
  records_sent=$((records_sent + ${sent:-0}))
  records_dropped=$((records_dropped + ${dropped:-0}))
}
NoteRecords() { # once a round
  CountRecords
  Value records llmgw records_sent "$records_sent"
  Value records llmgw records_dropped "$records_dropped"
  records_sent=0 records_dropped=0
}
