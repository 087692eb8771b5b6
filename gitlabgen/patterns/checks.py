"""Checks of a service's code, and of its deployed stacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from gitlabgen.gitlab.keyword_types import Lines, Strings, Text, Timeout, VariableScalars
from gitlabgen.modeling.fields import fields_of
from gitlabgen.modeling.lists import ListOf
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
    """The commands of a job; the pattern sets its stage, rules and dependencies.

    Args:
        image: The container image, preferably with its digest.
        before_script: Commands before the script, such as those that install tools.
        script: The commands.
        services: Service containers that run next to the job.
        variables: Variables by name.
        cache: Files kept between jobs.
        artifacts: Files that later jobs get, and the reports that GitLab shows.
        coverage: A regular expression that extracts the coverage from the log.
        tags: Tags of the runners that may run the job.
        timeout: The job's timeout.

    Source: https://docs.gitlab.com/ci/yaml/#job-keywords
    """

    image: str | Image | Reference | None = None
    before_script: Lines | None = None
    script: Lines | None = None
    services: ListOf[str | Service | Reference] | Reference | None = None
    variables: VariableScalars | None = None
    cache: Cache | Sequence[Cache | Reference] | Reference | None = None
    artifacts: Artifacts | Reference | None = None
    coverage: Text | None = None
    tags: Strings | None = None
    timeout: Timeout | None = None


@model
class Test(Commands):
    """A check of the code, before anything is deployed; see `Commands`."""

    __test__ = False  # pytest would collect a class of this name
    keyword: ClassVar[str] = "Test"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#job-keywords"

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for a check without a script."""
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
    """A check of a deployed stack.

    Args:
        env: Variables by name, with the stack's outputs: `{"API_URL": template.output("ApiUrl")}`.
    """

    keyword: ClassVar[str] = "QaTest"

    env: Annotated[Mapping[str, StackOutput | str], _variables] | None = None


_KEYWORDS = frozenset(field.name for field in fields_of(Commands))


def job_of(commands: Commands, name: str, **keywords: Any) -> Job:
    """Return a job that runs commands; its findings are reported at the location of the commands.

    Args:
        commands: The commands, with their image, variables and artifacts.
        name: The job's name.
        keywords: Keywords that the pattern sets, before those of the commands; None for those that it does not set.
    """
    from gitlabgen.gitlab.job import Job

    from_commands = {keyword: value for keyword, value in vars(commands).items() if keyword in _KEYWORDS}
    from_pattern = {keyword: value for keyword, value in keywords.items() if value is not None}
    return construct(Job, (name,), {**from_commands, **from_pattern}, location_of(commands))
