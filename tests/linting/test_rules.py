"""Each rule finds what it is there for, and nothing else: a folder of files for each, with what is expected on top."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlabgen.codec import pipelines, templates
from gitlabgen.errors import Finding
from gitlabgen.linting import lint
from gitlabgen.linting.catalogue import GROUPS, all_rules, rules_of

_CASES = Path(__file__).parent / "cases"
_FILES = sorted(_CASES.glob("*/*.yml"))
_TEMPLATE_FILES = sorted((Path(__file__).parent / "template_cases").glob("*/*.yml"))
_MARK = "# expect: "


def expectations(text: str) -> list[str]:
    """Return what the comments at the top of a case expect; the lines below them count from 1."""
    return [line.removeprefix(_MARK) for line in text.splitlines() if line.startswith(_MARK)]


def told(finding: Finding) -> str:
    """Return a finding as cases write it."""
    hint = f" | {finding.hint}" if finding.hint else ""
    return f"{finding.line}:{finding.column} {finding.severity} {finding.message}{hint}"


def body(text: str) -> str:
    """Return a case without its expectations."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(_MARK))


def case_id(path: Path) -> str:
    """Return the name of a case."""
    return f"{path.parent.name}-{path.stem}"


@pytest.mark.parametrize("path", _FILES, ids=case_id)
def test_a_rule_finds_what_it_should(path: Path) -> None:
    """The findings of the rule that gives the folder its name are those at the top of the file."""
    text = path.read_text(encoding="utf-8")
    pipeline, _ = pipelines.read(body(text), filename="ci.yml")
    found = [told(finding) for finding in lint(pipeline, persona="auditor") if finding.rule == path.parent.name]
    assert found == expectations(text)


@pytest.mark.parametrize("path", _TEMPLATE_FILES, ids=case_id)
def test_a_rule_on_templates_finds_what_it_should(path: Path) -> None:
    """The findings of a rule on templates are those at the top of the file."""
    text = path.read_text(encoding="utf-8")
    template, _ = templates.read(body(text), filename="template.yml")
    found = [told(finding) for finding in lint(template, persona="auditor") if finding.rule == path.parent.name]
    assert found == expectations(text)


def test_every_rule_is_a_file_with_its_name() -> None:
    """Each module is named like its rule, each rule once, and no former name is that of a rule."""
    for group in GROUPS:
        for rule in rules_of(group):
            assert (Path("gitlabgen/linting/rules") / group / f"{rule.id.replace('-', '_')}.py").exists()
    names = [rule.id for group in GROUPS for rule in rules_of(group)]
    former = [name for rule in all_rules().values() for name in rule.former_ids]
    assert sorted({*names, *former}) == sorted([*names, *former])


def test_every_case_is_of_a_rule() -> None:
    """Each folder of cases has the name of a rule."""
    folders = {path.parent.name for path in (*_FILES, *_TEMPLATE_FILES)}
    assert folders - all_rules().keys() == set()
