"""The pipeline of Acme's services."""

from typing import Literal

import attrs

from gitlabgen import Environment, Job, Pipeline, Project, Rule, Workflow, var

__all__ = ["Settings", "Target", "service"]

on_main = var.CI_COMMIT_BRANCH == var.CI_DEFAULT_BRANCH


@attrs.frozen
class Target:
    """A place that a service is deployed to.

    Args:
        account: The number of the AWS account.
        tier: The tier of the environment.
    """

    account: str
    tier: Literal["staging", "production"] = "staging"


@attrs.frozen
class Settings:
    """The settings of a service.

    Args:
        name: The name of the service.
        python: The version of Python.
        environments: Where the service is deployed to, by the name of the environment.
    """

    name: str
    python: str = "3.13"
    environments: dict[str, Target] = attrs.field(factory=dict)


def service(settings: Settings) -> Project:
    """Return the files of a service: it is tested in merge requests and on the default branch, and deployed from there."""
    image = f"python:{settings.python}-slim"
    test = Job("test", stage="test", image=image, script=["pip install .", "pytest"])
    deployments = [
        Job(
            f"deploy-{name}",
            stage="deploy",
            needs=[test],
            script=[f"./deploy.sh {settings.name} {target.account}"],
            environment=Environment(name, deployment_tier=target.tier),
            resource_group=name,
            rules=[Rule(on_main)],
        )
        for name, target in settings.environments.items()
    ]
    workflow = Workflow.merge_requests_branches_and_tags()
    return Project(pipeline=Pipeline(workflow=workflow, stages=["test", "deploy"], jobs=[test, *deployments]))
