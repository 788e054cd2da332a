# shellcheck shell=sh
# Holds the streams of a session open, on descriptors 3 and 4, until its bash ends. The bash opens them by way of this
# process, whose number stands in the file `control`: what was copied from a stream to a FIFO would come later. It
# keeps the FIFO `alive` open for writing.
exec 3<&0 4>&1
echo "$$" >"$1/control.new"
mv "$1/control.new" "$1/control"
exec cat <"$1/alive" >/dev/null
