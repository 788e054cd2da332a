"""Secrets in live output: what is hidden, when, and what is not."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quarterdeck.terminal.line_mask import LINE_LIMIT
from quarterdeck.terminal.painted_text import cover, flatten
from quarterdeck.terminal.safe_output import SafeOutput
from quarterdeck.terminal.secret_kinds import SECRET_KINDS
from quarterdeck.terminal.secret_mask import SecretMask
from support.effort import LINEAR, cpu_s, growth
from support.streams import STREAMS

A36 = "aB3dE6gH9" * 4
JWT_HEADER = "eyJhbGciOiJIUzI1NiJ9"

TOKENS = {
    "github": ("ghp_", A36),
    "github-fine-grained": ("github_pat_", "11ABC_" + A36),
    "gitlab": ("glpat-", "x_Y-z.01.0a"),
    "slack": ("xoxb-", "123-456-abc"),
    "slack-app": ("xapp-", "1-A0-b"),
    "aws": ("AKIA", "IOSFODNN7EXAMPLE"),
    "aws-temporary": ("ASIA", "IOSFODNN7EXAMPLE"),
    "google": ("AIza", "Sy-abc_def"),
    "docker": ("dckr_pat_", "ab-cd_ef"),
    "npm": ("npm_", A36),
    "pypi": ("pypi-AgE", "IcHlwaS5vcmc"),
    "huggingface": ("hf_", A36[:34]),
    "anthropic": ("sk-ant-", "api03-abc_d"),
    "openai": ("sk-proj-", "abc-d_e"),
    "stripe": ("sk_live_", "4eC39Hq"),
    "stripe-restricted": ("rk_live_", "4eC39Hq"),
    "jwt": (f"{JWT_HEADER}.eyJ", "zdWIiOiIxIn0.c2lnbmF0dXJl_-x"),
    "age": ("AGE-SECRET-KEY-1", "QQPQYHXV"),
    "private-key": ("-----BEGIN OPENSSH PRIVATE KEY-----", "\r\nb3BlbnNzaA+/=\r\nabc\r\n"),
}
"""For each kind, what stays of a secret, and what does not. None of them is real."""
OTHER_PREFIXES = (
    *("gho_", "ghu_", "ghs_", "ghr_", "glrt-", "gldt-", "glcbt-", "glptt-", "xoxa-", "xoxp-", "xoxr-", "xoxs-"),
    *("dckr_oat_", "sk-svcacct-", "-----BEGIN PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----"),
    *("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----", "-----BEGIN PGP PRIVATE KEY BLOCK-----"),
)

INNOCENT = (
    "sha256:0a4eaa0eecf5f8c050e5bba433f58c052be7587ee8af3e8b3910ef9ab5fbe9f5",
    "commit 3b18e512dba79e4c8300dd08aeb37f8e728b8dad",
    "31e352740f53: Pull complete",
    "npm_config_cache=/tmp npm_package_name=x npm_lifecycle_event=test",
    f"npm_{A36}x is too long, npm_{A36[1:]} too short",
    "hf_hub_download ASIA ASIAN AKIA-7 MALAYSIAN EURASIA",
    "highs_and_lows laughs_x weighs_y roughs_ xyzghp_abc",
    "pypi-simple task-ant-x glove- glide-x",
    "-----BEGIN CERTIFICATE-----\r\nMIIB\r\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\r\nMIIB\r\n-----END PUBLIC KEY-----",
    '"payload":"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pbyJ9","payloadType":"x" eyJ eyJ. eyJ.ey',
    "a prefix alone: ghp_ and sk-ant- and AIza.",
)
"""What is shown as it is."""

PIECES = st.lists(
    st.sampled_from(
        (
            *(part for token in TOKENS.values() for part in token),
            *(*INNOCENT, *OTHER_PREFIXES, "g", "h", "p_", "npm_", "hf_", "AKIA", "eyJ", ".", ".e", "-", "-----"),
            *("-----END ", "\\n", "%3A", " ", "x", "é", "\r\n", "\n", "\r", "7", "A"),
            *("\x1b[31m", "\x1b[m", "\x1b[K", "\x1b(B", "\x1b[2;3H", "\x1b7"),
        )
    ),
    max_size=14,
).map(lambda pieces: "".join(pieces).encode())


def bullets(text: str) -> str:
    """*text*, hidden."""
    return re.sub(r"\S", "•", text)


def hidden(*chunks: str, patterns: dict[str, str] | None = None) -> str:
    """What comes of *chunks*, and of a flush after the last."""
    mask = SecretMask({name: re.compile(pattern) for name, pattern in (patterns or {}).items()})
    return b"".join([*(mask.take(chunk.encode()) for chunk in chunks), mask.flush()]).decode()


def typed(text: str) -> str:
    """What comes of *text* if the output is quiet after each byte."""
    mask = SecretMask()
    return b"".join(mask.take(bytes([byte])) + mask.flush() for byte in text.encode()).decode()


def test_each_kind_has_an_example() -> None:
    """And begins with the plain text that is looked for first."""
    assert set(TOKENS) == set(SECRET_KINDS)
    for name, kind in SECRET_KINDS.items():
        assert TOKENS[name][0].startswith(kind.needle)
        assert kind.prefix.startswith(kind.needle)


@pytest.mark.parametrize("name", TOKENS)
def test_prefixes_stay_and_secrets_do_not(name: str) -> None:
    """In text, in addresses, in JSON, in the middle of a screen, and typed character by character."""
    prefix, rest = TOKENS[name]
    shown = prefix + bullets(rest)
    end = "-----END" if name == "private-key" else '"'
    for before in ("", " ", "TOKEN=", "\n", "https://x:", '{"a":"', "a\\n", "%3A", "\x1b[5C", "\x1b[1m", "é"):
        assert hidden(f"{before}{prefix}{rest}{end} after") == f"{before}{shown}{end} after"
    assert typed(f" {prefix}{rest}{end} after") == f" {shown}{end} after"


@pytest.mark.parametrize("prefix", OTHER_PREFIXES)
def test_other_prefixes(prefix: str) -> None:
    """Kinds have several."""
    assert hidden(f"{prefix}abc1") == f"{prefix}••••"


@pytest.mark.parametrize("text", INNOCENT)
def test_what_is_no_secret_is_shown(text: str) -> None:
    """Digests, ids, other words with such a beginning, and base64 that is no token."""
    assert hidden(text + "\r\n") == text + "\r\n"
    assert hidden(*text, "\r\n") == text + "\r\n"


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.__name__)
def test_progress_of_programs_stays_as_it_is(stream: object) -> None:
    """Nothing in it looks like a secret, and nothing of it waits."""
    assert callable(stream)
    assert SecretMask().take(stream()) == stream()


def test_nothing_waits_but_for_a_length() -> None:
    """Echo of keys comes at once; what follows a prefix is hidden at once; a fixed length waits for a flush."""
    mask = SecretMask()
    shown = [mask.take(bytes([byte])).decode() for byte in b"$ echo ghp_ab eyJh.eyJx -----B"]
    assert "".join(shown) == "$ echo ghp_•• eyJh.eyJ• -----B"
    assert all(len(character) == 1 for character in shown)
    assert [mask.take(chunk) for chunk in (b" npm_", b"con", b"fig", b"_x", b" npm_", b"ab")] == [
        *(b" npm_", b"", b"", b"config_x", b" npm_", b"")
    ]
    assert mask.flush().decode() == "••"
    assert mask.take(b"cd e").decode() == "•• e"
    assert mask.flush() == b""


def test_colours_do_not_interrupt_a_secret() -> None:
    """They stay; `grep` erases to the end of the line with them. Movements of the cursor end a secret."""
    assert hidden("g\x1b[31mhp\x1b[K_\x1b[mab\x1b[1mcd ef") == "g\x1b[31mhp\x1b[K_\x1b[m••\x1b[1m•• ef"
    assert hidden("ghp_\x1b[31m", "ab", "\x1b", "[m", "c d") == "ghp_\x1b[31m••\x1b[m• d"
    assert hidden("ghp_ab\x1b[3;1Hcd") == "ghp_••\x1b[3;1Hcd"


def test_secrets_within_secrets() -> None:
    """They overlap, or the inner one is hidden with the outer one."""
    assert hidden(f"npm_AIza{A36[:32]}-x y") == f"npm_{'•' * 38} y"
    assert hidden("ghp_npm_AKIA x") == "ghp_•••••••• x"
    mask = SecretMask()
    shown = [mask.take(chunk) + mask.flush() for chunk in (b"hf_AK", b"IAB", b"cd e")]
    assert b"".join(shown).decode() == "hf_••••••• e"


def test_private_keys() -> None:
    """With headers, indented, in JSON, in a diff; one that is cut off hides no more than may be part of a key."""
    begin, end = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
    head = "Proc-Type: 4,ENCRYPTED\r\nDEK-Info: AES-128-CBC,01AB\r\n\r\n"
    covered = re.sub(r"[^\s-]", "•", head)
    assert hidden(f"{begin}\r\n{head}MIIE\r\n{end}\r\nx") == f"{begin}\r\n{covered}••••\r\n{end}\r\nx"
    assert hidden(f"  {begin}\n  MI+/\n  {end}\n") == f"  {begin}\n  ••••\n  {end}\n"
    assert hidden(f'{{"k":"{begin}\\nMIIE\\n{end}\\n","x":1}}') == f'{{"k":"{begin}••••••••{end}\\n","x":1}}'
    assert hidden(f"+{begin}\n+MIIE\n+{end}\n") == f"+{begin}\n•••••\n•{end}\n"
    assert hidden(f"{begin}\r\nMIIE\r\n$ ls\r\n") == f"{begin}\r\n••••\r\n$ ls\r\n"
    assert hidden(f"{begin}\r\nMIIE\r\n----", "-END RSA PRIVATE KEY-----\r\nx") == f"{begin}\r\n••••\r\n{end}\r\nx"


def test_long_headers_of_web_tokens() -> None:
    """Those of a registry's token server hold certificates. The header stays, whatever chunks it comes in."""
    header = "eyJ" + "aB3_" * 1000
    text = f'{{"token":"{header}.eyJpc3MiOiJ4In0.c2ln"}}'
    shown = f'{{"token":"{header}.eyJ{bullets("pc3MiOiJ4In0.c2ln")}"}}'
    for size in (1, 7, 700, len(text)):
        assert hidden(*(text[place : place + size] for place in range(0, len(text), size))) == shown


