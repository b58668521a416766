#!/bin/sh
# aqbanking.sh FILE: imports an MT940 statement with aqbanking, offline, in a folder of its own, and prints what it read
# as bench.py wants it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
HOME=$folder LC_ALL=C.UTF-8 aqbanking-cli --cfgdir="$folder" -n import --importer=swift --profile=SWIFT-MT940 \
  -c "$folder/context" -f "$1" 2>"$folder/log" || { cat "$folder/log" >&2; exit 1; }
printf '{"entries": %d}\n' "$(grep -c '^ *transaction *{' "$folder/context")"
