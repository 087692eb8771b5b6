"""Files, parents and references come together as GitLab has it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from gitlabgen import Include, Job, Pipeline, Reference, Rule
from gitlabgen.codec.pipelines import read
from gitlabgen.gitlab.environment import Environment
from gitlabgen.resolution import Resolution, resolve


class _Files(dict[str, str]):
    def text(self, path: str) -> str | None:
        """Return a file's text."""
        return self.get(path)

    def paths(self) -> Iterable[str]:
        """Return all paths."""
        return self


def _resolved(text: str, **files: str) -> Resolution:
    pipeline, _ = read(text, filename="ci.yml")
    return resolve(pipeline, _Files({f"{name}.yml": content for name, content in files.items()}))


def test_the_including_file_wins() -> None:
    """Jobs and settings of included files are merged below those of the file that includes them."""
    resolution = _resolved(
        "include: [/a.yml, /b.yml]\nvariables: {TOP: root}\njob: {script: [root]}\n",
        a="variables: {TOP: a, A: a}\njob: {script: [a], tags: [a], variables: {X: a}}\nstages: [build, test]\n",
        b="job: {tags: [b], variables: {Y: b}}\nother: {stage: build, script: [b]}\n",
    )
    assert resolution.findings == ()
    assert list(resolution.jobs) == ["job", "other"]
    assert resolution.jobs["job"] == Job("job", script=["root"], tags=["b"], variables={"X": "a", "Y": "b"})
    assert resolution.pipeline.variables == {"TOP": "root", "A": "a"}
    assert resolution.pipeline.stages == ("build", "test")
    origin = resolution.origin("job", "tags")
    assert origin is not None
    assert (origin.position().file, origin.position().line) == ("b.yml", 1)


def test_parents_in_other_files() -> None:
    """A job may extend a block of an included file, and override a part of one of its blocks."""
    resolution = _resolved(
        "include: /a.yml\njob: {extends: .base, environment: {url: https://a.example}}\n",
        a=".base: {script: [a], environment: {name: production}}\n",
    )
    assert resolution.findings == ()
    assert resolution.jobs["job"] == Job("job", script=["a"], environment=Environment("production", url="https://a.example"))


def test_what_no_file_brings_is_missing() -> None:
    """Once all files are read, what a job lacks is told; where one cannot be read, it may be there."""
    text = "include: /a.yml\njob: {script: [x], environment: {url: https://a.example}}\n"
    resolution = _resolved(text, a="other: {script: [x]}\n")
    assert [finding.gitlab for finding in resolution.findings][:1] == ["jobs:job:environment name can't be blank"]
    assert resolution.findings[0].message == "`job`: `environment:name` is missing"
    assert resolution.findings[0].line == 2
    resolution = _resolved(text.replace("/a.yml", "{template: A.gitlab-ci.yml}"))
    assert resolution.findings == ()


def test_an_unknown_file_may_bring_any_name() -> None:
    """Where a file cannot be read, unknown parents and references make a job incomplete, not wrong."""
    resolution = _resolved("""
include: {component: gitlab.com/group/part@1}
.mine: {extends: .theirs}
a: {extends: .theirs}
b: {extends: .mine, script: [x]}
c: {script: !reference [.theirs, script]}
d: {script: [x, !reference [.mine, script]]}
e: {script: [x]}
""")
    assert resolution.findings == ()
    assert resolution.incomplete == {".mine", "a", "b", "c", "d"}
    assert resolution.unknown == ("component gitlab.com/group/part@1",)


def test_without_a_repository_local_files_are_unknown() -> None:
    """Nobody reads files unless asked to."""
    resolution = resolve(Pipeline(include=[Include(local="/a.yml")], jobs=[Job("a", script=["x"])]))
    assert resolution.unknown == ("local /a.yml",)


def test_lists_in_lists_are_flat() -> None:
    """Nested scripts, rules and stages become one list."""
    pipeline = Pipeline(
        stages=["a", ["b", ["c"]]],
        jobs=[Job("j", stage="c", script=["x", ["y", ["z"]]], rules=[[Rule("$A")], Rule("$B")])],
    )
    resolution = resolve(pipeline)
    assert resolution.jobs["j"].__dict__["script"] == ("x", "y", "z")
    assert resolution.jobs["j"].rules == (Rule("$A"), Rule("$B"))
    assert resolution.pipeline.stages == ("a", "b", "c")


@pytest.mark.parametrize("where", ["script", "variables", "image", "rules"])
def test_references_are_found_everywhere(where: str) -> None:
    """However deep a reference stands in a builder, it is resolved."""
    values: dict[str, Any] = {
        "script": ["x", Reference(".b", "script")],
        "variables": Reference(".b", "variables"),
        "image": Reference(".b", "image"),
        "rules": [Rule(changes=Reference(".b", "paths"))],
    }
    hidden, _ = read(".b: {script: [y], variables: {A: b}, image: node, paths: [z]}\nx: {script: [x]}\n")
    job = Job("a", **{"script": ["x"], where: values[where]})
    resolved = resolve(Pipeline(jobs=[job, *hidden.jobs])).jobs["a"]
    expected = {"script": ("x", "y"), "variables": {"A": "b"}, "image": "node", "rules": (Rule(changes=["z"]),)}
    assert resolved.__dict__[where] == expected[where]


def test_unknown_top_level_keys_can_be_referred_to() -> None:
    """What is no keyword and no job is still a value."""
    resolution = resolve(Pipeline(extra={"words": {"one": "1"}}, jobs=[Job("a", script=["x"], variables=Reference("words"))]))
    assert resolution.jobs["a"].variables == {"one": "1"}
    assert resolution.findings == ()


def test_settings_that_are_wrong_only_together() -> None:
    """The top level of all files is checked once it is whole."""
    resolution = _resolved("include: /a.yml\nstages: [test]\njob: {script: [x]}\n", a="workflow: {rules: [{when: manual}]}\n")
    assert any("when" in finding.message for finding in resolution.findings)


def test_the_origin_of_an_untouched_job() -> None:
    """Even a job that nothing was merged into knows where its values stand."""
    resolution = _resolved("a:\n  script:\n    - x\n")
    origin = resolution.origin("a", "script", 0)
    assert origin is not None
    assert (origin.name, origin.position().line) == ("a", 3)
