#!/usr/bin/env bash
# Configures once (Ninja, Release, ccache) and builds, showing progress. deploy/local/run.sh and tests/run.sh build through this.
# usage: build.sh [BUILD_DIR [TARGET…]]       default: build/release, everything
#   LLMGW_CMAKE_ARGS   extra arguments for CMake, used when BUILD_DIR is configured for the first time
#   LLMGW_JOBS         parallel compilers (default: one per core, one per 1.5 GiB of memory)
set -euo pipefail
cd "$(dirname "$0")/../.."

dir=${1:-build/release}
[ $# -eq 0 ] || shift

if [ -z "${LLMGW_JOBS:-}" ]; then
  cores=$(nproc)
  by_memory=$(awk '/^MemAvailable/ { n = int($2 / 1572864); print (n < 1 ? 1 : n) }' /proc/meminfo)
  LLMGW_JOBS=$((cores < by_memory ? cores : by_memory))
fi

if [ ! -f "$dir/build.ninja" ]; then
  log=$(mktemp)
  # shellcheck disable=SC2086  # several arguments on purpose
  if ! cmake -S . -B "$dir" -G Ninja -DCMAKE_BUILD_TYPE=Release ${LLMGW_CMAKE_ARGS:-} >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log" "$dir/CMakeCache.txt"
    exit 1
  fi
  rm -f "$log"
fi

export NINJA_STATUS='[%p %f/%t, %es] '
if [ -t 1 ]; then
  exec ninja -C "$dir" -j "$LLMGW_JOBS" "$@"
fi

# Not a terminal: a progress line per ten percent, and everything that is not progress.
ninja -C "$dir" -j "$LLMGW_JOBS" "$@" 2>&1 | {
  shown=-1
  while IFS= read -r line; do
    case $line in
      'ninja: Entering'* | 'ninja: no work'* | *'Re-checking globbed'*) continue ;;
    esac
    if [[ $line =~ ^\[\ *([0-9]+)%\ [0-9]+/[0-9]+ ]]; then
      tenth=$((BASH_REMATCH[1] / 10))
      [ "$tenth" != "$shown" ] || continue # it starts anew after CMake has run again
      shown=$tenth
    fi
    printf '%s\n' "$line"
  done
}
