# shellcheck shell=sh
# Holds a container's lease: when standard input ends, the container does too. On a machine with much to do it starts
# before hold.sh, the container's first process, has made the folder.
mkdir -p /run/quarterdeck
: >/run/quarterdeck/leased
until [ -s /run/quarterdeck/held ]; do sleep 0.02; done
echo held
cat >/dev/null
kill -9 -1