@settings(max_examples=500, deadline=None)
@given(PIECES, st.lists(st.integers(0, 300), max_size=6), st.booleans())
@example(b"-----BEGIN PGP PRIVATE KEY BLOCK-----ghp_ghp_", [37], False)
@example(f"x{A36}github_pat_11ABC_{A36}ghp_11ABC_{A36}ghp_".encode(), [137], False)
def test_cuts_change_nothing(data: bytes, places: list[int], with_patterns: bool) -> None:
    """Chunks may end anywhere, in a character or sequence too."""
    patterns = {"word": re.compile("x+|p_(.)")} if with_patterns else None

    def taken(chunks: list[bytes]) -> bytes:
        mask = SecretMask(patterns)
        return b"".join([*map(mask.take, chunks), mask.flush()])

    cuts = sorted({min(place, len(data)) for place in places} | {0, len(data)})
    assert taken([data[start:end] for start, end in pairwise(cuts)]) == taken([data])
    assert taken([bytes([byte]) for byte in data]) == taken([data])


@settings(max_examples=300, deadline=None)
@given(PIECES)
def test_only_bullets_are_put_in(data: bytes) -> None:
    """Every character stays, or becomes one bullet: widths, colours and movements are the same."""
    text = SafeOutput().take(data).decode()
    result = hidden(text)
    assert len(result) == len(text)
    assert all(after in (before, "•") for before, after in zip(text, result, strict=True))


