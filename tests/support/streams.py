"""What programs with a progress send to a terminal of 100 x 30, rebuilt from what was seen of them."""

from __future__ import annotations


def docker_pull() -> bytes:
    """Four layers at once, as `docker pull` and `docker push` show them."""
    names = [f"{n:012x}" for n in (0x31E352740F53, 0xBC9EF1A54E3D, 0x4F4FB700EF54, 0x9AF7B97A6B2C)]
    parts = ["3.20: Pulling from library/alpine\r\n", *(f"{name}: Pulling fs layer \r\n" for name in names)]
    for tick in range(60):
        row = tick % 4
        bar = "=" * (tick // 3) + ">"
        state = f"Downloading [{bar:<50}]  {tick / 10:.3f}MB/{6.0}MB" if tick < 52 else "Pull complete "
        parts.append(f"\x1b[{4 - row}A\x1b[2K\r{names[row]}: {state} \r\x1b[{4 - row}B")
    return "".join(
        [*parts, "Digest: sha256:0a4eaa0eecf5f8c050e5bba433f58c052be7587ee8af3e8b3910ef9ab5fbe9f5\r\n"]
    ).encode()


def buildkit() -> bytes:
    """A frame that grows, drawn again and again, as `docker build` shows it."""
    parts = ["\x1b[1A\x1b[1B\x1b[0G\x1b[?25l"]
    for tick in range(1, 9):
        lines = [f" => [{n}/8] RUN step number {n} of the file" for n in range(1, tick + 1)]
        parts.append(f"[+] Building {tick / 10:.1f}s ({tick}/8)\x1b[K\r\n")
        parts += [f"\x1b[34m{line:<80}{tick / 10:>8.1f}s\x1b[0m\r\n" for line in lines]
        if tick < 8:
            parts.append("\x1b[?25h" + "\x1b[1A" * (tick + 1) + "\x1b[0G\x1b[?25l")
    return "".join([*parts, "\x1b[?25h"]).encode()


def curl() -> bytes:
    """One line that is written over, below its heading."""
    head = "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\r\n"
    line = "\r{0:>3} 10.0M  {0:>3} {1:>5}k    0     0  9.8M      0  0:00:01 --:--:--  0:00:01 9.8M"
    return (head + "".join(line.format(n, n * 102) for n in range(0, 101, 3)) + "\r\n").encode()


def apt() -> bytes:
    """A region that scrolls above a bar, as apt makes it on a terminal."""
    parts = ["Reading package lists... 0%\r\rReading package lists... 100%\r\rReading package lists... Done\r\n"]
    parts.append("\r\n\x1b7\x1b[0;29r\x1b8\x1b[1A")
    for n in range(0, 101, 4):
        parts.append(f"Unpacking package-{n} (1.0-{n}) ...\r\n")
        parts.append(
            f"\x1b7\x1b[30;0f\x1b[42m\x1b[30mProgress: [{n:>3}%]\x1b[49m\x1b[39m [{'#' * (n // 2):.<50}] \x1b8"
        )
    parts.append("\r\n\x1b7\x1b[0;30r\x1b8\x1b[1A\x1b[J")
    return "".join([*parts, "Processing triggers for libc-bin (2.36-9) ...\r\n"]).encode()


def pip() -> bytes:
    """A coloured bar within a line, erased and drawn again."""
    parts = ["Collecting jinja2\r\n  Downloading jinja2-3.1.4-py3-none-any.whl (133 kB)\r\n\x1b[?25l"]
    for n in range(0, 41, 2):
        done, rest = "━" * n, "━" * (40 - n)
        parts.append(
            f"\r\x1b[2K   \x1b[38;2;249;38;114m{done}\x1b[0m\x1b[38;5;237m{rest}\x1b[0m \x1b[32m{n * 3}/133 kB\x1b[0m"
        )
    return "".join([*parts, "\r\n\x1b[?25hInstalling collected packages: jinja2\r\n"]).encode()


STREAMS = (docker_pull, buildkit, curl, apt, pip)
