"""Lists whose order is chance: that they come in another is no drift, and what they name is still looked at."""

from __future__ import annotations

from quarterdeck.check.drift import in_recorded_order
from quarterdeck.check.mask import mask_lines
from quarterdeck.check.verdict import judge
from support.judged_runs import demo_of, digests_of, recording_of, run_of

A, B, C, X, Y, Z = (pair * 32 for pair in ("a1", "b2", "c3", "d4", "e5", "f6"))
SHOWN = 19


def evidence(recorded: list[str], now: list[str]) -> list[str]:
    """What a check says of steps that printed one and now print the other."""
    demo = demo_of(*(f"run {number}" for number in range(len(recorded))))
    verdicts = judge(run_of(demo, now), recording_of(demo, recorded), digests_of(demo))
    return [str(line) for verdict in verdicts for line in verdict.evidence]


def test_a_list_in_the_order_of_its_digests() -> None:
    """`ls` of blobs: config and manifest have changed places, and are still those that they were."""
    named, swapped = f"config {A}\nmanifest {B}", f"config {Y}\nmanifest {X}"
    listed, now = f"{A}\n{B}\nindex.json", f"{X}\n{Y}\nindex.json"
    assert evidence([named, listed], [swapped, now]) == []
    assert evidence([listed, named], [now, swapped]) == []
    assert evidence([f"{A[:12]} {B[:12]}", listed], [f"{Y[:12]} {X[:12]}", now]) == []


def test_two_lists_in_a_row() -> None:
    """One ends where the next begins from the start of the alphabet."""
    recorded = f"{A}\n{B}\n{C}\nblobs/{A}\nblobs/{B}\nblobs/{C}"
    now = f"{X}\n{Y}\n{Z}\nblobs/{X}\nblobs/{Y}\nblobs/{Z}"
    assert evidence([f"{A} {B} {C}", recorded], [f"{Z} {X} {Y}", now]) == []
    assert evidence([f"{A} {B} {C}", recorded], [f"{Z} {X} {Y}", now.replace(f"blobs/{X}", f"blobs/{A}")]) != []


def test_lines_that_move_as_a_whole() -> None:
    """What else stands in the lines goes with the digest; a tree's last twig is one like the others."""
    recorded = f"├── 10 {A}\n├── 20 {B}\n└── 30 {C}"
    now = f"├── 30 {X}\n├── 10 {Y}\n└── 20 {Z}"
    assert evidence([f"small {A}", recorded], [f"small {Y}", now]) == []
    assert evidence([f"small {A}", recorded], [f"small {X}", now])[0] == (
        f"digest was the same as in step 0, now it differs (line 2: {Y[:SHOWN]}…)"
    )
    changed = evidence([f"small {A}", recorded], [f"small {Y}", now.replace("20", "21")])
    assert "- ├── 20 <digest>" in changed


def test_what_names_another_is_found() -> None:
    """A file that is not the one that the manifest names."""
    lines = evidence([f"config {A}", f"{A}\n{B}"], [f"config {X}", f"{Y}\n{Z}"])
    assert lines == [f"digest was the same as in step 0, now it differs (line 1: {Y[:SHOWN]}…)"]


def test_layers_have_an_order() -> None:
    """`sha256:…` in a list, and digests that were never sorted, may not change places."""
    layers = [f"sha256:{digest}" for digest in (A, B, X, Y)]
    assert evidence([f"{A} {B}", "\n".join(layers[:2])], [f"{Y} {X}", "\n".join(layers[2:])]) != []
    assert evidence([f"{A} {B} {C}", f"{B}\n{A}\n{C}"], [f"{Y} {X} {Z}", f"{Y}\n{X}\n{Z}"]) != []


def test_layers_that_are_copied_side_by_side() -> None:
    """Skopeo names each when it is there; the configuration's short name belongs to its digest."""
    recorded = "".join(f"Copying blob {digest[:12]} done\n" for digest in (A, B)) + f"Copying config {C[:10]} done"
    now = "".join(f"Copying blob {digest[:12]} done\n" for digest in (Y, X)) + f"Copying config {Z[:10]} done"
    assert evidence([f"layers {A} {B}, config {C}", recorded], [f"layers {X} {Y}, config {Z}", now]) == []
    assert evidence([f"layers {A} {B}, config {C}", recorded], [f"layers {X} {Y}, config {A}", now]) != []


def test_lines_keep_their_numbers() -> None:
    """A message names the line as it stands on the screen."""
    old, new = (mask_lines("\n".join(lines)) for lines in ([f"1 {A}", f"2 {B}"], [f"2 {X}", f"1 {Y}"]))
    assert [(row.number, row.line.shape) for row in in_recorded_order(old, new)] == [
        (2, "1 <digest>"), (1, "2 <digest>"),
    ]  # fmt: skip
