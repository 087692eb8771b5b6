"""Change jobs: replace them, set keywords, or apply a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from gitlabgen.composition.listed_jobs import ALL, Source, Which, are_chosen, entries_of, fail, rebuilt, setting
from gitlabgen.errors import collecting, did_you_mean, report
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.default import Default
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.modeling.callsites import CallSite, Location, Position, caller, position
from gitlabgen.modeling.model import construct
from gitlabgen.modeling.plans import location_of, plan_of

if TYPE_CHECKING:
    from typing import Unpack

    from gitlabgen.gitlab._job_keywords import JobKeywords

__all__ = ["fill", "map_jobs", "override", "replace"]

_J = TypeVar("_J", bound=BaseJob)


class _Changed:
    """The location of a changed job: new values are at the call that changed it, all others at their previous location."""

    __slots__ = ("_before", "_call", "_names", "_positional")

    def __init__(self, job: BaseJob, names: frozenset[str], call: CallSite) -> None:
        self._before: Location | None = location_of(job)
        self._positional = plan_of(type(job)).positional
        self._names = names
        self._call = call

    def find(self, argument: Sequence[str | int]) -> Position:
        """Return the position of the value at this path."""
        is_new = self._before is None or (argument and argument[0] in self._names)
        found = position(self._call, argument) if is_new else position(self._before, argument, self._positional)
        return found or Position("")


def replace(source: Source, /, *jobs: BaseJob) -> Source:
    """Return a pipeline or jobs in which each given job replaces the job of the same name.

    Args:
        source: The pipeline or the jobs.
        jobs: The new jobs.

    Raises:
        KeywordError: If there is no job of that name.
    """
    call = caller()
    entries = entries_of(source, call)
    names = {entry.job.name for entry in entries}
    for index, job in enumerate(jobs):
        if job.name not in names:
            hint = did_you_mean(job.name, names, "`merge` adds jobs")
            fail(call, f"there is no job {job.name!r}", hint, ("jobs", index), variadic="jobs")
    new = {job.name: job for job in jobs}
    return rebuilt(source, (entry._replace(job=new.get(entry.job.name, entry.job)) for entry in entries))


def override(source: Source, /, *which: Which, **keywords: Unpack[JobKeywords]) -> Source:
    """Return a pipeline or jobs with keywords that replace those of the jobs.

    A keyword that only some kinds of jobs have, such as `image`, does not change the others.

    Args:
        source: The pipeline or the jobs.
        which: The jobs, as in `select`; all but hidden blocks if not given.
        keywords: The new values; None removes a keyword.

    Raises:
        KeywordError: If no job has a given name, or a keyword is not valid.
    """
    return _changed(source, which, {**keywords}, caller(), lambda _job, _keyword, _jobs: True)


def fill(source: Source, /, *which: Which, **keywords: Unpack[JobKeywords]) -> Source:
    """Return a pipeline or jobs with keywords for the jobs that neither set nor inherit them.

    The keywords of a parent that is not in `source` are unknown, so the jobs that extend it stay unchanged.

    Args:
        source: The pipeline or the jobs.
        which: The jobs, as in `select`; all but hidden blocks if not given.
        keywords: The values.

    Raises:
        KeywordError: If no job has a given name, or a keyword is not valid.
    """
    shared: frozenset[str] = _shared(source) if isinstance(source, Pipeline) else frozenset()

    def applies(job: BaseJob, keyword: str, jobs: Mapping[str, BaseJob]) -> bool:
        return keyword not in shared and setting(job, keyword, jobs) is None

    return _changed(source, which, {**keywords}, caller(), applies)


def _shared(pipeline: Pipeline) -> frozenset[str]:
    """Return the keywords that a pipeline sets for all jobs."""
    known = plan_of(Default).names
    return frozenset(
        name for name in known if is_set(getattr(pipeline.default, name, None)) or is_set(getattr(pipeline, name, None))
    )


def map_jobs(source: Source, function: Callable[[BaseJob], BaseJob | None], /, *which: Which) -> Source:
    """Return a pipeline or jobs with a function applied to each job.

    Args:
        source: The pipeline or the jobs.
        function: Returns another job, the same one, or None to leave it out.
        which: The jobs, as in `select`; all but hidden blocks if not given.

    Raises:
        KeywordError: If no job has a given name, or the function returns something else.
    """
    call = caller()
    entries = entries_of(source, call)
    found = []
    for entry, is_chosen in zip(entries, are_chosen(entries, which or ALL, call), strict=True):
        job = function(entry.job) if is_chosen else entry.job
        if isinstance(job, BaseJob):
            found.append(entry._replace(job=job))
        elif job is not None:
            fail(call, f"the function should return a job or None, got {job!r} for the job {entry.job.name!r}")
    return rebuilt(source, found)


def _changed(
    source: Source,
    which: Sequence[Which],
    keywords: dict[str, Any],
    call: CallSite,
    applies: Callable[[BaseJob, str, Mapping[str, BaseJob]], bool],
) -> Source:
    entries = entries_of(source, call)
    if "name" in keywords:
        del keywords["name"]
        fail(call, "name cannot be set: other jobs may need it", "write renamed(…, {'old': 'new'})", ("name",))
    jobs = {entry.job.name: entry.job for entry in entries}
    chosen = [entry.job for entry, is_chosen in zip(entries, are_chosen(entries, which or ALL, call), strict=True) if is_chosen]
    known = frozenset[str]().union(*(plan_of(type(job)).names for job in chosen))
    # As for a file: an included job that this job overrides may supply what it lacks.
    partial = isinstance(source, Pipeline) and source.include is not None
    new: dict[str, BaseJob] = {}
    for job in chosen:
        own = plan_of(type(job)).names
        # The constructor reports a keyword that no selected job has.
        names = [name for name in keywords if name in own or name not in known]
        changes = {name: keywords[name] for name in names if applies(job, name, jobs)}
        with collecting() as problems:
            new[job.name] = _with(job, changes, call, partial=partial)
        for finding in problems:
            report(finding)
        if problems:  # the other jobs have the same problems
            break
    return rebuilt(source, (entry._replace(job=new.get(entry.job.name, entry.job)) for entry in entries))


def _with(job: _J, changes: dict[str, Any], call: CallSite, *, partial: bool) -> _J:
    if not changes:
        return job
    location = _Changed(job, frozenset(changes), call)
    given = {**vars(job), **changes}
    if job.comments:
        given["comments"] = {path: text for path, text in job.comments.items() if path[0] not in changes}
    return construct(type(job), (), given, location, partial=partial)
