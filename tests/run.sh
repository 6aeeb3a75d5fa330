#!/usr/bin/env bash
# Builds and runs the tests: all of them, a tier, or those that a filter names. See --help.
set -euo pipefail
cd "$(dirname "$0")/.."
repo=$PWD

Usage() {
  cat <<'HELP'
usage: tests/run.sh [FILTER] [--fast] [--only TIER[,TIER…]]

Installs missing Debian packages, builds, and runs every test, with a private PostgreSQL of its own.
The last line is "N passed, N failed"; the status is 0 when nothing failed.

  FILTER        run only what matches, in the release build: part of a test case ("HeadParser.Refuses"), of a test
                program ("net_http1"), of a script ("key_create"), or the path of a test's file
  --only TIER   run only these tiers
  --fast        leave out the tiers asan, tsan and fuzz

Tiers, in order:
  checks        layering, format, paths in READMEs (.ci/)
  unit          one class or function, mirrors the source tree (tests/unit)
  contract      one suite for every implementation of an interface (tests/contract)
  integration   one program, real sockets (tests/integration)
  e2e           all programs, SQLite and PostgreSQL (tests/e2e)
  acceptance    llmctl scripts against a running controlplane (tests/acceptance)
  sdk           the official npm clients of OpenAI and Anthropic against the running gateway (tests/e2e/sdk)
  asan          unit and integration with AddressSanitizer and UndefinedBehaviorSanitizer
  tsan          unit and integration with ThreadSanitizer
  fuzz          each fuzz target for a few seconds (tests/fuzz)

Examples:
  tests/run.sh
  tests/run.sh HeadParser
  tests/run.sh --only unit,contract
HELP
}

# ---- arguments -----------------------------------------------------------------------------------------------------------
all_tiers=(checks unit contract integration e2e acceptance sdk asan tsan fuzz)
filter='' only='' fast=no
while [ $# -gt 0 ]; do
  case $1 in
    --fast) fast=yes ;;
    --only)
      [ $# -ge 2 ] || { echo "run.sh: --only needs a tier (see --help)" >&2; exit 2; }
      only=${only:+$only,}$2
      shift
      ;;
    -h | --help) Usage && exit 0 ;;
    -*) echo "run.sh: unknown option '$1' (see --help)" >&2 && exit 2 ;;
    *) filter=$1 ;;
  esac
  shift
done
for tier in ${only//,/ }; do
  [[ " ${all_tiers[*]} " == *" $tier "* ]] || { echo "run.sh: no tier '$tier' (see --help)" >&2; exit 2; }
done

Wanted() { # TIER
  if [ -n "$only" ]; then
    [[ ,$only, == *,$1,* ]]
  elif [ "$fast" = yes ]; then
    [[ $1 != asan && $1 != tsan && $1 != fuzz ]]
  fi
}

# ---- counting and telling ------------------------------------------------------------------------------------------------
release=$repo/build/release
out=$repo/build/test-output
passed=0 failed=0 table='' failures=()
started=$SECONDS

Elapsed() { printf '%d:%02d' $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60)); }
Say() { printf '[%s] %s\n' "$(Elapsed)" "$*"; }

# Tally TIER PASSED FAILED SKIPPED SECONDS
Tally() {
  passed=$((passed + $2))
  failed=$((failed + $3))
  table+=$(printf '%-12s %7d %7d %8d %8ds' "$@")$'\n'
}

