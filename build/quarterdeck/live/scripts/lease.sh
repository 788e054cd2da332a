# shellcheck shell=sh
# Holds a container's lease: when standard input ends, the container does too. On a machine with much to do it starts
# before hold.sh, the container's first process, has made the folder. The arguments are a script of bash that ends when
# the container is ready, and what it takes; until then `held` is not said.
mkdir -p /run/quarterdeck
: >/run/quarterdeck/leased
until [ -s /run/quarterdeck/held ]; do sleep 0.02; done
if [ "$#" = 0 ]; then
    echo held
else
    { bash -c "$1" ready "$2" 2>&1 && echo held || echo failed; } &
fi
cat >/dev/null
kill -9 -1
