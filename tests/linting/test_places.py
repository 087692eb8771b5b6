"""Findings about several jobs at the same place are one finding."""

from __future__ import annotations

import pytest

from gitlabgen import Job, Pipeline, lint, loads
from gitlabgen.errors import Finding
from gitlabgen.linting import in_order
from gitlabgen.reports.fingerprints import fingerprints


def _found(job: str, message: str = "`{}` needs `x`.", *, line: int | None = 1, hint: str | None = None) -> Finding:
    path = f"jobs:{job}:needs"
    return Finding("rule", message.format(job), "error", hint and hint.format(job), job, path, file="a.yml", line=line, column=2)


def test_one_mistake_that_jobs_inherit_is_one_finding() -> None:
    """The first finding stays, with its job, path and fingerprint; its message has the number of jobs and the first names."""
    found = [_found(f"job {number}") for number in range(110)]
    (finding,) = in_order(found)
    names = "`job 0`, `job 1`, `job 2` and 107 others"
    jobs = tuple(f"job {number}" for number in range(110))
    assert finding == found[0]._replace(message=f"`job 0` needs `x` (110 jobs: {names}).", jobs=jobs)
    assert fingerprints([finding]) == fingerprints(found[:1])
    assert in_order([finding]) == [finding]


def test_few_jobs_are_all_named() -> None:
    """Up to three jobs are named, and a fourth is counted."""
    messages = [in_order(map(_found, names))[0].message for names in (["a", "b"], ["c", "a", "b"], ["a", "b", "c", "d"])]
    assert messages == [
        "`a` needs `x` (2 jobs: `a`, `b`).",
        "`c` needs `x` (3 jobs: `c`, `a`, `b`).",
        "`a` needs `x` (4 jobs: `a`, `b`, `c` and 1 other).",
    ]


def test_different_findings_stay() -> None:
    """Findings with other places, messages or hints, and those without a job or a line, are not joined."""
    found = [
        _found("a"),
        _found("a", "`{}` needs `y`."),
        _found("b", line=2),
        _found("c", hint="rename it"),
        _found("d", line=None),
        _found("e", line=None),
        _found("f")._replace(job=None),
        _found("g")._replace(severity="warning"),
        _found("h")._replace(column=3),
    ]
    assert sorted(in_order(found)) == sorted(found)
    assert in_order([*found, *found]) == in_order(found)


def test_names_in_hints_do_not_matter() -> None:
    """A hint that contains the name of the job is that of the first job."""
    (finding,) = in_order([_found("a", hint="rename `{}`"), _found("b", hint="rename `{}`")])
    assert finding.hint == "rename `a`"


def test_inherited_lines_and_lines_in_a_loop() -> None:
    """Jobs that inherit a line, and jobs that one line of Python makes, share a place; other jobs do not."""
    text = ".a: {needs: [x], script: [make]}\nb: {extends: .a}\nc: {extends: .a}\nd: {script: [make], needs: [x]}\n"
    assert [(finding.line, finding.message) for finding in lint(loads(text))] == [
        (1, "`b` needs `x`, which does not exist (2 jobs: `b`, `c`)."),
        (4, "`d` needs `x`, which does not exist."),
    ]
    (finding,) = lint(Pipeline(jobs=[Job(name, script=["make"], needs=["x"]) for name in ("a", "b")]))
    assert finding.message == "`a` needs `x`, which does not exist (2 jobs: `a`, `b`)."


def test_long_values_are_cut() -> None:
    """A message with a value of thousands of characters stays short; the fingerprint is that of the whole finding."""
    image = "x" * 600_000
    (finding,) = (
        found for found in lint(loads(f"a: {{image: '{image}', script: [make]}}"), persona="auditor") if found.column == 12
    )
    assert finding.rule == "floating-image"
    assert len(finding.message) < 400
    assert image[:190] in finding.message
    assert "`" * 2 not in finding.message


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a `b` c", "a `b` c"),
        (f"say `{'b ' * 300}` now", f"say `{'b ' * 148}…` now"),
        (f"got '{'b' * 400}' now", f"got '{'b' * 296}…' now"),
        (f"got {'b' * 400} now", f"got {'b' * 297}… now"),
        ("two words " * 200, "two words " * 99 + "two wor…"),
        (f"`{'b' * 300}` and `{'c' * 300}`", f"`{'b' * 300}` and `{'c' * 300}`"),
    ],
)
def test_texts_have_a_limit(text: str, shown: str) -> None:
    """Quoted values and long words are cut first, then the whole text; what is quoted stays in its quotes."""
    (finding,) = in_order([Finding("rule", text, hint=text, gitlab=text)])
    assert (finding.message, finding.hint, finding.gitlab) == (shown, shown, shown)
    assert in_order([finding]) == [finding]
