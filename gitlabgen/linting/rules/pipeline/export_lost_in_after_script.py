"""`export-lost-in-after-script`: `after_script` uses a variable that only the script sets.

Source: https://docs.gitlab.com/ci/yaml/#after_script
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from gitlabgen.analysis.commands import script_lines
from gitlabgen.analysis.dotenv_reports import dotenv_variables
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.shell_variables import shell_variables
from gitlabgen.analysis.spots import variable_spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab._predefined_variables import PREDEFINED
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.problems import Path

__all__ = ["RULE"]

# Names that images and shells often define.
_OF_ENVIRONMENTS: Final = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|PWD|OLDPWD|TERM|LANG|LANGUAGE|TZ|HOSTNAME|IFS|PS\d|TMPDIR|RANDOM|SECONDS|UID|EUID|"
    r"(?:LC|BASH)_\w+|\w+(?:PATH|_HOME)"
)
_POWERSHELL: Final = re.compile(r"\$env:|\bpwsh\b|powershell", re.IGNORECASE)
_USED: Final = re.compile(r"\$\{?[#!]?([A-Za-z_]\w*)")
_ANY_WORD: Final = re.compile(r"[A-Za-z_]\w*")
_WORD: Final = re.compile(r"(?<![\w${])[A-Za-z_]\w*")
_read: Final = lru_cache(maxsize=1024)(shell_variables)  # jobs often share scripts


class _Lost(NamedTuple):
    """A use of a variable in `after_script` that only the scripts before it set.

    Args:
        job: The job.
        name: The variable.
        keyword: The keyword of the script that sets it.
        owner: The job, or the pipeline whose `default` has the `after_script`.
        path: The path from there to the entry that uses it.
    """

    job: BaseJob
    name: str
    keyword: str
    owner: Model
    path: Path


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each variable that a job's script sets, and that its `after_script` uses and does not set."""
    found = [*_lost_variables(analysis)]
    written = dotenv_variables(analysis) if found else {}
    for job, name, keyword, owner, path in found:
        if all(source == job.name for source in written.get(name, ())):  # else it may come from the other job
            message = f"`{job.name}`: `after_script` runs in a new shell: `{name}`, set in `{keyword}`, is empty there."
            hint = f"write it to a file in `{keyword}`, and read the file in `after_script`"
            where = variable_spot(owner, path, name)._replace(job=job.name)  # findings of several jobs at one place become one
            yield RULE.finding(where, message, hint, facts=(name,))


def _lost_variables(analysis: PipelineAnalysis) -> Iterator[_Lost]:
    pipeline = analysis.pipeline
    shared = pipeline.after_script or getattr(pipeline.default, "after_script", None)
    for job in analysis.jobs.values() if shared else analysis.jobs_with("after_script"):
        after = [*script_lines(analysis.setting(job, "after_script"), ("after_script",))]
        use = _joined(after)
        used = (_ANY_WORD if "((" in use else _USED).findall(use)  # arithmetic needs no `$`
        names = {name for name in used if name not in PREDEFINED and not _OF_ENVIRONMENTS.fullmatch(name)}
        names -= analysis.variable_facts.set_names if names else names
        if not names or analysis.is_incomplete(job):
            continue
        texts = [script_lines(analysis.setting(job, keyword), (keyword,)) for keyword in ("before_script", "script")]
        before, main = map(_joined, texts)
        script = f"{before}\n{main}"
        # Reading all scripts would be slow, and almost none has such a variable.
        if names.isdisjoint(_WORD.findall(script)) or _POWERSHELL.search(f"{script}\n{use}\n{analysis.setting(job, 'tags')}"):
            continue
        for name, line in _lost(script, use).items():
            if name in names:
                keyword = "script" if name in _WORD.findall(main) else "before_script"
                path = _paths(after)[line]
                if is_set(getattr(job, "after_script", None)):
                    yield _Lost(job, name, keyword, job, path)
                else:
                    in_default = is_set(getattr(pipeline.default, "after_script", None))
                    yield _Lost(job, name, keyword, pipeline, ("default", *path) if in_default else path)


def _joined(entries: Iterable[tuple[Path, str]]) -> str:
    return "\n".join(text for _, text in entries)


def _paths(entries: Iterable[tuple[Path, str]]) -> list[Path]:
    """Return the path of the entry that each line of the joined script is from."""
    return [path for path, text in entries for _ in range(text.count("\n") + 1)]


def _lost(script: str, after: str) -> dict[str, int]:
    """Return the variables that the first script sets and the second one uses, each with the line of its first use."""
    source, target = _read(script), _read(after)
    if source is None or target is None or target.is_open:
        return {}
    lost: dict[str, int] = {}
    for name, line in target.uses:
        if name in source.kept and name not in target.named:
            lost.setdefault(name, line)
    return lost


RULE: Final = LintRule(
    id="export-lost-in-after-script",
    summary="`after_script` uses a variable that only the script sets.",
    why=(
        "The runner starts a new shell for `after_script`, so it knows no variable that `before_script` or `script` has set, "
        "exported or not. "
        "The variable is empty there, and the job does not fail. "
        "The rule is silent if `after_script` sets the variable again, reads a file of commands, or has a default such as "
        "`${URL:-none}`, and if the files set the variable, too. "
        "It reads scripts as Bash does, and says nothing about those that it cannot read."
    ),
    severity="warning",
    confidence="likely",
    needs=("shell",),
    source="https://docs.gitlab.com/ci/yaml/#after_script",
    examples=[
        Example(
            bad="""
review:
  script:
    - export URL="$(./deploy.sh)"
    - ./test.sh "$URL"
  after_script:
    - ./report.sh "$URL"
""",
            good="""
review:
  script:
    - ./deploy.sh > url.txt
    - ./test.sh "$(cat url.txt)"
  after_script:
    - ./report.sh "$(cat url.txt)"
""",
        ),
        Example(
            bad="""
migrate:
  before_script: BACKUP=$(mktemp)
  script: ./migrate.sh "$BACKUP"
  after_script: rm -f "$BACKUP"
""",
            good="""
migrate:
  variables:
    BACKUP: backup.sql
  script: ./migrate.sh "$BACKUP"
  after_script: rm -f "$BACKUP"
""",
        ),
    ],
    check=check,
)
