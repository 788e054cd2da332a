# shellcheck shell=sh
# Before engine.sh and registry.sh: a container lives as long as somebody holds its lease, and no longer. The lease is
# the container's standard input, see engine/lease.py: a line says that it is held, its end ends the container.

mkdir -p /run/quarterdeck
exec 3<&0 </dev/null

# Says `held` when the container is ready. The arguments: a script of bash that ends then, and what it takes.
# It prints why it fails, and then `failed` is said.
hold() {
    sleep 120 &
    unheld=$!
    {
        read -r _
        # Of the end by this signal, shells print nothing.
        kill -PIPE "$unheld"
        while read -r _; do :; done
    } <&3 &
    held=$!
    if [ "$#" = 0 ]; then
        echo held
    else
        { bash -c "$1" ready "$2" 2>&1 && echo held || echo failed; } &
    fi
    # The holder keeps the output open, whose end would end the input. What else is said here is no answer of ours.
    exec 3<&- >/dev/null 2>&1
    # Two minutes without a line: the process that made this container died in between.
    wait "$unheld" && exit 1
    wait "$held"
}
