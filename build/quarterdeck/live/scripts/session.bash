# Drives one bash through the steps of one demo: an rc file of an interactive bash, see session.py.
#
# Descriptor 8 brings `NONCE FILE WATCH [VARIABLE…]` lines, 9 takes `S NONCE STATUS` lines. Both are FIFOs that nobody
# else can open, and no step inherits them. An APC string with the nonce goes to the terminal before each status: the
# two travel as separate streams, and the status often overtakes the output.

PS1= PS2=
# Bash repeats the first character of PS4 once more for this driver and once for `.`; session.py makes it `+` again.
PS4=$'\177+ '
unset HISTFILE QUARTERDECK_ENGINE
set +o history +H
cd "$__quarterdeck_folder" || exit
export QUARTERDECK_SESSION="$__quarterdeck_session"
exec 8<>"$__quarterdeck_files/commands" 9<>"$__quarterdeck_files/statuses"
__quarterdeck_notes=$__quarterdeck_files/notes
unset __quarterdeck_folder __quarterdeck_session

# What watches a step: WATCH is `-` for nothing, `v` for its variables only, `e` for commands that fail (ERR), `p` for
# those inside a pipe too (DEBUG sees PIPESTATUS of the pipe before), `d` for those in substitutions and subshells too
# (functrace, errtrace; EXIT in each subshell makes DEBUG see its last pipe), with `x` where `set -x` may be on.
# A trap of the step's own wins, and a bash before 5 is not watched. Nothing here may change $?, $_, PIPESTATUS or $-,
# print, fail or call a function; `case`, `for` and `((` leave $_ alone, and simple commands put it back. What is noted
# goes to a file, since subshells take part: lines of fields with U+001F between them. Parsing a trap costs more than
# running it, so what is rare is in variables. DEBUG goes after 5,000 commands and ERR after 2,000 failures: long loops
# must not become slow.
__quarterdeck_newline=$'\n'
__quarterdeck_room=0 __quarterdeck_left=0 __quarterdeck_failures=0 __quarterdeck_told= __quarterdeck_line=0 __quarterdeck_command= __quarterdeck_shell=$BASHPID
__quarterdeck_statuses= __quarterdeck_last= __quarterdeck_watch=- __quarterdeck_name= __quarterdeck_value=
__quarterdeck_note_pipe='__quarterdeck_statuses=${PIPESTATUS[@]} __quarterdeck_last=$_; case $__quarterdeck_statuses$__quarterdeck_line$__quarterdeck_command$BASH_COMMAND in "$__quarterdeck_told") ;; *) __quarterdeck_told=$__quarterdeck_statuses$__quarterdeck_line$__quarterdeck_command$BASH_COMMAND; ((__quarterdeck_room-- > 0)) && builtin printf "P\037%s\037%s\037%s\037%s\037%s\n" "$__quarterdeck_step" "$__quarterdeck_statuses" "$__quarterdeck_line" "${__quarterdeck_command//$__quarterdeck_newline/ }" "${BASH_COMMAND//$__quarterdeck_newline/ }" >>"$__quarterdeck_notes" || builtin :;; esac'
__quarterdeck_note_error='__quarterdeck_statuses=$? __quarterdeck_last=$_; __quarterdeck_told=$__quarterdeck_statuses$__quarterdeck_line$BASH_COMMAND; ((__quarterdeck_room-- > 0)) && builtin printf "E\037%s\037%s\037%s\037%s\n" "$__quarterdeck_step" "$__quarterdeck_statuses" "$__quarterdeck_line" "${BASH_COMMAND//$__quarterdeck_newline/ }" >>"$__quarterdeck_notes" || builtin :'
__quarterdeck_not_deep='__quarterdeck_last=$_; builtin set +T'
__quarterdeck_enough='__quarterdeck_last=$_; builtin trap - DEBUG RETURN'
__quarterdeck_no_more='__quarterdeck_last=$_; builtin trap - ERR'
__quarterdeck_subshell='__quarterdeck_last=$_ __quarterdeck_shell=$BASHPID; builtin trap "{ case . in esac; } 2>/dev/null" EXIT'
__quarterdeck_error='case $((__quarterdeck_line=LINENO,--__quarterdeck_failures)) in 0) builtin eval "$__quarterdeck_no_more"; builtin : "$__quarterdeck_last";; *) case $?$__quarterdeck_line$BASH_COMMAND in "$__quarterdeck_told") ;; *) builtin eval "$__quarterdeck_note_error"; builtin : "$__quarterdeck_last";; esac;; esac'
__quarterdeck_pipe='case ${PIPESTATUS[@]} in *[1-9]*\ *|*\ *[1-9]*) builtin eval "$__quarterdeck_note_pipe"; builtin : "$__quarterdeck_last";; esac; for __quarterdeck_command in "$BASH_COMMAND"; do case $((__quarterdeck_line=LINENO,--__quarterdeck_left)) in 4999) builtin eval "$__quarterdeck_not_deep"; builtin : "$__quarterdeck_last";; 0) builtin eval "$__quarterdeck_enough"; builtin : "$__quarterdeck_last";; esac; done'
__quarterdeck_deep_error='case ${FUNCNAME-} in "") '$__quarterdeck_error';; esac'
__quarterdeck_deep_pipe='case ${FUNCNAME-} in "") case $BASHPID in "$__quarterdeck_shell") ;; *) builtin eval "$__quarterdeck_subshell"; builtin : "$__quarterdeck_last";; esac; case ${PIPESTATUS[@]} in *[1-9]*\ *|*\ *[1-9]*) builtin eval "$__quarterdeck_note_pipe"; builtin : "$__quarterdeck_last";; esac; for __quarterdeck_command in "$BASH_COMMAND"; do case $((__quarterdeck_line=LINENO,--__quarterdeck_left)) in 0) builtin eval "$__quarterdeck_enough"; builtin : "$__quarterdeck_last";; esac; done;; esac'

