"""Parse a TOML file with the positions of its keys and values."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from gitlabgen.errors import DefinitionError, Finding
from gitlabgen.modeling.callsites import Position

__all__ = ["Keys", "TomlLocation", "TomlText", "parse"]

Keys: TypeAlias = tuple[str, ...]
"""The path to a value: keys, and indexes of list items as text."""

_BLANK: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE: Final = re.compile(r"[ \t]*")
_KEY: Final = re.compile(r""" "(?:\\.|[^"\\])*" | '[^']*' | [^\s.=\[\]"']+ """, re.VERBOSE)
_SCALAR: Final = re.compile(
    r''' """(?:\\.|[^\\])*?"{3,5} | \'\'\'.*?\'{3,5} | "(?:\\.|[^"\\])*" | '[^']*' | [^\s,\]}\#]+(?:[ ][0-9][^\s,\]}\#]*)? ''',
    re.VERBOSE | re.DOTALL,
)


class TomlText:
    """A TOML file.

    Args:
        file: Its name for messages.
        text: Its text, known to be valid TOML.
        data: Its data.
    """

    def __init__(self, file: str, text: str = "", data: dict[str, Any] | None = None) -> None:
        self.file = file
        self.text = text
        self.data: dict[str, Any] = data or {}

    def finding(self, keys: Keys, message: str, hint: str | None = None, *, at_key: bool = False) -> Finding:
        """Return a finding about a value.

        Args:
            keys: The path to the value.
            message: What is wrong with it.
            hint: What to write instead.
            at_key: Whether the key is wrong, not the value.
        """
        position = self.position(keys, at_key=at_key)
        return Finding(
            rule="invalid-setting",
            message=f"`{'.'.join(keys)}` {message}",
            hint=hint,
            file=self.file,
            line=position.line,
            column=position.column,
            end_line=position.end_line,
            end_column=position.end_column,
        )

    def position(self, keys: Keys, *, at_key: bool = False) -> Position:
        """Return the position of a value, or of the nearest table around it.

        Args:
            keys: The path to the value.
            at_key: Whether the position of the key is asked for.
        """
        spans = _Scanner(self.text).spans
        known = next((keys[:end] for end in range(len(keys), 0, -1) if keys[:end] in spans), None)
        if known is None:
            return Position(self.file)
        place = spans[known]
        start, end = place.around if known != keys else place.key if at_key else place.value
        if "\n" in self.text[start:end]:
            end = self.text.index("\n", start)
        line, column = self.text.count("\n", 0, start) + 1, start - self.text.rfind("\n", 0, start)
        return Position(self.file, line, column, line, column + end - start)


class TomlLocation:
    """A value of a TOML file, as the place of a model. Finds the line of each keyword when an error needs it.

    Args:
        document: The file.
        keys: The path to the value.
    """

    __slots__ = ("_document", "_keys")

    def __init__(self, document: TomlText, keys: Keys = ()) -> None:
        self._document = document
        self._keys = keys

    def find(self, argument: Sequence[str | int], *, at_key: bool = False) -> Position:
        """Return the position of the value at this path, or of its key; of the part of the path that exists."""
        return self._document.position((*self._keys, *map(str, argument)), at_key=at_key)


_Span: TypeAlias = tuple[int, int]


class _Place(NamedTuple):
    """Where a key or a list item is written.

    Args:
        key: The key, without the keys of the tables around it.
        value: The value; for a table with a header, the header.
        around: What is marked for a value that is missing in it.
    """

    key: _Span
    value: _Span
    around: _Span


class _Scanner:
    """Scans valid TOML, and records the span of each key and value."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", " \n")
        self.at = 0
        self.spans: dict[Keys, _Place] = {}
        self.counts: dict[Keys, int] = {}
        table: Keys = ()
        while self._peek():
            if self._peek() == "[":
                table = self._header()
            else:
                self._entry(table)

    def _peek(self) -> str:
        self._skip(_BLANK)
        return self.text[self.at : self.at + 1]

    def _skip(self, pattern: re.Pattern[str]) -> _Span:
        found = pattern.match(self.text, self.at)
        start, self.at = self.at, found.end() if found else self.at + 1
        return start, self.at

    def _keys(self) -> list[tuple[str, _Span]]:
        keys = []
        while True:
            self._skip(_SPACE)
            start, end = self._skip(_KEY)
            keys.append((_unquoted(self.text[start:end]), (start, end)))
            self._skip(_SPACE)
            if self.text[self.at : self.at + 1] != ".":
                return keys
            self.at += 1

    def _header(self) -> Keys:
        start = self.at
        many = self.text.startswith("[[", start)
        self.at += 1 + many
        names = self._keys()
        self.at += 1 + many
        header = (start, self.at)
        table: Keys = ()
        for number, (name, key) in enumerate(names, 1):
            table += (name,)
            self.spans.setdefault(table, _Place(key, header, header))
            if many and number == len(names):
                self.counts[table] = self.counts.get(table, -1) + 1
            if table in self.counts:
                table += (str(self.counts[table]),)
        self.spans[table] = _Place(names[-1][1], header, header)
        return table

    def _entry(self, table: Keys) -> None:
        start = self.at
        names = self._keys()
        written = (start, names[-1][1][1])
        keys = table
        for name, key in names:
            keys += (name,)
            self.spans.setdefault(keys, _Place(key, written, written))
        self.at += 1  # the equals sign
        self._value(keys, names[-1][1])

    def _value(self, keys: Keys, key: _Span | None = None) -> None:
        opening = self._peek()
        start = self.at
        if opening in "[{":
            self.at += 1
            number = 0
            while self._peek() not in "]}":
                if opening == "{":
                    self._entry(keys)
                else:
                    self._value((*keys, str(number)))
                    number += 1
                self.at += self._peek() == ","
            self.at += 1
        else:
            self._skip(_SCALAR)
        value = (start, self.at)
        self.spans[keys] = _Place(key or value, value, key or value)


def _unquoted(key: str) -> str:
    if key[:1] not in "\"'":
        return key
    value: str = tomllib.loads(f"value = {key}")["value"]
    return value


def parse(raw: bytes, file: str) -> TomlText:
    """Return the data and text of a TOML file.

    Args:
        raw: The file's bytes.
        file: Its name for messages.

    Raises:
        DefinitionError: If it is not TOML.
    """
    try:
        text = raw.decode("utf-8-sig")
        return TomlText(file, text, tomllib.loads(text))
    except RecursionError:
        message, line, column = "is nested too deeply", None, None
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        message = f"is not UTF-8: byte {raw[error.start]:#04x}"
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
    except tomllib.TOMLDecodeError as error:
        found = re.search(r" \(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(found[1]), int(found[2])) if found else (None, None)
        message = str(error)[: found.start()] if found else str(error)
    raise DefinitionError(Finding(rule="invalid-toml", message=message, file=file, line=line, column=column))
