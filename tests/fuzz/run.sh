#!/bin/sh
# Builds the fuzz targets and runs each for a while; fails when one finds something. What it found is left in the build folder.
#   tests/fuzz/run.sh [seconds per target, default 60] [target...]
# LLMGW_FUZZ_BUILD names the build folder (default: build/fuzz in the repository). New inputs worth keeping stay there as well:
# the seeds in corpus/ are small and hand-written on purpose.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
seconds=${1:-60}
[ $# -gt 0 ] && shift
build=${LLMGW_FUZZ_BUILD:-$here/../../build/fuzz}
mkdir -p "$build"

cmake -S "$here" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER="${CXX:-clang++}" >"$build/configure.log" ||
  { cat "$build/configure.log"; exit 1; }
ninja -C "$build" -j "${LLMGW_JOBS:-2}" >"$build/build.log" || { tail -40 "$build/build.log"; exit 1; }

failed=""
for target in ${*:-head_parser connect_answer chunk_decoder body_peek multipart_peek sse_scanner model_rewriter stream_opening wait_value replicate_events env_file}; do
  found="$build/corpus/$target"
  mkdir -p "$found" "$build/crashes"
  printf '%-16s ' "$target"
  if "$build/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=2000 \
      -artifact_prefix="$build/crashes/$target-" -print_final_stats=1 \
      "$found" "$here/corpus/$target" >"$build/$target.log" 2>&1; then
    sed -n 's/^stat::number_of_executed_units: */ok, runs: /p' "$build/$target.log"
  else
    echo "FAILED"
    tail -25 "$build/$target.log"
    failed="$failed $target"
  fi
done
[ -z "$failed" ] || { echo "failed:$failed (inputs in $build/crashes)"; exit 1; }
