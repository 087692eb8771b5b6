"""Tables of a repository's pyproject.toml: `[tool.gitlabgen.<name>]`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from gitlabgen.errors import DefinitionError, Finding
from gitlabgen.modeling.callsites import display_path
from gitlabgen.modeling.regular_files import read_regular

if TYPE_CHECKING:
    from gitlabgen.definitions.toml import Keys, TomlText


class Table(NamedTuple):
    """A table with its place in the file.

    Args:
        document: The file.
        keys: The path to the table.
        data: The entries.
    """

    document: TomlText
    keys: Keys
    data: dict[str, Any]

    def finding(self, key: str, message: str, hint: str | None = None, *, at_key: bool = False) -> Finding:
        """Return a finding about an entry.

        Args:
            key: The key of the entry.
            message: What is wrong with it.
            hint: What to write instead.
            at_key: Whether the key is wrong, not the value.
        """
        return self.document.finding((*self.keys, key), message, hint, at_key=at_key)


def table_of(root: str, name: str, example: str) -> Table | None:
    """Return a table of a repository's pyproject.toml; None if it has none.

    Args:
        root: The repository's root.
        name: The name of the table.
        example: An entry, for the hint.

    Raises:
        DefinitionError: If the file is not valid TOML, or the table is something else.
    """
    path = os.path.join(root, "pyproject.toml")
    try:
        raw = read_regular(path)
    except OSError:
        return None
    if b"gitlabgen" not in raw or name.encode() not in raw:
        return None
    from gitlabgen.definitions.toml import parse

    document = parse(raw, display_path(path))
    keys = ("tool", "gitlabgen", name)
    data: Any = document.data
    for key in keys:
        data = data.get(key, {}) if isinstance(data, dict) else {}
    if not isinstance(data, dict):
        hint = f"write {example} below [{'.'.join(keys)}]"
        raise DefinitionError(document.finding(keys, f"should be a table, got {data!r}", hint))
    return Table(document, keys, data)
