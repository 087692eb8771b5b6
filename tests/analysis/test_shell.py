"""The shell itself is the reference: `sam` and `aws` print the words that they get."""

import subprocess
from typing import Any

import pytest

from gitlabgen.analysis.shell import ShellReader, names_read

VARIABLES = {"ONE": "one", "TWO": "a  b", "EMPTY": "", "QUOTED": 'say "x"', "PATTERN": "a=b c=d"}

PRINTING = """
sam() { printf '%s\\0' sam "$@"; printf '\\n\\0'; } >&9
aws() { printf '%s\\0' aws "$@"; printf '\\n\\0'; } >&9
"""

RUN = [
    "sam deploy --stack-name orders",
    "\tsam  deploy\t--stack-name orders ",
    "sam deploy --stack-name $ONE --x=$TWO $EMPTY end",
    'sam deploy "$EMPTY" "$TWO" "${ONE}s" \'$ONE\' $ONE$TWO',
    'sam deploy --parameter-overrides $PATTERN "$PATTERN" \'A=b c\' A="b c" A=b\\ c "A=\\"b c\\""',
    'sam deploy $QUOTED "$QUOTED"',
    'sam deploy "a\\b\\$c\\`d\\\\e\\"f" a\\bc\\$d \'a\\b\'',
    "sam deploy $'a\\tb\\'c\\n' \"a\nb\" 'c\n  d'",
    'sam deploy \\\n  --guided \\\n  "--a\\\nb" # a comment \'x',
    "sam deploy --a='b c'\"d e\"f # 'x",
    "sam a\nsam b\n\n# sam c\nsam d",
    "sam a > /dev/null --late 2>&1; >/dev/null sam b; sam c </dev/null; sam d &>/dev/null",
    "A=1 B='x y' sam deploy; A=b; C='x y' D=$TWO; sam x",
    "{ sam a; sam b; }; (sam c; sam d)",
    "(cd /; sam a) && sam b",
    "case $ONE in one) sam a;; *) echo;; esac",
    '[[ -n $ONE ]] && sam a; [ -n "$ONE" ] && sam b; test -n x && sam c',
    "sam deploy <<< 'y'; sam a <<END --late\nsam x\nEND\nsam b",
    "> /dev/null\nsam a",
    "cat <<'END'\nsam x\nEND\nsam b",
    "cat <<END | sam a 'b c'\nsam x\nEND\nsam b",
    "cat <<END && sam a\nsam x\nEND\nsam b",
    "export A='x y' B=c; sam a; unset A; declare -x C; sam b",
    "! sam a; time sam b",
    "sam a & wait; sam b",
    "sam ü \"ö$ONE\" ä; sam 'ß'",
    'X=$(sam a "b c"); sam d',
    "X=`sam a 'b c'`; sam d",
    'echo "$(sam a "b")" > /dev/null; sam d',
    "sam a - -- --x=a=b =c a= @x 50% +c ^d, a:b",
    "aws cloudformation describe-stacks --query \"Stacks[0].Outputs[?OutputKey=='Api'].OutputValue\" --output text",
    "aws cloudformation deploy --tags 'a=b c' --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND",
    "echo sam x; printf '%s' 'sam y' && sam z",
    "sam a|cat; sam b",
    "for one in 1; do sam x; done",
    "while read -r line; do sam x; done <<< y",
    "",
    "  ",
    "# sam a",
]

# Each with the number of commands that the shell skips, because a condition excludes them.
SKIPPED = [
    ("sam a; sam b && sam c; sam d || sam e", 1),
    ("sam a || sam b && sam c; sam d", 1),
    ("if sam a; then sam b; else sam c; fi", 1),
    ("if ! sam a 'b c'; then sam b; elif sam c; then sam d; fi", 1),
    ("until sam a; do sam b; done", 1),
    ("case $ONE in one) sam a;; *) sam b;; esac", 1),
    ("f() { sam a; }; sam b", 1),
    ("[[ -z $ONE ]] && sam a; [ x = y ] || sam b", 1),
    ("false && sam a", 1),
    ("cat <<END > /dev/null || sam a\n$(sam x)\nEND\nsam b", 1),
]


