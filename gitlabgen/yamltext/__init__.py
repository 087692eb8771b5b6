"""YAML as text: written so that every parser reads the same, read the way GitLab reads it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitlabgen.yamltext.nodes import Commented, Plain, Tagged
    from gitlabgen.yamltext.positions import MapNode, Mark, SeqNode
    from gitlabgen.yamltext.reader import Document, load_documents, loads
    from gitlabgen.yamltext.writer import dump_entries, dumps

__all__ = [
    "Commented",
    "Document",
    "MapNode",
    "Mark",
    "Plain",
    "SeqNode",
    "Tagged",
    "dump_entries",
    "dumps",
    "load_documents",
    "loads",
]


def __dir__() -> list[str]:
    return __all__


if not TYPE_CHECKING:  # pragma: no branch
    # Whoever only writes must not pay for the reader, attrs and PyYAML.
    _HOMES = {
        "Commented": "nodes",
        "Document": "reader",
        "MapNode": "positions",
        "Mark": "positions",
        "Plain": "nodes",
        "SeqNode": "positions",
        "Tagged": "nodes",
        "dump_entries": "writer",
        "dumps": "writer",
        "load_documents": "reader",
        "loads": "reader",
    }

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        return value
