"""Silent failures on a real stage: the kind and the line of each, and none in steps that succeed.

The same evidence without a stage: tests/witness.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import Project, load_project
from quarterdeck.demo.demo_file import Demo, parse_demo
from quarterdeck.demo.inputs import DemoInputs
from quarterdeck.demo.recording import StepResult
from quarterdeck.demo.silent_failures import CURES, read_allowed
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.session.bash_session import AccessLog, Session
from quarterdeck.live.stage import open_stage
from quarterdeck.live.stage.protocol import Stage
from quarterdeck.live.stage.upload import place_files
from quarterdeck.witness.evidence import SessionHistory
from quarterdeck.witness.watch_plan import WatchPlan, make_watch_plan
from quarterdeck.witness.witnesses import WITNESSES
from support.step_results import broken_of, status_of

IMAGE = """
set -e
umoci init --layout /tmp/made
umoci new --image /tmp/made:latest
umoci insert --image /tmp/made:latest /etc/debian_version /version
for format in v2s2 oci; do
    skopeo copy --quiet --dest-tls-verify=false --format $format \\
        oci:/tmp/made:latest docker://localhost:5000/hello:$format
done
"""
"""Pushes an image without layers under two tags, one for each kind of manifest."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose stage has no engine, with files for its demos."""
    root = tmp_path_factory.mktemp("project")
    (root / "slides").mkdir()
    (root / "commands").mkdir()
    (root / "commands" / "one").write_text("a\nb\nc\n")
    (root / "commands" / "two").write_text("a\nB\nc\n")
    (root / "commands" / "wait.sh").write_text(
        "until curl -s --fail -o /dev/null localhost:5000/v2/late/tags/list || [ $((n += 1)) = 3 ]; do :; done\n"
    )
    (root / "commands" / "fetch.sh").write_text("curl --silent localhost:5000/v2/late/tags/list\n")
    (root / "quarterdeck.toml").write_text("[stage]\nengine = false\n")
    return load_project(root)


@pytest.fixture(scope="module")
def stage(lease: RunLease, engine: Any, project: Project) -> Iterator[Stage]:
    """One stage for all of these tests, with an image in its registry; each test runs a demo of its own on it."""
    with open_stage(project, lease) as stage:
        status, printed = stage.run("bash", "-c", IMAGE)
        assert status == 0, printed
        yield stage


def run(stage: Stage, project: Project, *steps: str) -> list[StepResult]:
    """One result for each of *steps*, which may start with `#@` lines."""
    text = "# A demo\n" + "".join(f"# Step\n{step}\n" for step in steps)
    demo = read_demo(text, project)
    place_files(stage, demo, DemoInputs(project))
    session = Session(stage, demo)
    results = [session.run(step, 20) for step in demo.steps]
    session.close()
    return results


def read_demo(text: str, project: Project) -> Demo:
    """The demo `demo` of *text*."""
    problems = Problems()
    folder = project.root / "commands"
    demo = parse_demo(text, name="demo", path="commands/demo.demo", folder=folder, problems=problems)
    problems.raise_if_any()
    return demo


def findings(result: StepResult) -> list[str]:
    """Line, counted from the step's first line of code, and kind of each silent failure."""
    return [f"{failure.at.line - result.step.lines[0] + 1} {failure.kind}" for failure in result.witnessed]


V2 = "http://localhost:5000/v2"

