# shellcheck shell=bash disable=SC2016,SC2034,SC2064,SC2066,SC2124,SC2154,SC2317,SC2329
# Drives one interactive bash through the steps of one demo: its rc file, see session/driver.py.
#
# Descriptor 8 brings orders `NONCE FILE WATCH`, each watched one with a line of names of variables, and 9 takes notes
# `N NONCE …`; 7 says to control.sh that this bash lives. Steps have none of them. After a step, its fence goes to the
# terminal, an APC string `NONCE STATUS NOTES`: it ends the output, and says how many notes travel on their own stream.
# Where a person is there, `a` ends WATCH, and an APC string `NONCE` says that the step begins: a Ctrl-C before that would
# end the reading of orders, and the order be lost.
#
# The functions below are never called. stage/upload.py replaces each by a variable that holds its body on one line,
# and each call of one by its body: bodies run as traps, as PROMPT_COMMAND or through `eval`, since inside a function a
# step's `declare` would make local variables. `Mid-step` marks the bodies that run while a step does.
# They must not change $?, $_, PIPESTATUS or $-, print, fail or call a function: `case`, `for` and `((` leave $_ alone,
# and after a simple command `builtin : "$__qd_last"` restores it.

PS1='' PS2=''
# Bash repeats the first character of PS4 for each level of calls, two of which are the driver and `.`; see step_output.py.
PS4=$'\177+ '
unset HISTFILE
set +o history +H
cd "$__qd_folder" || exit
export QUARTERDECK_SESSION="$__qd_session"
until [[ -s $__qd_files/control ]]; do
    sleep 0.01
done
__qd_orders=/proc/$(<"$__qd_files/control")/fd/3
__qd_reports=${__qd_orders%3}4
exec 7>"$__qd_files/alive" 8<"$__qd_orders" 9>"$__qd_reports"
rm -f "$__qd_files/alive" "$__qd_files/control"
__qd_notes=$__qd_files/notes
unset __qd_folder __qd_session

__qd_newline=$'\n'
__qd_room=0 __qd_left=0 __qd_failures=0 __qd_line=0
__qd_told='' __qd_command='' __qd_statuses='' __qd_last='' __qd_watch=- __qd_name='' __qd_value=''
__qd_shell=$BASHPID

# How a step is watched. WATCH is `-` for nothing, `v` for its variables only, `e` for commands that fail (ERR), `p` for
# those inside a pipe too (DEBUG sees PIPESTATUS of the pipe before), `d` for those in substitutions and subshells too
# (functrace, errtrace; EXIT in each subshell lets DEBUG see its last pipe), with `x` where `set -x` may be on. A trap
# of the step's own wins, and a bash before 5 is not watched. Notes go to a file, since subshells take part: lines of
# fields separated by U+001F. Rare parts are in bodies of their own: parsing a trap costs more than running it. DEBUG
# ends after 5,000 commands and ERR after 2,000 failures, so that long loops stay fast.

# Mid-step. A pipe has failed somewhere: note it, but only once.
__qd_note_pipe() {
    __qd_statuses=${PIPESTATUS[@]} __qd_last=$_
    case $__qd_statuses$__qd_line$__qd_command$BASH_COMMAND in
    "$__qd_told") ;;
    *)
        __qd_told=$__qd_statuses$__qd_line$__qd_command$BASH_COMMAND
        ((__qd_room-- > 0)) &&
            builtin printf "P\037%s\037%s\037%s\037%s\037%s\n" "$__qd_step" "$__qd_statuses" "$__qd_line" "${__qd_command//$__qd_newline/ }" "${BASH_COMMAND//$__qd_newline/ }" >>"$__qd_notes" ||
            builtin :
        ;;
    esac
}

# Mid-step. A command has failed: note it.
__qd_note_error() {
    __qd_statuses=$? __qd_last=$_
    __qd_told=$__qd_statuses$__qd_line$BASH_COMMAND
    ((__qd_room-- > 0)) &&
        builtin printf "E\037%s\037%s\037%s\037%s\n" "$__qd_step" "$__qd_statuses" "$__qd_line" "${BASH_COMMAND//$__qd_newline/ }" >>"$__qd_notes" ||
        builtin :
}

