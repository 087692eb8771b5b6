"""Values in hints, as YAML on one line."""

from __future__ import annotations

from gitlabgen import Reference
from gitlabgen.modeling.spellings import _flow


def test_references_have_their_tag() -> None:
    """A reference in a proposed value is written as in a file."""
    assert _flow([Reference(".base", "script")]) == "[!reference [.base, script]]"
