"""Findings quote GitLab's own message."""

from __future__ import annotations

import pytest

from gitlabgen import Environment, Job, Pipeline, lint, loads

_LONG = "x" * 255


@pytest.mark.parametrize(
    ("text", "rule", "sentences"),
    [
        ("a: {script: x, needs: [b]}", "undefined-need", ["a job: undefined need: b"]),
        (
            "b: {stage: build, script: x, parallel: 2}\na: {script: x, rules: [{if: $A, needs: [b]}]}",
            "undefined-need",
            ["a job: undefined need: b"],
        ),
        (
            "b: {script: x, parallel: {matrix: [{A: y}]}}\na: {script: x, needs: [{job: b, parallel: {matrix: [{A: z}]}}]}",
            "undefined-need",
            ["a job: undefined need: b: [z]"],
        ),
        ("a: {script: x, dependencies: [b]}", "undefined-need", ["a job: undefined dependency: b"]),
        ("a: {trigger: {include: [{artifact: c.yml, job: b}]}}", "undefined-need", ["a job: undefined dependency: b"]),
        (
            "stages: [build]\na: {script: x, stage: biuld}",
            "undefined-stage",
            ["a job: chosen stage biuld does not exist; available stages are .pre, build, .post"],
        ),
        (
            "stages: [build]\na: {script: x}",
            "undefined-stage",
            ["a job: chosen stage test does not exist; available stages are .pre, build, .post"],
        ),
        (
            "stages: []\na: {script: x, stage: .pre}",
            "undefined-stage",
            ["a job: chosen stage .pre does not exist; available stages are "],
        ),
        (
            "a: {stage: build, script: x, needs: [b], dependencies: [b]}\nb: {script: x}",
            "need-in-later-stage",
            [
                "a job: need b is not defined in current or prior stages",
                "a job: dependency b is not defined in current or prior stages",
            ],
        ),
        (
            "a: {script: x, needs: [b, b, c, c]}\nb: {script: x}\nc: {script: x}",
            "invalid-needs",
            ["a has the following needs duplicated: b, c."],
        ),
        (
            f"{_LONG}: {{script: x, parallel: {{matrix: [{{A: y}}]}}}}\na: {{script: x, needs: [{_LONG}]}}",
            "invalid-needs",
            [f"a job: need `{_LONG}: [y]` name is too long (maximum is 255 characters)"],
        ),
        (
            "a: {script: x, needs: [b]}\nb: {stage: build, script: x, parallel: 51}",
            "too-many-needs",
            ["a: one job can only need 50 others, but you have listed 51. See needs keyword documentation for more details"],
        ),
        ("a: {script: x, needs: [a]}", "needs-cycle", ["The pipeline has circular dependencies: self-dependency: a"]),
        (
            "a: {script: x, needs: [é]}\né: {script: x, needs: [a]}",
            "needs-cycle",
            ['The pipeline has circular dependencies: topological sort failed: ["a", "é"]'],
        ),
        (
            "a: {script: x, environment: {name: e, on_stop: b}}",
            "invalid-on-stop",
            ["a job: on_stop job b is not defined"],
        ),
        (
            "a: {script: x, environment: {name: e, on_stop: b}}\nb: {script: x, parallel: 2}",
            "invalid-on-stop",
            ["a job: on_stop job b is not defined"],
        ),
        (
            "a: {script: x, environment: {name: e, on_stop: b}}\nb: {script: x}",
            "invalid-on-stop",
            ["a job: on_stop job b does not have environment defined"],
        ),
        (
            "a: {script: x, environment: {name: e, on_stop: b}}\nb: {script: x, environment: f}",
            "invalid-on-stop",
            ["a job: on_stop job b have different environment name"],
        ),
        (
            "a: {script: x, environment: {name: e, on_stop: b}}\nb: {script: x, environment: e}",
            "invalid-on-stop",
            ["a job: on_stop job b needs to have action stop defined"],
        ),
        ("a: {stage: test}", "missing-script", ["jobs a config should implement the script:, run:, or trigger: keyword"]),
        (".a: {script: x}", "no-visible-job", ["jobs config should contain at least one visible job"]),
        ("variables: {A: x}", "no-visible-job", ["jobs config should contain at least one visible job"]),
        (
            "a: {script: x, publish: y, pages: {publish: y}}",
            "invalid-keyword",
            ["a job: use either a:publish or a:pages:publish"],
        ),
    ],
)
def test_finding_quotes_gitlab(text: str, rule: str, sentences: list[str]) -> None:
    """A finding for something that GitLab rejects has GitLab's own message."""
    assert [finding.gitlab for finding in lint(loads(text)) if finding.rule == rule] == sentences


@pytest.mark.parametrize(
    ("text", "rule", "facts"),
    [
        ("a: {script: x, needs: [b, c]}", "undefined-need", [("b",), ("c",)]),
        ("stages: [build]\na: {script: x}", "undefined-stage", [("test",)]),
        ("a: {stage: build, script: x, needs: [b]}\nb: {script: x}", "need-in-later-stage", [("b",)]),
        ("a: {script: x, needs: [b, b]}\nb: {script: x}", "invalid-needs", [("b",)]),
        ("a: {script: x, needs: [b]}\nb: {script: x, needs: [a]}", "needs-cycle", [("a", "b")]),
        ("a: {script: x, environment: {name: e, on_stop: b}}", "invalid-on-stop", [("b",)]),
    ],
)
def test_facts_are_names(text: str, rule: str, facts: list[tuple[str, ...]]) -> None:
    """The facts of a finding are the names that it reports."""
    assert [finding.facts for finding in lint(loads(text)) if finding.rule == rule] == facts


def test_hints_use_the_language_of_the_file() -> None:
    """Hints are YAML for a YAML file, and Python for a Python file."""
    jobs = [Job("a", script=["x"], environment=Environment("e", on_stop="b")), Job("b", script=["x"], environment="e")]
    (in_python,) = lint(Pipeline(jobs=jobs))
    (in_yaml,) = lint(loads("a: {script: x, environment: {name: e, on_stop: b}}\nb: {script: x, environment: e}"))
    assert in_python.hint == "add `action='stop'` to the environment of the stop job"
    assert in_yaml.hint == "add `action: stop` to the environment of the stop job"
