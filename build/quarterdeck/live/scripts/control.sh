# shellcheck shell=sh
# Joins the two FIFOs of a session to one stream: what comes in goes to the session, its statuses go out.
# Opening waits until the session's bash has opened them too; then their names go, and nothing else can.
exec 3>"$1/commands" 4<"$1/statuses"
rm -f "$1/commands" "$1/statuses"
cat <&4 &
exec cat >&3
