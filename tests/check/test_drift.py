"""Two outputs of one step, line by line."""

from __future__ import annotations

import time

from quarterdeck.check.drift import Drift, compare_exactly, compare_masked
from quarterdeck.check.identity import Pair
from quarterdeck.check.line_diff import Kind
from support.judged_runs import digest_of


def changes_of(recorded: str, now: str) -> tuple[str, ...]:
    """The changed lines of a step."""
    return tuple(map(str, compare_masked(recorded, now, step="1").changes))


def test_free_values_and_colours_do_not_count() -> None:
    """Times, ages, sizes, durations, colours and blanks at the end may be others."""
    recorded = "␛[1malpine␛[0m   3 weeks ago   7.83MB\nreal 0m0.12s\n"
    assert compare_masked(recorded, "alpine   2 days ago    7.9MB  \nreal 0m12.5s", step="1") == Drift((), ())


def test_umoci_names_files_by_digest() -> None:
    """An underscore stands before it where others have a colon."""
    assert changes_of(f"sha256_{digest_of('old')}.mtree", f"sha256_{digest_of('new')}.mtree") == ()


def test_a_value_that_fills_its_column() -> None:
    """Columns stand one blank or more apart, as the values leave it: `ls -lh`, `umoci stat`."""
    assert changes_of("root root  12K a\n12.5K b", "root root 120K a\n  12K b") == ()
    assert changes_of("2026-11-26T22:11:16.748528524Z /bin/sh", "2026-11-26T22:11:16.7485285Z   /bin/sh") == ()
    assert changes_of("12K a b", "120K a  b") == ("- <size> a b", "+ <size> a  b")


def test_identities_are_paired() -> None:
    """Each value of an identity kind comes with what stands in its place now; free ones do not."""
    recorded = f"latest: {digest_of('old')}\n3 weeks ago 9c6f07244728"
    now = f"latest: {digest_of('new')}\n2 weeks ago 1a1a1a1a1a1a"
    pairs = (
        Pair("digest", digest_of("old"), digest_of("new"), "push", 1),
        Pair("id", "9c6f07244728", "1a1a1a1a1a1a", "push", 2),
    )
    assert compare_masked(recorded, now, step="push") == Drift((), pairs)


def test_changed_lines() -> None:
    """A change is shown with two lines around it, holes as holes."""
    recorded = "\n".join([*"abcdef", "HTTP/1.1 200 OK", f"Etag: {digest_of('x')}", *"ghi"])
    now = "\n".join([*"abcdef", "HTTP/1.1 404 Not Found", f"Etag: {digest_of('y')}", *"ghi"])
    assert changes_of(recorded, now) == (
        "  e", "  f", "- HTTP/1.1 200 OK", "+ HTTP/1.1 404 Not Found", "  Etag: <digest>", "  g",
    )  # fmt: skip


def test_two_changes_far_apart() -> None:
    """What lies between is left out."""
    lines = [f"line {number}" for number in range(30)]
    changed = ["first", *lines[1:29], "last"]
    assert changes_of("\n".join(lines), "\n".join(changed)) == (
        "- line 0", "+ first", "  line 1", "  line 2", "  …", "  line 27", "  line 28", "- line 29", "+ last",
    )  # fmt: skip


def test_output_that_came_or_went() -> None:
    """An empty output is one without lines."""
    assert changes_of("", "hello\n") == ("+ hello",)
    assert changes_of("hello\n", "") == ("- hello",)
    assert changes_of("", "\n") == ()


def test_long_changes_are_cut() -> None:
    """Twenty lines at most, and both sides are seen."""
    changes = changes_of("\n".join(f"old {n}" for n in range(100)), "\n".join(f"new {n}" for n in range(50)))
    assert changes == (
        *(f"- old {n}" for n in range(7)), "- … 93 more", *(f"+ new {n}" for n in range(7)), "+ … 43 more",
    )  # fmt: skip
    scattered = "\n".join(f"{'x' if n % 6 else n}" for n in range(200))
    changes = changes_of(scattered, scattered.replace("0", "o"))
    assert len(changes) == 20
    assert changes[-1].endswith("more lines")


