"""The presenter's keys: which of them belong to the program that runs, and what the others do."""

from __future__ import annotations

from enum import Enum, auto

from quarterdeck.rehearse.audience_screen import AudienceScreen
from quarterdeck.rehearse.keys import KEYS, LEAVE, Action, help_lines, split_keys
from quarterdeck.rehearse.line_editor import LineEditor, split_edits
from quarterdeck.rehearse.own_terminal import Terminal
from quarterdeck.rehearse.step_state import BUSY, State
from quarterdeck.rehearse.typist import prompts
from quarterdeck.rehearse.walkthrough import Walkthrough

_CONTROLS = frozenset({b"\x03", b"\x04", b"\x1c"})
"""Ctrl-C, Ctrl-D and Ctrl-\\: the keys that a program gets that asks for none."""
_LEFT = "the keys are yours: r recording, p back, q quit, Ctrl-C; others return"
_EDITING = "Enter keeps the command, Escape gives it up"
_PASTES = "\x1b[?2004{}"
"""Whether the terminal tells what is pasted from what is typed."""


class Mode(Enum):
    """What keys are for, whatever happens to the step meanwhile."""

    USUAL = auto()
    LEFT = auto()
    """The chord has taken them from the program that runs."""
    COVERED = auto()
    """Something covers the screen; any key uncovers it."""
    JUMPING = auto()
    """A place to jump to is typed."""
    EDITING = auto()
    """The command is edited."""


