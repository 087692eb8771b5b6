"""Jobs inherit from their parents like in GitLab."""

from __future__ import annotations

import pytest

from gitlabgen import Job, Pipeline, loads
from gitlabgen.codec.pipelines import read
from gitlabgen.gitlab.environment import Environment
from gitlabgen.resolution import Resolution, resolve


def _resolved(text: str) -> Resolution:
    return resolve(loads(text, filename="ci.yml"))


def _messages(resolution: Resolution) -> list[str]:
    return [finding.message for finding in resolution.findings]


def _sentences(resolution: Resolution) -> list[str | None]:
    """Return GitLab's messages."""
    return [finding.gitlab for finding in resolution.findings]


def test_mappings_merge_and_other_values_are_replaced() -> None:
    """A child's lists and scalars replace its parent's; its mappings are merged."""
    resolution = _resolved("""
.base:
  script: [one, two]
  variables: {A: low, B: low}
  environment: {name: production, action: start}
a:
  extends: .base
  script: [three]
  variables: {B: high}
  environment: {url: https://a.example}
""")
    assert resolution.jobs["a"] == Job(
        "a",
        script=["three"],
        variables={"A": "low", "B": "high"},
        environment=Environment("production", url="https://a.example", action="start"),
    )
    assert resolution.findings == ()


def test_later_parents_win_and_chains_are_followed() -> None:
    """Parents merge from left to right, each after its own parents, in any order of the file."""
    resolution = _resolved("""
a:
  extends: [.one, .two]
.one: {script: [one], stage: build, extends: .root}
.two: {script: [two]}
.root: {tags: [linux], stage: deploy}
""")
    assert resolution.jobs["a"] == Job("a", script=["two"], stage="build", tags=["linux"])


def test_null_removes_a_value() -> None:
    """A keyword that a child sets to null is not inherited."""
    job = _resolved(".p: {script: [x], when: manual}\na: {extends: .p, when: null}\n").jobs["a"]
    assert (job.when, job) == (job.when, Job("a", script=["x"], when=job.when))
    assert repr(job.when) == "NULL"


@pytest.mark.parametrize(
    ("text", "sentence", "message", "line"),
    [
        ("a: {extends: .b, script: [x]}\n", "a: unknown keys in `extends` (.b)", "`a` extends `.b`, which does not exist", 1),
        (
            ".b: [x]\na: {extends: .b, script: [x]}\n",
            "a: invalid base hashes in `extends` (.b)",
            "`a` extends `.b`, which is not a mapping",
            2,
        ),
        (
            "a: {extends: b}\nb: {extends: a}\n",
            "a: circular dependency detected in `extends`",
            "`a` extends itself through `b`",
            1,
        ),
        ("a: {extends: a}\n", "a: circular dependency detected in `extends`", "`a` extends itself", 1),
        (
            ".x: {extends: .y}\na: {script: [x]}\n",
            ".x: unknown keys in `extends` (.y)",
            "`.x` extends `.y`, which does not exist",
            1,
        ),
        (
            "a: {extends: [.b, a2]}\n.b: {}\na1: {script: [x]}\n",
            "a: unknown keys in `extends` (a2)",
            "`a` extends `a2`, which does not exist",
            1,
        ),
    ],
)
def test_what_cannot_be_extended(text: str, sentence: str, message: str, line: int) -> None:
    """An invalid parent is reported once, with GitLab's message and a plain one."""
    resolution = _resolved(text)
    assert _sentences(resolution) == [sentence]
    assert _messages(resolution) == [message]
    assert (resolution.findings[0].file, resolution.findings[0].line) == ("ci.yml", line)


def test_a_suggestion_for_a_parent() -> None:
    """A misspelled parent is reported with a suggestion."""
    (finding,) = _resolved(".template: {script: [x]}\na: {extends: .templat}\n").findings
    assert finding.hint == "did you mean `.template`?"


