"""What all kinds of jobs share: where they stand in the pipeline, and when they run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

import attrs

from gitlabgen.gitlab._values import Duration, Flag, JobName, Scalar, Text, between, is_set
from gitlabgen.gitlab._vocabulary import JobWhen
from gitlabgen.model import Model, model
from gitlabgen.shapes import Misfit, leaves

if TYPE_CHECKING:
    from gitlabgen.gitlab.allow_failure import AllowFailure
    from gitlabgen.gitlab.environment import Environment
    from gitlabgen.gitlab.inherit import Inherit
    from gitlabgen.gitlab.needs import Need
    from gitlabgen.gitlab.parallel import Matrix
    from gitlabgen.gitlab.reference import Reference
    from gitlabgen.gitlab.rules import Rule
    from gitlabgen.gitlab.stage import Stage
    from gitlabgen.gitlab.variables import Variable

__all__ = ["BaseJob", "StageName"]

RESERVED: Final = ("include", "before_script", "image", "services", "after_script", "variables", "stages", "cache", "spec")


@leaves(str)
def _name_of(value: str | Stage) -> str:
    return value if isinstance(value, str) else value.name


StageName = Annotated["str | Stage", _name_of]
"""A stage or its name; the name is what is kept."""


@model
class BaseJob(Model):
    """What all kinds of jobs share.

    Args:
        name: The job's name, at most 255 characters.
        stage: The stage, `test` if not given.
        extends: The job, or jobs, from which this one takes over keywords.
        rules: When the job is part of a pipeline; the first rule that matches decides.
        needs: Jobs that must be finished before; a job, its name, or `Need`.
        variables: Variables for the job.
        when: When it starts, seen from the jobs before it.
        start_in: The delay of a delayed job.
        allow_failure: Whether the pipeline goes on after a failure.
        interruptible: Whether a newer pipeline may cancel the job.
        resource_group: Jobs of one group run one at a time.
        environment: Where the job deploys to.
        parallel: How often it runs side by side, or a matrix.
        inherit: Which defaults and global variables it takes over.
        manual_confirmation: What the person who starts a manual job is asked.
        only: Deprecated by GitLab; use `rules`.
        except_: Deprecated by GitLab; use `rules`.
    """

    keyword: ClassVar[str] = "jobs:{name}"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#job-keywords"

    name: str = attrs.field(kw_only=False)
    stage: StageName | Reference | None = None
    extends: JobName | Sequence[JobName] | None = None
    rules: Sequence[Rule | Reference | Sequence[object]] | Reference | None = None
    needs: Sequence[JobName | Need | Reference | Sequence[object]] | Reference | None = None
    variables: Mapping[str, Scalar | Variable] | Reference | None = None
    when: JobWhen | Reference | None = None
    start_in: Duration | None = None
    allow_failure: bool | AllowFailure | Reference | None = None
    interruptible: Flag | None = None
    resource_group: Text | None = None
    environment: str | Environment | Reference | None = None
    parallel: Annotated[int, between(1, 200)] | Matrix | Reference | None = None
    inherit: Inherit | Reference | None = None
    manual_confirmation: Text | None = None
    only: Sequence[str] | Mapping[str, object] | Reference | None = None
    except_: Sequence[str] | Mapping[str, object] | Reference | None = None

    def misfits(self) -> Iterable[Misfit]:
        """Return problems of the name and between keywords."""
        return self._misfits()

    def _is_well_named(self) -> bool:
        return len(self.name) <= 255 and self.name not in RESERVED and self.name[:1] != "."

    def _misfits(self) -> Iterator[Misfit]:
        yield from self._name_misfits()
        if is_set(self.rules):
            clash = [key for key in ("only", "except_", "start_in") if is_set(getattr(self, key))]
            if clash:
                words = ", ".join(key.rstrip("_") for key in clash)
                yield Misfit(f"config key may not be used with `rules`: {words}")
            if self.rules == ():
                yield Misfit("config can't be blank", "leave `rules` out, or add a rule", ("rules",))
        elif self.when == "delayed" and not is_set(self.start_in):
            yield Misfit("should be a duration", "a delayed job needs its delay", ("start_in",))
        elif is_set(self.start_in) and is_set(self.when) and self.when != "delayed":
            yield Misfit("must be blank", 'only when="delayed" has a delay', ("start_in",))

    def _name_misfits(self) -> Iterator[Misfit]:
        if len(self.name) > 255:
            yield Misfit("name is too long (maximum is 255 characters)")
        if self.name in RESERVED:
            yield Misfit(f"name is reserved: GitLab reads `{self.name}` as a keyword of its own", "choose another name")
        hidden = type(self).__name__ == "HiddenJob"
        if hidden != self.name.startswith(".") and self.name:
            hint = "a name with a dot in front is a HiddenJob" if not hidden else f'write HiddenJob(".{self.name}")'
            yield Misfit(f"name should {'' if hidden else 'not '}begin with a dot, got {self.name!r}", hint, ("name",))