@settings(max_examples=300, deadline=None)
@given(PIECES)
@example(b"npm_AIzaghp_")
@example(b"hf_AKIAaB3")
def test_typing_hides_at_least_as_much(data: bytes) -> None:
    """Flushes between characters may hide more than needed, and never less."""
    text = data.decode()
    assert all(quiet in (whole, "•") for quiet, whole in zip(typed(text), hidden(text), strict=True))


def test_patterns_of_an_author() -> None:
    """A line waits for its end; a pattern with a group hides the group."""
    patterns = {"password": r"password[=:] ?(\S+)", "badge": r"badge-\d{4}"}
    assert hidden("pass", "word=ab", "c x\r\nb", "adge-1234\n", patterns=patterns) == "password=••• x\r\n••••••••••\n"
    assert hidden("pass\x1b[1mword=\x1b[31mab\x1b[m\n", patterns=patterns) == "pass\x1b[1mword=\x1b[31m••\x1b[m\n"
    assert hidden("ghp_ab badge-1234\n", patterns=patterns) == "ghp_•• ••••••••••\n"
    assert hidden("badge\n-1234", patterns=patterns) == "badge\n-1234"
    assert hidden("abcd\n", patterns={"first": "abc", "second": "bcd", "third": "b"}) == "••••\n"


