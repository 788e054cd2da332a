# shellcheck shell=bash
# Waits until the stage answers; $1: whether an engine belongs to it. An engine answers some time after it has made its
# socket; to ask before that would only cost it time.
engine=/var/run/docker.sock
attempt=0
until (exec 3<>/dev/tcp/127.0.0.1/5000) 2>/dev/null &&
    { [ "$1" = no ] || { [ -S "$engine" ] && docker ps --quiet >/dev/null 2>&1; }; }; do
    attempt=$((attempt + 1))
    if [ "$attempt" -gt 600 ]; then
        tail -n 5 /run/quarterdeck/*.log
        exit 1
    fi
    sleep 0.03
done
