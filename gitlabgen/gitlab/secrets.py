"""`secrets`: secrets that a job fetches from a provider."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Final

from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import Flag, Text, in_backticks, is_set
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.kinds import is_interpolated
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["AwsSecret", "AzureSecret", "GcpSecret", "GitlabSecret", "Secret", "VaultEngine", "VaultSecret"]

_PROVIDERS: Final = ("vault", "azure_key_vault", "gcp_secret_manager", "aws_secrets_manager", "gitlab_secrets_manager")


@model
class VaultEngine(KeywordModel):
    """A secrets engine of HashiCorp Vault.

    Args:
        name: The engine's kind, such as `kv-v2`.
        path: The path at which the engine is mounted.

    Source: https://docs.gitlab.com/ci/yaml/#secretsvault
    """

    keyword: ClassVar[str] = "secrets:vault:engine"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#secretsvault"

    name: Text
    path: Text


@model
class VaultSecret(KeywordModel):
    """A secret in HashiCorp Vault.

    Args:
        engine: The secrets engine.
        path: The secret's path.
        field: The field that holds the secret.

    Source: https://docs.gitlab.com/ci/yaml/#secretsvault
    """

    keyword: ClassVar[str] = "secrets:vault"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#secretsvault"

    engine: VaultEngine | Reference
    path: Text
    field: Text


@model
class AzureSecret(KeywordModel):
    """A secret in Azure Key Vault.

    Args:
        name: The secret's name.
        version: Its version.

    Source: https://docs.gitlab.com/ci/yaml/#secretsazure_key_vault
    """

    keyword: ClassVar[str] = "secrets:azure_key_vault"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#secretsazure_key_vault"

    name: Text
    version: Text | None = None


@model
class GcpSecret(KeywordModel):
    """A secret in Google Cloud's Secret Manager.

    Args:
        name: The secret's name.
        version: Its version; GitLab's default is `latest`.

    Source: https://docs.gitlab.com/ci/yaml/#secretsgcp_secret_manager
    """

    keyword: ClassVar[str] = "secrets:gcp_secret_manager"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#secretsgcp_secret_manager"

    name: Text
    version: str | int | Reference | None = None


@model
class AwsSecret(KeywordModel):
    """A secret in AWS Secrets Manager; a plain string is enough if only the name is needed.

    Args:
        secret_id: The secret's name or ARN.
        version_id: Its version.
        version_stage: The staging label of its version.
        region: The region in which it is stored.
        role_arn: The role that is assumed to read it.
        role_session_name: The name of the role's session.
        field: The field to read; without it, the whole secret.

    Source: https://docs.gitlab.com/ci/yaml/#secretsaws_secrets_manager
    """

    keyword: ClassVar[str] = "secrets:aws_secrets_manager"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#secretsaws_secrets_manager"

    secret_id: Text
    version_id: Text | None = None
    version_stage: Text | None = None
    region: Text | None = None
    role_arn: Text | None = None
    role_session_name: Text | None = None
    field: Text | None = None


@model
class GitlabSecret(KeywordModel):
    """A secret in GitLab's secrets manager.

    Args:
        name: The secret's name: letters, digits and underscores.
        source: The group that has the secret, as `group/<path>`; without it, the project.

    Source: https://docs.gitlab.com/ci/yaml/#secretsgitlab_secrets_manager
    """

    keyword: ClassVar[str] = "secrets:gitlab_secrets_manager"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#secretsgitlab_secrets_manager"

    name: Text
    source: Text | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for a name that GitLab rejects."""
        name = self.name
        if isinstance(name, str) and not is_interpolated(name) and not re.fullmatch(r"\w+", name, re.ASCII):
            yield Problem("can contain only letters, digits and '_'", path=("name",), given=name)


@model
class Secret(KeywordModel):
    """A secret: its provider, and how the job receives it.

    Args:
        vault: The secret in HashiCorp Vault, or `path/field@engine`.
        azure_key_vault: The secret in Azure Key Vault.
        gcp_secret_manager: The secret in Google Cloud's Secret Manager; needs `token`.
        aws_secrets_manager: The secret in AWS Secrets Manager, or its name.
        gitlab_secrets_manager: The secret in GitLab's secrets manager.
        file: Whether the variable holds the path of a file with the secret, instead of the secret; GitLab's default is True.
        token: The variable of the ID token with which the job authenticates.

    Source: https://docs.gitlab.com/ci/yaml/#secrets
    """

    keyword: ClassVar[str] = "secrets"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#secrets"

    vault: str | VaultSecret | Reference | None = None
    azure_key_vault: AzureSecret | Reference | None = field(default=None, since=(16, 3))
    gcp_secret_manager: GcpSecret | Reference | None = field(default=None, since=(16, 8))
    aws_secrets_manager: str | AwsSecret | Reference | None = field(default=None, since=(18, 3))
    gitlab_secrets_manager: GitlabSecret | Reference | None = field(default=None, since=(19, 0))
    file: Flag | None = field(default=None, since=(14, 1))
    token: Text | None = field(default=None, since=(15, 8))

    def problems(self) -> Iterator[Problem]:
        """Yield problems unless there is exactly one provider, and a token for Google Cloud."""
        given = [name for name in _PROVIDERS if is_set(getattr(self, name))]
        if len(given) > 1 or not (given or self.extra):
            plain = (
                f"has several providers: {in_backticks(given)}"
                if given
                else f"has no provider: add {in_backticks(_PROVIDERS, 'or')}"
            )
            yield Problem(f"config must use exactly one of these keys: {', '.join(_PROVIDERS)}", plain=plain)
        if is_set(self.gcp_secret_manager) and not is_set(self.token):
            yield Problem(
                "is required with gcp secrets manager",
                "name the variable of an ID token",
                ("token",),
                plain="is missing: Google's secret manager needs it",
            )