FAILING = [
    ("a registry that says no", f"curl -s {V2}/hello/manifests/missing", ["1 http-404"]),
    ("the answer goes into a file", f"curl -s -o f {V2}/hello/blobs/null\nls f", ["1 http-404"]),
    ("the answer goes into a pipe", f"echo first\ncurl -s {V2}/hello/blobs/null | sha256sum", ["2 http-404"]),
    ("the answer's length", f"curl -s {V2}/none/manifests/x | wc -c", ["1 http-404"]),
    ("a wrong method", f"curl -s -X DELETE {V2}/hello/tags/list", ["1 http-405"]),
    ("an answer that is shown", f"curl --include {V2}/none/tags/list", ["1 http-404"]),
    ("in a loop", f"for tag in v2s2 missing; do\n  curl -sI {V2}/hello/manifests/$tag\ndone", ["2 http-404"]),
    ("in a condition that is true all the same", f"if curl -s {V2}/none/tags/list; then echo yes; fi", ["1 http-404"]),
    ("in a function", f"get() {{ curl -s {V2}/$1; }}\nget none/tags/list", ["2 http-404"]),
    ("in a script of the folder", "bash fetch.sh", ["1 http-404"]),
    ("in a shell of its own", f"sh -c 'curl -s {V2}/none/tags/list'", ["1 http-404"]),
    ("one of two curls is careful", f"curl -sf {V2}/hello/tags/list\ncurl -s {V2}/none/tags/list", ["2 http-404"]),
    ("an address in a variable", f"URL={V2}/none/tags/list\ncurl -s $URL", ["2 http-404"]),
    ("an address in a variable, from a careful curl",
     f"URL=$(curl -fs -o f -w {V2} {V2}/)\ncurl -s \"$URL/hello/tags/none\"", ["2 http-404"]),
    ("a missing Accept header and jq", f"D=$(curl -s {V2}/hello/manifests/v2s2 | jq -r .config.digest)\necho $D",
     ["1 empty-variable"]),
    ("an OCI manifest without its header", f"DIGEST=$(curl -s {V2}/hello/manifests/oci | jq -r .config.digest)",
     ["1 http-404", "1 empty-variable"]),
    ("a variable with nothing in it", "X=$(grep z one || echo)\nY=$(true)\necho", ["2 empty-variable"]),
    ("an exported variable hides the status", "export X=$(cat missing 2>&1 >/dev/null | grep z)\necho",
     ["1 empty-variable", "1 pipe", "1 status"]),
    ("declared", "declare X=$(jq .a <<<'{}')\necho", ["1 empty-variable"]),
    ("read from a command", "read -r A B < <(echo one two)\necho; read -r C < <(jq .a <<<'{}')",
     ["2 empty-variable"]),
    ("an array without items", "mapfile -t LINES_ < <(grep z one)\necho", ["1 empty-variable", "1 status"]),
    ("printf into a variable", "printf -v X %s \"$(jq -r .a <<<'{}')\"\necho", ["1 empty-variable"]),
    ("a template's way to say nothing", "X=$(echo '<no value>')\necho", ["1 empty-variable"]),
    ("in a function that is called", "look() { FOUND=$(jq -r .a <<<'{}'); }\nlook\necho", ["2 empty-variable"]),
    ("null in the place of a default", "X=none\nX=$(jq -r .a <<<'{}')\necho", ["2 empty-variable"]),
    ("null for a condition", "if X=$(jq -r .a <<<'{}'); then echo $X; fi", ["1 empty-variable"]),
    ("before the last", "echo one\nfalse\necho two", ["2 status"]),
    ("a command that is not there", "no-such-command | sort\necho", ["1 pipe"]),
    ("not there, before the last", "no-such-command --now\necho", ["1 status"]),
    ("a missing file", "cat missing\necho", ["1 status"]),
    ("first of a pipe", "cat missing | sort", ["1 pipe"]),
    ("first of a pipe, before the last", "cat missing | sort\necho", ["1 pipe"]),
    ("middle of a pipe over lines", "cat one \\\n| jq . \\\n| wc -l", ["2 pipe"]),
    ("middle of a pipe, with a redirection", "echo a | jq . 2>/dev/null | wc -l", ["1 pipe"]),
    ("the last such pipe of a list", "true && echo a | jq . 2>/dev/null | wc -l", ["1 pipe"]),
    ("all parts but the last", "cat missing | cat missing | cat", ["1 pipe", "1 pipe"]),
    ("a pipe after a pipe that was well", "cat one | sort | wc -l\ncat missing | sort | wc -l", ["2 pipe"]),
    ("a pipe before a pipe that is well", "cat missing | sort | wc -l\ncat one | sort | wc -l", ["1 pipe"]),
    ("a pipe in a loop", "for f in one missing; do\n  cat $f | wc -l\ndone", ["2 pipe"]),
    ("a pipe in an if", "if true; then\n  cat missing | wc -l\nfi\necho", ["2 pipe"]),
    ("a pipe in a substitution", "SUM=$(cat missing | sha256sum)\necho", ["1 pipe"]),
    ("a pipe in a text", 'echo "sum: $(cat missing | sha256sum)"', ["1 pipe"]),
    ("a lost status in a text", 'echo "sum: $(sha256sum missing)"', ["1 status"]),
    ("a pipe in a subshell", "(cd / && cat missing | wc -l)\necho", ["1 pipe"]),
    ("before the last of a subshell", "(cat missing; echo)\necho", ["1 status"]),
    ("a subshell that fails", "(exit 3)\necho", ["1 status"]),
    ("a subshell that fails in the end", "(echo; cat missing)\necho", ["1 status"]),
    ("a subshell in a pipe", "(cat missing) | wc -l\necho", ["1 pipe"]),
    ("a loop at the end of a pipe", "cat missing | while read -r line; do echo $line; done", ["1 pipe"]),
    ("a pipe in a loop at the end of a pipe", "echo one | while read -r f; do\n  cat no$f | wc -l\ndone", ["2 pipe"]),
    ("a process substitution", "sort <(cat missing) one", ["1 status"]),
    ("a here-document into a pipe", "cat <<EOF | cat missing | wc -l\ntext\nEOF", ["1 pipe"]),
    ("behind a here-document", "cat <<EOF && cat missing | wc -l\ntext\nEOF", ["1 pipe"]),
    ("the right of and", "[ -f one ] && cat missing\necho", ["1 status"]),
    ("the right of or", "[ -f missing ] || cat missing\necho", ["1 status"]),
    ("a function that fails", "f() { cat missing; }\nf\necho", ["2 status"]),
    ("a function that says that it failed", "f() { return 3; }\ng() { f; }\nf || echo\ng\necho", ["4 status"]),
    ("a function in a text", "f() { cat missing; }\necho $(f)", ["2 status"]),
    ("a list to go through", "for n in $(seq 1 1O); do echo $n; done", ["1 status"]),
    ("a file that cannot be written", "echo a >no/such\necho", ["1 status"]),
    ("a loop's missing file", "cat one\nwhile read -r a; do\n  echo $a\ndone <missing\necho", ["4 error-text"]),
    ("a group's file, named by a variable", "F=no/such\n{ echo a; } >$F\necho", ["2 error-text"]),
    ("a missing source", "source missing.sh\necho", ["1 error-text"]),
    ("emptiness that is printed", "X=$(true)\necho -n \"$X\"", ["1 empty-variable"]),
    ("a time that is none", "date --date never\necho", ["1 status"]),
    ("grep that finds nothing", "grep z one\necho", ["1 status"]),
    ("grep in a pipe that finds nothing", "cat one | grep z | sort", ["1 pipe"]),
    ("a wait for a job that failed", "sh -c 'exit 3' &\nwait $!\necho", ["2 status"]),
    ("with set -x", "set -x\ncat missing | wc -l\nset +x", ["2 pipe"]),
    ("with an IFS of its own", "IFS=,\ncat missing | wc -l", ["2 pipe"]),
    ("with set -u and noclobber", "set -u -o noclobber\ncat missing | wc -l\nfalse\necho", ["2 pipe", "3 status"]),
    ("with pipefail, seen twice and reported once", "set -o pipefail\ncat missing | wc -l\necho", ["2 pipe"]),
    ("an alias", "alias show=cat\nshow missing | wc -l\necho", ["2 pipe"]),
    ("comments between", " # more\ncat missing | wc -l\n # and more\nfalse\necho", ["1 pipe", "3 status"]),
    ("a right status for a wrong reason", "#@ exit: 1\nfalse\ngrep -q z one", ["1 status"]),
    ("a long loop before", "for ((i = 0; i < 1000; i++)); do :; done\ncat missing | wc -l", ["2 pipe"]),
    ("curl that cannot connect", "curl -s localhost:4999 | jq .", ["1 pipe"]),
    ("curl --fail in a pipe", f"curl -sf {V2}/none/tags/list | jq .", ["1 pipe"]),
    ("curl --fail before the last", f"curl -sf {V2}/none/tags/list\necho", ["1 status"]),
    ("skopeo in a pipe", "skopeo inspect --tls-verify=false docker://localhost:5000/hello:missing | jq .", ["1 pipe"]),
    ("a message in a shell that ends well", "sh -c 'no-such-tool; true'", ["1 error-text"]),
    ("a message of bash in a substitution", "env X=$(no-such-tool) true", ["1 status", "1 error-text"]),
]  # fmt: skip

