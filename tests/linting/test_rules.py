"""Each rule reports the findings listed at the top of its case files."""

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
    """Return the expected findings from the comments at the top of a case; line 1 is the first line after them."""
    return [line.removeprefix(_MARK) for line in text.splitlines() if line.startswith(_MARK)]


def formatted(finding: Finding) -> str:
    """Return a finding in the format of the cases."""
    hint = f" | {finding.hint}" if finding.hint else ""
    return f"{finding.line}:{finding.column} {finding.severity} {finding.message}{hint}"


def body(text: str) -> str:
    """Return a case without the expected findings."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(_MARK))


def case_id(path: Path) -> str:
    """Return the name of a case."""
    return f"{path.parent.name}-{path.stem}"


@pytest.mark.parametrize("path", _FILES, ids=case_id)
def test_pipeline_rule(path: Path) -> None:
    """The rule that the folder is named after reports the findings at the top of the file."""
    text = path.read_text(encoding="utf-8")
    pipeline, _ = pipelines.read(body(text), filename="ci.yml")
    found = [formatted(finding) for finding in lint(pipeline, persona="auditor") if finding.rule == path.parent.name]
    assert found == expectations(text)


@pytest.mark.parametrize("path", _TEMPLATE_FILES, ids=case_id)
def test_template_rule(path: Path) -> None:
    """The rule that the folder is named after reports the findings at the top of the template."""
    text = path.read_text(encoding="utf-8")
    template, _ = templates.read(body(text), filename="template.yml")
    found = [formatted(finding) for finding in lint(template, persona="auditor") if finding.rule == path.parent.name]
    assert found == expectations(text)


def test_modules_are_named_after_rules() -> None:
    """Each module is named after its rule, and all current and former names are unique."""
    for group in GROUPS:
        for rule in rules_of(group):
            assert (Path("gitlabgen/linting/rules") / group / f"{rule.id.replace('-', '_')}.py").exists()
    names = [rule.id for group in GROUPS for rule in rules_of(group)]
    former = [name for rule in all_rules().values() for name in rule.former_ids]
    assert sorted({*names, *former}) == sorted([*names, *former])


def test_folders_are_named_after_rules() -> None:
    """Each folder of cases has the name of a rule."""
    folders = {path.parent.name for path in (*_FILES, *_TEMPLATE_FILES)}
    assert folders - all_rules().keys() == set()
