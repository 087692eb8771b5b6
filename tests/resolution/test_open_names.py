"""Names with unknown inputs."""

from __future__ import annotations

import pytest

from gitlabgen.resolution.open_names import OpenNames


@pytest.mark.parametrize(
    ("text", "name", "may"),
    [
        ("$[[ inputs.a ]]", "", True),
        ("$[[ inputs.a ]]-b", "x-b", True),
        ("$[[ inputs.a ]]-b", "x-c", False),
        ("a-$[[ inputs.a ]]-b", "a-b", False),
        ("a$[[ inputs.a ]]b$[[ inputs.c ]]d", "abd", True),
        ("a$[[ inputs.a ]]b$[[ inputs.c ]]d", "axd", False),
        ("aa$[[ inputs.a ]]aa", "aaa", False),
        ("$[[ x", "$[[ x", False),
        ("$[[ x", "y", False),
    ],
)
def test_names_that_a_text_may_become(text: str, name: str, may: bool) -> None:  # noqa: FBT001 - a column of the table
    """A text may become each name that has its other parts in their order."""
    assert (OpenNames([text, "other"]).becoming(name) == text) is may
