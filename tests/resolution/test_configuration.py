"""Files, parents and references are combined like in GitLab."""

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
    """The jobs and settings of a file take precedence over those of its included files."""
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
    """A job can extend a block of an included file, and override a part of one of its blocks."""
    resolution = _resolved(
        "include: /a.yml\njob: {extends: .base, environment: {url: https://a.example}}\n",
        a=".base: {script: [a], environment: {name: production}}\n",
    )
    assert resolution.findings == ()
    assert resolution.jobs["job"] == Job("job", script=["a"], environment=Environment("production", url="https://a.example"))


def test_a_keyword_in_no_file_is_missing() -> None:
    """A missing keyword is reported if all files are read; a file that cannot be read may provide it."""
    text = "include: /a.yml\njob: {script: [x], environment: {url: https://a.example}}\n"
    resolution = _resolved(text, a="other: {script: [x]}\n")
    assert [finding.gitlab for finding in resolution.findings][:1] == ["jobs:job:environment name can't be blank"]
    assert resolution.findings[0].message == "`job`: `environment:name` is missing"
    assert resolution.findings[0].line == 2
    resolution = _resolved(text.replace("/a.yml", "{template: A.gitlab-ci.yml}"))
    assert resolution.findings == ()


def test_an_unknown_file_may_define_any_name() -> None:
    """If a file cannot be read, unknown parents and references make a job incomplete, not invalid."""
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
    """Files are only read from a given repository."""
    resolution = resolve(Pipeline(include=[Include(local="/a.yml")], jobs=[Job("a", script=["x"])]))
    assert resolution.unknown == ("local /a.yml",)


def test_nested_lists_are_flattened() -> None:
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
    """A reference is resolved at any depth of a model."""
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


def test_unknown_top_level_keys_can_be_referenced() -> None:
    """A top-level key that is neither a keyword nor a job can be referenced."""
    resolution = resolve(Pipeline(extra={"words": {"one": "1"}}, jobs=[Job("a", script=["x"], variables=Reference("words"))]))
    assert resolution.jobs["a"].variables == {"one": "1"}
    assert resolution.findings == ()


def test_settings_that_are_invalid_only_after_merging() -> None:
    """The merged top level of all files is checked."""
    resolution = _resolved("include: /a.yml\nstages: [test]\njob: {script: [x]}\n", a="workflow: {rules: [{when: manual}]}\n")
    assert any("when" in finding.message for finding in resolution.findings)


def test_the_origin_of_an_untouched_job() -> None:
    """A job that was not merged has the origins of its values."""
    resolution = _resolved("a:\n  script:\n    - x\n")
    origin = resolution.origin("a", "script", 0)
    assert origin is not None
    assert (origin.name, origin.position().line) == ("a", 3)
