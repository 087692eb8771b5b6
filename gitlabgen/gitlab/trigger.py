"""`trigger`: a job that starts another pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from gitlabgen.gitlab._values import Flag, Text
from gitlabgen.gitlab._vocabulary import TriggerStrategy
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.model import Model, model
from gitlabgen.shapes import Misfit

if TYPE_CHECKING:
    from gitlabgen.gitlab.include import Include
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Forward", "Trigger", "TriggerJob"]


@model
class Forward(Model):
    """Which variables the other pipeline gets.

    Args:
        yaml_variables: Those of the trigger job; GitLab's default is True.
        pipeline_variables: Those that this pipeline was started with; GitLab's default is False.

    Source: https://docs.gitlab.com/ci/yaml/#triggerforward
    """

    keyword: ClassVar[str] = "trigger:forward"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#triggerforward"

    yaml_variables: Flag | None = None
    pipeline_variables: Flag | None = None


@model
class Trigger(Model):
    """The pipeline to start: another project's, or a child from files.

    Args:
        project: The other project.
        branch: Its branch.
        include: The files of a child pipeline, at most three.
        strategy: Whether the job waits for the other pipeline's result.
        forward: Which variables it gets.
        inputs: Values for its inputs.

    Source: https://docs.gitlab.com/ci/yaml/#trigger
    """

    keyword: ClassVar[str] = "trigger"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#trigger"

    project: Text | None = attrs.field(default=None, kw_only=False)
    branch: Text | None = None
    include: str | Include | Sequence[str | Include | Reference] | Reference | None = None
    strategy: TriggerStrategy | Reference | None = None
    forward: Forward | Reference | None = None
    inputs: Mapping[str, object] | Reference | None = None

    def misfits(self) -> Iterator[Misfit]:
        """Yield a problem unless exactly one pipeline is named."""
        if (self.project is None) == (self.include is None) and not self.extra:
            yield Misfit("config must specify either project or include")
        if isinstance(self.include, tuple) and len(self.include) > 3:
            yield Misfit("config is too long (maximum is 3)", path=("include",))


@model
class TriggerJob(BaseJob):
    """A job that starts another pipeline instead of running a script.

    Args:
        trigger: The project whose pipeline is started, or `Trigger`.

    Source: https://docs.gitlab.com/ci/pipelines/downstream_pipelines/
    """

    trigger: str | Trigger | Reference | None = None

    @classmethod
    def child(
        cls,
        name: str,
        path: str,
        *,
        changes: Sequence[str] | None = None,
        strategy: TriggerStrategy | None = None,
        **keywords: Any,
    ) -> TriggerJob:
        """Return a job that starts a child pipeline from a file of this repository.

        Args:
            name: The job's name.
            path: The child's configuration.
            changes: Globs; the child runs only when one of these files changed.
            strategy: Whether the job waits for the child's result.
            keywords: Further keywords of the trigger job.
        """
        from gitlabgen.gitlab.include import Include
        from gitlabgen.gitlab.rules import Rule

        if changes is not None:
            keywords.setdefault("rules", [Rule(changes=changes)])
        return cls(name, trigger=Trigger(include=[Include(local=path)], strategy=strategy), **keywords)
