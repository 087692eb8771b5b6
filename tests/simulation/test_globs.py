from __future__ import annotations

from typing import Any

import pytest

from gitlabgen.errors import ArgumentError
from gitlabgen.simulation import glob_match


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("docs/**", "docs/a.md", True),
        ("docs/**", "docs/x/a.md", False),
        ("docs/**/*", "docs/x/a.md", True),
        ("**/*", ".github/.h", True),
        ("*.md", "README.md", True),
        ("*.md", "docs/README.md", False),
        ("src/*.{py,pyi}", "src/a.pyi", True),
        ("docs", "docs/a.md", False),
        ("docs/", "docs/a.md", False),
        ("./docs/*", "docs/a.md", False),
        ("[!a]b", "cb", True),
        (r"a\*", "a*", True),
    ],
)
def test_matches(glob: str, path: str, matches: bool) -> None:  # noqa: FBT001 - it is data
    """A glob matches the paths that it matches in GitLab."""
    assert glob_match(glob, path) is matches


@pytest.mark.parametrize(("arguments", "message"), [((1, "a"), "the glob should be a string"), (("a", None), "the path should")])
def test_wrong_arguments(arguments: tuple[Any, Any], message: str) -> None:
    """An argument that is no text is an error at the caller's line."""
    with pytest.raises(ArgumentError) as caught:
        glob_match(*arguments)
    assert message in str(caught.value)
    assert str(caught.value).startswith("tests/simulation/test_globs.py:")
