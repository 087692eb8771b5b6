"""`make demo`: the article's third pipeline, its findings, and what the production pipeline does about them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gitlabgen.definitions.loading import load
from gitlabgen.linting import all_rules, lint
from tools import demo

ROOT = Path(__file__).parent.parent
ROWS = demo.answers((ROOT / demo.PAGE).read_text("utf-8"))
NAMED = {rule for row in ROWS for rule in row.rules}


def found(blueprint: str) -> set[str]:
    """Return the rules with findings in a blueprint, those that are off by default included."""
    return {finding.rule for finding in lint(load(str(ROOT / blueprint / "gitlab_ci.py")).project, persona="auditor")}


def changes() -> str:
    """Return how the tracked files differ from the last commit."""
    return subprocess.run(["git", "diff", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_the_demo_shows_the_pipeline_its_findings_and_the_answers(tmp_path: Path) -> None:
    """The demo shows the written pipeline, a line for each finding and a line for each rule, and changes no file."""
    before = changes()
    run = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "demo.py")], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    findings = demo.findings_of(demo.ARTICLE)
    lines = run.stdout.splitlines()

    assert (ROOT / demo.ARTICLE / ".gitlab-ci.yml").read_text("utf-8") in run.stdout
    assert len(findings) > 10
    assert [line for line in lines if line.startswith(f"{len(findings)} findings")] != []
    for finding in findings:
        assert any(line.split()[:2] == [str(finding.line), finding.rule] and line.endswith(finding.message) for line in lines)
    for rule in {finding.rule for finding in findings}:
        (answer,) = [row.answer for row in ROWS if rule in row.rules]
        assert any(line.split(maxsplit=1) == [rule, answer] for line in lines)
    assert run.stderr == ""
    assert [*tmp_path.iterdir()] == []
    assert changes() == before


def test_the_page_has_an_answer_to_each_finding() -> None:
    """Each rule that finds something in the article's pipeline by default is in the page's table."""
    assert {finding.rule for finding in demo.findings_of(demo.ARTICLE)} <= NAMED


def test_the_page_names_rules_that_find_the_mistakes() -> None:
    """Each rule of the table exists and finds its mistake in the article's pipeline."""
    assert len(ROWS) == 15
    assert all_rules().keys() >= NAMED
    assert found(demo.ARTICLE) >= NAMED


def test_the_production_pipeline_has_none_of_the_findings() -> None:
    """No rule of the table finds anything in the production pipeline, for any persona."""
    assert found(demo.PRODUCTION) & NAMED == set()


def test_the_count_of_the_production_pipeline_is_not_fixed() -> None:
    """A rule that finds something in both pipelines is counted."""
    findings = demo.findings_of(demo.ARTICLE)
    (line,) = [line for line in demo.summary(findings, findings[:1], ROWS) if line.startswith(demo.PRODUCTION)]

    assert " has 1 of them" in line


def test_a_rule_without_an_answer_stops_the_demo() -> None:
    """A finding without an answer in the table is a mistake of the table, not an empty line."""
    with pytest.raises(KeyError, match="floating-image"):
        list(demo.summary(demo.findings_of(demo.ARTICLE), [], []))
