"""The inputs of demos: the files that they work on, and digests of everything that their outputs depend on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import RLock

from quarterdeck.base.files import list_kept_files, refuse_outside
from quarterdeck.base.project import Project
from quarterdeck.demo.demo_file import Demo
from quarterdeck.demo.recording import FORMAT


class DemoInputs:
    """The inputs of the demos of a project, each read once: a new run needs a new object. Safe for threads."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._files: dict[Path, tuple[Path, ...]] = {}
        self._folder_digests: dict[Path, str] = {}
        self._lock = RLock()

    def files(self, folder: Path) -> tuple[Path, ...]:
        """The files that a demo in *folder* works on: those that git tracks or does not ignore, without demos,
        recordings and `site/`.

        Raises:
            SourceError: A link leads out of the project.
        """
        with self._lock:
            if folder not in self._files:
                files = tuple(path for path in self._kept_files(folder) if self._is_input(path))
                for path in files:
                    refuse_outside(path, self.project.root)
                self._files[folder] = files
            return self._files[folder]

    def digests(self, demo: Demo, ancestors: Sequence[Demo]) -> tuple[str, ...]:
        """For each step of *demo*, `sha256:` and the digest of everything that its output depends on.

        That is: the demo's folder, its *ancestors* with their steps, the steps before, and the step's code.
        Captions, names and options that do not affect the run do not count.

        Raises:
            SourceError: A file of the folder leads out of the project.
        """
        chain = ""
        digests: list[str] = []
        for member in (*ancestors, demo):
            digest = hashlib.sha256(f"{FORMAT}\n{chain}\n{self._folder_digest(member.folder)}\n".encode())
            digests = []
            for step in member.steps:
                options = step.options
                code = "\n".join(step.shown)
                how = f"{options.send}{options.stop_after_s}{options.skip is not None}"
                digest.update(f"{len(code)}\n{code}\n{how}\n".encode("utf-8", "surrogatepass"))
                digests.append(f"sha256:{digest.hexdigest()}")
            chain = digests[-1] if digests else chain
        return tuple(digests)

    def _folder_digest(self, folder: Path) -> str:
        """The digest of names, contents and executable bits of the files in *folder*."""
        with self._lock:
            if folder not in self._folder_digests:
                digest = hashlib.sha256()
                for path in self.files(folder):
                    executable = not path.is_symlink() and bool(path.stat().st_mode & 0o100)
                    data = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
                    content = hashlib.sha256(data).hexdigest()
                    digest.update(f"{path.relative_to(folder).as_posix()}\0{executable}\0{content}\n".encode())
                self._folder_digests[folder] = digest.hexdigest()
            return self._folder_digests[folder]

    def _is_input(self, path: Path) -> bool:
        ours = path.name.endswith((".demo", ".command", ".recording.yaml"))
        return not ours and not path.is_relative_to(self.project.site)

    def _kept_files(self, folder: Path) -> tuple[Path, ...]:
        """Like `list_kept_files`, with one git process for all folders in `commands/`."""
        commands = self.project.commands
        if commands == self.project.root or not folder.is_relative_to(commands):
            return list_kept_files(folder)
        files = tuple(path for path in self._kept_in_commands if str(path).startswith(f"{folder}/"))
        # A folder that is a repository of its own is one entry for git, and not a file.
        return files or list_kept_files(folder)

    @cached_property
    def _kept_in_commands(self) -> tuple[Path, ...]:
        return list_kept_files(self.project.commands)
