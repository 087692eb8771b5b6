"""A blueprint with settings for TOML files, subclasses of the library's classes, and helper functions with its types."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import attrs

from gitlabgen import BaseJob, Condition, GitlabgenError, Job, KeywordError, Pipeline, Project, Rule, var
from gitlabgen.patterns import Target


@attrs.frozen
class Account:
    """An account of AWS."""

    account: str
    region: str = "eu-central-1"


@attrs.frozen
class Settings:
    """The settings of a service."""

    name: str
    environments: Mapping[str, Account]
    tests: Sequence[str] = ("make test",)
    size: Literal["small", "large"] = "small"


def service(settings: Settings) -> Project:
    """Return the project of a service."""
    jobs = [PythonJob(f"test {index}", script=[command]) for index, command in enumerate(settings.tests)]
    return Project(pipeline=Pipeline(jobs=[*jobs, *deployments(settings.environments)]))


class PythonJob(Job):
    """A job with Python."""

    @property
    def is_slow(self) -> bool:
        """Whether it has a time-out."""
        return self.timeout is not None


def deployments(environments: Mapping[str, Account]) -> Iterable[BaseJob]:
    """Yield a job for each environment."""
    for name, account in environments.items():
        yield Job(f"deploy {name}", script=[f"deploy {account.account}"], rules=[Rule(only_on("main"))], environment=name)


def only_on(*branches: str) -> Condition:
    """Return the condition that the pipeline is for one of these branches."""
    return var.CI_COMMIT_BRANCH.is_in(*branches) & (var.CI_PIPELINE_SOURCE == "push")


def targets(environments: Mapping[str, Account]) -> list[Target]:
    """Return a target for each environment."""
    return [
        Target(name, account=found.account, region=found.region, role="deploy", bucket=f"{name}-packages")
        for name, found in environments.items()
    ]


def keywords_of(mapping: Mapping[str, Any]) -> Job:
    """Return a job from keywords that are known only at run time."""
    try:
        return Job("job", **mapping)
    except KeywordError as error:
        raise RuntimeError(error.findings[0].hint or "") from error
    except GitlabgenError:
        raise


project = service(Settings("shop", {"prod": Account("111111111111")}))
slow = PythonJob("slow", script=["pytest"], timeout="2 hours").is_slow
made: list[BaseJob] = [keywords_of({"script": ["make"], "tags": ["docker"]}), *deployments({"qa": Account("222222222222")})]
places = targets({"qa": Account("222222222222")})
