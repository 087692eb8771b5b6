"""Apply the hints that are written as code to the text with the finding."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any, NamedTuple

import yaml

from gitlabgen.errors import Finding


class Change(NamedTuple):
    """What a hint proposes: its verb, and the code after it."""

    verb: str
    code: str


_CODE = r"(?P<verb>write|add|remove|rename|did you mean) `(?P<code>[^`…]+)`(?P<instead> instead)?( to `project`)?\??"


def changes(hint: str | None) -> list[Change]:
    """Return the alternatives of a hint that is code; none if the hint is prose."""
    parts = (hint or "").split(", or ")
    found = [re.fullmatch(_CODE, part) for part in parts]
    return [Change(f"{match['verb']}{match['instead'] or ''}", match["code"]) for match in found if match] if all(found) else []


def _offset(text: str, line: int, column: int) -> int:
    return sum(len(part) for part in text.splitlines(keepends=True)[: line - 1]) + column - 1


def span(text: str, finding: Finding) -> tuple[int, int]:
    """Return the offsets of the finding's place."""
    start = _offset(text, finding.line or 1, finding.column or 1)
    if finding.end_line is None or finding.end_column is None:
        return start, start
    return start, _offset(text, finding.end_line, finding.end_column)


class Entry(NamedTuple):
    """A key of a mapping with its value; the last of several with the same beginning is the innermost."""

    mapping: Any
    key: Any
    value: Any


