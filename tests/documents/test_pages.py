"""Every page of the project is a test, and what a page skips is tested elsewhere."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sybil import Document

from tests.documents import blocks
from tests.documents.blocks import Block, Directive
from tests.documents.session import ROOT

MOST_SKIPS = 12
"""How many blocks all pages together may skip."""


def pages() -> list[Path]:
    """Return the Markdown files of the repository, except those in hidden folders."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md", ":!.*/**"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).exists()]


def skips(page: Path) -> Iterator[Directive]:
    """Yield the directives of a page that skip a block, or the page."""
    for example in Document.parse(str(page), blocks.regions).examples():
        directive = example.parsed.directive if isinstance(example.parsed, Block) else example.parsed
        if directive and directive.word.startswith("skip"):
            yield directive


def test_each_page_is_collected() -> None:
    """Pytest finds each page without arguments."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    found = {page for pattern in settings["testpaths"] for path in ROOT.glob(pattern) for page in (path, *path.rglob("*.md"))}
    assert {*pages()} - found == set()


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_what_is_skipped_is_tested_elsewhere(page: Path) -> None:
    """The reason of each skip names the test or the tool that runs the block, which exists."""
    for skip in skips(page):
        named = re.findall(r"(?:tests|tools)/[\w/]+\.py", skip.value)
        assert named, f"{page}: name the test that runs it: {skip.value}"
        assert [file for file in named if not (ROOT / file).exists()] == []


def test_few_blocks_are_skipped() -> None:
    """Only what needs a network is skipped: few blocks, and one page whose examples another test runs."""
    found = [(skip.word, page.name) for page in pages() for skip in skips(page)]
    assert [page for word, page in found if word == "skip-page"] == ["rules.md"]
    assert len(found) <= MOST_SKIPS