@pytest.mark.parametrize(("script", "skipped"), [*((script, 0) for script in RUN), *SKIPPED])
def test_words_are_those_of_the_shell(script: str, skipped: int) -> None:
    """A shell gives the programs the words that are read from the script."""
    environment = VARIABLES | {"PATH": "/bin:/usr/bin", "LC_ALL": "C.UTF-8"}
    text = f"exec 9>&1 >/dev/null\n{PRINTING}{script}\nwait"
    run = subprocess.run(["bash", "-c", text], capture_output=True, check=False, env=environment)
    seen = [tuple(words.split("\0")) for words in run.stdout.decode().split("\0\n\0") if words]
    read = words_of(script, VARIABLES)
    assert {*seen} <= {*read}
    assert len(read) - len(seen) == skipped


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("sam deploy $STACK", ("sam", "deploy", "$STACK*")),
        ("sam deploy ${STACK} --x=${STACK}y", ("sam", "deploy", "$STACK*", "--x=$STACKy*")),
        ('sam deploy \'$STACK\' "$STACK" a"$STACK"', ("sam", "deploy", "$STACK", "$STACK", "a$STACK")),
        ('sam deploy "$@" $* "${LIST[@]}" $#', ("sam", "deploy", "$@*", "$**", "${LIST[@]}*", "$#*")),
        ("sam deploy $(date) \"$(date '+%d')\"", ("sam", "deploy", "$(date)*", "$(date '+%d')")),
        ('sam deploy `date` "`date` x"', ("sam", "deploy", "$(date)*", "$(date) x")),
        ("sam deploy ${A:-b c} ${A%.*} $((1 + 1))", ("sam", "deploy", "${A:-b c}*", "${A%.*}*", "$((1 + 1))*")),
        ("sam deploy {a,b}.yml a{1..3} {a} x'{a,b}'", ("sam", "deploy", "{a,b}.yml*", "a{1..3}*", "{a}", "x{a,b}")),
        ("sam deploy <(cat x)", ("sam", "deploy", "<(cat x)*")),
        ("sam deploy $PARTLY", ("sam", "deploy", "a", "$B*")),
    ],
)
def test_unknown_words(script: str, words: tuple[str, ...]) -> None:
    """What only the shell knows stays as written; `*` marks words that may become several or none."""
    (found,) = (found.words for found in ShellReader(script, {"PARTLY": "a $B"}).commands() if found.words[:1] == ("sam",))
    assert tuple(f"{word}*" if word.is_open else word for word in found) == words


@pytest.mark.parametrize(
    "script",
    ["sam deploy 'x", 'sam deploy "x', "sam deploy $(date", "sam deploy )", "foreach x ( sam deploy )"],
)
def test_unreadable_scripts(script: str) -> None:
    """What is no shell script has no commands."""
    assert words_of(script) == []


def test_surroundings() -> None:
    """It is known which commands run in any case, in which subshell, and with which input."""
    script = """
        sam a; (sam b; sam c); sam d | sam e; if x; then sam f; fi; sam g || sam h; sam i && sam j; [ x ] && sam k
        f() { sam l; }; while y; do sam m; done < z; X=$(sam n); sam o <<< y; sam p < z; { sam q; } &> z; <z sam r
    """
    found = {str(command.words[1]): command for command in ShellReader(script, {}).commands() if command.words[:1] == ("sam",)}
    assert "".join(name for name, command in found.items() if not command.is_certain) == "fhklm"
    assert "".join(name for name, command in found.items() if command.groups) == "bcden"
    assert found["b"].groups == found["c"].groups != found["d"].groups != found["e"].groups
    assert "".join(name for name, command in found.items() if command.has_input) == "emopr"


def test_assignments() -> None:
    """The variables that a command sets have their values, or `$` where the value is unknown."""
    script = "A=1 B='x y' sam a; C=$ONE$TWO; export D E=\"a $X\"; F=; G+=1; H=(1 2); I[0]=1; readonly J=`x`; unset K"
    found = [(item.name, item.value) for command in ShellReader(script, VARIABLES).commands() for item in command.assignments]
    assert dict(found) == {
        "A": "1",
        "B": "x y",
        "C": "onea  b",
        "D": None,
        "E": "a $X",
        "F": "",
        "G": "$_",
        "H": "$_",
        "J": "$(x)",
        "K": None,
    }


def test_variables_may_change_between_commands() -> None:
    """A value that is set while the script is read holds for the commands after it."""
    variables = {"X": "a"}
    commands = ShellReader("sam $X; sam $X", variables).commands()
    assert next(commands).words == ("sam", "a")
    variables["X"] = "b"
    assert next(commands).words == ("sam", "b")


@pytest.mark.parametrize("script", ["echo 'ü' \"$A\"; sam --x='y z'", "sam --x='y z'", "ä sam --x='y z'", "echo sam --x=y"])
def test_places(script: str) -> None:
    """A word knows its place, in characters."""
    *_, word = [word for command in ShellReader(script, {}).commands() for word in command.words]
    assert script[word.start : word.end] == script[script.index("--") :]
    assert (part := word.part("x")) == "x"
    assert (part.start, part.end) == (word.start, word.end)


def test_names_read() -> None:
    """The variables that a script reads are found with their places, in quotes and conditions, too."""
    script = "ä; echo $A \"${B:-$C}\" '$D' \\$E; [[ -n $F ]] && x=${#G} y < $H; for I in $J; do z; done <<X\n$K\nX\n"
    assert [*names_read(script)] == ["A", "B", "C", "F", "G", "H", "J", "K"]
    assert [script[name.start : name.end] for name in names_read(script)] == [*names_read(script)]
    assert [*names_read("echo x")] == []


def words_of(script: str, variables: Any = None) -> list[tuple[str, ...]]:
    """Return the words of each command of `sam` and `aws` in a script."""
    return [
        command.words for command in ShellReader(script, variables or {}).commands() if command.words[:1] in (("sam",), ("aws",))
    ]
