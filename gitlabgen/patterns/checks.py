"""Checks: what a service does to find out whether its code works."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from gitlabgen.gitlab.keyword_types import Lines, Strings, Text, Timeout, VariableScalars
from gitlabgen.modeling.fields import fields_of
from gitlabgen.modeling.model import construct, model
from gitlabgen.modeling.plans import location_of
from gitlabgen.modeling.problems import InvalidValue, Problem
from gitlabgen.patterns.arguments import Arguments

if TYPE_CHECKING:
    from gitlabgen.gitlab.artifacts import Artifacts
    from gitlabgen.gitlab.cache import Cache
    from gitlabgen.gitlab.image import Image
    from gitlabgen.gitlab.job import Job
    from gitlabgen.gitlab.reference import Reference
    from gitlabgen.gitlab.services import Service
    from gitlabgen.sam.stack_output import StackOutput

__all__ = ["QaTest", "Test"]


@model
class Commands(Arguments):
    """What a job runs; the pattern decides when, where and after what.

    Args:
        image: The container image, best with its digest.
        before_script: Commands before the script, such as those that install tools.
        script: The commands.
        services: Containers beside the job.
        variables: Variables by name.
        cache: Files kept between jobs.
        artifacts: Files handed on, and the reports that GitLab shows.
        coverage: A regular expression that finds the coverage in the log.
        tags: Which runners take the job.
        timeout: How long it may run.

    Source: https://docs.gitlab.com/ci/yaml/#job-keywords
    """

    image: str | Image | Reference | None = None
    before_script: Lines | None = None
    script: Lines | None = None
    services: Sequence[str | Service | Reference] | Reference | None = None
    variables: VariableScalars | None = None
    cache: Cache | Sequence[Cache | Reference] | Reference | None = None
    artifacts: Artifacts | Reference | None = None
    coverage: Text | None = None
    tags: Strings | None = None
    timeout: Timeout | None = None


@model
class Test(Commands):
    """A check of the code, before anything is deployed; see `Commands`."""

    __test__ = False  # pytest takes a class of this name for tests
    keyword: ClassVar[str] = "Test"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#job-keywords"

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for a check that runs nothing."""
        yield from super().problems()
        if not self.script:
            yield Problem("is missing" if self.script is None else "is empty", path=("script",))


def _variables(value: Mapping[str, Any]) -> Mapping[str, Any]:
    for name in value:
        if not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
            raise InvalidValue("is not the name of a variable", "use letters, digits and '_', with no digit first", (name,))
    return value


@model
class QaTest(Test):
    """A check of a stack that is deployed.

    Args:
        env: Variables by name, with the stack's outputs: `{"API_URL": template.output("ApiUrl")}`.
    """

    keyword: ClassVar[str] = "QaTest"

    env: Annotated[Mapping[str, StackOutput | str], _variables] | None = None


_KEYWORDS = frozenset(field.name for field in fields_of(Commands))


def job_of(commands: Commands, name: str, **decided: Any) -> Job:
    """Return a job that runs commands; a finding about it leads to where the user wrote them.

    Args:
        commands: The commands and what they need.
        name: The job's name.
        decided: Keywords of the job that the pattern decides; None for those that it leaves to the commands.
    """
    from gitlabgen.gitlab.job import Job

    theirs = {keyword: value for keyword, value in vars(commands).items() if keyword in _KEYWORDS}
    ours = {keyword: value for keyword, value in decided.items() if value is not None}
    return construct(Job, (name,), {**theirs, **ours}, location_of(commands))
