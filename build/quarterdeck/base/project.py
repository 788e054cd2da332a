"""Projects: finding the root, and settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from quarterdeck.base.errors import Place, Problems, SourceError, UsageError
from quarterdeck.base.files import load_text, shown_path
from quarterdeck.base.options import (
    Reader,
    list_of,
    one_of,
    read_duration,
    read_flag,
    read_masks,
    read_size,
    read_table,
    read_text,
)
from quarterdeck.base.yaml_positions import Located, Path_


class StageSettings(NamedTuple):
    """The settings of the stage that a demo runs on."""

    kind: Literal["container", "host"] = "container"
    """`host`: the shell runs on the user's machine, with the registry published there."""
    engine: bool = True
    """Whether the stage has a Docker engine of its own."""
    image: str | None = None
    """The image of the engine and the shell; None: the shipped image."""
    registry: str | None = None
    """The image of the registry; None: the shipped image."""
    preload: tuple[str, ...] = ()
    """Images of the user's engine that are loaded into the stage's engine."""
    memory: str | None = None
    """The memory limit of the engine's container, such as `2g`."""
    disk: str | None = None
    """The size of the tmpfs that holds the engine's images, such as `256m`; None: no tmpfs."""
    network: bool = True
    """Whether the stage can reach other machines."""


class Project:
    """A folder with slides and demos, and its settings.

    Compared by identity: what was read of its files is kept for as long as one of these lives.
    """

    def __init__(self, root: Path, settings: Mapping[str, Any], stage: StageSettings) -> None:
        """*settings*: the values of the keys in `SETTINGS`, but for `stage`."""
        self.root = root
        self.slides: Path = root / settings.get("slides", "slides")
        self.commands: Path = root / settings.get("commands", "commands")
        self.templates: Path = root / settings.get("templates", "templates")
        self.site: Path = root / settings.get("site", "site")
        self.fence: str = settings.get("fence", "bash")
        """The language of command blocks."""
        self.theme: str = settings.get("theme", "night-watch")
        self.masks: Mapping[str, str] = settings.get("masks", {})
        """Additional masks for all demos: kind to regular expression."""
        self.timeout_s: float = settings.get("timeout", 60.0)
        """Seconds until a step is ended, unless it or its demo sets another timeout."""
        self.editor: str = settings.get("editor", "")
        """The address that opens `{path}` at `{line}` in an editor; empty for none."""
        self.stage = stage

    def shown(self, path: Path) -> str:
        """*path* as shown in messages: relative to the root."""
        return shown_path(path, self.root)


def _read_image(value: Any) -> str:
    text = read_text(value)
    if not text or re.search(r"\s", text):
        raise ValueError("is the name of an image, such as alpine:3.20")
    return text


def _read_folder(value: Any) -> str:
    text = read_text(value)
    if Path(text).is_absolute() or ".." in Path(text).parts:
        raise ValueError("is a folder inside the project")
    return text


EDITORS: Mapping[str, str] = {
    "vscode": "vscode://file{path}:{line}",
    "vscode-insiders": "vscode-insiders://file{path}:{line}",
    "vscodium": "vscodium://file{path}:{line}",
    "cursor": "cursor://file{path}:{line}",
    "windsurf": "windsurf://file{path}:{line}",
    "zed": "zed://file{path}:{line}",
    "idea": "idea://open?file={path}&line={line}",
    "pycharm": "pycharm://open?file={path}&line={line}",
    "sublime": "subl://open?url=file://{path}&line={line}",
    "textmate": "txmt://open?url=file://{path}&line={line}",
    "emacs": "emacs://open?url=file://{path}&line={line}",
}
"""Address schemes of editors, by the values of the setting `editor`."""
_BROWSER_SCHEMES = (
    "about",
    "blob",
    "data",
    "file",
    "filesystem",
    "http",
    "https",
    "javascript",
    "vbscript",
    "view-source",
)


def _read_editor(value: Any) -> str:
    text = read_text(value)
    if text in EDITORS:
        return EDITORS[text]
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", text)
    if scheme and scheme[1] not in _BROWSER_SCHEMES and "{path}" in text:
        return text
    raise ValueError(f"is one of {', '.join(EDITORS)}, or an address with {{path}} and {{line}}")


STAGE_OPTIONS: Mapping[str, Reader] = {
    "kind": one_of("container", "host"),
    "engine": read_flag,
    "image": _read_image,
    "registry": _read_image,
    "preload": list_of(_read_image),
    "memory": read_size,
    "disk": read_size,
    "network": read_flag,
}
"""The keys of `[stage]` and of a demo's option `stage`."""

