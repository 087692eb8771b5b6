"""`unknown-keyword`: GitLab has no such keyword.

Keys in `extra` of a model written in Python are intended, so only models read from files are checked.

Source: https://docs.gitlab.com/ci/yaml/#keywords
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.analysis.walking import models_in
from gitlabgen.errors import Finding, closest, suggestion
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.include import Include
from gitlabgen.gitlab.job import Job
from gitlabgen.gitlab.needs import Need
from gitlabgen.gitlab.spec import SpecInputRule
from gitlabgen.gitlab.trigger import TriggerJob
from gitlabgen.gitlab.variables import Variable
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.kinds import NULL
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from gitlabgen.modeling.wording import shown_path
from gitlabgen.resolution.configuration import was_read

__all__ = ["RULE"]

_SKIPPED_FIELDS: Final = ("extra", "comments", "jobs")


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each key in a job or at the top level that is not a keyword of GitLab."""
    if analysis.was_read:
        for job in (None, *analysis.jobs.values()):
            for path, model in models_in(job or analysis.pipeline, _SKIPPED_FIELDS):
                yield from _check(model, job, path, analysis.resolution.is_unknown)


def _check(model: Model, job: BaseJob | None, path: tuple[str, ...], unknown: Callable[[object], bool]) -> Iterator[Finding]:
    if not model.extra or not was_read(model) or "*" in model.unchecked:
        return
    names = sorted(plan_of(type(model)).keys.values())
    keyword = _keyword(model, job, path)
    location = ":".join(part for part in (f"jobs:{job.name}" if job else "", keyword) if part)
    owner = f"`{job.name}`: " if job else ""
    inside = shown_path(keyword)
    suffix = f" in `{inside}`" if inside else ("" if job else " at the top level")
    # Keywords that trigger jobs do not support are reported when the file is read.
    reported = plan_of(Job).names if isinstance(model, TriggerJob) else frozenset[str]()
    for key in model.extra:
        # A missing value of an input decides what this key is, and whether a name at the top level is that of a job.
        # What is not a string is reported when the file is read.
        if not issubclass(type(key), str) or key in reported or unknown(key) or (job is None and unknown(model.extra[key])):
            continue
        # Another rule reports `$schema` at the top level: editors need it.
        if key == "$schema" and job is None:
            continue
        message = f"{owner}GitLab has no keyword `{key}`{suffix}."
        hint = _hint(model, str(key), names)
        if _is_empty_job(model, key, location):
            message, hint = f"The job `{key}` is empty.", "a job needs `script`, `run` or `trigger`"
        gitlab = _sentence(model, key, location, path)
        found = RULE.finding(spot(model, ("extra", key), at_key=True), message, hint, facts=(str(key),), gitlab=gitlab)
        yield found._replace(job=job.name if job else None, path=f"{location}:{key}".lstrip(":"))


def _hint(model: Model, key: str, names: list[str]) -> str | None:
    near = closest(key, names)
    if near is not None and getattr(model, plan_of(type(model)).name(near) or "", None) is not None:
        return f"`{near}` is set, too: keep one of them"
    return suggestion(near)


def _is_empty_job(model: Model, key: str, location: str) -> bool:
    return not location and model.extra is not None and model.extra[key] is NULL


def _sentence(model: Model, key: str, location: str, path: tuple[str, ...]) -> str:
    """Return GitLab's message for an unknown key."""
    if _is_empty_job(model, key, location):
        return f"jobs {key} config should implement the script:, run:, or trigger: keyword"
    if isinstance(model, Need) and not (model.job or model.pipeline or model.project):
        return f"{location} has an unsupported type"
    if isinstance(model, SpecInputRule):
        return f"`{path[2]}` input: contains unknown keys: {key}"
    problem = "uses invalid data keys" if isinstance(model, Variable) else "contains unknown keys"
    return f"{location or 'root'} config {problem}: {key}"


def _keyword(model: Model, job: BaseJob | None, path: tuple[str, ...]) -> str:
    """Return GitLab's path to a model, below its job."""
    if model is job:
        return ""
    if isinstance(model, Include) and job is not None:
        return "trigger:include:include"
    keyword = type(model).keyword
    if path[:1] == ("spec",):
        return ":".join(("header", *path))
    # Models do not know that they are in `default`, in `workflow` or in a rule.
    above: tuple[str, ...] = ()
    if path[:1] in (("default",), ("workflow",), ("rules",)) and not keyword.startswith(path[0]):
        above = ("rules", "rule") if path[0] == "rules" else path[:1]
    below = path[1:] if above else path
    # An entry of a mapping is named by its key.
    return ":".join((*above, *below) if below[:-1] == (keyword,) else (*above, keyword))


RULE: Final = LintRule(
    id="unknown-keyword",
    summary="GitLab, SAM or a pattern has no keyword of that name.",
    why=(
        "GitLab rejects the whole pipeline if it finds a keyword that it does not have. "
        "Usually the keyword is misspelt, or at the wrong level."
    ),
    severity="error",
    confidence="certain",
    fix="unsafe",
    source="https://docs.gitlab.com/ci/yaml/#keywords",
    examples=[
        Example(
            bad="""
build:
  script: make
  artefacts:
    paths: [dist/]
""",
            good="""
build:
  script: make
  artifacts:
    paths: [dist/]
""",
        )
    ],
    check=check,
)
