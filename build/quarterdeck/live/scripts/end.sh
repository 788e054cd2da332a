# shellcheck shell=sh
# Sends signal $1 to all that a session's steps have started, daemons of their own session included. They carry
# the session's name ($2) in their environment; its bash does not. Again until none is left that is new.
for _ in 1 2 3 4 5 6 7 8 9 10; do
    pids=$(grep -Flzsx "QUARTERDECK_SESSION=$2" /proc/[0-9]*/environ | tr -dc '0-9\n')
    [ -n "$pids" ] || exit 0
    # shellcheck disable=SC2086
    kill -STOP $pids 2>/dev/null
    again=$(grep -Flzsx "QUARTERDECK_SESSION=$2" /proc/[0-9]*/environ | tr -dc '0-9\n')
    # shellcheck disable=SC2086
    kill "-$1" $again 2>/dev/null
    # shellcheck disable=SC2086
    kill -CONT $again 2>/dev/null
    [ "$1" = KILL ] || exit 0
done
