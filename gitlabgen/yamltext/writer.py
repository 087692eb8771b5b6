"""Write a tree of Python values as YAML that every parser reads back as that tree.

There are no anchors and no wrapped lines; the order is that of the tree.
"""

from __future__ import annotations

from gitlabgen.yamltext import scalars
from gitlabgen.yamltext.comments import with_comment_above, with_trailing_comment
from gitlabgen.yamltext.nodes import Commented, Entries, Plain, Tagged
from gitlabgen.yamltext.tags import is_tag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, NoReturn

__all__ = ["dump_entries", "dumps"]

# Types that need no conversion.
_BUILTIN = frozenset((bool, dict, float, int, list, str, tuple, type(None)))
_DEEPEST = 200
_FLOW_WIDTH = 100
_LONGEST_PATH = 10
# Limits of the caches: the length of a cached string, and the number of strings.
_LONGEST = 200
_MOST = 8192
_TOO_DEEP = f"a tree of more than {_DEEPEST} levels, or one that contains itself,"


def dumps(tree: Any, *, spacing: int = 1) -> str:
    """Return the tree as YAML text.

    Args:
        tree: Dicts, lists, tuples, strings, numbers, booleans and None, with `Tagged`, `Commented` and `Plain`.
        spacing: The depth of mappings down to which entries of more than one line are separated by blank lines.

    Raises:
        YamlError: If the tree has another type, itself, more than 200 levels or a string that YAML cannot represent.
    """
    if isinstance(tree, dict):
        return "".join(dump_entries(tree.items(), spacing=spacing))
    try:
        return _entry("", tree, _Level(0, spacing, _same, _Plain()), "") + "\n"
    except (_UnwritableError, RecursionError) as problem:
        _fail(problem)


def dump_entries(
    entries: Iterable[tuple[Any, Any]], *, spacing: int = 1, expand: Callable[[Any], Any] | None = None
) -> Iterator[str]:
    """Yield the text of a top-level mapping, entry by entry, so that neither the whole tree nor the whole text is in memory.

    Args:
        entries: Keys and values.
        spacing: As in `dumps`.
        expand: Converts a value of any other type to a tree; nested values may stay unconverted until the writer reaches them.

    Raises:
        YamlError: As in `dumps`.
    """
    top = _Level(0, spacing, expand or _same, _Plain()).deeper()
    texts = (_mapping((entry,), top) for entry in entries)
    empty = True
    try:
        for text in _spaced(texts) if top.spaced else texts:
            empty = False
            yield text + "\n"
    except (_UnwritableError, RecursionError) as problem:
        _fail(problem)
    if empty:
        yield "{}\n"


def _same(value: Any) -> Any:
    return value


