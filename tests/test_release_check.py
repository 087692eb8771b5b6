"""What `tools/release_check.py` requires of a release."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import gitlabgen
from tools import release_check

ROOT = Path(__file__).parent.parent
GOOD = """# Changelog

## 1.2.0 (2026-11-30)

### Added

- A rule.

### Rendered output

No byte changes.

## 1.1.0 (2026-10-01)
"""


def problems(changelog: str = GOOD, version: str = "1.2.0", **others: str) -> list[str]:
    """Return the problems of a release."""
    return [*release_check.problems(version, changelog, **others)]  # type: ignore[arg-type]


def test_a_complete_section_has_no_problems() -> None:
    """A version with its section, its date and its part about rendered bytes can be released."""
    assert problems() == []
    assert problems(tag="v1.2.0") == []


def test_a_tag_of_another_version_is_refused() -> None:
    """The tag names the version of pyproject.toml."""
    assert problems(tag="v1.3.0") == ["the tag is v1.3.0, but pyproject.toml has the version 1.2.0"]


def test_unreleased_changes_are_not_a_release() -> None:
    """A changelog that only has unreleased changes says which heading to write, and the tag is reported too."""
    found = problems(GOOD.replace("1.2.0 (2026-11-30)", "Unreleased"), tag="v1.0.0")

    assert found[1:] == ["CHANGELOG.md: has no section `## 1.2.0 (YYYY-MM-DD)`; rename `## Unreleased`"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (" (2026-11-30)", " (soon)", "write `## 1.2.0 (YYYY-MM-DD)` instead of `## 1.2.0 (soon)`"),
        (" (2026-11-30)", "", "write `## 1.2.0 (YYYY-MM-DD)` instead of `## 1.2.0`"),
        ("### Rendered output\n", "", "1.2.0 has no section `### Rendered output`; if no rendered byte changes, write so there"),
        ("- A rule.\n", "", "the section of 1.2.0 is empty"),
    ],
)
def test_an_incomplete_section_is_refused(old: str, new: str, problem: str) -> None:
    """The section of a version has a date, an entry, and says whether rendered bytes change."""
    assert problems(GOOD.replace(old, new)) == [f"CHANGELOG.md: {problem}"]


def test_the_version_is_in_one_place(capsys: pytest.CaptureFixture[str]) -> None:
    """No module repeats the version of pyproject.toml, and the installed package has it."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    release_check.main([])

    assert gitlabgen.__version__ == version
    assert "only pyproject.toml should" not in capsys.readouterr().out
    assert [*release_check.problems("1.2.0", GOOD, [("a.py", 'v = "1.2.0"'), ("b.py", "")])] == [
        "a.py: contains the version 1.2.0; only pyproject.toml should"
    ]


def test_the_exit_code_says_whether_there_are_problems(capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong tag gives exit code 1 and its sentence."""
    assert release_check.main(["--tag", "v0.0.0"]) == 1
    assert "the tag is v0.0.0" in capsys.readouterr().out


def test_the_changelog_has_unreleased_changes_or_a_release() -> None:
    """The changelog keeps the headings that the check of a release reads."""
    headings = [line for line in (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines() if line.startswith("## ")]

    assert headings
    assert [line for line in headings if line != "## Unreleased" and not release_check.HEADING.fullmatch(line)] == []
