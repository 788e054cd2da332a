"""A real terminal: a window of tmux."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from libtmux import Server

from support.projects import ROOT
from support.waiting import wait_until

_PATIENCE_S = 120
_PAUSE_S = 0.15
"""A look at the screen starts a process."""

_WATCH = "while kill -0 {pid} 2>/dev/null; do sleep 5; done; tmux -L {socket} kill-server"
"""Ends the windows, and what runs in them, when the tests are killed."""


class Tmux:
    """A window with a bash in *folder*; `quarterdeck` is the one under test. Use it in a `with`."""

    def __init__(self, folder: Path, columns: int = 100, rows: int = 30, server: Server | None = None) -> None:
        """*server*: that of another window, beside which it is opened."""
        os.environ.setdefault("LC_CTYPE", "C.UTF-8")  # without a locale, tmux replaces what libtmux reads
        self._folder = folder
        self._server = server or Server(socket_name=f"quarterdeck-{uuid4().hex[:12]}", config_file="/dev/null")
        self._session = self._server.new_session(
            x=columns, y=rows, start_directory=str(folder), window_command="env PS1='$ ' bash --norc --noprofile"
        )
        if server is None:
            self._server.cmd("run-shell", "-b", _WATCH.format(pid=os.getpid(), socket=self._server.socket_name))
        pane = self._session.active_pane
        assert pane is not None
        self._pane = pane
        self.type(f"export PATH={Path(sys.executable).parent}:$PATH PYTHONPATH={ROOT / 'build'}; clear")
        self.wait_for(lambda screen: screen == "$")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _type: type[BaseException] | None, _: BaseException | None, _at: TracebackType | None) -> None:
        self._server.kill()

    def beside(self, columns: int = 100, rows: int = 30) -> Tmux:
        """Another window in the same folder; it is closed with this one."""
        return Tmux(self._folder, columns, rows, self._server)

    @property
    def screen(self) -> str:
        """What it shows, without blank lines and trailing blanks."""
        lines = self._pane.capture_pane()
        return "\n".join(line.rstrip() for line in lines if line.strip())

    @property
    def has_mouse(self) -> bool:
        """Whether a program in it gets what the mouse does."""
        return self._pane.cmd("display-message", "-p", "#{mouse_any_flag}").stdout == ["1"]

    @property
    def pid(self) -> int:
        """The process of its bash."""
        return int(str(self._pane.pane_pid))

    def type(self, text: str) -> None:
        """Type a line."""
        self._pane.send_keys(text, enter=True)

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names of them."""
        for key in keys:
            self._pane.send_keys(key, enter=False)

    def burst(self, *keys: str) -> None:
        """Press keys all at once."""
        self._pane.cmd("send-keys", *keys)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        self._session.active_window.cmd("resize-window", "-x", columns, "-y", rows)

    def wait_for(self, claim: object) -> str:
        """The screen, once *claim* holds for it: a function, or a regular expression that it must match."""

        def holds() -> str | None:
            screen = self.screen
            right = claim(screen) if callable(claim) else re.search(str(claim), screen, re.MULTILINE)
            return screen if right else None

        try:
            screen = wait_until(holds, timeout_s=_PATIENCE_S, pause_s=_PAUSE_S)
        except AssertionError as error:
            raise AssertionError(f"{claim} does not hold for:\n{self.screen}") from error
        assert screen is not None
        return screen

    def run(self, command: str) -> str:
        """What *command* prints in its bash."""
        mark = uuid4().hex[:8]
        self.type(f"clear; {command}; echo {mark[:4]}''{mark[4:]}")
        return self.wait_for(f"^{mark}$").partition(f"{mark}")[0].strip()

    def close_window(self) -> None:
        """Close it as a person does: its processes get HUP."""
        self._pane.kill()
