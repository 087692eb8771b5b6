"""Findings as text: one line each, in the format of compilers, followed by the user's source line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from gitlabgen.errors import Finding
from gitlabgen.modeling.printing import text_width
from gitlabgen.modeling.source_texts import read_source
from gitlabgen.reports.styles import PLAIN, Look, Span, printable

__all__ = ["findings_text", "total"]

_Line: TypeAlias = tuple[str | Span, ...]
_BAR: Final = Span("│", "gutter")
_MOST_FINDINGS: Final = 1000
_WIDEST: Final = 120
"""The number of characters of the longest line that is shown whole."""
_BEFORE: Final = 40
"""The number of characters before the place in a line that is not."""


def findings_text(findings: Sequence[Finding], look: Look = PLAIN, *, with_count: bool = True) -> str:
    """Return findings as text, with a count at the end.

    Args:
        findings: The findings, in output order.
        look: What the stream can show.
        with_count: Whether the count is added.
    """
    if not findings:
        return ""
    files: dict[str, list[str]] = {}
    lines = [line for finding in findings[:_MOST_FINDINGS] for line in _block(finding, files)]
    if len(findings) > _MOST_FINDINGS:
        lines.append((f"only the first {_MOST_FINDINGS:,} of {len(findings):,} findings are shown; --format json has all",))
    return "".join(f"{look.line(*line)}\n" for line in [*lines, *([(total(findings),)] if with_count else [])])


def total(findings: Sequence[Finding]) -> str:
    """Return how many findings of each severity there are, such as `1 error, 2 hints`.

    Args:
        findings: The findings, at least one.
    """
    severities = [finding.severity for finding in findings]
    counts = [(severities.count("error"), "error"), (severities.count("warning"), "warning"), (severities.count("info"), "hint")]
    return ", ".join(f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts if count)


def _block(finding: Finding, files: dict[str, list[str]]) -> Iterator[_Line]:
    position = _position(finding.file, finding.line, finding.column)
    yield (
        Span(position, "path"),
        ": " if position else "",
        Span(finding.severity, finding.severity),
        "[",
        Span(finding.rule, "rule", finding.url),
        f"] {finding.message}",
    )
    if finding.file is not None and finding.line is not None and finding.file not in files:
        files[finding.file] = _lines(finding.file)
    yield from _excerpt(finding, files.get(finding.file or "", []))
    if finding.gitlab is not None:
        yield (f"      = GitLab says: {finding.gitlab}",)
    for related in finding.related:
        yield f"      = {related.message}: ", Span(_position(related.file, related.line, related.column), "path")
    if finding.url is not None:
        yield (f"      = see {finding.url}",)


def _position(*parts: str | int | None) -> str:
    return ":".join(str(part) for part in parts if part is not None)


def _lines(file: str) -> list[str]:
    try:
        text = read_source(file).decode("utf-8-sig", errors="replace")
    except (OSError, ValueError):
        return []
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _excerpt(finding: Finding, lines: Sequence[str]) -> Iterator[_Line]:
    hint = finding.hint
    if finding.line is not None and 0 < finding.line <= len(lines):
        whole = lines[finding.line - 1].rstrip()
        start = (finding.column or 1) - 1
        end = len(whole) if finding.end_line not in (None, finding.line) else (finding.end_column or 0) - 1
        line, begin = _around(whole, start)
        yield Span(f"{finding.line:5}", "gutter"), " ", _BAR, f" {line}"
        if finding.column is not None and 0 < finding.column <= len(whole) + 1:
            spaces, carets = _carets(line, start - begin, min(end - begin, len(line)))
            yield "      ", _BAR, f" {spaces}", Span(carets, finding.severity), f" {hint or ''}".rstrip()
            hint = None
    if hint:
        yield (f"      = {hint}",)


def _around(line: str, start: int) -> tuple[str, int]:
    """Return the part of a line around a place, and the number of characters before the part."""
    if len(line) <= _WIDEST:
        return line, 0
    begin = max(0, min(start - _BEFORE, len(line) - _WIDEST))
    first, last = "…" if begin else "", "…" if begin + _WIDEST < len(line) else ""
    return f"{first}{line[begin + len(first) : begin + _WIDEST - len(last)]}{last}", begin


def _carets(line: str, start: int, end: int) -> tuple[str, str]:
    """Return the spaces and the carets below a part of a line."""
    before = "".join("\t" if char == "\t" else " " * _width(char) for char in line[:start])
    return before, "^" * max(1, sum(map(_width, line[start : max(start, end)])))


def _width(char: str) -> int:
    """Return the number of terminal columns of a character."""
    return 1 if char == "\t" else text_width(printable(char))
