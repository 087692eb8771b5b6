"""Expressions in `$[[ … ]]`: the parts that not all GitLab versions have."""

from __future__ import annotations

import pytest

from gitlabgen.resolution.block_expressions import newer_parts


@pytest.mark.parametrize(
    ("expression", "parts"),
    [
        ("inputs.a", []),
        ("inputs.a | nothing | posix_escape", ["the function `posix_escape` in `$[[ … ]]`"]),
        ("inputs.a[0]", ["`$[[ inputs.a[0] ]]` with an index"]),
    ],
)
def test_newer_parts(expression: str, parts: list[str]) -> None:
    """Functions and indexes have a first version; a function that does not exist has none."""
    assert [part for part, _ in newer_parts(expression)] == parts
