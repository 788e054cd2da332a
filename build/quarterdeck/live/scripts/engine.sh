# shellcheck shell=sh disable=SC2013
# The first process of a stage's engine container: a Docker engine of its own, in a network namespace shared with
# the registry, if $2 is `yes`. Runs in a POSIX shell of any image; quarterdeck adds scripts/hold.sh before it.

if [ "$2" = yes ]; then
    if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
        # cgroup v2: a group with processes in it can't have controllers, so ours move out of the root first.
        mount -o remount,bind,rw /sys/fs/cgroup
        mkdir -p /sys/fs/cgroup/stage
        # shellcheck disable=SC2013  # the list is read before the first move changes it
        for pid in $(cat /sys/fs/cgroup/cgroup.procs); do
            echo "$pid" >/sys/fs/cgroup/stage/cgroup.procs
        done 2>/dev/null
        sed 's/^/+/; s/ / +/g' /sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control
    else
        mount -o remount,bind,rw /sys/fs/cgroup
        for group in /sys/fs/cgroup/*; do
            mount -o remount,bind,rw "$group"
        done
    fi 2>/dev/null

    # Started at once, not by dockerd, which would look for it once a second only.
    dockerd --host unix:///var/run/docker.sock --pidfile /run/quarterdeck/engine.pid \
        >/run/quarterdeck/engine.log 2>&1 &
fi

hold "$@"
