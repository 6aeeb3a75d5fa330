#!/usr/bin/env bash
# Measures the dataplane, with every stage on, beside nginx and HAProxy. README.md beside this file tells how to read it. See --help.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repo=$(cd "$here/../.." && pwd)

all_cases=(chat prompt-100k prompt-1m upload-10m stream tls-upstream tls-stream tls-client tls-client-stream new-connection memory held syscalls)
all_targets=(nginx nginx-log haproxy llmgw)

Usage() {
  cat <<'HELP'
usage: tests/bench/run.sh [--rounds N] [--quick] [--case NAME]… [--target NAME]… [OPTION]…

Builds, starts a mock upstream, nginx, HAProxy and the gateway (dataplane with one worker, controlplane on SQLite), each
proxy on one core, clients and mock on the other, and measures one after the other, in every round anew. Prints medians
over the rounds and the gateway's ratios to nginx and HAProxy; leaves table.txt, results.csv and every single value
(raw.tsv) in the output folder. Everything stays on loopback and ends with this script.

  --rounds N       how often everything is measured (default 5; a median of fewer says little)
  --seconds S      length of one measurement (default 3)
  --rate N         requests per second of the fixed-rate case (default 3000)
  --stream-rate N  streams that begin each second in the stream cases (default 50)
  --keys N         client keys in the gateway (default 10000)
  --quick          one round of tiny measurements: shows that everything works, its numbers say nothing
  --case NAME      only this case; repeatable:
                     chat            1 KB chat requests: 32 and 256 connections closed loop, then at a fixed rate
                     prompt-100k, prompt-1m, upload-10m
                     stream          streams of 200 events, 10 ms apart
                     tls-upstream, tls-stream     the same with TLS to the upstream
                     tls-client, tls-client-stream  the same with TLS to the clients
                     new-connection  a connection for each request
                     memory          at start, per idle connection, per open stream (1,000, 5,000, near the descriptor limit)
                     held            2,000 req/s of chat while 9,000 streams are open
                     syscalls        per request and per event, by strace
  --target NAME    only this one; repeatable: nginx (access log off), nginx-log (on), haproxy, llmgw
  --build-dir DIR  where to build (default build/release)
  --no-build       use what is there
  --out DIR        output folder (default build/bench)
  --help           this text

Needs two cores that have nothing else to do; with one, or on a busy machine, numbers are worthless.
HELP
}
WrongUsage() {
  printf 'run.sh: %s (see --help)\n' "$*" >&2
  exit 2
}

# ---- arguments -----------------------------------------------------------------------------------------------------------
rounds=5 seconds=3 rate=3000 stream_rate=50 keys=10000 quick=no build=yes build_dir=$repo/build/release out=$repo/build/bench
cases=() targets=()
while [ $# -gt 0 ]; do
  case $1 in
    --rounds | --seconds | --rate | --stream-rate | --keys | --case | --target | --build-dir | --out)
      [ $# -ge 2 ] || WrongUsage "$1 needs a value"
      case $1 in
        --rounds) rounds=$2 ;;
        --seconds) seconds=$2 ;;
        --rate) rate=$2 ;;
        --stream-rate) stream_rate=$2 ;;
        --keys) keys=$2 ;;
        --case) cases+=("$2") ;;
        --target) targets+=("$2") ;;
        --build-dir) build_dir=$2 ;;
        --out) out=$2 ;;
      esac
      shift
      ;;
    --quick) quick=yes rounds=1 seconds=0.3 rate=500 keys=50 ;;
    --no-build) build=no ;;
    -h | --help) Usage && exit 0 ;;
    *) WrongUsage "unknown argument '$1'" ;;
  esac
  shift
