"""Which programs read lines from the terminal, and which commands of a script could."""

from __future__ import annotations

import shlex

import pytest

from quarterdeck.bash.parse import parse_script
from quarterdeck.bash.programs import reads_lines
from quarterdeck.bash.script import read_words
from quarterdeck.bash.sent_lines import starts_slowly

READING = """
bash
/bin/bash --login
sh -i
FOO=bar bash -o errexit
docker run -it alpine
docker run -ti --rm alpine:3.20 sh
docker run --interactive --tty --volume "$PWD:/x" -p 80:80 --name=a localhost:5000/mine /bin/bash
docker run -itv /:/host --rm debian
docker run --rm -it --entrypoint sh mine
docker -H tcp://a:1 container exec -ti web sh
docker exec -it web psql -U postgres
docker exec -itu root web bash -l
docker compose exec web bash
docker-compose -f a.yaml run --rm web sh
podman run -it busybox
kubectl exec -it pod -- sh
kubectl -n kube-system exec pod -c main -i -t -- /bin/sh
kubectl exec -it pod bash
kubectl run x -it --rm --image=busybox
kubectl run -it --image alpine x -- ash
kubectl debug -it node/a --image=busybox:1.36
ssh host
ssh -p 2222 -i key me@host
ssh -t host sudo -i
ssh host bash
sudo -i
sudo -u postgres psql
sudo bash
su - postgres
python3
python3 -i
node
psql -h db -U me shop
redis-cli -h cache -p 6379
mysql -uroot -psecret shop
sqlite3 shop.db
mongosh --host db
chroot /mnt
nsenter -t 1 -m -u -i -n -p
unshare --pid --fork
ip netns exec blue bash
timeout 10 sh
time bash
env -i bash
exec bash
cat
"""

ENDING = """
ls
bash script.sh
bash -c 'echo hi'
sh -xc 'echo hi'
bash --version
docker run -it --rm alpine echo hi
docker run -it alpine sh -c 'echo hi'
docker run -it --entrypoint ls alpine
docker run --rm alpine
docker run -t alpine sh
docker run -itd alpine sh
docker run -it -d --name web alpine sh
docker exec web ls
docker exec -it web ls -l
docker exec -it web bash -c ls
docker compose exec web ls
docker compose up
docker ps -it
kubectl exec pod -- sh
kubectl exec -it pod -- ls
kubectl get pods -i
kubectl run x -it --image=busybox -- echo hi
ssh host ls
ssh host 'ls -l; echo bash'
ssh -N -L 80:a:80 host
sudo ls
sudo -u me ls
su -c ls me
python3 a.py
python3 -c 'print()'
python3 -m http.server
node a.js
psql -c 'select 1'
psql shop me -f a.sql
redis-cli -h cache get a
mysql -e 'select 1'
sqlite3 shop.db 'select 1'
mongosh --eval 'db.a.find()'
chroot /mnt ls
nsenter -t 1 -m ls
ip link
timeout 10 sleep 3
env A=b ls
A=b
cat file
"""

UNKNOWN = """
docker run -it mine
docker run --rm -it localhost:5000/hello:latest
docker attach web
docker start -ai web
docker compose run web
kubectl run x -it --image=mine
kubectl attach -it pod
"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (line, expected)
        for expected, lines in (("yes", READING), ("no", ENDING), ("perhaps", UNKNOWN))
        for line in lines.strip().split("\n")
    ],
)
def test_programs_that_read_lines(line: str, expected: str) -> None:
    """Shells and prompts, inside containers and behind other programs; not those that have something to do."""
    assert (line, reads_lines(read_words(shlex.split(line)))) == (line, expected)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("bash", ["bash typed"]),
        ("bash <<E\nls\nE\nls", ["bash", "ls typed"]),
        ("bash <<<ls", ["bash"]),
        ("bash 2>/dev/null", ["bash typed"]),
        ("bash <file >out", ["bash"]),
        ("bash &\nls", ["bash", "ls typed"]),
        ("cd a && bash; ls", ["cd a typed", "bash typed", "ls typed"]),
        ("bash | tee log", ["bash typed piped", "tee log"]),
        ("a | b | c", ["a typed piped", "b piped", "c"]),
        ("{ a; b; } | c", ["a typed piped", "b typed piped", "c"]),
        ("x=$(a | b)", ["a piped", "b"]),
        ('echo "$(bash)"', ["echo $(bash) typed", "bash"]),
        ("f() { bash; }", ["bash"]),
        ("if a; then b; fi", ["a typed", "b typed"]),
        ("(bash)", ["bash typed"]),
        ("! X=1 bash -c 'a b' \"$c\"d", ["bash -c a b $cd typed"]),
    ],
)
def test_commands_of_a_script(script: str, expected: list[str]) -> None:
    """Each with its words, whether the terminal is its input, and whether a pipe takes its output."""
    shown = [
        " ".join([*command.words.typed, *(["typed"] * command.where.typed), *(["piped"] * command.where.piped)])
        for command in parse_script(script).commands
        if command.words.name not in ("", "(")
    ]
    assert shown == expected


def test_rows_and_statements() -> None:
    """Where a command stands, and which statement at the top level it belongs to."""
    commands = parse_script("# a comment\na &&\n  b\nfor i in 1; do\n  c\ndone\n").commands
    assert [(command.words.typed, command.row, command.where.statement) for command in commands] == [
        (("a",), 1, 0),
        (("b",), 2, 0),
        (("c",), 4, 1),
    ]


def test_a_long_chain_is_no_trouble() -> None:
    """Ten thousand commands in one list, and a script that does not parse."""
    assert len(parse_script(" && ".join(["a"] * 10_000)).commands) == 10_000
    assert parse_script("echo 'unclosed\nls (").commands


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("docker run -it alpine sh\nls", True),
        ("echo\n/usr/bin/ssh host\nls", True),
        ("sudo -i\ndocker ps", False),
        ("sh -c 'kubectl exec -it pod -- sh'\nls", True),
        ("f() { docker run -it alpine; }\nf", True),
        ("cat docker.txt", False),
        ("", False),
    ],
)
def test_programs_that_start_slowly(script: str, expected: bool) -> None:
    """Those that start another in a container or on another machine, up to the first that reads lines."""
    assert starts_slowly(script) == expected
