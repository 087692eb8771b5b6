"""The files for contributors: decisions, templates for issues and merge requests, the dev container."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DECISIONS = ROOT / "docs" / "decisions"
PAGES = sorted(path for path in DECISIONS.glob("*.md") if path.name != "README.md")
TEMPLATES = ROOT / ".gitlab" / "issue_templates"


def status_of(page: Path) -> str:
    """Return the first word of a decision's status."""
    (status,) = re.findall(r"^Status: (\w+)", page.read_text("utf-8"), re.MULTILINE)
    return str(status)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_decision_has_its_parts_on_one_page(page: Path) -> None:
    """A decision has a number, a status, a context, a decision and consequences, on at most 40 lines."""
    lines = page.read_text("utf-8").splitlines()

    assert lines[0].startswith(f"# {int(page.name[:2])}. ")
    assert status_of(page) in {"accepted", "planned", "replaced"}
    assert [line for line in lines if line.startswith("## ")] == ["## Context", "## Decision", "## Consequences"]
    assert len(lines) <= 40


def test_the_index_lists_all_decisions() -> None:
    """The index has a row for each decision, in order, with its title and status."""
    index = (DECISIONS / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| \[(.+)\]\((.+)\) \| (\w+) \|$", index, re.MULTILINE)

    assert rows == [(page.read_text("utf-8").splitlines()[0].removeprefix("# "), page.name, status_of(page)) for page in PAGES]
    assert [int(page.name[:2]) for page in PAGES] == [*range(1, len(PAGES) + 1)]


def test_the_architecture_links_to_the_decisions() -> None:
    """The description of the architecture leads to the index."""
    assert "(decisions/README.md)" in (ROOT / "docs" / "architecture.md").read_text("utf-8")


@pytest.mark.parametrize("name", ["Bug", "Missing finding", "Missing keyword", "Wrong finding"])
def test_a_template_asks_for_the_version(name: str) -> None:
    """Each template for issues asks for the version, with a command that exists."""
    assert "`gitlabgen --version`" in (TEMPLATES / f"{name}.md").read_text("utf-8")


def test_the_template_of_merge_requests_asks_for_rendered_bytes() -> None:
    """A merge request says which rendered bytes change, and whether tests, docs and changelog belong to it."""
    text = (ROOT / ".gitlab" / "merge_request_templates" / "Default.md").read_text("utf-8")

    assert "## Rendered bytes" in text
    for word in ("test", "CHANGELOG.md", "Docs"):
        assert any(word in line for line in text.splitlines() if line.startswith("- [ ] "))


def test_the_dev_container_sets_the_project_up() -> None:
    """The dev container has a Python that the pipeline tests, Node and Ruby, and runs `make setup`."""
    settings = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    pythons = re.findall(r'"(3\.\d+)"', re.findall(r"^PYTHONS = .*", (ROOT / "gitlab_ci.py").read_text("utf-8"), re.MULTILINE)[0])

    assert settings["image"].rpartition(":")[2] in pythons
    assert {re.sub(r".*/([a-z]+):\d+", r"\1", feature) for feature in settings["features"]} == {"node", "ruby"}
    assert settings["postCreateCommand"] == "make setup"


def test_the_security_page_leads_to_a_private_report() -> None:
    """The page for security says how to report in private, which versions get fixes, and what is executed."""
    text = " ".join((ROOT / "SECURITY.md").read_text("utf-8").split())

    for words in ("This issue is confidential", "newest minor version", "A definition is code, and it runs with your rights."):
        assert words in text