# Mid-step. Each ends a kind of watching, or begins it in a subshell.
__qd_not_deep() {
    __qd_last=$_
    builtin set +T
}
__qd_enough() {
    __qd_last=$_
    builtin trap - DEBUG RETURN
}
__qd_no_more() {
    __qd_last=$_
    builtin trap - ERR
}
__qd_subshell() {
    __qd_last=$_ __qd_shell=$BASHPID
    builtin trap "{ case . in esac; } 2>/dev/null" EXIT
}

# Mid-step. The trap of ERR. LINENO is right on the first line only.
__qd_error() {
    case $((__qd_line = LINENO, --__qd_failures)) in
    0)
        builtin eval "$__qd_no_more"
        builtin : "$__qd_last"
        ;;
    *)
        case $?$__qd_line$BASH_COMMAND in
        "$__qd_told") ;;
        *)
            builtin eval "$__qd_note_error"
            builtin : "$__qd_last"
            ;;
        esac
        ;;
    esac
}

# Mid-step. In the trap of DEBUG: PIPESTATUS is that of the pipe before BASH_COMMAND.
__qd_look_back() {
    case ${PIPESTATUS[@]} in
    *[1-9]*\ * | *\ *[1-9]*)
        builtin eval "$__qd_note_pipe"
        builtin : "$__qd_last"
        ;;
    esac
}

# Mid-step. The trap of DEBUG for `p`. `for` assigns without changing $_.
__qd_pipe() {
    __qd_look_back
    for __qd_command in "$BASH_COMMAND"; do
        case $((__qd_line = LINENO, --__qd_left)) in
        4999)
            builtin eval "$__qd_not_deep"
            builtin : "$__qd_last"
            ;;
        0)
            builtin eval "$__qd_enough"
            builtin : "$__qd_last"
            ;;
        esac
    done
}

# Mid-step. The traps of ERR and DEBUG for `d`, which functions and subshells inherit; functions are left out.
__qd_deep_error() {
    case ${FUNCNAME-} in
    "")
        __qd_error
        ;;
    esac
}
__qd_deep_pipe() {
    case ${FUNCNAME-} in
    "")
        case $BASHPID in
        "$__qd_shell") ;;
        *)
            builtin eval "$__qd_subshell"
            builtin : "$__qd_last"
            ;;
        esac
        __qd_look_back
        for __qd_command in "$BASH_COMMAND"; do
            case $((__qd_line = LINENO, --__qd_left)) in
            0)
                builtin eval "$__qd_enough"
                builtin : "$__qd_last"
                ;;
            esac
        done
        ;;
    esac
}

# Before a step. DEBUG comes last: the command after it is `.`, and the one after that is the step's first.
__qd_before() {
    case $__qd_watch in
    *a)
        __qd_watch=${__qd_watch%a}
        builtin printf "\033_%s\033\\" "$__qd_nonce" >/dev/tty
        ;;
    esac
    __qd_room=200 __qd_left=5001 __qd_failures=2000 __qd_told=''
    builtin trap -p DEBUG ERR RETURN >|"$__qd_notes"
    if [[ -s $__qd_notes || ${BASH_VERSINFO[0]} -lt 5 ]]; then
        __qd_watch=v
        builtin : >|"$__qd_notes"
    fi
    case $__qd_watch in
    [ep]) builtin trap "$__qd_error" ERR ;;
    [ep]x) builtin trap "{ $__qd_error; } 2>/dev/null" ERR ;;
    d) builtin trap "$__qd_deep_error" ERR ;;
    dx) builtin trap "{ $__qd_deep_error; } 2>/dev/null" ERR ;;
    esac
    case $__qd_watch in
    p*) builtin set -T ;;
    d*) builtin set -TE ;;
    esac
    case $__qd_watch in
    [pd]*) builtin trap "{ case . in esac; } 2>/dev/null" RETURN ;;
    esac
    case $__qd_watch in
    p) builtin trap "$__qd_pipe" DEBUG ;;
    px) builtin trap "{ $__qd_pipe; } 2>/dev/null" DEBUG ;;
    d) builtin trap "$__qd_deep_pipe" DEBUG ;;
    dx) builtin trap "{ $__qd_deep_pipe; } 2>/dev/null" DEBUG ;;
    esac
}

