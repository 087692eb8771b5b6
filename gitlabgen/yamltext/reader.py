"""Read YAML as GitLab reads it, as a tree with the line and column of each node.

PyYAML parses, and is loaded only when needed. The tree is built here from its events, because its own constructors lose
positions, turn `07:00` into 420 and expand aliases without limit.

Comments do not change the values of the tree: its mappings and lists keep them as notes, for the code that builds models.

Source: GitLab's `Gitlab::Config::Loader::Yaml` and `MultiDocYaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gitlabgen.yamltext.builder import TOO_DEEP, Builder, Document, refuse
from gitlabgen.yamltext.notes import Margin
from gitlabgen.yamltext.positions import Mark

__all__ = ["Document", "load_documents", "loads"]

_LARGEST = 2 * 1024 * 1024
_forbidden = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]").search


def loads(text: str | bytes, *, filename: str | None = None) -> Any:
    """Return the tree of a text with one document; None for an empty one.

    Args:
        text: The YAML text.
        filename: The file's name for findings.

    Raises:
        YamlError: If GitLab could not read the text, or would ignore a second document.
    """
    documents = load_documents(text, filename=filename)
    if len(documents) > 1:
        refuse("expected one document, found another", filename, documents[1].mark)
    return documents[0].tree if documents else None


def load_documents(text: str | bytes, *, filename: str | None = None) -> list[Document]:
    """Return the documents of a text, such as GitLab's `spec:` header and the pipeline after it.

    Empty documents, such as the one before a leading `---`, are skipped.

    Args:
        text: The YAML text.
        filename: The file's name for findings.

    Raises:
        YamlError: If GitLab could not read the text.
    """
    return _parse(_checked(text, filename), filename)


def _checked(text: str | bytes, filename: str | None) -> str:
    """Return the text if it is short enough and has no characters that YAML forbids."""
    if len(text) > _LARGEST:
        refuse("The provided YAML is too big: more than 2 MiB of text", filename)
    if isinstance(text, bytes):
        text = _decoded(text, filename)
    text = text.removeprefix("\ufeff")
    if match := _forbidden(text):
        refuse(f"the character U+{ord(match.group()):04X} is not allowed", filename, _mark(text[: match.start()]))
    if len(text.encode()) > _LARGEST:
        refuse("The provided YAML is too big: more than 2 MiB of text", filename)
    return text


def _decoded(content: bytes, filename: str | None) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        refuse(f"byte 0x{content[error.start]:02X} is not UTF-8", filename, _mark(before))


def _parse(text: str, filename: str | None) -> list[Document]:
    margin = Margin(text) if "#" in text else None
    builder = Builder(filename, margin)
    for event in _events(text, filename):
        if margin is not None:
            margin.feed(event)
        builder.feed(event)
    return builder.documents


def _events(text: str, filename: str | None) -> Iterator[Any]:
    import yaml

    try:
        yield from yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        problem_mark = error.problem_mark or error.context_mark
        mark = Mark(problem_mark.line + 1, problem_mark.column + 1) if problem_mark else None
        # libyaml 0.2.6 also counts levels, up to 1,000, and reads ahead of the events that it returns.
        deep = error.problem == "exceeded maximum nesting depth"
        refuse(TOO_DEEP if deep else " ".join(filter(None, (error.problem, error.context))), filename, mark)
    # PyYAML's Python parser fails on escapes such as "\\UFFFFFFFF" and on huge version numbers in directives.
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        refuse(str(error), filename)


def _mark(before: str) -> Mark:
    """Return the position after a text."""
    return Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))
