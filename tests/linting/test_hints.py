"""Doing what a hint says makes the finding go away, and no new finding comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple

import pytest

from gitlabgen import lint
from gitlabgen.codec import pipelines, templates
from gitlabgen.definitions.loading import load
from gitlabgen.errors import Finding, GitlabgenError, YamlError
from gitlabgen.linting import all_rules
from gitlabgen.linting.rule import Example, LintRule
from tests.gitlab.test_errors import MISTAKES
from tests.linting import test_examples, test_files, test_rules
from tests.linting.hint_edits import changes, in_python, in_yaml

PROSE = {
    "alarm-on-whole-function": "the code is an item for a list, and the list has the place of the finding",
    "blocking-manual-job": "the author chooses whether the pipeline waits",
    "canary-outlasts-job": "the author chooses: a longer time, or a shorter canary",
    "canary-without-alarms": "only the author knows what to watch",
    "child-job-never-runs": "the author chooses another condition, or another pipeline",
    "child-pipeline-empty": "a job of another file changes",
    "child-too-deep": "the author chooses how to make the pipelines less deep",
    "child-waits-for-click": "a job of another file changes",
    "changes-always-true": "only the author knows which events should run the job",
    "cleanup-not-repeated": "two jobs change",
    "cleanup-skipped-on-cancel": "two jobs change",
    "default-as-job": "a keyword moves into a job that the author chooses",
    "deploy-before-tests": "only the author knows the test to wait for",
    "deprecated-runtime": "the next version of the runtime may need changes of the code",
    "duplicate-cells": "only the author knows what distinguishes the cells",
    "duplicate-key": "only the author knows which value is right",
    "duplicate-pipelines": "only the author knows which of the two pipelines is wanted",
    "empty-pipeline": "only the author knows which job is missing",
    "export-lost-in-after-script": "commands change",
    "floating-image": "versions are not known without the registry",
    "glob-matches-no-file": "only the author knows where the files are now",
    "hook-never-reports": "the code of the hook changes",
    "hook-permission": "a statement of a policy, whose place depends on how the role is written",
    "ignored-document": "only the author knows where the keywords belong",
    "include-rule-on-own-variable": "only the author knows which variable decides",
    "invalid-canary-enabled": "a parameter is declared, and used",
    "invalid-condition": "only the author knows how the condition continues",
    "invalid-needs": "the author chooses which of the needs stays",
    "invalid-on-stop": "the other job changes",
    "late-variable": "the author chooses another way",
    "long-lived-aws-key": "a role is created in the account",
    "lost-rule": "only the author knows which ref is meant",
    "merge-order": "only the author knows which value is meant to win",
    "missing-environment": "the author chooses the name",
    "missing-parameter": "only the author knows the value",
    "missing-script": "the new name has a dot, and all that name the job change",
    "missing-sub": "the tag comes before the string, whose quotes stay",
    "need-in-later-stage": "the author chooses which of the two changes",
    "need-missing-in-event": "the author chooses: an optional need, or other rules",
    "needs-cycle": "the author chooses which need to remove",
    "nested-variable-compared": "the meaning changes, unless the author agrees",
    "newer-keyword": "the author knows the version of the server",
    "no-visible-job": "the author adds a job",
    "only-drops-merge-requests": "the author chooses the rules",
    "on-stop-missing-in-event": "another job changes",
    "overridden-predefined": "the author chooses the name",
    "placeholder-account": "only the author knows the account",
    "protected-variable-absent": "the author chooses where the job runs",
    "removed-variable": "the name is part of a text of any kind, such as a command",
    "replaced-cell": "the author chooses the name",
    "rule-never-matches": "the author chooses another order, or another condition",
    "rules-null": "only the author knows which rules are meant",
    "slow-alarm": "period and number of periods change together",
    "template-not-passed": "another job changes",
    "too-many-needs": "the author chooses which needs to remove",
    "rules-needs-empty": "the author chooses: the list of the rule, or that of the job",
    "trigger-without-strategy": "a keyword is added inside of `trigger`",
    "undeclared-input": "the header of the included file changes",
    "unreachable-job": "only the author knows which events should run the job",
    "unexercised-canary": "a deployment comes first, outside of the file",
    "unmatched-input-rule": "the order of the inputs changes",
    "unused-stage": "an item of a list is removed",
    "unread-include": "nothing is wrong in the file",
    "unseen-aws-credentials": "a role is created in the account",
    "untracked-artifacts": "only the author knows the files",
    "unused-block": "a whole block is deleted, with its comments",
    "waits-behind-optional-click": "the author chooses which of the two jobs changes",
    "web-function-at-once": "only the author knows the revisions and their weights",
}
"""The rules without a hint that is code, and why."""

REVEALED = {
    "invalid-keyword": {
        "floating-image",
        "invalid-keyword",
        "invalid-on-stop",
        "undefined-need",
        "undefined-stage",
        "unused-stage",
    },
    "retyped-value": {"floating-image"},
    "missing-alias": {"unpublished-change"},
    "undefined-reference": {"alarm-on-other-alias"},
    "unknown-canary-key": {"undefined-alarm", "undefined-hook"},
    "unknown-keyword": {"invalid-keyword"},
}
"""Rules that see a value only after it is written right, and then find a second mistake in it, which was there before."""

Lint = Callable[[str], list[Finding]]


def _read(module: Any, text: str) -> list[Finding]:
    """Return the findings for a file; findings about words need the file itself."""
    with NamedTemporaryFile("w", encoding="utf-8", suffix=".yml") as file:
        file.write(text)
        file.flush()
        try:
            model, found = module.read(text, filename=file.name)
        except YamlError as error:
            return [*error.findings]
        return [*found, *lint(model, persona="auditor")]


_pipeline = partial(_read, pipelines)
_template = partial(_read, templates)


class Case(NamedTuple):
    """A file, and how to lint it."""

    name: str
    text: str
    lint: Lint


def _cases() -> Iterator[Case]:
    for run, paths in (
        (_pipeline, [*test_rules._FILES, *test_files.FILES, *MISTAKES]),
        (_template, [*test_rules._TEMPLATE_FILES, *test_files.TEMPLATES]),
    ):
        for path in paths:
            yield Case(f"{path.parent.name}-{path.stem}", test_rules.body(path.read_text("utf-8")), run)
    for text in MISTAKEN:
        yield Case(text.partition("\n")[0], text, _pipeline)


MISTAKEN = (
    "a: {image: 3.10, script: x}",
    "a: {rules: $CI_COMMIT_TAG, script: x}",
    "a: {rules: {if: $CI_COMMIT_TAG}, script: x}",
    "a: {script: x, artifacts: dist/}",
    "a: {script: x, artifacts: [dist/, out/]}",
    "a: {script: x, cache: [.npm]}",
    "a: {script: x, id_tokens: {T: sts.amazonaws.com}}",
    "a: {script: [echo a: b]}",
    "a: {script: x, variables: {B: [c]}}",
    "a: {script: x, variables: {on: x}}",
    "a: {script: x, allow_failure: 'true'}",
    "a: {script: x, interruptible: 'yes'}",
    "a: {script: x, retry: '2'}",
    "a: {script: x, parallel: '2'}",
    "a: {script: x, tags: linux}",
    "a: {script: x, stage: [test]}",
    "a: {script: x, only: {refs: main}}",
    "a: {script: x, when: manuel}",
    "a: {script: x, wen: manual}",
    "a: {script: x, when: delayed}",
    "a: {script: x, start_in: 3 hours}",
    "a: {script: x, environment: {name: e, action: strt}}",
    "on: {script: x}",
    "variables: {A: {valu: x}}\na: {script: x}",
    "a: {scripts: x}",
    "a: {script: x, coverage: 3}",
    "workflow: {rules: {if: $CI_COMMIT_TAG}}\na: {script: x}",
    "default: {tags: linux}\na: {script: x}",
)

CASES = [*_cases()]


@cache
def _findings(case: Case) -> list[Finding]:
    return case.lint(case.text)


def _counted(findings: list[Finding]) -> Counter[tuple[str, str]]:
    """Return how often each message occurs; a message can show a value that a change elsewhere writes in another way."""
    return Counter((finding.rule, finding.message.partition(", got ")[0]) for finding in findings)


def _works(finding: Finding, before: list[Finding], after: list[Finding]) -> bool:
    """Return whether a finding is gone, and no new one came."""
    old, new = _counted(before), _counted(after)
    (key,) = _counted([finding])
    return new[key] < old[key] and {rule for rule, _ in new - old} <= REVEALED.get(finding.rule, set())


def _failures(findings: list[Finding], text: str, run: Lint, file: str | None) -> list[str]:
    """Return the hints that do not work, except for resources named by booleans, which have no place."""
    return [
        f"{finding.line}:{finding.column} {finding.message} | {finding.hint}"
        for finding in findings
        if (file is None or finding.file == file) and not finding.message.startswith(("`True` has", "`False` has"))
        for change in changes(finding.hint)
        if not any(_works(finding, findings, run(edited)) for edited in in_yaml(text, finding, change))
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hints_in_yaml_work(case: Case) -> None:
    """Each hint that is code works in the file with the finding."""
    assert _failures(_findings(case), case.text, case.lint, None) == []


@pytest.mark.parametrize(("rule", "example"), test_examples.EXAMPLES)
def test_hints_of_examples_work(rule: LintRule, example: Example, tmp_path: Path) -> None:
    """Each hint for the example of a rule works."""

    def run(text: str) -> list[Finding]:
        return test_examples.findings(tmp_path, rule, text, example, "auditor")

    found = run(example.bad)
    files = {finding.file for finding in found if finding.file and not finding.file.endswith(tuple(example.files))}
    assert len(files) <= 1
    assert _failures(found, example.bad, run, next(iter(files), "")) == []


def test_rules_without_code_say_why(tmp_path: Path) -> None:
    """Each rule has a hint that is code, in its example or in another file, or says why it has none."""
    found = [finding for case in CASES for finding in _findings(case)]
    for number, (rule, example) in enumerate((one, bad) for one in all_rules().values() for bad in one.examples):
        folder = tmp_path / str(number)
        folder.mkdir()
        found += test_examples.findings(folder, rule, example.bad, example, "auditor")
    assert all_rules().keys() - {finding.rule for finding in found if changes(finding.hint)} == PROSE.keys()


DEFINITIONS = {
    "other name": "proj = Project(pipeline=Pipeline(jobs=[Job('a', script=['x'])]))",
    "only a pipeline": "main = Pipeline(jobs=[Job('a', script=['x'])])",
    "only a template": "template = sam.Template(resources=[sam.SimpleTable('T')])",
    "a version": "Job('a', script=['x'], image=3.10)",
    "a number": "Job('a', script=['x'], stage=3)",
    "a string for a list": "Job('a', script=['x'], tags='linux')",
    "a string for a boolean": "Job('a', script=['x'], interruptible='yes')",
    "a boolean as text": "Job('a', script=['x'], allow_failure='true')",
    "a list for a string": "Job('a', script=['x'], stage=['test'])",
    "a number as text": "Job('a', script=['x'], parallel='2')",
    "a mapping for a model": "Job('a', script=['x'], artifacts={'paths': ['dist/']})",
    "a path for artifacts": "Job('a', script=['x'], artifacts='dist/')",
    "a path for a cache": "Job('a', script=['x'], cache='.npm')",
    "a condition for rules": "Job('a', script=['x'], rules='$CI_COMMIT_TAG')",
    "a variable": "Job('a', script=['x'], variables={'A': ['b']})",
    "a command": "Job('a', script=['x', 3])",
    "a misspelt keyword": "Job('a', script=['x'], imge='alpine:3.20')",
    "a misspelt word": "Job('a', script=['x'], when='manuel')",
    "a misspelt policy": "Job('a', script=['x'], cache=Cache(paths=['p'], policy='pul'))",
    "no delay": "Job('a', script=['x'], when='delayed')",
    "no delayed job": "Job('a', script=['x'], start_in='1 hour')",
    "another job": "Job('a', script=['x'], when='manual', start_in='1 hour')",
    "no delayed rule": "Job('a', script=['x'], rules=[Rule('$A', start_in='1 hour')])",
    "no page": "Job('a', script=['x'], publish='public')",
    "a misspelt need": "Job('abc', script=['x']), Job('d', script=['x'], needs=['abd'])",
    "a deployment": "Job('a', script=['sam deploy --stack-name s --config-file f'], environment='production')",
    "a retry": "Job('a', script=['sam deploy --stack-name s'], environment='production', retry=2)",
    "interruptible": "Job('a', script=['sam deploy --stack-name s'], environment='production', interruptible=True)",
    "a misspelt resource": "sam.Function('F', handler='a.b', runtime='python3.13', code_uri='src', tmeout=3)",
    "globals": "sam.Globals(function={'timeout': 3})",
    "no handler": "sam.Function('F', runtime='python3.13', code_uri='src')",
    "no runtime": "sam.Function('F', handler='a.b', code_uri='src')",
    "an API": "sam.RestApi('Api', stage_name='prod')",
    "an account": "patterns.Target('p', account=222222222222, region='eu-west-1', role='r', bucket='bucket-p')",
}
"""Definitions, or the parts of one, with mistakes."""

_IMPORTS = """from gitlabgen import Artifacts, Cache, Job, Pages, Pipeline, Project, Rule, patterns, sam
from gitlabgen.gitlab import Retry
from gitlabgen.sam import FunctionGlobals
"""


def _definition(part: str) -> str:
    if " = " in part.partition("(")[0]:
        return f"{_IMPORTS}{part}\n"
    if part.startswith("patterns"):
        return f"{_IMPORTS}target = {part}\nproject = Project(files={{'a.txt': 'a'}})\n"
    if part.startswith("sam.Globals"):
        return f"{_IMPORTS}project = Project(template=sam.Template(globals={part}, resources=[sam.SimpleTable('T')]))\n"
    if part.startswith("sam."):
        return f"{_IMPORTS}project = Project(template=sam.Template(resources=[\n    {part},\n]))\n"
    return f"{_IMPORTS}project = Project(pipeline=Pipeline(jobs=[\n    {part},\n]))\n"


@pytest.mark.parametrize("part", DEFINITIONS.values(), ids=DEFINITIONS)
def test_hints_in_python_work(part: str, tmp_path: Path) -> None:
    """Each hint for a definition works, in Python's terms."""
    tries = iter(range(1000))

    def run(text: str) -> list[Finding]:
        # Python keeps the lines of a file that it has read.
        path = tmp_path / f"definition_{next(tries)}.py"
        path.write_text(text, "utf-8")
        try:
            return lint(load(str(path)).project, persona="auditor")
        except GitlabgenError as error:
            return [*error.findings]

    text = _definition(part)
    found = run(text)
    hints = [(finding, change) for finding in found for change in changes(finding.hint)]
    failed = [
        (finding, change)
        for finding, change in hints
        if not any(_works(finding, found, run(edited)) for edited in in_python(text, finding, change))
    ]
    assert hints
    assert failed == []
