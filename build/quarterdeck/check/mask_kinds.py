"""The kinds of volatile values, and how each looks in an output.

Every pattern is tried only where no letter, digit or `_` comes right before (but for umoci's `sha256_…`), and ends
before none too (`END`): a value is a whole word, and two holes never touch. Everything else stays as it is: statuses,
versions, tags, fixed ports and plain numbers are what a check looks for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

Meaning = Literal["identity", "free"]
"""identity: equal values of one run are equal in the next. free: any value of that kind will do."""


def _either(*patterns: str) -> str:
    return "|".join(patterns)


END = r"(?!\w)"
FIRST = r"(?=[0-9A-Fa-fJLMNOSTUW]|(?<=[-=])[\w%=-])"
"""What a value of any kind begins with: most words begin otherwise, and none of the patterns is tried on them."""

_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_CLOCK = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_OFFSET = r"[+-][0-9]{2}:?[0-9]{2}"
_UNIT = r"(?:second|minute|hour|day|week|month|year)s?"
_AMOUNT = rf"(?:[0-9]+ {_UNIT}|About an? {_UNIT}|Less than a second)"
# in k8s.io/apimachinery's `HumanDuration`, a unit goes with the next smaller one: `1d411584966d` is an id
_SPAN = r"(?:[0-9]{1,5}[smhdy]|[0-9]+y[0-9]+d|[0-9]+d[0-9]+h|[0-9]+h[0-9]+m|[0-9]+m[0-9]+s)"

_TIME = _either(
    # RFC 3339, and Go's `2006-01-02 15:04:05.9 +0000 UTC`
    r"[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9](?::[0-6][0-9](?:[.,][0-9]+)?)?"
    rf"(?: ?Z{END}| ?{_OFFSET}(?: (?:UTC|GMT|[A-Z]{{2,3}}T){END})?| (?:UTC|GMT){END})?",
    # RFC 1123
    rf"{_DAY}, [0-9]{{1,2}} {_MONTH} [0-9]{{4}} {_CLOCK}(?: (?:GMT|UTC|{_OFFSET}))?",
    # ctime, date, git log
    rf"{_DAY} {_MONTH} [ 0-3]?[0-9] {_CLOCK}(?: [A-Z]{{3,4}})? [0-9]{{4}}(?: {_OFFSET})?",
    # the common log format
    rf"[0-3][0-9]/{_MONTH}/[0-9]{{4}}:{_CLOCK}(?: {_OFFSET})?",
    # syslog and certificates, then `ls -l` of this year and of years before
    rf"{_MONTH} [ 0-3]?[0-9] (?:{_CLOCK}(?: [0-9]{{4}}(?: GMT)?)?|[0-2][0-9]:[0-5][0-9]| [0-9]{{4}})",
    rf"(?<![:.]){_CLOCK}(?:[.,][0-9]+)?(?: [AP]M)?(?!:)",
)
_AGE = _either(
    rf"{_AMOUNT} ago",
    rf"Up {_AMOUNT}(?: \((?:healthy|health: starting)\)|{END})",
    rf"{_SPAN} ago",
    # kubectl's column AGE: anywhere else, `5s` is a setting
    rf"(?<=  ){_SPAN}(?=  |$)",
)
_RATE = _either(
    r"(?<!\.)[0-9]+(?:\.[0-9]+)? ?(?:[kKMGT]i?)?(?:B|bit|byte)s?/s(?:ec)?",
    # curl's progress meter: what is left of it on the screen is one line of speeds
    r"(?:^|(?<=^ )|(?<=^  ))(?:[0-9]+ +[0-9.]+[kMGTP]? +){3}(?:[0-9.]+[kMGTP]? +){2}"
    r"(?:[-0-9:dh]+ +){3}[0-9.]+[kMGTP]?$",
)
_SIZE = _either(
    r"(?<![.:])[0-9]+(?:[.,][0-9]+)? ?[kKMGTP]i?B",
    r"(?<![.:])[0-9]+(?:[.,][0-9]+)?(?:[KMGTP]i?|B)",
)
_DURATION = _either(
    r"(?<!\.)(?:[0-9]+h)?[0-9]+m[0-9]+\.[0-9]+s",
    r"(?<!\.)[0-9]+\.[0-9]+(?:e-[0-9]+)? ?s(?:ec(?:ond)?s?)?",
    r"(?<!\.)[0-9]+(?:\.[0-9]+)?(?: ?ms|us|µs|ns)",
)
_HOSTS = ("localhost:", "0.0.0.0:", "127.0.0.1:", "[::]:", "[::1]:", ":::", "127.0.0.1 port ")
_PORT = (
    # 32768 to 65535: the ports that a kernel picks; a published port 5000 is not volatile
    rf"(?=[3-6])(?:{'|'.join(f'(?<={re.escape(host)})' for host in _HOSTS)})"
    r"(?:3276[89]|327[7-9][0-9]|32[89][0-9]{2}|3[3-9][0-9]{3}|[45][0-9]{4}"
    r"|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
)
_IP = (
    r"(?=1)(?<![.-])(?![0-9.]+\.0/)"  # 172.17.0.0/16 is a network, which is configured
    r"(?:10\.[0-9]{1,3}|192\.168|172\.(?:1[6-9]|2[0-9]|3[01]))\.[0-9]{1,3}\.[0-9]{1,3}(?!\.?[\w<])"
)
_POD = "[bcdfghjklmnpqrstvwxz2456789]"  # Kubernetes leaves out what could spell a word
_POD_MIXED = r"(?=[bcdfghjklmnpqrstvwxz-]{0,15}[2456789])(?=[2456789-]{0,15}[bcdfghjklmnpqrstvwxz])"
_PODHASH = (
    rf"(?<=[a-z0-9]-)(?:{_POD_MIXED}(?:{_POD}{{8,10}}-{_POD}{{5}}|{_POD}{{9,10}}|{_POD}{{5}})(?![\w-])"
    rf"|{_POD}{{5}}(?= +[0-9]+/[0-9]+ ))"
)
_ID = (
    r"(?=[a-f]*[0-9])(?=[0-9]*[a-f])(?:[0-9a-f]{12}|[0-9a-f]{7}|[0-9a-f]{8,63}(?=…))"
    r"|(?<=sha256:)[0-9a-f]{7,63}|(?<=Copying config )[0-9a-f]{10}"  # of skopeo, podman and buildah
)

MASKS: Mapping[str, tuple[str, Meaning]] = {
    "jwt": (r"eyJ(?<!-eyJ)[\w-]+\.[\w-]+\.[\w-]+", "identity"),
    "state": (r"(?<==)(?<=_state=)[\w%=-]{16,}", "identity"),
    "uuid": (r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "identity"),
    "digest": (r"(?:[0-9a-f]{128}|[0-9a-f]{96}|[0-9a-f]{64})", "identity"),
    "commit": (r"[0-9a-f]{40}", "identity"),
    "mac": (r"(?<!:)(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}(?!:)", "identity"),
    "time": (rf"(?=[0-9MTWFSJADNO])(?:{_TIME})", "free"),
    "age": (rf"(?=[0-9AUL])(?:{_AGE})", "free"),
    "rate": (rf"(?=[0-9])(?:{_RATE})", "free"),
    "size": (rf"(?=[0-9])(?:{_SIZE})", "free"),
    "duration": (rf"(?=[0-9])(?:{_DURATION})", "free"),
    "port": (_PORT, "identity"),
    "ip": (_IP, "identity"),
    "podhash": (_PODHASH, "identity"),
    "pid": (r"(?=[0-9])(?<= )(?:(?<=^\[[0-9]\] )|(?<=^\[[0-9]{2}\] ))[0-9]+$", "identity"),
    "id": (_ID, "identity"),
}
"""Kind to pattern and meaning, in the order in which they are tried: the first that fits wins."""

UNSURE: Mapping[str, str] = {
    "id": r"(?:[0-9a-f]{12}|[0-9a-f]{7})",
    "podhash": rf"(?<=[a-z0-9]-)(?:{_POD}{{8,10}}-)?{_POD}{{5}}(?![\w-])",
}
"""What may be a value of the kind, a number or a word: it counts as a value only opposite a sure one in the other run
(1 short id in 281 has digits only, 1 pod in 5 has letters only)."""


def is_identity(kind: str) -> bool:
    """Whether equal values of *kind* must stay equal; names that are not in MASKS are free."""
    return kind in MASKS and MASKS[kind][1] == "identity"
