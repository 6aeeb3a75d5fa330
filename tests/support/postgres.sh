#!/usr/bin/env bash
# A private PostgreSQL for the tests: own folder, own unix socket, no TCP port, fsync off.
# usage: postgres.sh init DIR     makes a database cluster in DIR, if there is none yet, and prints its URL (with a password)
#        postgres.sh start DIR    init, and starts the server in the background
#        postgres.sh run DIR      the server in the foreground, which stops with the process that started it
#        postgres.sh stop DIR     stops it at once; the data stays, so that it can be started again
#        postgres.sh psql DIR …   psql as superuser, with the arguments given
set -euo pipefail

[ $# -ge 2 ] || { sed -n '2,7s/^# //p' "$0" >&2; exit 2; }
verb=$1 dir=$2
shift 2

bin=$(find /usr/lib/postgresql/*/bin -name postgres -printf '%h\n' 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "PostgreSQL is not installed (tests/packages.txt)" >&2; exit 1; }

# The server refuses to run as root.
as_user=()
if [ "$(id -u)" = 0 ]; then
  user=postgres
  id postgres >/dev/null 2>&1 || user=nobody
  as_user=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups --)
fi

options=(-c listen_addresses= -c "unix_socket_directories=$dir" -c fsync=off
  -c full_page_writes=off -c max_connections=200)

Initialize() {
  mkdir -p "$dir"
  # Others must be able to pass through to the socket, not to read the data (0700 by initdb).
  chmod 711 "$dir"
  [ ! -f "$dir/data/PG_VERSION" ] || return 0
  printf 'test-password-of-the-database' >"$dir/password"
  [ ${#as_user[@]} = 0 ] || chown -R "$user" "$dir"
  (cd / && "${as_user[@]}" "$bin/initdb" -D "$dir/data" -U llmgw -A scram-sha-256 --pwfile="$dir/password" \
    -E UTF8 --locale=C --no-sync >"$dir.initdb.log" 2>&1) || { cat "$dir.initdb.log" >&2; exit 1; }
  rm -f "$dir.initdb.log"
}

# A connection over a unix socket, in the form every libpq client knows.
PrintUrl() { echo "postgres://llmgw:$(cat "$dir/password")@/postgres?host=${dir//\//%2F}"; }

case $verb in
  init) Initialize && PrintUrl ;;
  start)
    Initialize
    (cd / && "${as_user[@]}" "$bin/pg_ctl" -D "$dir/data" -w -t 30 -l "$dir/data/server.log" \
      -o "$(printf "'%s' " "${options[@]}")" start >/dev/null </dev/null) || { cat "$dir/data/server.log" >&2; exit 1; }
    PrintUrl
    ;;
  run)
    cd /
    # Changing the user clears the death signal, so it is set again after.
    exec "${as_user[@]:-env}" setpriv --pdeathsig QUIT -- "$bin/postgres" -D "$dir/data" "${options[@]}"
    ;;
  stop)
    (cd / && "${as_user[@]}" "$bin/pg_ctl" -D "$dir/data" -w -m immediate stop >/dev/null 2>&1) || true
    ;;
  psql)
    PGPASSWORD=$(cat "$dir/password") exec "$bin/psql" -h "$dir" -U llmgw -d postgres -v ON_ERROR_STOP=1 -qAt "$@"
    ;;
  *)
    echo "unknown verb $verb" >&2
    exit 2
    ;;
esac
