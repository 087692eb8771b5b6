"""Render the article's third pipeline, lint it, and show what the production pipeline does about each finding."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import chdir
from pathlib import Path
from typing import NamedTuple

from gitlabgen import Finding, lint
from gitlabgen.cli import run
from gitlabgen.definitions.loading import load

ROOT = Path(__file__).parent.parent
ARTICLE = "blueprints/article_3"
PRODUCTION = "blueprints/serverless_service"
PAGE = "docs/serverless_service.md"

_ROW = re.compile(r"^\| \d+\. (?P<mistake>[^|]+) \| (?P<answer>[^|]+) \| (?P<rules>[^|]+) \|$", re.MULTILINE)
_RULE = re.compile(r"\[`([a-z-]+)`\]")


class Answer(NamedTuple):
    """What the production pipeline does about a mistake, from the table of docs/serverless_service.md."""

    mistake: str
    answer: str
    rules: tuple[str, ...]


def answers(page: str) -> list[Answer]:
    """Return the rows of the table of mistakes.

    Args:
        page: The text of docs/serverless_service.md.
    """
    return [Answer(row["mistake"], row["answer"], tuple(_RULE.findall(row["rules"]))) for row in _ROW.finditer(page)]


def findings_of(blueprint: str) -> list[Finding]:
    """Return the findings of a blueprint, without includes that cannot be read offline.

    Args:
        blueprint: The blueprint's folder, relative to the root of the repository.
    """
    with chdir(ROOT):
        project = load(f"{blueprint}/gitlab_ci.py").project
        return [finding for finding in lint(project) if finding.rule != "unread-include"]


def summary(findings: Iterable[Finding], again: Iterable[Finding], rows: Iterable[Answer]) -> Iterator[str]:
    """Yield the lines about the findings, and about the answer to each of their rules.

    Args:
        findings: The findings of the article's pipeline.
        again: The findings of the production pipeline.
        rows: The answers.

    Raises:
        KeyError: If a rule has no answer.
    """
    findings = [*findings]
    answer = {rule: row.answer for row in rows for rule in row.rules}
    yield f"{len(findings)} findings of `gitlabgen lint {ARTICLE}`, by the line of gitlab_ci.py:"
    for finding in findings:
        yield f"  {finding.line:>4}  {finding.rule:<26} {finding.message}"
    remaining = {finding.rule for finding in again}
    found = dict.fromkeys(finding.rule for finding in findings)
    yield ""
    yield f"{PRODUCTION} has {len(remaining & found.keys())} of them. What it does instead:"
    for rule in found:
        yield f"        {rule:<26} {answer[rule]}"


def main() -> int:
    """Show the written pipeline, its findings and the answers, and return the exit code of `render`."""
    with tempfile.TemporaryDirectory(prefix="gitlabgen-demo-") as folder, chdir(folder):
        shutil.copy(ROOT / ARTICLE / "gitlab_ci.py", ".")
        print(f"$ cp {ARTICLE}/gitlab_ci.py .\n$ gitlabgen render", flush=True)
        code = run(["render"])
        pipeline, template = (Path(name).read_text("utf-8") for name in (".gitlab-ci.yml", "template.yml"))
    print(f"\n$ cat .gitlab-ci.yml  # template.yml has {len(template.splitlines())} lines\n{pipeline}")
    rows = answers((ROOT / PAGE).read_text("utf-8"))
    for line in summary(findings_of(ARTICLE), findings_of(PRODUCTION), rows):
        print(line)
    print(f"\nMore: {PAGE}, and `.venv/bin/gitlabgen rule unguarded-deploy` for a rule with examples.")
    return code


if __name__ == "__main__":
    sys.exit(main())