class Controls:
    """Takes the keys of one rehearsal. Each key acts on what those before it have done."""

    def __init__(self, walkthrough: Walkthrough, screen: AudienceScreen, terminal: Terminal, *, by_key: bool) -> None:
        """*by_key*: while a command is typed, each key types a character."""
        self._walkthrough = walkthrough
        self._performer = walkthrough.performer
        self._screen = screen
        self._terminal = terminal
        self._by_key = by_key
        self._mode = Mode.USUAL
        self._quit_pressed = False
        self._jump_to = ""
        self._answer = ""
        """What the last key has to say."""
        self._editor = LineEditor("")
        self.quitting = False
        """Whether the presenter has ended the rehearsal."""

    @property
    def message(self) -> str:
        """What the presenter should know about the keys; mostly empty."""
        if self._quit_pressed:
            return "press it again to quit"
        if self._mode is Mode.LEFT and self._walkthrough.state is not State.RUNNING:
            return self._answer
        messages = {Mode.LEFT: _LEFT, Mode.EDITING: _EDITING, Mode.JUMPING: f"go to: {self._jump_to}"}
        return messages.get(self._mode, self._answer)

    def press(self, data: bytes) -> None:
        """Take what a terminal sends."""
        while data and self._mode is not Mode.EDITING and not self._belongs_to_program():
            name, code = next(split_keys(data))
            data = data[len(code) :]
            self._press_key(name, code)
            self._walkthrough.take_events()
        if data and self._mode is Mode.EDITING:
            self._edit(data)
        elif data:
            self._press_in_program(data)

    def fit(self) -> None:
        """Show what is edited after the terminal has got another size."""
        if self._mode is Mode.EDITING:
            self._draw_edit()

    def _belongs_to_program(self) -> bool:
        if self._walkthrough.state is State.SHELL:
            return True
        return self._walkthrough.state is State.RUNNING and self._mode is Mode.USUAL and not self._quit_pressed

    def _press_in_program(self, data: bytes) -> None:
        """Pass keys on to a program that asks for them; any other only gets those that interrupt it."""
        walkthrough, screen = self._walkthrough, self._screen
        if walkthrough.state is State.SHELL:
            self._performer.send(data)
            return
        before, chord, after = data.partition(LEAVE)
        names = [name for name, _ in split_keys(before)]
        if walkthrough.may_be_stopped and any(KEYS.get(name) is Action.FORWARD for name in names):
            self._performer.interrupt()  # a clicker has no Ctrl-C
            before = b""
        walkthrough.interactive = walkthrough.interactive or screen.in_program or screen.is_asking
        if walkthrough.interactive:
            self._performer.send(before)
        else:
            # An impatient presenter, or a clicker: what it sends would wait for the next step that reads.
            self._performer.send(b"".join(code for _, code in split_keys(before) if code in _CONTROLS))
        if chord:
            self._mode = Mode.LEFT
            self.press(after)

    def _press_key(self, name: str, code: bytes) -> None:
        mode, self._answer = self._mode, ""
        if mode is Mode.COVERED:
            self._mode = Mode.USUAL
            self._screen.end_overlay()
            if self._walkthrough.state is not State.RUNNING:
                self._terminal.make_sane()
        elif mode is Mode.JUMPING:
            self._press_in_jump(name)
        elif mode is Mode.LEFT and code == LEAVE:
            self._mode = Mode.USUAL
            self._performer.send(LEAVE)
        elif self._by_key and self._walkthrough.state is State.TYPING and name not in ("enter", "", "ctrl-c", "ctrl-z"):
            self._walkthrough.type_piece()
        else:
            self._mode = Mode.USUAL
            self._do(KEYS.get(name, Action.NOTHING))

    def _press_in_jump(self, name: str) -> None:
        if name == "enter":
            self._mode = Mode.USUAL
            if (cue := self._performer.order.find(self._jump_to)) is not None:
                self._performer.jump(cue.index)
            elif self._jump_to.strip():
                self._answer = f"no step '{self._jump_to}'"
        elif name in ("escape", "ctrl-c"):
            self._mode = Mode.USUAL
        elif name == "backspace":
            self._jump_to = self._jump_to[:-1]
        elif name == "space" or len(name) == 1:
            self._jump_to += " " if name == "space" else name

    def _do(self, action: Action) -> None:
        walkthrough = self._walkthrough
        if action in (Action.QUIT, Action.INTERRUPT):
            self._quit_or_interrupt(action)
            return
        self._quit_pressed = False
        if action is Action.FORWARD:
            walkthrough.go_forward()
        elif action is Action.SUSPEND:
            self._terminal.suspend()
            self._screen.redraw()
        elif action in (Action.HELP, Action.BLANK, Action.DIFF):
            self._mode = Mode.COVERED
            self._screen.overlay(self._overlay_lines(action))
        elif action is Action.SHELL:
            walkthrough.open_shell()
        elif action is Action.JUMP:
            self._mode, self._jump_to = Mode.JUMPING, ""
        elif action is Action.GO_ON:
            walkthrough.going_on = True
        elif action in (Action.RECORDING, Action.AT_ONCE):
            walkthrough.play(at_once=action is Action.AT_ONCE)
        elif action is Action.BACK:
            self._performer.back()
        elif action is Action.AGAIN:
            walkthrough.run_again()
        elif action is Action.SKIP:
            walkthrough.skip()
        elif action is Action.EDIT:
            self._begin_edit()

    def _quit_or_interrupt(self, action: Action) -> None:
        if action is Action.INTERRUPT and self._walkthrough.state is State.RUNNING:
            self._performer.interrupt()
            return
        self.quitting = self._quit_pressed
        self._quit_pressed = True

    def _overlay_lines(self, action: Action) -> list[str]:
        if action is Action.HELP:
            return help_lines()
        if action is Action.BLANK:
            return []
        last = self._walkthrough.last
        return list(last.evidence if last else ()) or ["nothing differs from the recording"]

    # Editing

    def _begin_edit(self) -> None:
        walkthrough = self._walkthrough
        cue = walkthrough.cue
        if walkthrough.state is State.TYPING:
            walkthrough.complete_typing()
        if cue is None or walkthrough.state not in (State.PROMPT, State.TYPED):
            self._answer = "there is no command to edit" if walkthrough.state not in BUSY else ""
        elif cue.again:
            self._answer = "this step is shown as it was before: it cannot be edited"
        else:
            walkthrough.going_on = False
            lines = self._performer.step_of(cue).shown
            self._mode, self._editor = Mode.EDITING, LineEditor("\n".join(lines))
            self._terminal.write(_PASTES.format("h"))
            self._screen.begin_edit(lines if walkthrough.state is State.TYPED else ())
            self._draw_edit()

    def _edit(self, data: bytes) -> None:
        """Take keys of the editor; those that come in one piece behind its end are dropped."""
        for name, text in split_edits(data):
            if name in ("enter", "escape", "ctrl-c"):
                self._end_edit(keep=name == "enter")
                return
            if text:
                self._editor.insert(text)
            else:
                self._editor.press(name)
        self._draw_edit()

    def _draw_edit(self) -> None:
        lines = self._editor.text.split("\n")
        row, column = self._editor.position
        self._screen.draw_edit(lines, prompts(lines), row, column)

    def _end_edit(self, *, keep: bool) -> None:
        self._mode = Mode.USUAL
        self._terminal.write(_PASTES.format("l"))
        text = self._editor.text.strip("\n")
        if keep and not text.strip():
            self._answer = "an empty command: it stays as it was"
        self._walkthrough.show_edited(text if keep and text.strip() else None)
