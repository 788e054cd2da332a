# shellcheck shell=bash disable=SC2154
# Lets a person type into the demo's own shell, between two steps: `source`d by session.bash like a step. Ends with
# `exit` or Ctrl-D, and the shell goes on.
while IFS= builtin read -e -r -p $'\001\033[1;33m\002$\001\033[0m\002 ' __qd_value; do
    case $__qd_value in
    exit | logout) break ;;
    esac
    builtin history -s -- "$__qd_value"
    builtin eval "$__qd_value"
done