# Script TIER NAME COMMAND…: one script is one test.
Script() {
  local tier=$1 name=$2 log=$out/$1-${2//\//_}.log
  shift 2
  if "$@" >"$log" 2>&1; then
    tier_passed=$((tier_passed + 1))
    Say "$tier: $name passed"
  else
    tier_failed=$((tier_failed + 1))
    failures+=("$tier: $name")
    Say "$tier: $name FAILED"
    tail -n 60 "$log"
  fi
}

# CountCases XML…: of GoogleTest's reports, prints "passed failed skipped", then the names of those that failed.
CountCases() {
  awk '
    function Flush() {
      if (name == "") return
      if (broken) { bad++; names = names name "\n" } else if (skip) skipped++; else good++
      name = ""; broken = 0; skip = 0
    }
    /<testcase / {
      Flush()
      if ($0 ~ /status="notrun"/) next
      match($0, / classname="[^"]*"/); suite = substr($0, RSTART + 12, RLENGTH - 13)
      match($0, / name="[^"]*"/); name = suite "." substr($0, RSTART + 7, RLENGTH - 8)
      skip = ($0 ~ /result="skipped"/)
    }
    /<failure/ { broken = 1 }
    END { Flush(); printf "%d %d %d\n%s", good, bad, skipped, names }' /dev/null "$@"
}

# Ctest TIER BUILD_DIR CTEST_ARG…: runs test programs and counts their cases into tier_passed, tier_failed, tier_skipped.
Ctest() {
  local tier=$1 dir=$2 reports=$out/$1
  shift 2
  rm -rf "$reports" && mkdir -p "$reports"
  local run=(ctest)
  # ThreadSanitizer cannot map its shadow where newer kernels place programs at random.
  if [ "$tier" = tsan ] && setarch -R true 2>/dev/null; then run=(setarch -R ctest); fi
  GTEST_OUTPUT=xml:$reports/ GTEST_COLOR=no "${run[@]}" --test-dir "$dir" --no-tests=ignore -j "$(nproc)" \
    --output-on-failure --output-junit "$reports/junit" "$@" 2>&1 </dev/null | tee "$reports/log" |
    sed -nuE 's/^ *([0-9]+\/[0-9]+) Test +#[0-9]+: ([^ ]+) \.+ *(.*)$/'"$tier"': \1 \2 \3/p' |
    while IFS= read -r line; do Say "$line"; done || true

  local counts good bad skipped name program broken=() written=()
  mapfile -t written < <(find "$reports" -name '*.xml')
  counts=$(CountCases "${written[@]}")
  read -r good bad skipped <<<"$counts"
  while IFS= read -r name; do [ -z "$name" ] || failures+=("$tier: $name"); done < <(tail -n +2 <<<"$counts")
  # A program that failed without a failed case has crashed, leaked, raced or run out of time.
  mapfile -t broken < <(sed -nE 's/.*<testcase name="([^"]*)".* status="fail".*/\1/p' "$reports/junit" 2>/dev/null)
  for program in "${broken[@]}"; do
    grep -q '<failure' "$reports/$program".xml 2>/dev/null && continue
    bad=$((bad + 1))
    failures+=("$tier: $program (see $reports/log)")
  done
  # awk rather than head, which would end the run here by closing the pipe.
  [ "$bad" = 0 ] || grep -vE '^ *[0-9]+/[0-9]+ Test .* Passed|^ +Start +[0-9]+:|\[ +(OK|RUN) +\]' "$reports/log" | awk 'NR <= 200'
  tier_passed=$((tier_passed + good)) tier_failed=$((tier_failed + bad)) tier_skipped=$((tier_skipped + skipped))
}

# Lines "ok NAME", "FAIL NAME" and "skip NAME" of a runner's output, counted.
CountLines() { # TIER LOG
  local name
  tier_passed=$((tier_passed + $(grep -cE '^ok ' "$2" || true)))
  tier_skipped=$((tier_skipped + $(grep -cE '^skip ' "$2" || true)))
  while IFS= read -r name; do
    tier_failed=$((tier_failed + 1))
    failures+=("$1: $name")
  done < <(sed -n 's/^FAIL //p' "$2")
}

# Runner TIER COMMAND…: a script that runs several tests and prints such lines; shown as they come.
Runner() {
  local tier=$1 log=$out/$1.log before=$tier_failed before_all=$((tier_passed + tier_failed + tier_skipped)) status=0
  shift
  { "$@" 2>&1 </dev/null || echo "status $?" >"$log.status"; } | tee "$log" |
    while IFS= read -r line; do
      case $line in
        'ok '* | 'FAIL '* | 'skip '*) Say "$tier: $line" ;;
      esac
    done
  CountLines "$tier" "$log"
  if [ -f "$log.status" ]; then
    status=1
    rm -f "$log.status"
  fi
  if [ $status != 0 ] && [ "$tier_failed" = "$before" ]; then
    tier_failed=$((tier_failed + 1))
    failures+=("$tier: $*")
  fi
  # One that tells of no test at all has tested nothing.
  if [ $((tier_passed + tier_failed + tier_skipped)) = "$before_all" ]; then
    tier_failed=$((tier_failed + 1))
    failures+=("$tier: $* (it ran no test)")
  fi
  if [ "$tier_failed" != "$before" ]; then tail -n 80 "$log"; fi
}

# Tier NAME FUNCTION: runs it if wanted and takes its counts.
Tier() {
  Wanted "$1" || return 0
  local began=$SECONDS
  tier_passed=0 tier_failed=0 tier_skipped=0
  "$2"
  Tally "$1" "$tier_passed" "$tier_failed" "$tier_skipped" $((SECONDS - began))
}

