"""Findings as text: a line each, the way compilers print them, with the user's source line below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gitlabgen.errors import Finding

__all__ = ["findings_text"]


def findings_text(findings: Sequence[Finding]) -> str:
    """Return findings as text, with a count at the end.

    Args:
        findings: The findings, in the order in which they are shown.
    """
    if not findings:
        return ""
    counts = [(sum(finding.severity == severity for finding in findings), severity) for severity in ("error", "warning", "info")]
    total = ", ".join(f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts if count)
    return "\n".join([*_blocks(findings), total]) + "\n"


def _blocks(findings: Iterable[Finding]) -> Iterable[str]:
    files: dict[str, list[str]] = {}
    for finding in findings:
        place = ":".join(str(part) for part in (finding.file, finding.line, finding.column) if part is not None)
        yield f"{place}: {finding.severity}[{finding.rule}] {finding.message}".removeprefix(": ")
        if finding.file is not None and finding.file not in files:
            files[finding.file] = _lines(finding.file)
        yield from _excerpt(finding, files.get(finding.file or "", []))
        for related in finding.related:
            where = ":".join(str(part) for part in (related.file, related.line) if part is not None)
            yield f"   = {related.message}: {where}"
        if finding.url is not None:
            yield f"   = see {finding.url}"


def _lines(file: str) -> list[str]:
    try:
        with open(file, encoding="utf-8", errors="replace") as stream:
            return stream.read().splitlines()
    except OSError:
        return []


def _excerpt(finding: Finding, lines: Sequence[str]) -> Iterable[str]:
    hint = finding.hint or ""
    if finding.line is None or not 0 < finding.line <= len(lines):
        return [f"   = {hint}"] if hint else []
    # Columns count bytes in Python's own positions; a tab is as wide as it is in the line above.
    line = lines[finding.line - 1]
    gutter = f"{finding.line:5} │ "
    shown = [f"{gutter}{line.rstrip()}"]
    if finding.column is None:
        return [*shown, f"      = {hint}"] if hint else shown
    before = line.encode()[: finding.column - 1].decode(errors="replace")
    same_line = finding.end_line in (None, finding.line)
    end = finding.end_column if same_line and finding.end_column else None
    text = line.encode()[finding.column - 1 : end - 1 if end else None].decode(errors="replace").rstrip()
    width = max(len(text), 1) if end or not same_line else 1
    pad = "".join(char if char == "\t" else " " for char in before)
    return [*shown, f"      │ {pad}{'^' * width} {hint}".rstrip()]
