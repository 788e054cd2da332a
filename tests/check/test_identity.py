"""Values of the recorded run and of the fresh one are renamed one to one, over the whole demo."""

from __future__ import annotations

import time

from quarterdeck.check.identity import IdentityBreak, Pair, broken_identities

A, B, C, D = ("a1" * 32, "b2" * 32, "c3" * 32, "d4" * 32)
SHOWN = 19


def digest(recorded: str, now: str, step: int, line: int = 1) -> Pair:
    """A digest that is shown in *step*."""
    return Pair("digest", recorded, now, str(step), line)


def short(recorded: str, now: str, step: int, line: int = 1) -> Pair:
    """A short id that is shown in *step*."""
    return Pair("id", recorded, now, str(step), line)


def test_values_may_be_others() -> None:
    """A consistent renaming is no news, and neither is none at all."""
    renamed = [digest(A, C, 1), short(A[:12], C[:12], 1), digest(B, D, 2), digest(A, C, 3)]
    assert broken_identities(renamed) == ()
    assert broken_identities([digest(A, A, 1), digest(B, B, 1), short(A[:7], A[:7], 2)]) == ()
    assert broken_identities([]) == ()


def test_equal_values_that_differ_now() -> None:
    """The digest of step 4 was that of step 1, and is not any more."""
    broken = broken_identities([digest(A, A, 1), digest(A, C, 4, line=3)])
    assert broken == (IdentityBreak("4", f"digest was the same as in step 1, now it differs (line 3: {C[:SHOWN]}…)"),)


def test_different_values_that_are_the_same_now() -> None:
    """Two digests that differed are one."""
    broken = broken_identities([digest(A, C, 1), digest(B, C, 2)])
    assert broken == (
        IdentityBreak("2", f"two digests that differed are now the same (in step 1 and line 1: {C[:SHOWN]}…)"),
    )


def test_one_message_for_one_relation() -> None:
    """The same break is told once, where it shows first, however often it is seen."""
    pairs = [digest(A, C, 1), *(digest(A, D, step, line) for step in (4, 5, 6) for line in (1, 2))]
    assert [broken.step for broken in broken_identities(pairs)] == ["4"]


def test_a_rebuilt_image_is_told_once() -> None:
    """Where a digest broke, the short ids that follow the new one are not told again."""
    pairs = [digest(A, C, 1), short(A[:12], C[:12], 2), digest(A, D, 4), short(A[:12], D[:12], 5)]
    what = f"digest was the same as in step 1, now it differs (line 1: {D[:SHOWN]}…)"
    assert broken_identities(pairs) == (IdentityBreak("4", what),)
    pairs = [digest(A, C, 1), short(A[:12], D[:12], 2), digest(A, D, 4), short(A[:12], D[:12], 5)]
    assert broken_identities(pairs) == (IdentityBreak("4", what),)
    pairs = [digest(A, C, 1), digest(A, D, 4), short(A[:12], D[:12], 5)]
    assert [broken.step for broken in broken_identities(pairs)] == ["4"]


def test_two_values_that_changed_places() -> None:
    """Two digests, both still there, each where the other was."""
    pairs = [digest(A, A, 1, 1), digest(B, B, 1, 2), digest(A, B, 2, 1), digest(B, A, 2, 2)]
    assert [broken.text for broken in broken_identities(pairs)] == [
        f"digest was the same as in step 1, now it differs (line 1: {B[:SHOWN]}…)",
        f"digest was the same as in step 1, now it differs (line 2: {A[:SHOWN]}…)",
    ]


def test_a_value_within_one_step() -> None:
    """Both places in one step are told by their lines."""
    broken = broken_identities([digest(A, C, 1, 2), digest(A, D, 1, 7)])
    assert broken == (IdentityBreak("1", f"digest was the same as in line 2, now it differs (line 7: {D[:SHOWN]}…)"),)


def test_a_short_id_was_the_start_of_a_digest() -> None:
    """In either order, and at any length."""
    what = f"id was the start of the digest in step 1, now it is not (line 1: {D[:12]})"
    assert broken_identities([digest(A, C, 1), short(A[:12], D[:12], 2)]) == (IdentityBreak("2", what),)
    what = f"digest began with the id in step 1, now it does not (line 1: {D[:SHOWN]}…)"
    assert broken_identities([short(A[:7], C[:7], 1), digest(A, D, 2)]) == (IdentityBreak("2", what),)


def test_a_short_id_is_the_start_of_a_digest_by_chance_now() -> None:
    """What was no relation must not become one."""
    what = f"id is now the start of the digest in step 1, which it was not (line 1: {C[:12]})"
    assert broken_identities([digest(A, C, 1), short(B[:12], C[:12], 2)]) == (IdentityBreak("2", what),)


def test_short_ids_of_two_lengths() -> None:
    """Git's 7 digits, docker's 12 and all 40 of a commit belong together."""
    commit = Pair("commit", A[:40], C[:40], "1", 1)
    assert broken_identities([commit, short(A[:12], C[:12], 2), short(A[:7], C[:7], 3)]) == ()
    broken = broken_identities([short(A[:12], C[:12], 2), short(A[:7], D[:7], 3)])
    assert broken == (IdentityBreak("3", f"id was the start of the id in step 2, now it is not (line 1: {D[:7]})"),)


def test_kinds_do_not_mix() -> None:
    """A port that was 49153 and a process that was 49153 have nothing to do with each other."""
    pairs = [Pair("port", "49153", "49154", "1", 1), Pair("pid", "49153", "51000", "2", 1)]
    assert broken_identities(pairs) == ()
    pairs = [Pair("podhash", "x7k2p", "b2b2b", "1", 1), Pair("podhash", "zz2zz", "b2b2b", "build", 1)]
    what = "two podhashes that differed are now the same (in step 1 and line 1: b2b2b)"
    assert broken_identities(pairs) == (IdentityBreak("build", what),)


def test_many_values_take_little_time() -> None:
    """Ten thousand digests with their short ids are compared in seconds."""
    old = [f"{number:05x}{'a1' * 30}"[:64] for number in range(10_000)]
    new = [f"{number:05x}{'b2' * 30}"[:64] for number in range(10_000)]
    pairs = [digest(was, now, 1, line) for line, (was, now) in enumerate(zip(old, new, strict=True))]
    pairs += [short(was[:12], now[:12], 2, line) for line, (was, now) in enumerate(zip(old, new, strict=True))]
    start = time.perf_counter()
    assert broken_identities(pairs) == ()
    assert time.perf_counter() - start < 3
