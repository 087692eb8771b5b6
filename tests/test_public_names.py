"""What `import gitlabgen` offers."""

from __future__ import annotations

import re

import pytest

import gitlabgen


def test_public_names_resolve_and_are_listed() -> None:
    """Each name in `__all__` exists, and no other name does."""
    assert [name for name in gitlabgen.__all__ if getattr(gitlabgen, name, None) is None] == []
    assert dir(gitlabgen) == sorted(gitlabgen.__all__)
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", gitlabgen.__version__)
    with pytest.raises(AttributeError, match="has no attribute 'Jbo'"):
        gitlabgen.Jbo  # type: ignore[attr-defined]  # noqa: B018