WELL = [
    ("one command", "ls"),
    ("a last status that counts itself", "#@ exit: 1\nfalse"),
    ("a pipe that ends early", "seq 100000 | head -1"),
    ("yes", "yes | head -2"),
    ("tee and head", "seq 100000 | tee f | head -1\nls f"),
    ("curl and head", f"curl -s {V2}/hello/manifests/v2s2 | head -1"),
    ("if grep", "if grep -q z one; then echo yes; else echo no; fi\necho"),
    ("if ! grep", "if ! grep -q z one; then echo no; fi\necho"),
    ("a pipe in an if", "if cat one | grep -q z; then echo yes; fi\necho"),
    ("grep || echo", "grep -q z one || echo none\necho"),
    ("or true", "cat missing 2>/dev/null || true\necho"),
    ("or :", "cat missing 2>/dev/null || :\necho"),
    ("or a group", "grep -q z one || { echo none; }\necho"),
    ("and", "[ -f missing ] && cat missing\necho"),
    ("and, or", "[ -f missing ] && echo yes || echo no\necho"),
    ("a negation", "! grep -q z one\necho"),
    ("a negated pipe", "! cat one | grep -q z\necho"),
    ("a pipe or true", "cat missing 2>/dev/null | wc -l || true\necho"),
    ("a pipe with a redirection, or else", "cat one | no-such-tool 2>/dev/null | sort || cat one | cat | sort\necho"),
    ("a status that is shown", "cat missing\necho \"status $?\""),
    ("statuses that are shown", "cat missing | sort\necho \"${PIPESTATUS[@]}\""),
    ("a status that is kept", "grep -q z one\nstatus=$?\necho $status"),
    ("while read", "while read -r line; do echo \"$line\"; done <one\necho"),
    ("while read from a pipe", "sort one | while IFS= read -r line; do echo \"$line\"; done\necho"),
    ("a loop that waits", f"until curl -sf -o f {V2}/hello/tags/list; do sleep 0.1; done\ncat f"),
    ("a loop that waits for long", f"n=0\nuntil curl -sf {V2}/none/tags/list || ((++n > 3)); do :; done\necho"),
    ("a loop that waits for a status",
     f"n=0\nuntil [ \"$(curl -s -o f -w '%{{http_code}}' {V2}/none/tags/list)\" = 200 ] || ((++n > 3)); do :; done"),
    ("a loop that waits in a script", "bash wait.sh"),
    ("curl --fail or else", f"curl -sf {V2}/none/tags/list || echo none"),
    ("curl --fail in a bundle", f"curl -sfL {V2}/none/tags/list || echo none"),
    ("curl --fail-with-body", f"curl -s --fail-with-body {V2}/none/tags/list || echo none"),
    ("curl whose answer is tested", f"curl -sI {V2}/none/tags/list | grep -q '200 OK' || echo none"),
    ("curl with an option in a variable", f"OPTIONS='-s -f'\ncurl $OPTIONS {V2}/none/tags/list || echo none"),
    ("curl in a careful function", f"get() {{ curl -sf \"$@\"; }}\nget {V2}/none/tags/list || echo none"),
    ("curl as a careful alias", f"alias curl='curl --fail'\ncurl -s {V2}/none/tags/list || echo none"),
    ("skopeo asks what is not there", "skopeo inspect --tls-verify=false docker://localhost:5000/no:no || echo none"),
    ("skopeo copies", "skopeo copy -q --src-tls-verify=false --dest-tls-verify=false"
     " docker://localhost:5000/hello:v2s2 docker://localhost:5000/hello:copy"),
    ("skopeo lists tags", "skopeo list-tags --tls-verify=false docker://localhost:5000/hello | jq '.Tags | length'"),
    ("clearing away what is not there", "rm missing 2>/dev/null\nrmdir none &>/dev/null\necho"),
    ("counting what is not there", "ls *.none 2>/dev/null | wc -l"),
    ("counting lines that are not there", "grep z one | wc -l"),
    ("grep -c of nothing", "grep -c z one\necho"),
    ("grep -v of everything", "echo a | grep -v a | sort"),
    ("diff in the middle", "diff one two\necho"),
    ("diff at the end", "#@ exit: 1\ndiff one two"),
    ("cmp in a pipe", "cmp one two | cat"),
    ("a test by itself", "[[ -f missing ]]\necho"),
    ("test and x at the end", "[[ -f one ]] && echo yes"),
    ("arithmetic that gives 0", "i=0\n((i++))\nlet i-=1\necho $i"),
    ("read at the end of input", "read -r -d '' TEXT <<'EOF'\nsome\ntext\nEOF\necho \"$TEXT\""),
    ("read with words left over", "read -r A B <<<one\nread -r C D < <(echo x y)\necho $A $C $D"),
    ("read of words that are not used", "read -r _ REST <<<one\nread -r A _ <<<one\necho"),
    ("which and command -v", "command -v no-such-tool\nwhich no-such-tool\ntype no-such-tool 2>/dev/null\necho"),
    ("timeout", "timeout 0.1 sleep 5\necho"),
    ("kill and wait", "sleep 30 &\nPID=$!\nkill $PID\nwait $PID\necho done"),
    ("kill %1", "sleep 30 &\nkill %1\nwait\necho done"),
    ("kill -0", "kill -0 999999 2>/dev/null\necho"),
    ("a background job that fails", "cat missing | sort &\nwait\necho"),
    ("a background group", "{ false; cat missing | sort; } &\nwait\necho"),
    ("a trap of EXIT", "(trap 'echo bye' EXIT; echo hello)"),
    ("traps of its own", "trap 'echo \"failed: $?\"' ERR\nfalse\ncat missing | sort\ntrap - ERR"),
    ("a function with a status", "is() { [ -f $1 ]; }\nis one && echo yes\nis none || echo no\nif is none; then :; fi"),
    ("a loop's missing file, or else", "{ cat; } <missing || echo none\n. ./missing.sh 2>f || echo none"),
    ("a text of a missing file", "echo 'bash: missing: No such file or directory' >f\ncat f"),
    ("a function that answers", "is() { [ -f missing ]; }\nis\necho"),
    ("a function that answers, later", "is() { cat missing; }\nwhile is; do :; done\nis && echo yes\necho"),
    ("a function that returns early", "f() { false; return 0; }\nf\necho"),
    ("case", "case $(uname) in Linux) echo linux;; *) false;; esac\necho"),
    ("arrays", "A=()\nA+=(one two)\nfor f in \"${A[@]}\"; do wc -l <$f; done\necho ${#A[@]}"),
    ("mapfile", "mapfile -t ROWS <one\necho ${#ROWS[@]}"),
    ("export", "export X=$(date +%Y)\necho ${#X}"),
    ("empty on purpose", "X=\nY=\"\"\nZ=''\nA=()\nlocal_=${HOME:+}\necho"),
    ("null on purpose", "X=null\nif [ -f one ]; then X=null; else X=$(date); fi"),
    ("unset after use", "X=$(true)\nunset X\necho"),
    ("emptiness that -z tests", "X=$(grep z one || true)\nif [ -z \"$X\" ]; then echo none; fi"),
    ("emptiness that is tested", "X=$(git diff --no-index one one)\n[[ $X ]] || echo clean", ),
    ("a default", "X=${NONE:-}\nY=${X:-$(true)}\necho"),
    ("set in a subshell", "(X=$(true); echo \"$X\")\necho"),
    ("set for one command", "X= Y=$(true) env | grep -c ^X=\necho"),
    ("a loop's variable", "for x in a ''; do echo \"$x\"; done"),
    ("set -o pipefail", "set -o pipefail\ncat one | wc -l\nset +o pipefail"),
    ("pipefail and exit", "#@ exit: 1\nset -o pipefail\ncat missing | wc -l"),
    ("a process substitution", "diff <(sort one) <(sort one)\ncat <(seq 100000) | head -1"),
    ("a here-document", "cat <<EOF | grep b && echo found\na\nb\nEOF"),
    ("a here-document with a substitution", "cat >f <<EOF\n$(wc -l <one) lines\nEOF\ncat f"),
    ("nested quotes", "echo \"$(echo \"$(wc -l <one)\" | tr -d ' ')\""),
    ("a text with errors", "printf 'curl: (6) no host\\n' >log\ncat log"),
    ("a text that names a missing command", "sh -c 'no-such-tool' 2>&1 || echo so it is"),
    ("a subshell with its own folder", "(cd / && ls | wc -l)\npwd"),
    ("time", "time seq 3 | sort >f\necho"),
    ("find with errors", "find / -xdev -name one 2>/dev/null | head -1"),
    ("xargs", "ls one two | xargs wc -l | tail -1"),
    ("allowed to be null nowhere else", "jq -r .a <<<'{}'\necho"),
    ("eval", "eval 'cat missing | sort'\necho"),
    ("select", "select x in a b; do echo $x; break; done <<<1"),
    ("coproc", "coproc CAT { cat; }\necho hi >&${CAT[1]}\nread -r LINE <&${CAT[0]}\necho $LINE\nkill $CAT_PID"),
    ("exec of descriptors", "exec 3>f\necho x >&3\nexec 3>&-\ncat f | sort"),
    ("brace group with redirect", "{ echo a; false || true; } >f\nsort f | uniq"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "expected"), [(step, expected) for _, step, expected in FAILING], ids=[title for title, *_ in FAILING]
)
def test_silent_failure(stage: Stage, project: Project, step: str, expected: list[str]) -> None:
    """Each silent failure is reported once, at the line of the command."""
    (result,) = run(stage, project, step)
    assert findings(result) == expected, (result.witnessed, result.screen)


