"""`undeclared-input`: a text names an input that the file's header does not declare.

Source: https://docs.gitlab.com/ci/inputs/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitlabgen.errors import Finding
from gitlabgen.linting._subject import Subject, finding
from gitlabgen.model import Model

__all__ = ["check"]


def check(subject: Subject) -> Iterator[Finding]:
    """Yield a finding for each job of a file that names inputs though its file has no header: the text stays as it is."""
    if subject.root.spec is not None or not subject.was_read:
        return
    for job in subject.root.jobs:
        text = next(_interpolated(vars(job)), None)
        if text is not None:
            message = f"jobs:{job.name} `{text}` stays as it is: the file has no `spec` header that declares inputs"
            yield finding("undeclared-input", job, (), message, "declare it under `spec:inputs`", severity="warning")


def _interpolated(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        start = value.find("$[[ inputs.")
        if start >= 0:
            yield value[start:].partition("]]")[0] + "]]"
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _interpolated(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _interpolated(inner)
    elif isinstance(value, Model):
        yield from _interpolated(vars(value))