Finish() {
  printf '\n%-12s %7s %7s %8s %9s\n%s' tier passed failed skipped time "$table"
  if [ ${#failures[@]} -gt 0 ]; then
    printf '\nFailed:\n'
    printf '  %s\n' "${failures[@]}"
  fi
  printf '\nAfter %s:\n%d passed, %d failed\n' "$(Elapsed)" "$passed" "$failed"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

# A build that fails is a failed test, and the rest of its tier cannot run.
Build() { # DIR CMAKE_ARGS TARGET…
  local dir=$1 args=$2
  shift 2
  Say "building $dir"
  if ! LLMGW_CMAKE_ARGS=$args deploy/local/build.sh "$dir" "$@"; then
    failures+=("the build of $dir")
    failed=$((failed + 1))
    return 1
  fi
}

# ---- the tiers -----------------------------------------------------------------------------------------------------------
Checks() {
  Script checks layering .ci/layering
  Script checks format .ci/format
  Script checks readme_paths .ci/readme_paths
}
Unit() { Ctest unit "$release" -L '^unit$'; }
Contract() { Ctest contract "$release" -L '^contract$'; }
Integration() { Ctest integration "$release" -L '^integration$'; }
EndToEnd() { Ctest e2e "$release" -L '^e2e$'; }
Acceptance() { LLMGW_BIN_DIR=$release/bin Runner acceptance tests/acceptance/run.sh "$filter"; }
Sdk() { LLMGW_BIN_DIR=$release/bin Runner sdk tests/e2e/sdk/run.sh "$filter"; }
FuzzShortly() {
  LLMGW_JOBS=$(nproc) tests/fuzz/run.sh 10 | sed -uE 's/^([a-z_]+) +(ok.*)/ok \1 (\2)/; s/^([a-z_]+) +FAILED/FAIL \1/'
}
Fuzz() { Runner fuzz FuzzShortly; }

Sanitized() { # TIER SANITIZER
  Build "build/$1" "-DCMAKE_BUILD_TYPE=Debug -DLLMGW_SANITIZE=$2" llmgw_sanitized_tests || return 0
  Ctest "$1" "$repo/build/$1" -L '^(unit|integration)$'
}
Asan() {
  export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
  export UBSAN_OPTIONS=print_stacktrace=1 LSAN_OPTIONS=suppressions=$repo/.ci/lsan.supp:print_suppressions=0
  Sanitized asan address
}
Tsan() {
  export TSAN_OPTIONS=suppressions=$repo/.ci/tsan.supp:second_deadlock_stack=1
  Sanitized tsan thread
}

# Only what matches $filter.
Filtered() {
  local pattern=$filter cases program
  for name in layering format readme_paths; do
    [[ $name != *"$filter"* ]] || Script checks "$name" ".ci/$name"
  done
  if [[ $filter == *.cc ]]; then
    # A file of tests: its suites, also where they are instantiated with parameters.
    pattern=$(sed -nE 's/^(TEST|TEST_F|TEST_P|TYPED_TEST)\((\w+),.*/\2.*:*\/\2.*:*\/\2\/*.*/p' "$filter" | sort -u | paste -sd:)
  else
    pattern="*${filter#\*}"
    pattern="${pattern%\*}*"
  fi
  for program in "$release"/tests/*; do
    [ -f "$program" ] || continue
    if [[ ${program##*/} == *"$filter"* ]]; then
      Ctest "${program##*/}" "$release" -R "^${program##*/}\$"
    else
      cases=$(GTEST_FILTER=$pattern "$program" --gtest_list_tests 2>/dev/null | grep -c '^  ') || continue
      [ "$cases" = 0 ] || GTEST_FILTER=$pattern Ctest "${program##*/}" "$release" -R "^${program##*/}\$"
    fi
  done
  local script
  script=$(basename "$filter" | sed 's/\.[a-z]*$//')
  if compgen -G "tests/acceptance/*$script*.sh" >/dev/null; then filter=$script Acceptance; fi
  if compgen -G "tests/e2e/sdk/*$script*.mjs" >/dev/null; then filter=$script Sdk; fi
}

# ---- go ------------------------------------------------------------------------------------------------------------------
deploy/local/install_packages.sh deploy/local/packages.txt tests/packages.txt
mkdir -p "$out"

# Left by deploy/local/run.sh, which builds no tests.
if grep -qs '^LLMGW_TESTS:BOOL=OFF' "$release/CMakeCache.txt"; then cmake -DLLMGW_TESTS=ON "$release" >/dev/null; fi

needs_release=no
for tier in unit contract integration e2e acceptance sdk; do ! Wanted "$tier" || needs_release=yes; done
if [ -n "$filter" ] || [ $needs_release = yes ]; then
  Build build/release '' || Finish || exit 1
fi

database=$(mktemp -d /tmp/llmgw-tests-XXXXXX)
CleanUp() {
  tests/support/postgres.sh stop "$database/pg"
  rm -rf "$database"
}
trap CleanUp EXIT
trap 'exit 130' INT TERM
chmod 711 "$database" # the server runs as another user
LLMGW_TEST_POSTGRES=$(tests/support/postgres.sh start "$database/pg")
export LLMGW_TEST_POSTGRES

if [ -n "$filter" ]; then
  only=filtered
  Tier filtered Filtered
else
  Tier checks Checks
  Tier unit Unit
  Tier contract Contract
  Tier integration Integration
  Tier e2e EndToEnd
  Tier acceptance Acceptance
  Tier sdk Sdk
  Tier asan Asan
  Tier tsan Tsan
  Tier fuzz Fuzz
fi
Finish
