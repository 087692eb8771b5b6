"""`deprecated-keyword`: a keyword that GitLab will take away, or does not develop any more.

Source: https://docs.gitlab.com/ci/yaml/deprecated_keywords/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.errors import Finding
from gitlabgen.gitlab._values import is_set
from gitlabgen.linting._subject import Subject, finding

__all__ = ["check"]

_GLOBALS: Final = ("image", "services", "before_script", "after_script", "cache")
_JOBS: Final = {
    "only": "write `rules`",
    "except_": "write `rules`",
    "publish": "write `pages:publish`",
}


def check(subject: Subject) -> Iterator[Finding]:
    """Yield a finding for each use of a deprecated keyword."""
    for keyword in _GLOBALS:
        if is_set(getattr(subject.pipeline, keyword)):
            message = f"`{keyword}` at the top level is deprecated"
            yield finding("deprecated-keyword", subject.pipeline, (keyword,), message, "move it into `default`", severity="info")
    for keyword, hint in _JOBS.items():
        for job in subject.having(keyword):
            if is_set(getattr(job, keyword)):
                message = f"jobs:{job.name} `{keyword.rstrip('_')}` is deprecated"
                yield finding("deprecated-keyword", job, (keyword,), message, hint, severity="warning")
