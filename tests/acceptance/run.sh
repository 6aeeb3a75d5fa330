#!/usr/bin/env bash
# Runs the llmctl scripts of this folder, each against a fresh controlplane, and compares what they print with the .expected file
# beside them. Prints "ok NAME" or "FAIL NAME" and the difference.
# usage: run.sh [--update] [FILTER]     --update writes what was printed as the new expectation: read the difference in git
set -euo pipefail
cd "$(dirname "$0")"

update=no
if [ "${1:-}" = --update ]; then update=yes && shift; fi
filter=${1:-}

# What differs from run to run, by what it is.
Normalize() {
  sed -E -e "s#$1#DIR#g; s#$2#BIN#g" \
    -e 's/sk-llmgw-[A-Za-z0-9_-]{20,}/TOKEN/g; s/sk-llmgw-[A-Za-z0-9]{3}/PREFIX/g' \
    -e 's/key_[a-z0-9]{16}/KEY-ID/g; s/req_[a-z0-9]{24}/REQUEST-ID/g; s/[0-9]+[smh] ago/AGO/g' \
    -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9:]+)?/TIME/g' \
    -e 's/127\.0\.0\.1:[0-9]+/HOST:PORT/g; s/localhost:[0-9]+/localhost:PORT/g' \
    -e 's/[[:space:]]+$//'
}

RunScript() { # NAME; the script's output on standard output
  (
    set -euo pipefail
    # shellcheck source=tests/support/stack.sh
    . ../support/stack.sh
    # step COMMAND…: shows the command, what it prints, and its status when that is not 0.
    step() {
      local status=0
      printf '$ %s\n' "$*"
      "$@" 2>&1 || status=$?
      [ $status = 0 ] || printf '[exit %d]\n' $status
    }
    {
      StartControlplane --log-format text
      # shellcheck disable=SC1090  # the script under test
      . "./$1.sh"
    } >"$stack/printed" 2>&1 || echo "[the script itself failed]" >>"$stack/printed"
    Normalize "$stack" "$bin" <"$stack/printed"
  )
}

failed=0
for script in *.sh; do
  name=${script%.sh}
  [ "$name" != run ] || continue
  [[ $name == *"$filter"* ]] || continue
  # Without an answer there is nothing to compare, and nothing to expect from now on.
  printed=$(RunScript "$name" </dev/null) || { echo "FAIL $name" && failed=1 && continue; }
  if [ $update = yes ]; then printf '%s\n' "$printed" >"$name.expected"; fi
  if difference=$(diff -u "$name.expected" <(printf '%s\n' "$printed")); then
    echo "ok $name"
  else
    echo "FAIL $name"
    printf '%s\n' "$difference"
    failed=1
  fi
done
exit $failed
