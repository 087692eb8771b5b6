"""What the package of patterns offers."""

from __future__ import annotations

import pytest

from gitlabgen import patterns


def test_each_name_that_is_listed_is_there() -> None:
    """All names load when they are asked for, and no other does."""
    assert [name for name in patterns.__all__ if getattr(patterns, name, None) is None] == []
    assert dir(patterns) == sorted(patterns.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'serverless_servcie'"):
        patterns.serverless_servcie  # type: ignore[attr-defined]  # noqa: B018