@pytest.mark.parametrize("step", [step for _, step in WELL], ids=[title for title, _ in WELL])
def test_no_silent_failure(stage: Stage, project: Project, step: str) -> None:
    """Ordinary commands are no silent failures."""
    (result,) = run(stage, project, step)
    assert (findings(result), broken_of(result)) == ([], None), (result.witnessed, result.screen)


TRANSPARENT = """\
echo one two
true | false | true
echo "last: $_, statuses: ${PIPESTATUS[@]}, line $LINENO"
X=$(echo a | false | cat; exit 4)
echo "status $?, last $_, flags $-"
f() { echo "in f: $_ $LINENO ${FUNCNAME[@]}"; false | true; caller 0; return 3; }
f a b c
echo "status $? of $_ and ${PIPESTATUS[@]}"
echo "$(echo inside; false | cat) ${BASH_SUBSHELL} $(echo $BASH_SUBSHELL)"
( false; echo "status $? in a subshell, $BASH_COMMAND"; exit 2 )
echo "status $?, last $_"
case a in a) echo "last $_";; esac
for i in x y; do false; echo "status $?, last $_"; done
Y=5
[[ -n $Y ]]
((Y -= 5))
echo "status $?, last $_"
cat <(echo p; false | true)
type f | tail -n 4
sleep 0.1 &
wait $!
jobs
no-such-command | cat
IFS=:
printf '%s\\n' "$*" "${PIPESTATUS[*]}"
unset IFS
export -p | grep -c quarterdeck
trap 'echo bye' EXIT
trap -- EXIT
return 3
"""
"""What a step can know of how it is run. Its own steps below: some of these are watched in another way."""

