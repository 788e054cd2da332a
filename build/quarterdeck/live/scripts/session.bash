# Drives one bash through the steps of one demo: an rc file of an interactive bash, see session.py.
#
# Descriptor 8 brings `NONCE PATH` lines, 9 takes `S NONCE STATUS` lines. Both are FIFOs that nobody else can open,
# and no step inherits them. An APC string with the nonce goes to the terminal before each status: the two travel as
# separate streams, and the status often overtakes the output.

PS1= PS2=
# Bash repeats the first character of PS4 once more for this driver and once for `.`; session.py makes it `+` again.
PS4=$'\177+ '
unset HISTFILE QUARTERDECK_ENGINE
set +o history +H
cd "$__quarterdeck_folder" || exit
export QUARTERDECK_SESSION="$__quarterdeck_session"
exec 8<>"$__quarterdeck_files/commands" 9<>"$__quarterdeck_files/statuses"
unset __quarterdeck_folder __quarterdeck_session __quarterdeck_files

# Whatever ends a step (its last line, `continue`, Ctrl-C, an unset variable under `set -u`), bash comes back to
# the loop's condition, and that reports. After a `break` in a step the loop ends: L says that bash waits for a
# line from its terminal now, and comes here again after it. What a trap of DEBUG prints of all this goes nowhere.
PROMPT_COMMAND='while { __quarterdeck_status=$?
builtin printf "\033_%s\033\\" "$__quarterdeck_nonce" >/dev/tty; builtin printf "S %s %s\n" "$__quarterdeck_nonce" "$__quarterdeck_status" >&9
IFS=" " builtin read -r -u 8 __quarterdeck_nonce __quarterdeck_step; } >/dev/null 2>&1; do
builtin . "$__quarterdeck_step" 8<&- 9>&-
done
{ builtin printf "L\n" >&9; } >/dev/null 2>&1'