def test_a_reference_is_not_a_parent() -> None:
    """GitLab resolves parents before references."""
    pipeline, _ = read(".b: {c: d}\na: {extends: !reference [.b, c], script: [x]}\n")
    resolution = resolve(pipeline)
    assert _sentences(resolution) == ["a: unknown keys in `extends` (#<Gitlab::Ci::Config::Yaml::Tags::Reference>)"]
    assert _messages(resolution) == ["`a` cannot extend a reference"]
    assert resolution.findings[0].hint == "GitLab resolves parents before references"


def _chain(steps: int) -> str:
    links = "".join(f".s{step}: {{extends: .s{step + 1}}}\n" for step in range(1, steps))
    return f"a: {{extends: .s1}}\n{links}.s{steps}: {{script: [x]}}\n"


def test_the_maximum_depth_of_parents() -> None:
    """Eleven steps are allowed; the job at the twelfth is reported, in any order of the file."""
    assert _resolved(_chain(11)).findings == ()
    assert _sentences(_resolved(_chain(12))) == [".s11: nesting too deep in `extends`"]
    assert _messages(_resolved(_chain(12))) == ["`.s11` ends a chain of more than 11 `extends`"]
    backwards = "".join(reversed(_chain(12).splitlines(keepends=True)))
    assert _sentences(_resolved(backwards)) == [".s11: nesting too deep in `extends`"]


def test_a_very_long_chain_ends() -> None:
    """A chain of thousands of jobs neither overflows the stack nor takes long."""
    assert _sentences(_resolved(_chain(3000)))[0] == ".s11: nesting too deep in `extends`"


def test_a_job_that_is_invalid_only_after_merging() -> None:
    """A merged job is checked again, and findings are located where the value was written."""
    resolution = _resolved("""
.base:
  artifacts: {expose_as: report}
a:
  extends: .base
  script: [x]
""")
    (finding,) = resolution.findings
    assert finding.gitlab == "jobs:a:artifacts paths can't be blank"
    assert finding.message == "`a`: `artifacts` has `expose_as`, but no `paths`"
    assert (finding.job, finding.line) == ("a", 3)


def test_where_each_value_was_written() -> None:
    """Each value of a job has the block that sets it as its origin."""
    resolution = _resolved("""
.base:
  variables: {A: low, B: low}
  script: [one]
a:
  extends: .base
  variables: {B: high}
""")
    origins = {key: resolution.origin("a", "variables", key) for key in "AB"}
    assert {key: origin and (origin.name, origin.position().line) for key, origin in origins.items()} == {
        "A": (".base", 3),
        "B": ("a", 7),
    }
    script = resolution.origin("a", "script", 0)
    assert script is not None
    assert (script.name, script.position().line, script.position().column) == (".base", 4, 12)
    assert resolution.origin("nobody") is None


def test_findings_are_located_in_python() -> None:
    """Findings about models made in Python are located at the argument."""
    pipeline = Pipeline(jobs=[Job("a", script=["x"], extends=["b"])])
    (finding,) = resolve(pipeline).findings
    assert (finding.file or "").endswith("test_extends.py")
    assert finding.line == pipeline_line(pipeline)


def pipeline_line(pipeline: Pipeline) -> int | None:
    """Return the line on which the first job of a pipeline was made."""
    origin = resolve(pipeline).origin("a")
    return None if origin is None else origin.position().line


def test_each_broken_chain_is_reported_once() -> None:
    """Jobs that extend a job with broken parents have no findings."""
    resolution = _resolved("a: {extends: b}\nb: {extends: gone}\nc: {extends: b}\n")
    assert _sentences(resolution) == ["b: unknown keys in `extends` (gone)"]
    assert _messages(resolution) == ["`b` extends `gone`, which does not exist"]
    assert resolution.incomplete == {"a", "b", "c"}
    origin = resolution.origin("a")
    assert origin is not None
    assert origin.name == "a"