TRACED = (
    "set -x\nf() { false | true; }\nf\nX=$(echo q | cat)\n(cd /; false | cat)\n{ set +x; } 2>/dev/null\nfalse | cat"
)


@pytest.mark.parametrize(
    ("watch", "step"),
    [
        ("d", TRANSPARENT.replace("$-", "")),
        ("p", re.sub(r"(?m)^(?:X=|.*\$\(echo|\(|cat <).*\n", "", TRANSPARENT)),
        ("v", TRANSPARENT + "eval true"),
        ("dx", TRACED),
        ("p", "echo $-\nfalse | true\necho $-; set -o | grep trace"),
        ("-", "trap 'echo \"debug $BASH_COMMAND\"' DEBUG\necho a | cat\ntrap - DEBUG\nfalse\necho"),
        ("-", "trap 'echo \"failed $?\"' ERR\nfalse\nfalse | cat\ntrap -p ERR\ntrap - ERR"),
        ("-", "f() { trap 'echo return' RETURN; true; }\nf\nfalse | cat\ntrap - RETURN"),
        ("d", "set -eu\necho a | cat\necho $(cat missing)\nfalse | cat\nset +eu\n: $((1 / 0))\necho not reached"),
        ("d", "set -u\nfalse | cat\necho $(cat ${NONE})\nfalse; echo $?"),
        ("-", "shopt -s extdebug\nfalse | cat\nshopt -u extdebug"),
        ("p", "kill -INT $$\necho not reached | cat"),
        ("p", "for i in 1 2; do false | cat; break 2; done\necho not reached"),
        ("e", "cat missing\necho \"$_ $LINENO\"\n[ $? = 7 ]\necho $_\ncat missing\necho x"),
    ],
)  # fmt: skip
def test_a_watched_step_notices_nothing(
    stage: Stage, project: Project, watch: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Statuses, `$_`, line numbers, traces and traps of its own are as in a session that watches nothing."""

    def facts(result: StepResult) -> tuple[int | None, list[str]]:
        # The parts of a traced pipe run at once.
        lines = result.screen.split("\n")
        return status_of(result), sorted(lines) if "set -x" in result.step.script else lines

    assert make_watch_plan(step, SessionHistory()).watch == watch
    watched = [facts(result) for result in run(stage, project, step, 'echo "$? $_ $-"\ntrap -p')]
    monkeypatch.setattr(WatchPlan, "line", "-")
    assert watched == [facts(result) for result in run(stage, project, step, 'echo "$? $_ $-"\ntrap -p')]


def test_every_witness_has_a_cure_and_a_word_that_allows_it() -> None:
    """One more witness is one more line in each of the two tables."""
    assert set(WITNESSES) == set(CURES)
    assert [read_allowed(kind) for kind in CURES] == list(CURES)


def test_requests_of_a_background_job_are_not_a_later_step_s(stage: Stage, project: Project) -> None:
    """They belong to the step that started it, or to none; those of the later step itself are reported."""
    late = f"while curl -s {V2}/late/tags/list; do sleep 0.01; done >/dev/null &"
    *before, last = run(
        stage, project, late, "sleep 0.2", f"sleep 0.2; curl -sf {V2}/_catalog", "URL=hello/tags/list",
        f"sleep 0.1; curl -s {V2}/$URL", f"sleep 0.1; curl -s {V2}/none/tags/list\nkill %1",
    )  # fmt: skip
    assert [findings(result) for result in before[1:]] == [[]] * 4
    assert findings(last) == ["1 http-404"]


def test_no_answer_comes_late(stage: Stage) -> None:
    """An answer that a client has received is in the log: no error of a step counts as the next step's."""
    log = AccessLog(stage)
    paths = []
    for number in range(40):
        stage.run("curl", "-s", f"{V2}/late/blobs/sha256:{number:064x}")
        paths.append([request.path for request in log.read()])
    assert paths == [[f"/v2/late/blobs/sha256:{number:064x}"] for number in range(40)]
    many = f"for n in $(seq 200); do curl -sI {V2}/late/manifests/$n; done"
    stage.run("bash", "-c", many)
    assert [request.path for request in log.read()] == [f"/v2/late/manifests/{number + 1}" for number in range(200)]
    log.close()


def test_curlrc_counts(stage: Stage, project: Project) -> None:
    """With `fail` in its configuration file, no curl fails silently."""
    first, second, third = run(
        stage, project, "echo fail >~/.curlrc", f"curl -s {V2}/none/tags/list || echo none",
        f"rm ~/.curlrc\ncurl -s {V2}/none/tags/list",
    )  # fmt: skip
    assert [findings(result) for result in (first, second, third)] == [[], [], ["2 http-404"]]


def test_a_step_is_not_blamed_for_what_an_earlier_one_left_running(stage: Stage, project: Project) -> None:
    """A group in the background notes its failures under its own step's name, whenever they come."""
    first, second, third = run(
        stage, project, "( sleep 0.3; cat missing | sort; false; true ) & echo $(cat one | wc -l)", "sleep 0.6",
        "cat one | sort | wc -l\nwait",
    )  # fmt: skip
    assert [findings(result) for result in (first, second, third)] == [[], [], []]
