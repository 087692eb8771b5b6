"""The template that an account needs once, and that all services in it share: the identity provider for GitLab."""

from __future__ import annotations

from gitlabgen.sam.intrinsics import Ref
from gitlabgen.sam.outputs import Output
from gitlabgen.sam.resource import Resource
from gitlabgen.sam.template import Template

__all__ = ["account_bootstrap"]


def account_bootstrap(gitlab_url: str = "https://gitlab.com", audience: str | None = None) -> Template:
    """Return the template with the identity provider for GitLab, which an account has once.

    The owner of the account deploys it. The templates of services find the provider by its ARN, which follows from the address.

    Args:
        gitlab_url: The URL of GitLab.
        audience: The `aud` of the jobs' `id_tokens`; `gitlab_url` if not given.

    Source: https://docs.gitlab.com/ci/cloud_services/aws/
    """
    provider = Resource(
        "GitLab",
        "AWS::IAM::OIDCProvider",
        {"Url": gitlab_url, "ClientIdList": [audience or gitlab_url]},
        deletion_policy="Retain",
        update_replace_policy="Retain",
        comment="One for each account and address of GitLab: all services of the account sign in with it.",
    )
    return Template(
        f"Lets jobs of {gitlab_url} sign in",
        resources=[provider],
        outputs={"ProviderArn": Output(Ref("GitLab"), description="The provider's ARN.")},
        transform=None,
    )
