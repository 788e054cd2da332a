# shellcheck shell=sh
# Before engine.sh and registry.sh: a container lives as long as somebody holds its lease, and no longer.
# A lease is an `exec` whose standard input ends when its holder dies; see lease.sh.

mkdir -p /run/quarterdeck

hold() {
    # The lease ends by killing the process that this waits for.
    sleep 2147483647 &
    held=$!
    echo "$held" >/run/quarterdeck/held
    # No lease within two minutes: the process that made this container died in between.
    waited=0
    until [ -e /run/quarterdeck/leased ]; do
        [ "$waited" -lt 1200 ] || exit 1
        waited=$((waited + 1))
        sleep 0.1
    done
    wait "$held"
}