done
[[ $rounds =~ ^[1-9][0-9]*$ ]] || WrongUsage "--rounds '$rounds' is not a number above 0"
[[ $keys =~ ^[1-9][0-9]*$ ]] || WrongUsage "--keys '$keys' is not a number above 0"
[[ $seconds =~ ^[0-9]+(\.[0-9]+)?$ ]] || WrongUsage "--seconds '$seconds' is not a number"
[ ${#cases[@]} -gt 0 ] || cases=("${all_cases[@]}")
[ ${#targets[@]} -gt 0 ] || targets=("${all_targets[@]}")
for name in "${cases[@]}"; do
  [[ " ${all_cases[*]} " == *" $name "* ]] || WrongUsage "there is no case '$name'"
done
for name in "${targets[@]}"; do
  [[ " ${all_targets[*]} " == *" $name "* ]] || WrongUsage "there is no target '$name'"
done
mkdir -p "$out"
out=$(cd "$out" && pwd)

# ---- install and build ---------------------------------------------------------------------------------------------------
"$repo/deploy/local/install_packages.sh" "$repo/deploy/local/packages.txt" "$repo/tests/packages.txt" "$here/packages.txt"
if [ $build = yes ]; then
  # Left by deploy/local/run.sh, which builds no tests.
  if grep -qs '^LLMGW_TESTS:BOOL=OFF' "$build_dir/CMakeCache.txt"; then cmake -DLLMGW_TESTS=ON "$build_dir" >/dev/null; fi
  "$repo/deploy/local/build.sh" "$build_dir" llmgw-dataplane llmgw-controlplane llmctl \
    llmgw-bench-mock llmgw-bench-load llmgw-bench-fill
fi
bin=$(cd "$build_dir" && pwd)/bin

# ---- the machine ---------------------------------------------------------------------------------------------------------
ulimit -n "$(ulimit -Hn)"
descriptors=$(ulimit -n)
[ "$descriptors" != unlimited ] || descriptors=1048576
# A stream takes two descriptors of a proxy; the rest is for listeners, logs and pools.
most_streams=$(((descriptors - 1000) / 2))
[ $most_streams -le 9500 ] || most_streams=9500

# The cores this script may use: one for the proxy, one for the clients, further ones for the mock and the controlplane.
mapfile -t cores < <(taskset -cp $$ | sed 's/.*: //; s/,/\n/g' | sed -E 's/^([0-9]+)-([0-9]+)$/seq \1 \2/e')
last=$((${#cores[@]} - 1))
Core() { echo "${cores[$(($1 <= last ? $1 : last))]}"; }
proxy_core=$(Core 0) load_core=$(Core 1) mock_core=$(Core 2) controlplane_core=$(Core 3)
[ $last -gt 0 ] || echo "run.sh: only one core: the numbers will be worthless" >&2

umask 077
work=$(mktemp -d /tmp/llmgw-bench-XXXXXX)
# nginx's worker may not be root.
chmod 711 "$work"
raw=$out/raw.tsv
: >"$raw"

# shellcheck source=tests/bench/targets.sh
. "$here/targets.sh"
# shellcheck source=tests/bench/cases.sh
. "$here/cases.sh"

CleanUp() {
  StopEverything
  rm -rf "$work"
}
trap CleanUp EXIT
trap 'exit 130' INT TERM HUP

# ---- measure -------------------------------------------------------------------------------------------------------------
# Has LIST… ITEM (last): whether the item is in the list.
Has() { [[ " ${*:1:$#-1} " == *" ${*: -1} "* ]]; }

MakeCertificate
StartMock
if Has "${targets[@]}" llmgw; then FillControlplane; fi
faults=0
tokens=$work/tokens
if Has "${targets[@]}" llmgw; then tokens=$filled/tokens; else seq -f "sk-bench-%.0f-0123456789abcdef" "$keys" >"$tokens"; fi
for ((round = 1; round <= rounds; round++)); do
  StartTargets
  for case in "${cases[@]}"; do
    # Whoever comes first in one round comes last in another.
    for ((turn = 0; turn < ${#targets[@]}; turn++)); do
      target=${targets[$(((turn + round) % ${#targets[@]}))]}
      if [ $turn = 0 ] && NeedsDirect "$case"; then RunCase "$case" direct; fi
      RunCase "$case" "$target"
    done
  done
  if Has "${targets[@]}" llmgw; then NoteRecords; fi
  StopTargets
done

# ---- tell ----------------------------------------------------------------------------------------------------------------
{
  echo "$(date -u '+%Y-%m-%d %H:%M UTC'); $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores; Linux $(uname -r)"
  echo "nginx $(nginx -v 2>&1 | sed 's/.*\///'), HAProxy $(haproxy -v | sed -n 's/^HAProxy version \([^ ]*\).*/\1/p'), llmgw $(git -C "$repo" rev-parse --short HEAD 2>/dev/null || echo unknown)"
  echo "$rounds rounds of $seconds s, $keys keys; load average $(cut -d' ' -f1-3 /proc/loadavg)"
  echo
  awk -v csv="$out/results.csv" -f "$here/report.awk" "$raw"
} | tee "$out/table.txt"
[ $quick = no ] || printf '\n--quick: these numbers say nothing but that everything works.\n'
if [ $faults != 0 ]; then
  printf '\n%d measurements had wrong or missing answers; see above.\n' "$faults"
  exit 1
fi
