#!/usr/bin/env bash
# Installs the Debian packages named in FILE… (one per line, # starts a comment) that dpkg does not have yet.
# Touches the network only when something is missing, asks nothing, and starts no service.
# usage: install_packages.sh FILE…
set -euo pipefail

[ $# -gt 0 ] || { echo "usage: $0 FILE…" >&2; exit 2; }

# Names that are installed, or provided by something that is (a vendor's nodejs provides npm).
have=$(dpkg-query -W -f='${db:Status-Status} ${Package}, ${Provides}\n' |
  sed -n 's/^installed //p' | sed 's/([^)]*)//g; s/, */\n/g' | tr -d ' ')

missing=()
while read -r name; do
  grep -qxF -- "$name" <<<"$have" || missing+=("$name")
done < <(sed 's/#.*//; s/[[:space:]]//g; /^$/d' "$@" | sort -u)
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "These Debian packages are missing and only root can install them:" >&2
    echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo --preserve-env=DEBIAN_FRONTEND)
fi

log=$(mktemp)
policy=/usr/sbin/policy-rc.d
own_policy=no
CleanUp() {
  if [ "$own_policy" = yes ]; then "${as_root[@]}" rm -f "$policy"; fi
  rm -f "$log"
}
trap CleanUp EXIT

# A package that brings a daemon (postgresql) must not start it: the tests start a private one.
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
  own_policy=yes
fi

export DEBIAN_FRONTEND=noninteractive
echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
Apt() {
  "${as_root[@]}" apt-get -q -o Dpkg::Use-Pty=0 "$@"
}
if ! { Apt update && Apt install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 \
    < /dev/null; then
  tail -n 25 "$log" >&2
  echo "Could not install the packages above; apt-get's last words are printed here." >&2
  exit 1
fi
