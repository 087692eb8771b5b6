"""Check what a release needs before it is tagged: part of `make release-check`, and a job of the pipeline of each tag.

The version is in pyproject.toml only, and CHANGELOG.md has a section for it that begins like `## 1.2.0 (2026-11-30)`.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent

HEADING = re.compile(r"## \d+\.\d+\.\d+ \(\d{4}-\d{2}-\d{2}\)")
"""The heading of a released version in the changelog."""

_RENDERED_OUTPUT = "### Rendered output"


def problems(version: str, changelog: str, modules: Sequence[tuple[str, str]] = (), tag: str | None = None) -> Iterator[str]:
    """Yield what is missing for a release, one sentence each.

    Args:
        version: The version in pyproject.toml.
        changelog: The text of CHANGELOG.md.
        modules: The path and the text of each module of the package.
        tag: The tag to release, such as `v1.2.0`; None before it exists.
    """
    if tag is not None and tag != f"v{version}":
        yield f"the tag is {tag}, but pyproject.toml has the version {version}"
    for path, text in modules:
        if f'"{version}"' in text:
            yield f"{path}: contains the version {version}; only pyproject.toml should"
    heading, *lines = _section(changelog, version)
    if not heading:
        yield f"CHANGELOG.md: has no section `## {version} (YYYY-MM-DD)`; rename `## Unreleased`"
        return
    if HEADING.fullmatch(heading) is None:
        yield f"CHANGELOG.md: write `## {version} (YYYY-MM-DD)` instead of `{heading}`"
    if _RENDERED_OUTPUT not in lines:
        yield f"CHANGELOG.md: {version} has no section `{_RENDERED_OUTPUT}`; if no rendered byte changes, write so there"
    if not any(line.startswith("- ") for line in lines):
        yield f"CHANGELOG.md: the section of {version} is empty"


def _section(changelog: str, version: str) -> list[str]:
    """Return the lines of a version's section, with its heading first; an empty heading if there is no section."""
    lines = changelog.splitlines()
    numbers = [number for number, line in enumerate(lines) if line.startswith("## ")]
    for start, end in zip(numbers, [*numbers[1:], len(lines)], strict=True):
        if lines[start].split()[1] == version:
            return lines[start:end]
    return [""]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the problems, and return 1 if there are any."""
    parser = argparse.ArgumentParser(description="Check what a release needs before it is tagged.")
    parser.add_argument("--tag", help="the tag that is released, such as v1.2.0")
    tag = parser.parse_args(arguments).tag
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    modules = [(str(path.relative_to(ROOT)), path.read_text("utf-8")) for path in sorted((ROOT / "gitlabgen").rglob("*.py"))]
    found = [*problems(version, (ROOT / "CHANGELOG.md").read_text("utf-8"), modules, tag)]
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