_CONTAINER_ONLY = ("image", "memory", "disk", "network")
"""Settings that `kind: host` does not support."""

SETTINGS: Mapping[str, Reader] = {
    "slides": _read_folder,
    "commands": _read_folder,
    "templates": _read_folder,
    "site": _read_folder,
    "fence": read_text,
    "theme": read_text,
    "masks": read_masks,
    "timeout": read_duration,
    "editor": _read_editor,
    "stage": lambda value: value,
}
"""The keys of `quarterdeck.toml` and of `[tool.quarterdeck]`."""


def merge_stage(settings: StageSettings, changes: Mapping[str, Any]) -> StageSettings:
    """*settings* with the *changes* of a demo.

    `kind: host` resets the settings of containers, and `engine: false` those of an engine.
    """
    if changes.get("kind") == "host" and settings.kind != "host":
        settings = settings._replace(**{name: StageSettings._field_defaults[name] for name in _CONTAINER_ONLY})
    if changes.get("engine") is False and settings.engine:
        settings = settings._replace(preload=(), disk=None)
    return settings._replace(**changes)


def impossible_stage(settings: StageSettings) -> str | None:
    """The contradiction in *settings*, as a sentence; None if there is no contradiction."""
    if settings.kind == "host":
        default = StageSettings()
        wrong = [f"`{name}`" for name in _CONTAINER_ONLY if getattr(settings, name) != getattr(default, name)]
        return f"`kind: host` beside {' and '.join(wrong)}: containers only have that" if wrong else None
    if settings.engine:
        return None
    if settings.preload:
        return "the stage has images to `preload` and no engine to take them"
    return "the stage has a `disk` for its engine, and no engine" if settings.disk else None


def find_root(start: Path) -> Path:
    """The nearest folder from *start* upwards that is a project.

    Raises:
        UsageError: No such folder.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "quarterdeck.toml").is_file() or (folder / "slides").is_dir():
            return folder
        pyproject = folder / "pyproject.toml"
        if pyproject.is_file() and re.search(rb"^\s*\[tool\.quarterdeck\b", pyproject.read_bytes(), re.MULTILINE):
            return folder
    raise UsageError(
        f"no project here: no quarterdeck.toml, no [tool.quarterdeck] and no slides/ in {start} or above",
        "make a folder slides/ with a deck in it, or go to where one is",
    )


def load_project(start: Path) -> Project:
    """The project that contains *start*.

    Raises:
        UsageError: *start* is not in a project.
        SourceErrors: The settings have unknown keys or values of the wrong type.
    """
    root = find_root(start)
    problems = Problems()
    located = _load_settings(root)
    settings = read_table(located, SETTINGS, "setting", problems)
    stage: dict[str, Any] = {}
    if "stage" in settings:
        stage = read_table(located.under("stage"), STAGE_OPTIONS, "stage setting", problems)
        if what := impossible_stage(StageSettings(**stage)):
            problems.add(located.place("stage"), what, "see [stage] in the README")
    problems.raise_if_any()
    return Project(root, settings, StageSettings(**stage))


def _load_settings(root: Path) -> Located:
    quarterdeck_toml = root / "quarterdeck.toml"
    pyproject = root / "pyproject.toml"
    path, table = (quarterdeck_toml, ()) if quarterdeck_toml.is_file() else (pyproject, ("tool", "quarterdeck"))
    shown = shown_path(path, root)
    if not path.is_file():
        return Located({}, shown, {})
    import tomllib

    text = load_text(path, root)
    try:
        value: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"line (\d+)", str(error))
        raise SourceError(Place(shown, int(match[1]) if match else 0), f"bad TOML: {error}") from error
    for key in table:
        value = value.get(key, {})
    return Located(value, shown, _toml_lines(text, table))


def _toml_lines(text: str, table: tuple[str, ...]) -> dict[Path_, int]:
    """The lines of the keys below *table*; tomllib keeps no positions."""
    lines: dict[Path_, int] = {}
    section: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        if header := re.match(r"\s*\[([^\[\]]+)\]\s*(?:#|$)", line):
            section = tuple(part.strip().strip("\"'") for part in header[1].split("."))
            key = section
        elif entry := re.match(r"\s*(\"[^\"]+\"|'[^']+'|[\w.-]+)\s*=", line):
            key = (*section, *(part.strip("\"'") for part in entry[1].split(".")))
        else:
            continue
        for depth in range(len(table), len(key) + 1):
            if key[: len(table)] == table:
                lines.setdefault(key[len(table) : depth], number)
    return lines