def test_long_lines_are_cut_where_they_differ() -> None:
    """One line of JSON, 5,000 characters long: shown is the part that changed."""
    left = "a" * 3000 + '"size": 12' + "b" * 2000
    removed, added = changes_of(left, left.replace("12", "13"))
    assert '"size": 12' in removed
    assert '"size": 13' in added
    assert max(len(removed), len(added)) < 170


def test_a_number_opposite_an_id_is_an_id() -> None:
    """One short id in 281 has digits only; opposite a sure one it is one too, on either side."""
    for recorded, now in (("9c6f07244728", "123456789012"), ("1a2b3c4", "deadbea"), ("1234567", "1a2b3c4")):
        drift = compare_masked(f"image {recorded} x", f"image {now} x", step="1")
        assert drift == Drift((), (Pair("id", recorded, now, "1", 1),))


def test_a_number_opposite_a_number_is_a_number() -> None:
    """Where none of the two surely is an id, another number is another output."""
    assert changes_of("count 1234567", "count 7654321") == ("- count 1234567", "+ count 7654321")
    assert changes_of("a defaced b", "a deadbee b") == ("- a defaced b", "+ a deadbee b")
    assert changes_of("count 1234567\nid 1a2b3c4", "count 1234568\nid 1a2b3c4") == (
        "- count 1234567", "+ count 1234568", "  id <id>",
    )  # fmt: skip


def test_a_row_with_an_id_of_digits() -> None:
    """The padding of a column is squeezed on both sides, whichever of them has the sure id."""
    sure = "IMAGE ID       SIZE\n9c6f07244728   7"
    digits = "IMAGE ID       SIZE\n123456789012   7"
    for recorded, now in ((sure, digits), (digits, sure)):
        assert changes_of(recorded, now) == ()


def test_a_pod_whose_name_has_letters_only() -> None:
    """One in five: opposite one with a digit, it is a pod's hash too."""
    pair = Pair("podhash", "x7k2p", "xkbtz", "1", 1)
    assert compare_masked("pod/web-x7k2p", "pod/web-xkbtz", step="1") == Drift((), (pair,))
    assert changes_of("pod/my-https", "pod/my-httpz") == ("- pod/my-https", "+ pod/my-httpz")


def test_a_hole_and_its_name_are_not_the_same() -> None:
    """Who prints `<id>` does not print an id."""
    assert changes_of("image <id>", "image 9c6f07244728") != ()


def test_an_inserted_line_among_its_like_gives_no_pairs() -> None:
    """Which of 41 digests is the new one, nobody knows: one line is told, and no relation is guessed."""
    lines = [f"layer sha256:{digest_of(str(number))}" for number in range(40)]
    drift = compare_masked(
        "\n".join(["start", *lines, "end"]),
        "\n".join(["start", *lines[:20], f"layer sha256:{digest_of('new')}", *lines[20:], "end"]),
        step="1",
    )
    assert drift.pairs == ()
    assert [str(line) for line in drift.changes if line.kind is not Kind.UNCHANGED] == ["+ layer sha256:<digest>"]


def test_exactly() -> None:
    """Every character counts, but for colours and blanks at the end."""
    assert compare_exactly("␛[1ma␛[0m\nb  \n", "a\nb\n\n") == ()
    assert tuple(map(str, compare_exactly("a  b\n3 weeks ago", "a b\n3 weeks ago"))) == (
        "- a  b",
        "+ a b",
        "  3 weeks ago",
    )


def test_huge_outputs_are_compared_in_reasonable_time() -> None:
    """Ten thousand lines of few kinds, all mixed up: difflib alone would take minutes."""
    recorded = "\n".join(f"line {number * 7919 % 50}" for number in range(10_000))
    now = "\n".join(f"line {number * 104_729 % 53}" for number in range(10_000))
    start = time.perf_counter()
    changes = changes_of(recorded, now)
    assert time.perf_counter() - start < 5
    assert 0 < len(changes) <= 20
