"""Fingerprints, which identify a finding after lines moved and messages were reworded, and baselines of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from typing import Any, Final

from gitlabgen.errors import DefinitionError, Finding
from gitlabgen.files.checkout import repository_path
from gitlabgen.linting.catalogue import current_id
from gitlabgen.modeling.regular_files import read_regular

__all__ = ["VERSION", "Baseline", "fingerprints", "read_baseline"]

VERSION: Final = 2
"""The version of the fingerprints: the key `fingerprints` of a report."""

_HINT: Final = "write one with `gitlabgen lint --format json > baseline.json`"


def fingerprints(findings: Sequence[Finding], relative: Callable[[str], str] = repository_path) -> list[str]:
    """Return the fingerprint of each finding: of its rule, file, job, path and facts, and its index among equal ones.

    Args:
        findings: All findings of a run, in order.
        relative: Returns a file's path relative to the repository.
    """
    count: Counter[tuple[Any, ...]] = Counter()
    path_of = cache(relative)
    found = []
    for finding in findings:
        parts = (*_identity(finding, path_of), *finding.facts)
        found.append(_digest([*parts, count[parts]]))
        count[parts] += 1
    return found


def _identity(finding: Finding, relative: Callable[[str], str]) -> tuple[str, ...]:
    file = "" if finding.file is None else relative(finding.file)
    return finding.rule, file, finding.job or "", finding.path or ""


def _digest(parts: Sequence[Any]) -> str:
    return sha256(json.dumps(parts).encode()).hexdigest()[:16]


class Baseline:
    """The findings of an earlier report.

    A report with fingerprints of version 1 has no facts, and its messages may have been reworded. Its findings are matched by
    rule, file, job and path, each at most once.

    Args:
        report: The report.

    Raises:
        KeyError: If it is not a report of findings.
        TypeError: If it is not a report of findings.
    """

    def __init__(self, report: Any) -> None:
        entries = report["findings"]
        is_current = report.get("fingerprints") == VERSION
        self._known = {entry["fingerprint"] for entry in entries} if is_current else set()
        self._earlier = Counter(() if is_current else map(_earlier, entries))

    def new(self, findings: Sequence[Finding]) -> list[Finding]:
        """Return the findings that are not in the report.

        Args:
            findings: All findings of a run, in order.
        """
        left = self._earlier.copy()
        found = []
        for finding, fingerprint in zip(findings, fingerprints(findings), strict=True):
            identity = _identity(finding, repository_path)
            if fingerprint in self._known:
                continue
            if left[identity]:
                left[identity] -= 1
                continue
            found.append(finding)
        return found


def _earlier(entry: Any) -> tuple[str, ...]:
    """Return the rule, file, job and path of a finding in a report of version 1, with the rule's current name."""
    finding = Finding(current_id(entry["rule"]) or entry["rule"], "", job=entry["job"], path=entry["path"], file=entry["file"])
    return _identity(finding, repository_path)


def read_baseline(path: str) -> Baseline:
    """Return the findings of an earlier report.

    Args:
        path: The report, as `gitlabgen lint --format json` writes it.

    Raises:
        DefinitionError: If the file cannot be read, or is not such a report.
    """
    try:
        return Baseline(json.loads(read_regular(path)))
    except OSError as error:
        message = f"the baseline cannot be read: {error.strerror}"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        message = "the baseline is not a report of findings"
    raise DefinitionError(Finding(rule="invalid-baseline", message=message, hint=_HINT, file=path))
