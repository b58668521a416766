#!/bin/sh
# need.sh PACKAGE...: installs the Debian packages that are missing, and leaves no service running that was not.
set -eu
command -v dpkg-query >/dev/null || { echo "not a Debian system: please see to these yourself: $*" >&2; exit 0; }
missing=
for package; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
  [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
  echo "installing with sudo:$missing" >&2
  sudo -n "$0" "$@" && exit 0
  echo "sudo did not work; as root: apt-get install --no-install-recommends$missing" >&2
  exit 1
fi

# Debian starts a service as soon as it is installed, unless policy-rc.d forbids it.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\nexit 101\n' >$policy
  chmod 755 $policy
fi
export DEBIAN_FRONTEND=noninteractive
echo "installing:$missing" >&2
log=$(mktemp)
install() { apt-get install -y --no-install-recommends $missing >"$log" 2>&1; }
install || { apt-get update >>"$log" 2>&1 && install; } || { cat "$log" >&2; exit 1; }
rm -f "$log"
case " $missing " in
*" openssh-server "*) # nor at the next boot
  if command -v systemctl >/dev/null; then systemctl disable ssh.service ssh.socket >/dev/null 2>&1 || true; fi ;;
esac
case " $missing " in
*" kannel "*)
  if command -v systemctl >/dev/null; then systemctl disable kannel.service >/dev/null 2>&1 || true; fi ;;
esac
