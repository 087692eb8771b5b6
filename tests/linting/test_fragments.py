"""Fragments and components: what an including file can define is unknown, and everything else is checked."""

from __future__ import annotations

import pytest

from gitlabgen import lint
from gitlabgen.codec.pipelines import read
from gitlabgen.errors import Finding
from gitlabgen.linting.repositories import is_fragment
from tests.resolution.test_includes import Files


def found(text: str, *, strict: bool = False) -> list[Finding]:
    """Return the findings of a fragment."""
    pipeline, findings = read(text, filename="f.yml", partial=True)
    return [*findings, *lint(pipeline, fragment=True, strict=strict)]


@pytest.mark.parametrize(
    "text",
    [
        "a: {stage: any, script: x}\n",
        "a: {stage: tests, script: x}\n",
        "stages: [own]\na: {stage: other, script: x}\n",
        "a: {extends: .base}\n",
        "a: {script: [!reference [.base, script]]}\n",
        "a: {needs: [b], script: x}\n",
        "a: {rules: [{needs: [b]}], script: x}\n",
        "a: {dependencies: [b], script: x}\n",
        "a: {environment: {name: e, on_stop: b}, script: x}\n",
        "a: {image: 'x:1.2'}\n",
        "a: {stage: build, needs: [b], script: x}\nb: {stage: deploy, script: x}\n",
        "a: {rules: [{when: always}], script: x}\n",
        ".a: {script: x}\n",
        "variables: {A: b}\n",
        "a: {extends: .deploy, script: sam deploy --stack-name s --no-fail-on-empty-changeset}\n",
        "a:\n  environment: e\n  resource_group: e\n  script: aws cloudformation deploy --stack-name s\n",
    ],
)
def test_what_another_file_can_define_is_no_finding(text: str) -> None:
    """Unknown stages, parents, references and jobs are silent, also with `--strict`; so are rules for whole pipelines."""
    assert found(text) == []
    assert found(text, strict=True) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a: {scirpt: x}\n", "unknown-keyword"),
        ("a: {script: x, retry: 7}\n", "invalid-keyword"),
        ("a: {script: x, rules: [{if: '$A = 1'}]}\n", "invalid-condition"),
        ("a: {script: x, needs: [a]}\n", "needs-cycle"),
        ("a: {script: x, needs: [b, b]}\n", "invalid-needs"),
        (".a: {script: x}\nb: {script: [!reference [.a, skript]]}\n", "invalid-reference"),
        ("a: {script: x, needs: [compiel]}\ncompile: {script: x}\n", "undefined-need"),
        ("stages: [verify]\na: {stage: verfiy, script: x}\n", "undefined-stage"),
        ("a: {stage: '$[[ inputs.x ]]', script: x}\n", "undeclared-input"),
        ("a: {script: sam deploy --stack-name s --no-fail-on-empty-changeset, environment: e}\n", "racing-deploys"),
        ("include: [{project: a/b, file: c.yml}]\n.a: {script: x}\n", "unread-include"),
    ],
)
def test_what_the_file_decides_is_checked(text: str, rule: str) -> None:
    """Keywords, values, conditions, and references to blocks of the same file are checked; so are probable misspellings."""
    assert [finding.rule for finding in found(text)] == [rule]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (".gitlab-ci.yml", ".a: {script: x}\n", False),
        ("templates/.gitlab-ci.yml", ".a: {script: x}\n", False),
        ("templates/a.yml", "a: {script: x}\n", True),
        ("templates/a/template.yml", "a: {script: x}\n", True),
        ("ci/templates/deep/a.yml", "a: {script: x}\n", True),
        ("templates.yml", "a: {script: x}\n", False),
        ("a.yml", "a: {script: x}\n", False),
        ("a.yml", "spec: {inputs: {}}\n---\na: {script: x}\n", True),
        ("a.yml", ".a: {script: x}\n", True),
        ("a.yml", "variables: {A: b}\nstages: [c]\n", True),
        ("a.yml", "include: jobs.yml\n.a: {script: x}\n", False),
        ("a.yml", "include: hidden.yml\n", True),
        ("a.yml", "include: [{project: a/b, file: c.yml}]\n", True),
    ],
)
def test_which_files_are_fragments(path: str, text: str, *, expected: bool) -> None:
    """Components, and files without a visible job, are written for others; `.gitlab-ci.yml` is not."""
    pipeline, _ = read(text, filename=path)
    repository = Files({"jobs.yml": "a: {script: x}\n", "hidden.yml": ".b: {script: x}\n"})
    assert is_fragment(pipeline, path, repository) is expected
