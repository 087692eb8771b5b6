"""The jobs of a configuration before an event decides about them: one for each cell of `parallel`, in GitLab's order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any, Final, TypeAlias

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.limits import DEFAULT_LIMITS, Limits
from gitlabgen.gitlab.stage import DEFAULT_STAGE
from gitlabgen.resolution.configuration import Resolution
from gitlabgen.resolution.job_expansion import Cell, cells
from gitlabgen.simulation.unknown import Truth, Unknown

__all__: list[str] = []

# The end of a job's name that GitLab leaves out in the name of the group: the values of a matrix, or a position as in 1/3.
_POSITION: Final = re.compile(r"(?:[\b\s:]+(?:\[.*\]|\d+[\s:/\\]+\d+)){1,3}\s*\Z")
_ONLY: Final = Cell("", {})
Check: TypeAlias = Callable[[PipelineAnalysis], Iterable[Finding]]
"""Yields problems of a pipeline."""

_WITH_OWN_VALUES: Final = frozenset(("variables", "inherit", "environment"))


class Seed:
    """A job of a configuration, before an event decides whether a pipeline has it.

    Args:
        plan: The configuration.
        job: The job as written, with parents merged.
        name: Its name, or that of a cell.
        stage: Its stage.
        cell: The cell; None without `parallel`.
    """

    __slots__ = ("cell", "is_plain", "job", "name", "plan", "stage")

    def __init__(self, plan: Plan, job: BaseJob, name: str, stage: str, cell: Cell | None) -> None:
        self.plan = plan
        self.job = job
        self.name = name
        self.stage = stage
        self.cell = cell
        # Whether its conditions see what those of all jobs see.
        self.is_plain = cell is None and _WITH_OWN_VALUES.isdisjoint(job.__dict__)

    @property
    def group(self) -> str:
        """The name under which GitLab shows it with others of its kind."""
        return _POSITION.sub("", self.name).strip()

    @property
    def matrix(self) -> Cell:
        """The cell; one without values, if the job is not parallel."""
        return self.cell or _ONLY


class Plan:
    """What the simulation of a configuration needs for all events.

    Args:
        resolution: The configuration.
        limits: The limits of the GitLab server.
        read: The problems that were found when the pipeline was read.
        check: Yields further problems for which GitLab rejects a pipeline.
    """

    def __init__(
        self,
        resolution: Resolution,
        limits: Limits = DEFAULT_LIMITS,
        read: Iterable[Finding] = (),
        check: Check | None = None,
    ) -> None:
        self.resolution = resolution
        self._read = read
        self._check = check
        self.limits = limits
        self.analysis = PipelineAnalysis(resolution, limits=limits)

    @cached_property
    def errors(self) -> tuple[Finding, ...]:
        """The problems for which GitLab rejects the pipeline."""
        found = (*self._read, *self.resolution.findings, *(self._check(self.analysis) if self._check else ()))
        return tuple(finding for finding in found if finding.severity == "error")

    @cached_property
    def stages(self) -> dict[str, int]:
        """The position of each stage by name."""
        return self.analysis.stages

    @cached_property
    def seeds(self) -> tuple[Seed, ...]:
        """The jobs in the order in which they are written; of equal names, only the last counts."""
        found = list(self._seeds())
        if not self.cells:
            return tuple(found)
        return tuple({seed.name: seed for seed in found}.values())

    def _seeds(self) -> Iterator[Seed]:
        for job in self.resolution.jobs.values():
            given = job.__dict__
            stage = given.get("stage")
            stage = stage if type(stage) is str else DEFAULT_STAGE
            if "parallel" in given and job.name in self.cells:
                for cell in self.cells[job.name]:
                    yield Seed(self, job, cell.name, stage, cell)
            else:
                yield Seed(self, job, job.name, stage, None)

    @cached_property
    def cells(self) -> dict[str, tuple[Cell, ...]]:
        """The cells of each job with `parallel`, by the job's name."""
        parallel = [job for job in self.resolution.jobs.values() if is_set(job.__dict__.get("parallel"))]
        return {job.name: cells(job.name, job.parallel) for job in parallel if cells(job.name, job.parallel)[0].name != job.name}

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        """The names of the cells of each job with `parallel`, by the job's name."""
        return {name: tuple(cell.name for cell in found) for name, found in self.cells.items()}

    @property
    def unread(self) -> tuple[str, ...]:
        """The descriptions of the includes that were not read."""
        return self.resolution.unknown

    @cached_property
    def unknown(self) -> Unknown | None:
        """Why a part of the configuration is unknown; None if all of it is known."""
        unread = self.unread
        if unread:
            return Unknown((f"include {unread[0]}{' and others' if unread[1:] else ''} was not read",))
        return Unknown(("the files that include this one are not known",)) if self.resolution.is_fragment else None

    @cached_property
    def workflow_rules(self) -> Any:
        """The value of `workflow:rules`; None without."""
        return getattr(self.resolution.pipeline.workflow, "rules", None)

    @cached_property
    def has_workflow_rules(self) -> Truth:
        """Whether `workflow:rules` is written, even if it is null."""
        own = getattr(self.resolution.root.workflow, "rules", None)
        if own is None and self.unknown is not None:
            return self.unknown
        return self.workflow_rules is not None

    def unknown_parent(self, seed: Seed) -> Unknown | None:
        """Return that a parent of a job is unknown; None if all parents are known.

        Args:
            seed: The job.
        """
        if seed.job.name not in self.resolution.orphans:
            return None
        return Unknown((f"a parent of `{seed.job.name}` is in a file that was not read",))