# Before a step. DEBUG comes last: the command after it is `.`, and the one after that is the step's first.
__quarterdeck_before='__quarterdeck_room=200 __quarterdeck_left=5001 __quarterdeck_failures=2000 __quarterdeck_told=
builtin trap -p DEBUG ERR RETURN >|"$__quarterdeck_notes"
if [[ -s $__quarterdeck_notes || ${BASH_VERSINFO[0]} -lt 5 ]]; then __quarterdeck_watch=v; builtin : >|"$__quarterdeck_notes"; fi
case $__quarterdeck_watch in
[ep]) builtin trap "$__quarterdeck_error" ERR;;
[ep]x) builtin trap "{ $__quarterdeck_error; } 2>/dev/null" ERR;;
d) builtin trap "$__quarterdeck_deep_error" ERR;;
dx) builtin trap "{ $__quarterdeck_deep_error; } 2>/dev/null" ERR;;
esac
case $__quarterdeck_watch in p*) builtin set -T;; d*) builtin set -TE;; esac
case $__quarterdeck_watch in [pd]*) builtin trap "{ case . in esac; } 2>/dev/null" RETURN;; esac
case $__quarterdeck_watch in
p) builtin trap "$__quarterdeck_pipe" DEBUG;;
px) builtin trap "{ $__quarterdeck_pipe; } 2>/dev/null" DEBUG;;
d) builtin trap "$__quarterdeck_deep_pipe" DEBUG;;
dx) builtin trap "{ $__quarterdeck_deep_pipe; } 2>/dev/null" DEBUG;;
esac'

# After it: its variables that are empty or `null`, and what was noted. Variables of a kind have all their values
# looked at. A value of more than 200 characters is neither.
__quarterdeck_after='case $__quarterdeck_watch in v) ;; *) builtin trap - DEBUG ERR RETURN; builtin set +TE;; esac
for __quarterdeck_name in "${__quarterdeck_words[@]:3}"; do
__quarterdeck_last="$__quarterdeck_name[@]"
__quarterdeck_last=${!__quarterdeck_last-}
if ((${#__quarterdeck_last} > 200)); then continue; fi
__quarterdeck_value=${__quarterdeck_last//null}
__quarterdeck_value=${__quarterdeck_value//"<no value>"}
__quarterdeck_value=${__quarterdeck_value//"<nil>"}
__quarterdeck_value=${__quarterdeck_value//[[:space:]]}
if [[ -z $__quarterdeck_value && ( -z $__quarterdeck_last || -n ${__quarterdeck_last//[[:space:]]} ) ]] && builtin declare -p "$__quarterdeck_name"; then
builtin printf "V\037%s\037%s\037%s\n" "$__quarterdeck_step" "$__quarterdeck_name" "${__quarterdeck_last//$__quarterdeck_newline/ }" >>"$__quarterdeck_notes"
fi
done
if [[ -s $__quarterdeck_notes ]]; then
while IFS= builtin read -r __quarterdeck_value; do builtin printf "N %s %s\n" "$__quarterdeck_nonce" "$__quarterdeck_value" >&9; done <"$__quarterdeck_notes"
builtin : >|"$__quarterdeck_notes"
fi'

# Whatever ends a step (its last line, `continue`, Ctrl-C, an unset variable under `set -u`), bash comes back to
# the loop's condition, and that reports. After a `break` in a step the loop ends: L says that bash waits for a
# line from its terminal now, and comes here again after it. What a trap of DEBUG prints of all this goes nowhere.
PROMPT_COMMAND='while { __quarterdeck_status=$?
case $__quarterdeck_watch in -) ;; *) builtin eval "$__quarterdeck_after";; esac
builtin printf "\033_%s\033\\" "$__quarterdeck_nonce" >/dev/tty; builtin printf "S %s %s\n" "$__quarterdeck_nonce" "$__quarterdeck_status" >&9
IFS=" " builtin read -r -u 8 -a __quarterdeck_words && __quarterdeck_nonce=${__quarterdeck_words[0]-} __quarterdeck_step=$__quarterdeck_files/${__quarterdeck_words[1]-} __quarterdeck_watch=${__quarterdeck_words[2]:--} &&
case $__quarterdeck_watch in -) ;; *) builtin eval "$__quarterdeck_before";; esac; } >/dev/null 2>&1; do
builtin . "$__quarterdeck_step" 8<&- 9>&-
done
{ builtin printf "L\n" >&9; } >/dev/null 2>&1'
