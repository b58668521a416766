#!/bin/sh
# libxml2.sh FOLDER FLAGS: Debian's libxml2, the very version that is installed, built with the fuzzers' flags as FOLDER/libxml2.a
# with its headers in FOLDER/include. Its source comes from wherever this machine's packages come from. Without a network it
# says so and leaves nothing: the fuzzers then use the library that is installed, which is not instrumented.
set -eu
mkdir -p "$1"
folder=$(cd "$1" && pwd)
flags=$2
version=$(dpkg-query -W -f '${Version}' libxml2-dev)
if [ "$(cat "$folder/built" 2>/dev/null)" = "$version $flags" ]; then exit 0; fi
rm -rf "$folder" && mkdir -p "$folder/lists" "$folder/sources"

# The machine's own package sources, asked for source code; both formats of apt. One file after the other: two that name the
# same source with different keys are an error to apt.
log=$folder/log
export ASAN_OPTIONS=detect_leaks=0 # of configure's own probes
cd "$folder"
apt() {
  apt-get -q -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$folder/sources" -o "Dir::State::Lists=$folder/lists" \
    -o APT::Sandbox::User=root -o Acquire::http::Timeout=20 -o Acquire::Retries=1 "$@"
}
fetch() {
  rm -f sources/*
  case $1 in
  *.sources) sed 's/^Types:.*/Types: deb-src/' "$1" >"sources/${1##*/}" ;;
  *) sed -n 's/^deb\([[:blank:]]\)/deb-src\1/p' "$1" >"sources/${1##*/}.list" ;;
  esac
  apt update || true # some sources hold no source code
  apt source --only-source "libxml2=$version"
}
find "${APT_ETC:-/etc/apt}" \( -name sources.list -o -path '*/sources.list.d/*.list' -o -path '*/sources.list.d/*.sources' \) >files
while read -r file; do
  if fetch "$file" >>"$log" 2>&1; then break; fi
done <files
if ! cd "$folder"/libxml2-*/ 2>/dev/null; then
  echo 'SKIP libxml2 with instrumentation: no source code from the package servers, see' "$log" >&2
  exit 0
fi
echo "  CC  libxml2 $version, instrumented"
build() {
  ./configure CC=clang CFLAGS="-g -O1 $flags" --disable-shared --without-python --without-lzma --without-zlib --without-icu \
    --without-http --without-ftp --without-debug --without-schemas --without-schematron --without-xinclude --without-xptr --without-c14n &&
    make -j2 AUTOMAKE=: ACLOCAL=: AUTOCONF=: AUTOHEADER=: libxml2.la && cp .libs/libxml2.a "$folder" && mkdir -p "$folder/include" && cp -r include/libxml "$folder/include"
}
build >>"$log" 2>&1 || { tail -20 "$log" >&2; exit 1; }
cd "$folder" && rm -rf libxml2-*/ libxml2_* lists sources files
echo "$version $flags" >built