class _UnwritableError(Exception):
    """A value that cannot be written; its path is filled in while the exception propagates."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.path: list[str] = []


class _Plain(dict[str, str | None]):
    """Cache of strings that are written plain on every level; None for the others."""

    __slots__ = ()

    def __missing__(self, text: str) -> str | None:
        if len(text) > _LONGEST:
            return None
        if len(self) == _MOST:
            self.clear()
        written = self[text] = text if scalars.is_plain(text) else None
        return written


class _Strings(dict[str, str]):
    """Cache of all other strings as written on one level; many occur often.

    Args:
        indent: The indentation of the lines of a block.
    """

    __slots__ = ("_indent",)

    def __init__(self, indent: str) -> None:
        super().__init__()
        self._indent = indent

    def __missing__(self, text: str) -> str:
        written = _checked(scalars.scalar, text, self._indent)
        if len(text) <= _LONGEST:
            if len(self) == _MOST:
                self.clear()
            self[text] = written
        return written


class _Level:
    """What all mappings and lists at one depth share.

    Args:
        depth: 0 is the whole text, 1 the top-level mapping or list.
        spacing: The depth down to which mappings are spaced.
        expand: Converts a value of a type that YAML does not have to a tree.
    """

    # Each entry reads `below`; a `cached_property` would cost more than all other attributes together.
    __slots__ = ("_depth", "_spacing", "below", "expand", "inner", "plain", "separator", "spaced", "strings")

    def __init__(self, depth: int, spacing: int, expand: Callable[[Any], Any], plain: _Plain) -> None:
        self._depth = depth
        self._spacing = spacing
        self.expand = expand
        self.plain = plain
        self.below: _Level | None = None
        inner = "  " * depth
        self.separator = "\n" + inner[2:]
        self.inner = "\n" + inner
        self.strings = _Strings(inner)
        self.spaced = depth <= spacing

    def deeper(self) -> _Level:
        """Return the next deeper level, and keep it as `below`."""
        if self._depth == _DEEPEST:
            raise _UnwritableError(_TOO_DEEP)
        self.below = _Level(self._depth + 1, self._spacing, self.expand, self.plain)
        return self.below


def _mapping(items: Iterable[tuple[Any, Any]], level: _Level) -> str:
    """Return the entries of a mapping; all lines but the first are indented."""
    plain, strings, inner, expand = level.plain, level.strings, level.inner, level.expand
    texts = []
    key = None
    try:
        for key, given in items:
            name = (plain[key] if type(key) is str else None) or _key(key, level)
            kind = type(given)
            if kind is str:
                texts.append(f"{name}: {plain[given] or strings[given]}")
                continue
            value = given if kind in _BUILTIN else expand(given)
            kind = type(value)
            if (kind is tuple or kind is list) and value:
                texts.append(f"{name}:{inner}{_sequence(value, level.below or level.deeper())}")
            elif kind is Entries:
                inside = _mapping(value, level.below or level.deeper())
                texts.append(f"{name}:{inner}{inside}" if inside else f"{name}: {{}}")
            elif kind is dict and value:
                texts.append(f"{name}:{inner}{_mapping(value.items(), level.below or level.deeper())}")
            elif given is None and type(items) is Entries:
                continue
            elif kind is bool:
                texts.append(f"{name}: true" if value else f"{name}: false")
            else:
                texts.append(_entry(f"{name}:", value, level, inner))
    except _UnwritableError as problem:
        problem.path.insert(0, str(key))
        raise
    return level.separator.join(_spaced(iter(texts)) if level.spaced and len(texts) > 1 else texts)


def _sequence(items: Iterable[Any], level: _Level) -> str:
    """Return the items of a list; all lines but the first are indented."""
    plain, strings, expand = level.plain, level.strings, level.expand
    texts: list[str] = []
    try:
        for given in items:
            kind = type(given)
            if kind is str:
                texts.append(f"- {plain[given] or strings[given]}")
                continue
            value = given if kind in _BUILTIN else expand(given)
            kind = type(value)
            if kind is Entries:
                texts.append(f"- {_mapping(value, level.below or level.deeper()) or '{}'}")
            elif kind is dict and value:
                texts.append(f"- {_mapping(value.items(), level.below or level.deeper())}")
            else:
                texts.append(_entry("-", value, level, " "))
    except _UnwritableError as problem:
        problem.path.insert(0, str(len(texts)))
        raise
    return level.separator.join(texts)


def _entry(head: str, value: Any, level: _Level, glue: str) -> str:
    """Return an entry or item; `glue` separates its head from a block."""
    comments: list[Commented] = []
    while isinstance(value, Commented):
        comments.append(value)
        if len(comments) > _DEEPEST:
            raise _UnwritableError("a comment that contains itself")
        value = value.value
    # Only the tree itself has no head.
    text = (head + _value(value, level, glue)).lstrip(" ")
    comments.reverse()
    for comment in comments:
        text = with_trailing_comment(text, comment.after)
    for comment in comments:
        text = with_comment_above(text, level.separator, comment.before)
    return text


def _value(value: Any, level: _Level, glue: str) -> str:
    """Return a value with the separator after its key, dash or tag."""
    if value is None or isinstance(value, (int, float)):
        return f" {_number(value)}"
    if isinstance(value, str):
        text = _string(value, level)
        return f" {text}" if text else ""
    if isinstance(value, dict):
        return glue + _mapping(value.items(), level.below or level.deeper()) if value else " {}"
    if isinstance(value, (list, tuple)):
        return glue + _sequence(value, level.below or level.deeper()) if value else " []"
    if isinstance(value, Tagged):
        return _tagged(value, level)
    raise _UnwritableError(f"a value of type {type(value).__name__}")


def _tagged(node: Tagged, level: _Level) -> str:
    tag, value = node.tag, node.value
    if not isinstance(tag, str) or not is_tag(tag):
        raise _UnwritableError(f"the tag {tag!r}")
    if isinstance(value, (Commented, Tagged)):
        raise _UnwritableError(f"the tag {tag} on a {type(value).__name__} value")
    line = _flow(value) if isinstance(value, (list, tuple)) else None
    return f" {tag}{_value(value, level, level.inner) if line is None else line}"


def _flow(items: list[Any] | tuple[Any, ...]) -> str | None:
    """Return short scalars as a flow sequence, or None if a block is easier to read."""
    texts = [_flow_item(item) for item in items]
    line = f" [{', '.join(filter(None, texts))}]"
    return line if None not in texts and len(line) <= _FLOW_WIDTH else None


def _flow_item(item: Any) -> str | None:
    if item is None or isinstance(item, (int, float)):
        return _number(item)
    if isinstance(item, Plain):
        return str(item) if scalars.verbatim(item, in_flow=True) else None
    if isinstance(item, str) and "\n" not in item and len(item) <= _FLOW_WIDTH:
        return _checked(scalars.flow, str.__str__(item))
    return None


def _string(value: str, level: _Level) -> str:
    """Return a string of a subclass of `str`."""
    if isinstance(value, Plain) and (not value or scalars.verbatim(value)):
        return str(value)
    return level.plain[text := str.__str__(value)] or level.strings[text]


def _key(key: Any, level: _Level) -> str:
    """Return a key that is not a plain string."""
    if isinstance(key, Plain) and scalars.verbatim(key, as_key=True):
        return str(key)
    if isinstance(key, str):
        return level.plain[text := str.__str__(key)] or _checked(scalars.key, text, level.separator)
    if key is None or isinstance(key, (int, float)):
        return _number(key)
    raise _UnwritableError(f"a key of type {type(key).__name__}")


def _number(value: float | None) -> str:
    return _checked(scalars.number, value)


def _checked(write: Callable[..., str], *arguments: Any) -> str:
    try:
        return write(*arguments)
    except ValueError as error:
        raise _UnwritableError(str(error)) from None


def _spaced(entries: Iterator[str]) -> Iterator[str]:
    """Yield the entries, with a blank line before and after each entry of more than one line."""
    previous = next(entries, None)
    if previous is None:
        return
    for text in entries:
        # A block that keeps its trailing line breaks would include the blank line.
        needs_blank_line = ("\n" in previous or "\n" in text) and not previous.endswith("\n")
        yield previous + "\n" if needs_blank_line else previous
        previous = text
    yield previous


def _fail(problem: _UnwritableError | RecursionError) -> NoReturn:
    from gitlabgen.errors import Finding, YamlError

    path, what = None, _TOO_DEEP
    if isinstance(problem, _UnwritableError):
        path = ":".join(problem.path[:_LONGEST_PATH] + ["…"] * (len(problem.path) > _LONGEST_PATH)) or None
        what = str(problem)
    message = f"{f'{path}: ' if path else ''}{what} cannot be written as YAML"
    raise YamlError(Finding(rule="unsupported-value", message=message, path=path)) from None
