"""The bad example of a rule has findings of this rule only, and the good example has none."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from gitlabgen import Project
from gitlabgen.definitions.project_facts import project_facts
from gitlabgen.errors import Finding, GitlabgenError
from gitlabgen.files.checkout import Checkout, read_yaml
from gitlabgen.linting import Example, LintRule, all_rules, lint
from gitlabgen.linting.catalogue import GROUPS, group_of
from gitlabgen.linting.rule import Persona

EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.id}-{number}")
    for rule in all_rules().values()
    for number, example in enumerate(rule.examples)
]
_PATHS = {group: "template.yml" if group == "template" else ".gitlab-ci.yml" for group in GROUPS}

_IDENTITY = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]


def commit(folder: Path) -> None:
    """Make a folder a repository of git, with all of its files in one commit on the branch `main`."""
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], [*_IDENTITY, "commit", "-q", "--allow-empty", "-m", "All files"]):
        subprocess.run(["git", "-C", folder, *words], check=True)


def findings(folder: Path, rule: LintRule, text: str, example: Example, persona: Persona) -> list[Finding]:
    """Return the findings for one file of an example."""
    (folder / ".git").mkdir(exist_ok=True)
    path = _PATHS[group_of(rule)]
    for name, content in {path: text, **example.files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    if "files" in rule.needs:
        commit(folder)
    try:
        model, found = read_yaml(str(folder / path))
        if path == ".gitlab-ci.yml" and "template.yml" in example.files:
            template, more = read_yaml(str(folder / "template.yml"))
            found += more
            model = Project(pipeline=model, template=template)  # type: ignore[arg-type,assignment]
        facts = project_facts(str(folder))
        files, target = Checkout(str(folder)), example.target_gitlab
        return [*found, *lint(model, repository=files, target_gitlab=target, persona=persona, project=facts)]
    except GitlabgenError as error:
        return [*error.findings]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_bad_example_has_findings(rule: LintRule, example: Example, tmp_path: Path) -> None:
    """A bad example has findings of its rule only."""
    found = findings(tmp_path, rule, example.bad, example, rule.persona)
    assert {finding.rule for finding in found} == {rule.id}, found


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_good_example_has_no_findings(rule: LintRule, example: Example, tmp_path: Path) -> None:
    """A good example has no findings for the default persona."""
    assert findings(tmp_path, rule, example.good, example, "default") == []


@pytest.mark.parametrize("rule", all_rules().values(), ids=lambda rule: rule.id)
def test_record_is_complete(rule: LintRule) -> None:
    """A rule has a one-sentence summary, two to five sentences of explanation, the vendor's page and an example."""
    assert rule.summary.endswith(".")
    assert rule.summary[0] in "`$" or rule.summary[0].isupper()
    assert 2 <= rule.why.count(". ") + 1 <= 5, "write two to five sentences"
    assert rule.why.endswith(".")
    assert rule.source.startswith("https://docs.") or rule.source.startswith("https://github.com/")
    assert rule.examples, "write an example"