def _entries(node: Any) -> Iterator[Entry]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield Entry(node, key, value)
            yield from _entries(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _entries(item)


def _end(text: str, node: Any) -> int:
    start: int = node.start_mark.index
    return start + len(text[start : node.end_mark.index].rstrip())


def in_yaml(text: str, finding: Finding, change: Change) -> Iterator[str]:
    """Yield the texts that follow a change in a YAML file: one, or more if it fits at several levels around the place."""
    start, end = span(text, finding)
    code = change.code
    around = [
        entry
        for document in yaml.compose_all(text)
        for entry in _entries(document)
        if entry.key.start_mark.index <= start <= _end(text, entry.value)
    ]
    key = re.match(r"[\w.$-]+(?=: )", code)
    if change.verb == "did you mean":
        yield from _with_word(text, start, end, code)
    elif change.verb == "add" and code.startswith("--"):
        yield _with_option(text, start, code)
    elif change.verb == "remove":
        for entry in reversed(around):
            for key_node, value in entry.mapping.value:
                if key_node.value == code:
                    yield _without(text, key_node, value)
    elif change.verb == "write instead":
        entry = around[-1]
        yield text[: entry.key.start_mark.index] + code + text[_end(text, entry.value) :]
    elif key is None:
        yield text[:start] + code + text[end:]
    elif change.verb == "write":
        keys = [(node, value) for mapping in _mappings(around, start) for node, value in mapping.value if node.value == key[0]]
        if not keys:
            raise ValueError(f"there is no key {key[0]} at the place")
        yield text[: keys[0][0].start_mark.index] + code + text[_end(text, keys[0][1]) :]
    else:
        for mapping in _mappings(around, start):
            yield _with_entry(text, mapping, code)


def _with_option(text: str, start: int, option: str) -> str:
    after = text.index("deploy", start) + len("deploy")
    return f"{text[:after]} {option}{text[after:]}"


def _mappings(around: list[Entry], start: int) -> Iterator[Any]:
    """Yield the mappings around the place, from the innermost; first the one whose key is at the place."""
    entry = around[-1]
    nodes = [item for item in [entry.value, *getattr(entry.value, "value", ())] if isinstance(item, yaml.MappingNode)]
    inner = [node for node in nodes if start in (entry.key.start_mark.index, node.start_mark.index)]
    for mapping in (*inner, *(entry.mapping for entry in reversed(around))):
        keys = {key.value: value for key, value in mapping.value}
        yield keys["Properties"] if {"Type", "Properties"} <= keys.keys() else mapping


def _with_entry(text: str, mapping: Any, code: str) -> str:
    keys = {key.value: value.value for key, value in mapping.value}
    if str(keys.get("Type")).startswith("AWS::"):
        code = f"Properties: {{{code}}}"
    first = mapping.value[0][0].start_mark
    separator = ", " if mapping.flow_style else "\n" + " " * first.column
    return text[: first.index] + code + separator + text[first.index :]


def _without(text: str, key: Any, value: Any) -> str:
    start, end = key.start_mark.index, _end(text, value)
    rest = text[end:]
    after = re.match(r"\s*,\s*|\s*\n\s*", rest)
    before = re.search(r",\s*$", text[:start])
    if after is None and before is not None:
        return text[: before.start()] + rest
    return text[:start] + rest[after.end() if after else 0 :]


def _with_word(text: str, start: int, end: int, word: str) -> Iterator[str]:
    here = text[start:end] or text[start:].partition("\n")[0]
    if not re.search(r"[\[{:$]", here):
        yield text[:start] + word + text[end:]
    words = [found for pattern in (r"[\w-]+", r"[\w./:-]+") for found in re.finditer(pattern, here) if found[0] != word]
    for found in sorted(words, key=lambda found: SequenceMatcher(None, found[0], word).ratio(), reverse=True):
        yield text[: start + found.start()] + word + text[start + found.end() :]


def in_python(text: str, finding: Finding, change: Change) -> Iterator[str]:
    """Yield the texts that follow a change in a Python file."""
    start, end = span(text, finding)
    verb, code = change
    if verb == "write" and re.match(r"project = ", code):
        yield f"{text}{code}\n"
        return
    around = sorted(_calls(text), key=lambda call: call.end - call.start)
    inner = [call for call in around if call.start <= start < call.end]
    name = re.match(r"(\w+)=", code)
    if verb == "rename":
        yield re.sub(rf"\b{code}\b", "project", text)
    elif verb == "did you mean":
        for keyword in (keyword for call in inner for keyword in call.keywords if keyword.start <= start < keyword.end):
            yield text[: keyword.start] + code + text[keyword.name_end :]
        yield from _with_word(text, start, end, code)
    elif verb == "remove":
        for keyword in (keyword for call in inner for keyword in call.keywords if keyword.name == code):
            yield text[: keyword.start] + re.sub(r"^\s*,\s*", "", text[keyword.end :])
    elif verb == "add" and code.startswith("--"):
        yield _with_option(text, start, code)
    elif verb == "add":
        for call in inner:
            yield text[: call.end - 1].rstrip(", \n") + f", {code})" + text[call.end :]
    elif name is None:
        found = re.match(r"'\w+': ", code)
        yield text[:start] + (code[found.end() :] if found else code) + text[end:]
    else:
        replaced = (keyword for call in inner for keyword in call.keywords)
        if verb == "write instead":
            yield from (text[: it.start] + code + text[it.end :] for it in replaced if it.start <= start < it.end)
        else:
            yield from (text[: it.start] + code + text[it.end :] for it in replaced if it.name == name[1])


class Keyword(NamedTuple):
    """A keyword argument in a Python file: its name, and the offsets of it and of the end of its name."""

    name: str
    start: int
    name_end: int
    end: int


class Call(NamedTuple):
    """A call in a Python file, with its offsets and its keyword arguments."""

    start: int
    end: int
    keywords: list[Keyword]


def _calls(text: str) -> Iterator[Call]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            yield Call(*_ends(text, node), [_keyword(text, found) for found in node.keywords if found.arg])


def _keyword(text: str, node: ast.keyword) -> Keyword:
    start, end = _ends(text, node)
    return Keyword(str(node.arg), start, start + len(str(node.arg)), end)


def _ends(text: str, node: Any) -> tuple[int, int]:
    """Return the offsets of a node of an ASCII file."""
    return _offset(text, node.lineno, node.col_offset + 1), _offset(text, node.end_lineno, node.end_col_offset + 1)
