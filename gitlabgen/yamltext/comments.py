"""Comments as text, which nothing they hold can end."""

from __future__ import annotations

from gitlabgen.yamltext.patterns import patterns


def above(text: str, separator: str, comment: str | None) -> str:
    """Return an entry with comment lines above it.

    Args:
        text: The entry, written.
        separator: The line break and the indentation of the entry.
        comment: Text of any number of lines, or nothing; an empty last line parts it from the entry.
    """
    # What Python takes for a line break becomes one: CR, NEL, LS and PS too.
    texts = (comment or "").splitlines()
    lines = [_line(line) for line in texts]
    if len(lines) > 1 and not texts[-1]:
        lines[-2:] = [f"{lines[-2]}\n"]
    return separator.join([*lines, text])


def behind(text: str, comment: str | None) -> str:
    """Return an entry with a comment at the end of its first line, which is the line of the key.

    Args:
        text: The entry, written.
        comment: Text, or nothing.
    """
    note = " ".join((comment or "").split())
    head, line_break, rest = text.partition("\n")
    return f"{head}  {_line(note)}{line_break}{rest}" if note else text


def _line(text: str) -> str:
    # Some of what cannot be seen would end the comment for some parsers, and none of it belongs there.
    seen = patterns(text).hidden.sub("\ufffd", text.replace("\t", " ")).rstrip()
    # A line of `#` only stays one.
    return f"#{seen}" if seen.startswith("#") or not seen else f"# {seen}"
