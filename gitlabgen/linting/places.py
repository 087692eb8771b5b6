"""Findings in the order of their places, with one for each mistake, however many jobs inherit it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from gitlabgen.errors import Finding
from gitlabgen.modeling.wording import cut

_MOST_NAMES: Final = 3
"""The number of jobs that a finding about several jobs names."""

_LONGEST_NAME: Final = 80

_LONGEST_TEXT: Final = 1000
"""The number of characters of the longest text of a finding that is shown whole."""

_LONGEST_PART: Final = 300
_QUOTES: Final = "`'\""
_LONG_PART: Final = re.compile(rf"`[^`]{{{_LONGEST_PART + 1},}}`|[^\s`]{{{_LONGEST_PART + 1},}}")


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings sorted by location, without duplicates.

    Findings with the same place and the same message, apart from the name of the job, are one finding: the first one, with the
    number of jobs and the first names. Long values in texts are cut.

    Args:
        findings: The findings, in any order; the first of those that become one is kept.
    """
    places: dict[Any, dict[Any, Finding]] = {}
    for finding in findings:
        places.setdefault(_place(finding), {}).setdefault(finding.message, finding)
    return sorted((_bounded(_together([*found.values()])) for found in places.values()), key=_sort_key)


def _place(finding: Finding) -> Any:
    """Return what findings about the same mistake have in common."""
    place = (finding.file or "", finding.line or 0, finding.column or 0, finding.rule)
    if finding.job is None or finding.line is None:
        return (*place, finding.message)
    name = f"`{finding.job}`"
    return (*place, finding.severity, *(text and text.replace(name, "") for text in (finding.message, finding.hint)))


def _together(findings: Sequence[Finding]) -> Finding:
    first = findings[0]
    if len(findings) == 1:
        return first
    jobs = tuple(finding.job for finding in findings if finding.job is not None)
    names = ", ".join(f"`{cut(job, _LONGEST_NAME)}`" for job in jobs[:_MOST_NAMES])
    others = len(jobs) - _MOST_NAMES
    more = f" and {others} other{'s' if others > 1 else ''}" if others > 0 else ""
    text = first.message.removesuffix(".")
    end = first.message[len(text) :]
    return first._replace(message=f"{text} ({len(jobs)} jobs: {names}{more}){end}", jobs=jobs)


def _bounded(finding: Finding) -> Finding:
    """Return the finding with texts of limited length, whatever values of the file they quote."""
    message, hint, sentence = map(_shortened, (finding.message, finding.hint or "", finding.gitlab or ""))
    if (message, hint, sentence) == (finding.message, finding.hint or "", finding.gitlab or ""):
        return finding
    return finding._replace(message=message, hint=hint or finding.hint, gitlab=sentence or finding.gitlab)


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST_PART:
        return text
    parts = _LONG_PART.sub(lambda found: _cut_part(found[0]), text)
    return cut(parts, _LONGEST_TEXT)


def _cut_part(part: str) -> str:
    end = part[-1] if part[0] == part[-1] and part[0] in _QUOTES else ""
    return cut(part.removesuffix(end), _LONGEST_PART) + end


def _sort_key(finding: Finding) -> tuple[str, int, int, str, str]:
    return finding.file or "", finding.line or 0, finding.column or 0, finding.rule, finding.message
