"""The registry's access log, read bit by bit while a session runs."""

from __future__ import annotations

from quarterdeck.live.engine.exec import ExecProcess
from quarterdeck.live.process import read_pieces
from quarterdeck.live.stage.protocol import Stage
from quarterdeck.witness.evidence import Request
from quarterdeck.witness.http import parse_log_line

_READER = """
exec 3</run/quarterdeck/registry.log
while read -r word; do cat <&3; printf '%s\\n' "$word"; done
"""
_ANSWER_S = 60.0
"""Seconds in which the reader must answer."""


class AccessLog:
    """A reader of the registry's access log.

    The registry writes a line before it sends the end of a short answer, and errors are short. So an error that a
    client has received is in the log, and no request of ours is needed to know that the log is complete.
    """

    def __init__(self, stage: Stage) -> None:
        """Start a reader in the registry's container, and skip what has been logged so far.

        Raises:
            StageError: The registry's container does not answer.
        """
        self._stream = ExecProcess(stage.registry, ["sh", "-c", _READER], terminal=False)
        self._number = 0
        self.read()

    def read(self) -> tuple[Request, ...]:
        """The requests with status 400 or above since the last call, in order. Takes half a millisecond."""
        self._number += 1
        end = f"end-{self._number}\n"
        self._stream.write(end.encode())
        text = ""
        for piece in read_pieces(self._stream, _ANSWER_S):
            text += piece.decode("utf-8", "replace")
            if text.endswith(end):
                break
        requests = map(parse_log_line, text.split("\n"))
        return tuple(request for request in requests if request is not None and request.status >= 400)

    def close(self) -> None:
        """End the reader."""
        self._stream.close()
