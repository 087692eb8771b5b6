"""Values in hints, as YAML on one line."""

from __future__ import annotations

from gitlabgen import Need, Reference
from gitlabgen.modeling.spellings import Made, _flow, as_flow, as_python


def test_references_have_their_tag() -> None:
    """A reference in a proposed value is written as in a file."""
    assert _flow([Reference(".base", "script")]) == "[!reference [.base, script]]"


def test_models_are_mappings_in_yaml() -> None:
    """A model in a proposed value is written with the keywords of the file."""
    need = Made(Need, ("build",), {"optional": True}, {"job": "build", "optional": True})
    assert as_flow([need]) == "[{job: build, optional: true}]"
    assert as_python([need]) == "[Need('build', optional=True)]"


def test_quoted_texts() -> None:
    """A text with double quotes or backslashes has single quotes around it, so that both are unchanged."""
    assert as_flow(['say "hi"', r"\d+", "it's", "a: b"]) == r"""['say "hi"', '\d+', "it's", "a: b"]"""