def test_patterns_and_lines_that_are_not_complete() -> None:
    """They wait for a flush; what is shown stays shown, what comes later is hidden if the whole line matches."""
    mask = SecretMask({"password": re.compile(r"password: (\S+)"), "badge": re.compile(r"badge-\d{4}")})
    chunks = [b"x\npass", b"word: ", b"a"]
    assert [mask.take(chunk) for chunk in chunks] == [b"x\n", b"", b""]
    assert mask.flush().decode() == "password: •"
    assert [(mask.take(bytes([key])) + mask.flush()).decode() for key in b"bc badge-1234\n"] == [
        *("•", "•", *" badge-123", "•", "\n")
    ]
    assert mask.take(b" 10 %\r 20 %\r").decode() == " 10 %\r 20 %\r"
    assert mask.take(b"top\x1b[2;1Hnext").decode() == "top\x1b[2;1H"
    assert len(mask.take(b"y" * (LINE_LIMIT + 1))) > LINE_LIMIT


@pytest.mark.parametrize(
    "unit", ["eyJ", "-eyJ", "eyJ.", "ghp_", "npm_", "AKIA", "-", "-----BEGIN ", "g\x1b[m", "\x1b[m"]
)
def test_hostile_streams_take_linear_time(unit: str) -> None:
    """Whole, and in small chunks."""
    assert growth(lambda size: hidden(unit * size), 500) < LINEAR
    assert growth(lambda size: hidden(*([unit] * size)), 100) < LINEAR


def test_plain_text_costs_little() -> None:
    """Text is searched, not taken apart: less than one loop over its bytes in Python."""
    data = b"Step 1/4 : FROM debian:bookworm-slim, though sha256:0a4eaa0eecf5f8c050e5bba433f58c05\r\n" * 20_000
    loop = min(cpu_s(lambda: [byte for byte in data if byte == 27]) for _ in range(3))
    assert min(cpu_s(lambda: SecretMask().take(data)) for _ in range(3)) < loop


@given(st.text("ab\x1b[m1H7 \r\n", max_size=30), st.lists(st.integers(0, 30), max_size=6))
def test_covering(text: str, places: list[int]) -> None:
    """Bullets are put where the flat text has the spans, and nowhere else."""
    painted = SafeOutput().take(text.encode()).decode()
    flat = flatten(painted)
    cuts = sorted({min(place, len(flat)) for place in places})
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    expected = list(flat)
    for start, end in spans:
        expected[start:end] = re.sub(r"[^\s\0]", "•", flat[start:end])
    assert flatten(cover(painted, spans)) == "".join(expected)
