"""Add comments to YAML text, escaped so that no character ends a comment early."""

from __future__ import annotations

from gitlabgen.yamltext.patterns import patterns


def with_comment_above(text: str, separator: str, comment: str | None) -> str:
    """Return an entry with comment lines above it.

    Args:
        text: The entry as YAML text.
        separator: The line break and the indentation of the entry.
        comment: A text of any number of lines, or nothing; a final empty line puts a blank line between comment and entry.
    """
    # `splitlines` also splits at CR, NEL, LS and PS.
    texts = (comment or "").splitlines()
    lines = [_line(line) for line in texts]
    if len(lines) > 1 and not texts[-1]:
        lines[-2:] = [f"{lines[-2]}\n"]
    return separator.join([*lines, text])


def with_trailing_comment(text: str, comment: str | None) -> str:
    """Return an entry with a comment at the end of its first line, which is the line of the key.

    Args:
        text: The entry as YAML text.
        comment: A text, or nothing.
    """
    note = " ".join((comment or "").split())
    head, line_break, rest = text.partition("\n")
    return f"{head}  {_line(note)}{line_break}{rest}" if note else text


def _line(text: str) -> str:
    # Some parsers end the comment at some invisible characters, and comments need none of them.
    seen = patterns(text).hidden.sub("\ufffd", text.replace("\t", " ")).rstrip()
    # A line that already begins with `#` is kept.
    return f"#{seen}" if seen.startswith("#") or not seen else f"# {seen}"
