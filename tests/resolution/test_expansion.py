"""Expansion of jobs as runners receive them: defaults, variables, and a job for each cell."""

from __future__ import annotations

import pytest

from gitlabgen import Job, Matrix, Reference, loads
from gitlabgen.resolution import cells, expand, resolve
from gitlabgen.resolution.job_expansion import ExpandedJob


def _expanded(text: str) -> dict[str, ExpandedJob]:
    return expand(resolve(loads(text)))


def test_defaults_are_inherited_without_merging() -> None:
    """A job without a keyword inherits the default; a keyword of a job replaces the whole default."""
    expanded = _expanded("""
default:
  image: python:3.13
  retry: {max: 2, when: api_failure}
  timeout: 1h
a: {script: [x]}
b: {script: [x], retry: {max: 1}, image: null}
""")
    a, b = expanded["a"].job, expanded["b"].job
    assert isinstance(a, Job)
    assert isinstance(b, Job)
    assert (a.image, b.image) == ("python:3.13", "python:3.13")
    assert (getattr(a.retry, "when", None), getattr(b.retry, "when", None)) == ("api_failure", None)
    assert a.timeout is None


def test_old_globals_are_defaults() -> None:
    """The deprecated top-level keywords are defaults."""
    job = _expanded("before_script: [a]\na: {script: [x]}\n")["a"].job
    assert getattr(job, "before_script", None) == ("a",)


@pytest.mark.parametrize(
    ("inherit", "image", "variables"),
    [
        ("{default: false}", None, {"A": "1", "B": "2"}),
        ("{default: [tags], variables: [A]}", None, {"A": "1"}),
        ("{default: [image], variables: false}", "i", {}),
        ("{default: true, variables: true}", "i", {"A": "1", "B": "2"}),
    ],
)
def test_what_a_job_inherits(inherit: str, image: str | None, variables: dict[str, str]) -> None:
    """`inherit` selects defaults and global variables."""
    text = f"default: {{image: i}}\nvariables: {{A: '1', B: '2'}}\na: {{script: [x], inherit: {inherit}}}\n"
    expanded = _expanded(text)["a"]
    assert getattr(expanded.job, "image", None) == image
    assert expanded.variables == variables


def test_a_trigger_job_inherits_few_keywords() -> None:
    """A trigger job inherits only the keywords that it can have."""
    job = _expanded("default: {image: i, interruptible: true}\na: {trigger: group/project}\n")["a"].job
    assert (getattr(job, "image", None), job.interruptible) == (None, True)


def test_cells_of_a_number() -> None:
    """A number creates that many jobs, with numbered names."""
    assert [cell.name for cell in cells("a", 3)] == ["a 1/3", "a 2/3", "a 3/3"]
    assert [(cell.number, cell.total) for cell in cells("a", 2)] == [(1, 2), (2, 2)]
    assert [cell.name for cell in cells("a", None)] == ["a"]


def test_cells_of_a_matrix() -> None:
    """Each mapping creates all its combinations, where the last key changes fastest; names contain the values."""
    matrix = Matrix({"OS": ["linux", "mac"], "V": [1, 2]}, {"OS": "win"})
    found = cells("t", matrix)
    assert [cell.name for cell in found] == [
        *("t: [linux, 1]", "t: [linux, 2]", "t: [mac, 1]", "t: [mac, 2]"),
        "t: [win]",
    ]
    assert found[2].variables == {"OS": "mac", "V": 1}
    assert {cell.total for cell in found} == {5}


def test_variables_of_a_cell_win() -> None:
    """A cell's variables override the job's variables, which override the global ones."""
    expanded = _expanded("""
variables: {A: global, B: global, C: global}
t:
  script: [x]
  variables: {B: job, C: job}
  parallel: {matrix: [{C: [one, two]}]}
""")
    assert list(expanded) == ["t: [one]", "t: [two]"]
    assert expanded["t: [two]"].variables == {"A": "global", "B": "job", "C": "two"}


def test_a_matrix_that_is_not_known() -> None:
    """An item that is a reference creates no cells before it is resolved."""
    matrix = Matrix(Reference(".m", "matrix"), {"A": "b"})
    assert [cell.name for cell in cells("t", matrix)] == ["t: [b]"]


def test_needs() -> None:
    """A need stands for all jobs of a matrix, or for the named ones; the own matrix fills in `$[[ matrix.NAME ]]`."""
    text = """
a: {script: x, parallel: {matrix: [{OS: [l, w], N: 1}]}}
b: {script: x, parallel: 2}
c: {script: x}
d:
  script: x
  parallel: {matrix: [{OS: [l, w]}]}
  needs:
    - a
    - {job: b}
    - c
    - {job: a, parallel: {matrix: [{OS: "$[[ matrix.OS ]]", N: 1}]}}
    - "e: [$[[ matrix.OS ]], $[[ matrix.NO ]]]"
    - {project: g/p, job: x, ref: main, artifacts: true}
    - {pipeline: $UP, job: x}
"""
    needs = {name: job.needs for name, job in expand(resolve(loads(text))).items()}
    both = ("a: [l, 1]", "a: [w, 1]", "b 1/2", "b 2/2", "c")
    assert needs["c"] == ()
    assert needs["d: [l]"] == (*both, "e: [l, $[[ matrix.NO ]]]")
    assert needs["d: [w]"] == (*both, "e: [w, $[[ matrix.NO ]]]")
