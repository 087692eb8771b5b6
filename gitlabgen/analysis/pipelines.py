"""What all rules ask about a pipeline, worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from gitlabgen.analysis.commands import SCRIPTS, Command, commands_of, values_of
from gitlabgen.errors import Finding, Suggestions
from gitlabgen.gitlab.base_job import BaseJob, needs_list
from gitlabgen.gitlab.needs import Need
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.gitlab.rules import Rule
from gitlabgen.gitlab.stage import DEFAULT_STAGE, DEFAULT_STAGES
from gitlabgen.modeling.callsites import Position, position
from gitlabgen.modeling.kinds import is_interpolated
from gitlabgen.modeling.plans import location_of
from gitlabgen.resolution.configuration import Resolution, was_read
from gitlabgen.resolution.job_expansion import cells

__all__ = ["PipelineAnalysis", "dependencies_of", "needs_of"]

_EMPTY: Final[tuple[Any, ...]] = ()

# Rules know commands of AWS only; a line without these words has none of them.
_TELLING: Final = ("aws", "sam ", "cloudformation")


def needs_of(needs: Any) -> Iterator[tuple[int, str, Need | None]]:
    """Yield the needs that name a job of this pipeline: index, name, and the need where it has options.

    Args:
        needs: The `needs` of a job, or of one of its rules.
    """
    for index, need in enumerate(needs if type(needs) is tuple else needs_list(needs)):
        if type(need) is str:
            yield index, need, None
        elif isinstance(need, Need) and isinstance(need.job, str) and need.project is None and need.pipeline is None:
            yield index, need.job, need


def dependencies_of(analysis: PipelineAnalysis) -> Iterator[tuple[BaseJob, tuple[str | int, ...], str]]:
    """Yield the names whose artifacts a job wants, with the way to each: of dependencies, and of a child pipeline.

    Args:
        analysis: The pipeline.
    """
    for job in analysis.having("dependencies"):
        dependencies = getattr(job, "dependencies", None)
        for index, name in enumerate(dependencies if isinstance(dependencies, tuple) else ()):
            if isinstance(name, str):
                yield job, ("dependencies", index), name
    for job in analysis.having("trigger"):
        include = getattr(getattr(job, "trigger", None), "include", None)
        for index, item in enumerate(include if isinstance(include, tuple) else (include,)):
            if isinstance(getattr(item, "job", None), str):
                yield job, ("trigger", "include", index), item.job


class PipelineAnalysis:
    """A resolved pipeline with what several rules need.

    Args:
        resolution: The pipeline.
        target: The GitLab version that will read it, if known.
        strict: Whether what cannot be decided is an error.
        is_part: Whether another pipeline starts or includes it, and so decides when its jobs run.
    """

    def __init__(
        self, resolution: Resolution, target: tuple[int, int] | None = None, *, strict: bool = False, is_part: bool = False
    ) -> None:
        self.resolution = resolution
        self.root: Pipeline = resolution.root
        self.target = target
        self.strict = strict
        self.is_part = is_part or resolution.root.spec is not None
        self.jobs: Mapping[str, BaseJob] = resolution.jobs
        self.pipeline: Pipeline = resolution.pipeline
        self._suggestions = Suggestions()

    @property
    def was_read(self) -> bool:
        """Whether the pipeline, or a part of it, was read from a file."""
        return bool(self.root.include) or was_read(self.root)

    @property
    def open(self) -> str | None:
        """The includes that cannot be read, as words; None if all is known."""
        unknown = self.resolution.unknown
        return f"unknown (include {unknown[0]}{' and others' if unknown[1:] else ''})" if unknown else None

    @cached_property
    def _having(self) -> dict[str, list[BaseJob]]:
        index: dict[str, list[BaseJob]] = {}
        for job in self.jobs.values():
            for keyword in job.__dict__:
                jobs = index.get(keyword)
                if jobs is None:
                    jobs = index[keyword] = []
                jobs.append(job)
        return index

    def having(self, keyword: str) -> Sequence[BaseJob]:
        """Return the jobs that have a keyword, by its name in Python."""
        return self._having.get(keyword, _EMPTY)

    def setting(self, job: BaseJob, keyword: str) -> Any:
        """Return what a keyword says for a job, which may be a default that the job takes over; None if nothing."""
        own = getattr(job, keyword, None)
        if own is not None:
            return own
        inherited = getattr(job.inherit, "default", None)
        if inherited is False or (isinstance(inherited, tuple) and keyword not in inherited):
            return None
        shared = getattr(self.pipeline.default, keyword, None)
        return getattr(self.pipeline, keyword, None) if shared is None else shared

    def mentions(self, job: BaseJob, words: Iterable[str]) -> bool:
        """Return whether the scripts and variables of a job, those that it takes over too, hold one of some words.

        Args:
            job: The job.
            words: The words, in small letters.
        """
        parts = [self.setting(job, keyword) for keyword in (*SCRIPTS, "hooks")]
        text = repr([*parts, job.variables, self.pipeline.variables]).lower()
        return any(word in text for word in words)

    @cached_property
    def commands(self) -> Sequence[Command]:
        """The commands in the scripts of all jobs that are worth reading, job by job."""
        jobs = {job.name for key in SCRIPTS for job in self.having(key) if _is_worth_reading(job.__dict__[key])}
        if not jobs:
            return _EMPTY
        shared = values_of(self.pipeline.variables)
        return [
            command
            for name, job in self.jobs.items()
            if name in jobs
            for command in commands_of(job, {**shared, **values_of(job.variables)}, _TELLING)
        ]

    @cached_property
    def deployments(self) -> list[Command]:
        """The commands that create or update a stack."""
        return [command for command in self.commands if command.deploys]

    @cached_property
    def stages(self) -> dict[str, int]:
        """Each stage with its place in the order."""
        stages = self.pipeline.stages
        if isinstance(stages, tuple):
            names = [stage for stage in stages if isinstance(stage, str)]
            # An empty list takes GitLab's own stages away too.
            names = [".pre", *names, ".post"] if stages else []
        else:
            names = [".pre", *DEFAULT_STAGES, ".post"]
        order = [name for name in dict.fromkeys(names) if name not in (".pre", ".post")]
        order = [".pre", *order, ".post"] if names else []
        return {name: index for index, name in enumerate(order)}

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        """The names of the jobs that `parallel` makes, by the job's own name."""
        return {job.name: tuple(cell.name for cell in cells(job.name, job.parallel)) for job in self.having("parallel")}

    @cached_property
    def parents(self) -> dict[str, str]:
        """The job from which `parallel` makes another, by the other's name."""
        return {child: name for name, children in self.children.items() for child in children if child not in self.jobs}

    def job(self, name: str) -> BaseJob | None:
        """Return the job of a name, which may be that of a cell."""
        found = self.jobs.get(name)
        return found if found is not None or not self.children else self.jobs.get(self.parents.get(name, ""))

    def is_known(self, name: str) -> bool:
        """Return whether a name is that of a job, or cannot be decided because an input is a part of it."""
        return self.job(name) is not None or is_interpolated(name)

    @cached_property
    def rules(self) -> list[tuple[BaseJob, int, Rule]]:
        """The rules of all jobs, each with its job and its place."""
        return [
            (job, index, rule)
            for job in self.having("rules")
            if type(job.rules) is tuple
            for index, rule in enumerate(job.rules)
            if isinstance(rule, Rule)
        ]

    @cached_property
    def needs(self) -> list[tuple[BaseJob, int, str, Need | None]]:
        """The needs of all jobs, each with its job, its place, its name, and the need where it has options."""
        found: list[tuple[BaseJob, int, str, Need | None]] = []
        for job in self.having("needs"):
            needs = job.__dict__["needs"]
            # Most needs are one name.
            if type(needs) is tuple and len(needs) == 1 and type(needs[0]) is str:
                found.append((job, 0, needs[0], None))
            else:
                found += ((job, index, name, need) for index, name, need in needs_of(needs))
        return found

    @cached_property
    def rule_needs(self) -> list[tuple[BaseJob, int, Rule]]:
        """The rules that replace the needs of their jobs."""
        return [found for found in self.rules if "needs" in found[2].__dict__]

    @cached_property
    def orders(self) -> dict[str, int]:
        """The place of each job's stage in the order, by the job's name or that of a cell; -1 where there is no such stage."""
        stages = self.stages
        orders = {name: stages.get(job.__dict__.get("stage") or DEFAULT_STAGE, -1) for name, job in self.jobs.items()}
        return orders | {child: orders[name] for child, name in self.parents.items()}

    def are_later(self, uses: Iterable[tuple[BaseJob, int, str, Any]]) -> Iterator[tuple[BaseJob, int, str]]:
        """Yield the uses of a job that is in a later stage than the job that uses it; none where a stage is not known.

        Args:
            uses: The job, the place and the name of what it uses, and more.
        """
        orders = self.orders
        for job, index, name, _ in uses:
            if orders.get(name, -1) > orders[job.name] >= 0:
                yield job, index, name

    def hint(self, name: str) -> tuple[str | None, tuple[Finding, ...]]:
        """Return the job that may have been meant, as a hint and with its place."""
        near = self._suggestions.closest(name, self.jobs)
        if near is None:
            return None, ()
        place = position(location_of(self.jobs[near])) or Position("")
        here = Finding(rule="job", message=f"{near!r} is here", severity="info", file=place.file or None, line=place.line)
        return f"did you mean {near!r}?", (here,)


def _is_worth_reading(script: Any) -> bool:
    """Return whether a script may hold a command that rules know: to take all scripts apart takes long."""
    try:
        text = script if type(script) is str else "\n".join(script)
    except TypeError:  # lists in lists, or a reference
        text = repr(script)
    return any(word in text for word in _TELLING)