# After it: its variables that are empty or `null`, and its notes. Of an array all values count. A value of more than
# 200 characters is neither empty nor `null`.
__qd_after() {
    case $__qd_watch in
    v) ;;
    *)
        builtin trap - DEBUG ERR RETURN
        builtin set +TE
        ;;
    esac
    for __qd_name in "${__qd_names[@]}"; do
        __qd_last="${__qd_name}[@]"
        __qd_last=${!__qd_last-}
        if ((${#__qd_last} > 200)); then
            continue
        fi
        __qd_value=${__qd_last//null}
        __qd_value=${__qd_value//"<no value>"}
        __qd_value=${__qd_value//"<nil>"}
        __qd_value=${__qd_value//[[:space:]]}
        if [[ -z $__qd_value && (-z $__qd_last || -n ${__qd_last//[[:space:]]}) ]] && builtin declare -p "$__qd_name"; then
            builtin printf "V\037%s\037%s\037%s\n" "$__qd_step" "$__qd_name" "${__qd_last//$__qd_newline/ }" >>"$__qd_notes"
        fi
    done
    __qd_count=0
    if [[ -s $__qd_notes ]]; then
        while IFS='' builtin read -r __qd_value; do
            ((++__qd_count))
            builtin printf "N %s %s\n" "$__qd_nonce" "$__qd_value" >&"$__qd_out"
        done <"$__qd_notes"
        builtin : >|"$__qd_notes"
    fi
}

# Whatever ends a step (its last line, `continue`, Ctrl-C, an unset variable under `set -u`), bash comes back to the
# loop's condition, which reports. After a `break` in a step the loop ends: L says that bash now waits for a line from
# its terminal; then it comes here again. What a trap of DEBUG prints of all this is thrown away.
#
# The group closes descriptors 7 to 9. Bash keeps copies to restore them, which programs do not inherit: no step has
# them, and closing them for each step would take longer than a short step. The copies have the first free numbers
# above 9. An order is 48 characters, which bash reads at once, while it reads a line letter by letter.
__qd_prompt() {
    {
        __qd_entry=$?
        for ((__qd_in = 10; __qd_in < 250; __qd_in++)); do
            if [[ /dev/fd/$__qd_in -ef $__qd_orders ]]; then
                break
            fi
        done
        for ((__qd_out = 10; __qd_out < 250; __qd_out++)); do
            if [[ /dev/fd/$__qd_out -ef $__qd_reports ]]; then
                break
            fi
        done
        while {
            __qd_status=$?
            case $__qd_entry in
            "") ;;
            *) __qd_status=$__qd_entry __qd_entry='' ;;
            esac
            case $__qd_watch in
            -) __qd_count=0 ;;
            *) builtin eval "$__qd_after" ;;
            esac
            builtin printf "\033_%s %s %s\033\\" "$__qd_nonce" "$__qd_status" "$__qd_count" >/dev/tty
            builtin read -r -N 48 -u "$__qd_in" __qd_order &&
                __qd_nonce=${__qd_order%% *} __qd_order=${__qd_order#* } &&
                __qd_step=$__qd_files/${__qd_order%% *} __qd_order=${__qd_order#* } &&
                __qd_watch=${__qd_order%% *} &&
                case $__qd_watch in
                -) ;;
                *)
                    IFS=" " builtin read -r -u "$__qd_in" -a __qd_names
                    builtin eval "$__qd_before"
                    ;;
                esac
        } >/dev/null 2>&1; do
            builtin . "$__qd_step"
        done
        { builtin printf "L\n" >&"$__qd_out"; } >/dev/null 2>&1
    } 7>&- 8<&- 9>&-
}
PROMPT_COMMAND=$__qd_prompt
unset __qd_prompt
