"""The jobs of a pipeline or of a list, with their comments, and the selection of jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from gitlabgen.errors import Finding, did_you_mean, report
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.hidden_job import HiddenJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.gitlab.stage import DEFAULT_STAGE, Stage
from gitlabgen.modeling.callsites import CallSite, position
from gitlabgen.modeling.kinds import Remark
from gitlabgen.modeling.model import construct
from gitlabgen.modeling.plans import location_of
from gitlabgen.modeling.problems import Path
from gitlabgen.modeling.reporting import located

Source = TypeVar("Source", Pipeline, Sequence[BaseJob])
"""A pipeline or jobs; the result is of the same kind."""

Which: TypeAlias = str | BaseJob | Stage | Callable[[BaseJob], bool]
"""A job's name, a pattern, a job, a stage for all its jobs, or a function that returns whether a job is selected."""

ALL: Final[tuple[Which, ...]] = (lambda _: True,)
"""All jobs; hidden blocks are selected only by name."""

UNKNOWN: Final[Any] = object()
"""The value of a keyword from a block that is not known."""


class ListedJob(NamedTuple):
    """A job with its comment in the pipeline or the list."""

    job: BaseJob
    text: str | None = None

    def item(self) -> Any:
        """Return the job as an item of a list of jobs."""
        return self.job if self.text is None else Remark(self.job, self.text)


def fail(
    call: CallSite,
    message: str,
    hint: str | None = None,
    argument: Sequence[str | int] = (),
    *,
    variadic: str = "which",
    first: int = 1,
    related: Iterable[Finding] = (),
) -> None:
    """Report a problem with one argument of a call.

    Args:
        call: The call.
        message: What is wrong.
        hint: What to write instead.
        argument: The argument's name; for a variadic argument also its index.
        variadic: The name of the variadic argument.
        first: The number of arguments before it.
        related: Related findings.
    """
    steps = [argument[0], int(argument[1]) + first] if len(argument) > 1 else argument
    found = Finding("invalid-composition", message, hint=hint, related=tuple(related))
    report(located(found, position(call, steps, (f"*{variadic}",))))


def entries_of(source: Any, call: CallSite) -> list[ListedJob]:
    """Return the jobs of a pipeline or a list, and report items that are not jobs.

    Args:
        source: The pipeline or the jobs.
        call: The user's call, for errors.
    """
    if isinstance(source, Pipeline):
        return [ListedJob(job, source.comments.get(("jobs", index))) for index, job in enumerate(source.jobs)]
    entries = [ListedJob(item.value, item.text) if isinstance(item, Remark) else ListedJob(item) for item in source]
    invalid = [entry for entry in entries if not isinstance(entry.job, BaseJob)]
    if invalid:
        fail(call, f"should be a pipeline or jobs, got {invalid[0].job!r}", "write the jobs in a list")
    return [entry for entry in entries if entry not in invalid]


def rebuilt(source: Source, entries: Iterable[ListedJob]) -> Source:
    """Return a pipeline or a list with other jobs; the settings and the location stay unchanged.

    Args:
        source: The pipeline or the jobs.
        entries: The new jobs.
    """
    items = [entry.item() for entry in entries]
    if not isinstance(source, Pipeline):
        return tuple(items)
    comments = {path: text for path, text in source.comments.items() if path[0] != "jobs"}
    return construct(type(source), (), {**vars(source), "jobs": items, "comments": comments}, location_of(source))


def commented(value: Any, comments: Mapping[Path, str], path: Path) -> Any:
    """Return a value with the model's comments around its parts, as given to the constructor.

    Args:
        value: The value.
        comments: The model's comments.
        path: The path from the model to the value.
    """
    if isinstance(value, tuple):
        value = [commented(item, comments, (*path, index)) for index, item in enumerate(value)]
    elif isinstance(value, dict):
        value = {key: commented(item, comments, (*path, key)) for key, item in value.items()}
    return Remark(value, comments[path]) if path in comments else value


def are_chosen(entries: Sequence[ListedJob], which: Sequence[Which], call: CallSite) -> list[bool]:
    """Return for each job whether it is selected.

    Args:
        entries: The jobs.
        which: The selected jobs; each item but a function has to select at least one.
        call: The user's call, for errors.
    """
    jobs = {entry.job.name: entry.job for entry in entries}
    chosen: set[str] = set()
    for index, what in enumerate(which):
        found = [name for name in jobs if _is_selected(what, jobs[name], jobs)]
        chosen.update(found)
        if found or not isinstance(what, str | BaseJob | Stage):
            continue
        name = what if isinstance(what, str) else what.name
        if isinstance(what, Stage):
            known = [stage for job in jobs.values() if isinstance(stage := stage_of(job, jobs), str)]
            fail(call, f"no job is in the stage {name!r}", did_you_mean(name, dict.fromkeys(known)), ("which", index))
        else:
            fail(call, f"there is no job {name!r}", did_you_mean(name, jobs), ("which", index))
    return [entry.job.name in chosen for entry in entries]


def _is_selected(what: Which, job: BaseJob, jobs: Mapping[str, BaseJob]) -> bool:
    if isinstance(what, BaseJob):
        return job.name == what.name
    if isinstance(what, str):
        return job.name == what or (what not in jobs and _matches(what, job.name))
    if isinstance(job, HiddenJob):  # it does not run, so it has no stage
        return False
    return stage_of(job, jobs) == what.name if isinstance(what, Stage) else what(job)


def _matches(pattern: str, name: str) -> bool:
    """Return whether a pattern with `*` and `?` matches a name; as in a shell, they do not match a leading dot."""
    if name[:1] == "." != pattern[:1]:
        return False
    from gitlabgen.matching.globs import name_match

    return name_match(pattern, name)


def stage_of(job: BaseJob, jobs: Mapping[str, BaseJob]) -> Any:
    """Return the stage of a job, or `UNKNOWN`.

    Args:
        job: The job.
        jobs: The known jobs by name.
    """
    stage = setting(job, "stage", jobs)
    return stage if is_set(stage) else DEFAULT_STAGE


def flat(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the items of nested lists, each with its path.

    Args:
        value: The outer list, or an item.
        path: The path to it.
    """
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from flat(item, (*path, index))
    else:
        yield path, value


def setting(job: BaseJob, keyword: str, jobs: Mapping[str, BaseJob]) -> Any:
    """Return the value of a keyword in a job or in the nearest of its parents.

    Args:
        job: The job.
        keyword: The keyword's name in Python.
        jobs: The known jobs by name.

    Returns:
        The value; `None` if the keyword is not set, and `UNKNOWN` if an unknown parent may set it.
    """
    waiting: list[BaseJob | None] = [job]
    seen: set[str] = set()
    while waiting:
        block = waiting.pop()
        if block is None or getattr(block, "content", None) is not None:
            return UNKNOWN
        value = getattr(block, keyword, None)
        if value is not None:
            return value
        if block.name not in seen:
            seen.add(block.name)
            parents = block.extends if isinstance(block.extends, tuple) else (block.extends,)
            # The last parent has the highest precedence, so it comes first.
            waiting += [jobs.get(parent) for parent in parents if is_set(parent)]
    return None
