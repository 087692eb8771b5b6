"""Files that are small but ask for much: each ends with a finding, after bounded work and with bounded output."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from gitlabgen import Matrix, loads
from gitlabgen.cli import run
from gitlabgen.errors import collecting
from gitlabgen.resolution.job_expansion import cells
from tests.cli.conftest import Command, write

FEW_CALLS = 1_000_000
SMALL_OUTPUT = 20_000


def calls_of(function: Callable[[], object]) -> int:
    """Return the number of function calls that a function makes."""
    count = 0

    def counted(_: FrameType, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        function()
    finally:
        sys.setprofile(None)
    return count


def matrix(variables: int, values: str = "[a, b]") -> str:
    """Return a job with a matrix of many variables."""
    rows = ", ".join(f"V{index}: {values}" for index in range(variables))
    return f"a: {{script: [x], parallel: {{matrix: [{{{rows}}}]}}}}\n"


def _matrix(*products: dict[str, object]) -> Matrix:
    """Return a matrix that is refused, as the linter continues with it."""
    with collecting():
        return Matrix(*products)  # type: ignore[arg-type]


def condition(text: str) -> str:
    """Return a job with one rule."""
    return f'a: {{script: [x], rules: [{{if: "{text}"}}]}}\n'


def spec(entry: str) -> str:
    """Return a file with one input."""
    return f'spec: {{inputs: {{v: {entry}}}}}\n---\na: {{script: ["$[[ inputs.v ]]"]}}\n'


REFUSED = {
    "parallel": ("a: {script: [x], parallel: 3000000}\n", "must be at most 200, got 3000000"),
    "a large number": (f"a: {{script: [x], parallel: {'9' * 21}}}\n", "must be at most 200"),
    "a number with 5,000 digits": (f"a: {{script: [x], parallel: {'9' * 5000}}}\n", "`parallel` should be"),
    "a matrix of 20 variables": (matrix(20), "makes 1000000 or more jobs"),
    "a matrix of 60 variables": (matrix(60), "makes 1000000 or more jobs"),
    "a matrix of 20,000 variables": (matrix(20_000), "makes 1000000 or more jobs"),
    "a matrix that is a little too large": (matrix(2, f"[{', '.join(map(str, range(15)))}]"), "makes 225 jobs"),
    "blanks in a condition": (condition("$A<" + " " * 16_000 + ">x"), "not a condition"),
    "escapes in a condition": (condition("$A =~ /" + "\\\\/" * 16_000), "not a condition"),
    "brackets in a condition": (condition("(" * 20_000 + "$A" + ")" * 20_000), "not a condition"),
    "a matrix without jobs": ("a: {script: [x], parallel: {matrix: []}}\n", "`parallel` is empty"),
    "parallel without a matrix": ("a: {script: [x], parallel: {}}\n", "`parallel"),
    "no jobs": ("a: {script: [x], parallel: 0}\n", "must be at least 1, got 0"),
    "a tag as stage": ("a: {script: [x], stage: !reference .b}\n", "`stage` should be a string"),
    "a tag inside a stage": ("a: {script: [x], stage: {a: !x y}}\n", "`stage` should be a string"),
    "a tag as condition": (
        "a: {script: [x], rules: [{if: !reference [.a, rules, 0, if]}]}\nworkflow: {rules: [{if: !x y}]}\n",
        "`rules:if` should be a string",
    ),
    "a long value": (f'a: {{script: [x], stage: "{"y" * 2_000_000}"}}\n', "undefined-stage"),
    "a long line": (f'a: {{script: [x], stag: "{"y" * 2_000_000}"}}\n', "no keyword `stag`"),
    "a long key": (f'a: {{script: [x], "{"y" * 2_000_000}": 3}}\n', "invalid-yaml"),
    "a tag of an input": (spec("!x y"), "`spec:inputs:v` should be a mapping"),
    **{
        f"a tag as {key} of an input": (spec(f"{{{entry}}}"), f"`spec:inputs:v:{key}")
        for key, entry in {
            "type": "type: !x y",
            "options": "options: [!x y]",
            "regex": "regex: !x y",
            "rules": "rules: [!x [y]]",
            "default": "default: !x [y]",
            "description": "description: !x {a: b}",
        }.items()
    },
    "a tag in a rule of an input": (spec("{rules: [{if: !x y, options: [!x y], default: !x y}]}"), "`spec:inputs:v:rules"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_each_hostile_file_has_a_finding_after_bounded_work(
    folder: Path, capfd: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    """The finding names the limit or the place, and neither the work nor the output grows with what the file asks for."""
    write(folder, ci_yml=text)
    codes: list[int] = []
    run(["rules"])  # what is loaded once does not count
    capfd.readouterr()
    calls = calls_of(lambda: codes.append(run(["lint", "ci.yml"])))
    out, err = capfd.readouterr()
    assert codes[0] in (1, 2)
    assert message in out + err
    assert len(out + err) < SMALL_OUTPUT
    assert calls < FEW_CALLS + 100 * len(text)


def test_more_jobs_than_gitlab_allows_are_not_made() -> None:
    """Of a number or a matrix beyond the limit, the first 200 jobs are made, and fewer of an entry with many variables."""
    (job, many) = loads("a: {script: [x], parallel: 200}\n" + matrix(7).replace("a:", "b:", 1)).jobs
    assert len(cells("a", job.parallel)) == 200
    assert len(cells("a", 10**21)) == 200
    assert cells("a", 300)[0].name == "a 1/300"
    assert len(cells("b", many.parallel)) == 128
    assert [cell.name for cell in cells("a", 0)] == ["a"]
    assert len(cells("a", _matrix({"A": "x"}, {f"V{index}": ["a", "b"] for index in range(100_000)}))) == 3


def test_a_long_line_is_shown_around_the_place(folder: Path, gitlabgen: Command) -> None:
    """The excerpt of a line with two million characters has at most about 200."""
    write(folder, ci_yml=f'a: {{script: ["{"y" * 1_000_000}"], stag: "{"y" * 1_000_000}"}}\n')
    lines = gitlabgen("lint", "ci.yml").out.splitlines()
    assert max(map(len, lines)) < 200


def test_many_stages_are_counted(folder: Path, gitlabgen: Command) -> None:
    """A finding about a stage lists the first ones of 2,000, and the output is bounded however many jobs are wrong."""
    stages = ", ".join(f"s{index}" for index in range(2000))
    jobs = "".join(f"j{index}: {{script: [x], stage: t{index}}}\n" for index in range(3000))
    write(folder, ci_yml=f"stages: [{stages}]\n{jobs}")
    result = gitlabgen("lint", "ci.yml")
    assert result.code == 1
    assert "available stages are .pre, s0, s1, s2" in result.out
    assert "s28 and 1,972 others\n" in result.out
    assert result.out.endswith("only the first 1,000 of 3,000 findings are shown; --format json has all\n3000 errors\n")
    assert len(result.out) < 1_000_000
    report = gitlabgen("lint", "ci.yml", "--format", "json")
    assert len(report.data["findings"]) == 3000
    assert len(report.out) < 5_000_000


def test_only_regular_files_are_read(folder: Path, gitlabgen: Command) -> None:
    """A pipe would block, and a device has no end: both are refused without opening them."""
    os.mkfifo(folder / "fifo.yml")
    (folder / "zero.yml").symlink_to("/dev/zero")
    (folder / "folder.json").mkdir()
    write(folder, ci_yml="a: {script: [x]}\n")
    for name in ("fifo.yml", "zero.yml"):
        result = gitlabgen("lint", name)
        assert result.code == 2
        assert result.err == f"{name}: error[unreadable] cannot be read: it is a pipe, a socket or a device\n1 error\n"
    for name, kind in (("fifo.yml", "a pipe, a socket or a device"), ("folder.json", "a folder")):
        assert f"the baseline cannot be read: it is {kind}" in gitlabgen("lint", "ci.yml", "--baseline", name).err


def test_a_huge_file_is_refused(folder: Path, gitlabgen: Command) -> None:
    """A file is not read into memory whatever its size."""
    with (folder / "ci.yml").open("wb") as stream:
        stream.truncate(65 * 2**20)
    result = gitlabgen("lint", "ci.yml")
    assert result.code == 2
    assert "cannot be read: it has more than 64 MiB" in result.err


@pytest.mark.parametrize("text", ["[" * 100_000, '{"findings": ' + "[" * 100_000 + "]" * 100_000 + "}", "1", "\ud800"])
def test_a_baseline_that_is_no_report(folder: Path, gitlabgen: Command, text: str) -> None:
    """Whatever a baseline holds, it is used or refused in one line."""
    write(folder, ci_yml="a: {script: [x]}\n")
    (folder / "base.json").write_bytes(text.encode(errors="surrogatepass"))
    result = gitlabgen("lint", "ci.yml", "--baseline", "base.json")
    assert (result.code, result.err.count("error[")) == (2, 1)
    assert "the baseline is not a report of findings" in result.err


def test_a_regex_of_an_input_takes_linear_time(folder: Path, gitlabgen: Command) -> None:
    """A pattern that makes backtracking programs run forever is decided as RE2 decides it."""
    value = "a description of the service that ends in a dot."
    write(folder, c_yml="spec: {inputs: {v: {regex: '^(\\w+\\s?)+$'}}}\n---\na: {script: ['$[[ inputs.v ]]']}\n")
    (folder / ".gitlab-ci.yml").write_text(f"include: [{{local: c.yml, inputs: {{v: {value}}}}}]\n", encoding="utf-8")
    result = gitlabgen("lint", ".gitlab-ci.yml")
    assert result.code == 1
    assert "does not match its `regex`" in result.out


@pytest.mark.parametrize("stars", [7, 200])
def test_stars_of_an_include_take_linear_time(folder: Path, gitlabgen: Command, stars: int) -> None:
    """A pattern with many stars is compared with a long name in bounded time."""
    (folder / ".gitlab-ci.yml").write_text(f'include: ["ci/*{"a**" * stars}*.yaml"]\na: {{script: [x]}}\n', encoding="utf-8")
    write(folder, **{f"ci__{'a' * 60}_yml": "b: {script: [x]}\n"})
    assert gitlabgen("lint", ".gitlab-ci.yml").out == "no findings\n"


def test_included_files_are_bounded_together(folder: Path, gitlabgen: Command) -> None:
    """Beyond a total size files are left unread, with one warning, and what they may define is unknown."""
    for index in range(6):
        comment = "# " + "x" * 1_000_000
        write(folder, **{f"c{index}_yml": f"k{index}: {{script: [x]}}\n{comment}\n"})
    includes = "".join(f"  - local: c{index}.yml\n" for index in range(6))
    root = f"include:\n{includes}a: {{script: [x], needs: [k0, k5]}}\n"
    (folder / ".gitlab-ci.yml").write_text(root, encoding="utf-8")
    result = gitlabgen("lint", ".gitlab-ci.yml")
    assert result.code == 0
    assert result.out.count("is not read") == 1
    assert "`c4.yml` is not read, because the included files together have more than 4 MiB" in result.out
    assert result.out.endswith(
        "1 warning\n1 check was skipped, because an include was not read, or an input has no value; --explain-skipped lists it\n"
    )


GROWING: dict[str, Callable[[int], str]] = {
    "needs": lambda size: f"a: {{script: [x], needs: [{', '.join(f'k{index}' for index in range(size))}]}}\n",
    "duplicate keys": lambda size: "a: {script: [x]}\n" * size,
    "unknown keywords": lambda size: "".join(f"j{index}: {{script: [x], bogus: 1}}\n" for index in range(size)),
    "parents": lambda size: "".join(f"j{index}: {{extends: .b{index}}}\n" for index in range(size)),
    "commands": lambda size: f"a: {{script: [{', '.join(['aws cloudformation deploy --stack-name x'] * size)}]}}\n",
    "commands in one text": lambda size: f"a: {{script: ['{'aws cloudformation deploy --stack-name x; ' * size}']}}\n",
    "dependencies of a resource": lambda size: (
        f"Resources: {{A: {{Type: AWS::SQS::Queue, DependsOn: [{', '.join(f'B{index}' for index in range(size))}]}}}}\n"
    ),
}


@pytest.mark.parametrize("text", GROWING.values(), ids=GROWING)
def test_the_work_grows_with_the_size_of_the_file(
    folder: Path, capfd: pytest.CaptureFixture[str], text: Callable[[int], str]
) -> None:
    """A file with three times as many mistakes takes about three times as many calls, not nine."""
    counts = []
    for size in (300, 900):
        write(folder, ci_yml=text(size))
        run(["lint", "ci.yml"])  # what is loaded once does not count
        counts.append(calls_of(lambda: run(["lint", "ci.yml"])))
    capfd.readouterr()
    assert counts[1] < 4 * counts[0]
