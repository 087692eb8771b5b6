"""`.gitlab-ci.yml` as attrs classes: one module per keyword, loaded when it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gitlabgen.gitlab.allow_failure import AllowFailure
    from gitlabgen.gitlab.artifacts import Artifacts
    from gitlabgen.gitlab.base_job import BaseJob
    from gitlabgen.gitlab.cache import Cache, CacheKey
    from gitlabgen.gitlab.conditions import Condition, Var, all_of, any_of, var
    from gitlabgen.gitlab.dast_configuration import DastConfiguration
    from gitlabgen.gitlab.default import Default
    from gitlabgen.gitlab.environment import Environment
    from gitlabgen.gitlab.hidden_job import HiddenJob
    from gitlabgen.gitlab.hooks import Hooks
    from gitlabgen.gitlab.id_tokens import IdToken
    from gitlabgen.gitlab.image import Image
    from gitlabgen.gitlab.include import Include
    from gitlabgen.gitlab.inherit import Inherit
    from gitlabgen.gitlab.inputs import JobInput
    from gitlabgen.gitlab.job import Job
    from gitlabgen.gitlab.kubernetes import Kubernetes, KubernetesDashboard, ManagedResources
    from gitlabgen.gitlab.needs import Need
    from gitlabgen.gitlab.only import Except, Only
    from gitlabgen.gitlab.pages import Pages
    from gitlabgen.gitlab.parallel import Matrix
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.gitlab.reference import Reference
    from gitlabgen.gitlab.release import Release, ReleaseAssets, ReleaseLink
    from gitlabgen.gitlab.reports import CoverageReport, Reports
    from gitlabgen.gitlab.retry import Retry
    from gitlabgen.gitlab.rules import Changes, Exists, Rule
    from gitlabgen.gitlab.run import Step
    from gitlabgen.gitlab.secrets import AwsSecret, AzureSecret, GcpSecret, GitlabSecret, Secret, VaultEngine, VaultSecret
    from gitlabgen.gitlab.services import Service
    from gitlabgen.gitlab.spec import Spec, SpecInclude, SpecInput, SpecInputRule
    from gitlabgen.gitlab.stage import Stage
    from gitlabgen.gitlab.trigger import Forward, Trigger, TriggerJob
    from gitlabgen.gitlab.variables import Variable
    from gitlabgen.gitlab.workflow import AutoCancel, Workflow

__all__ = [
    "AllowFailure",
    "Artifacts",
    "AutoCancel",
    "AwsSecret",
    "AzureSecret",
    "BaseJob",
    "Cache",
    "CacheKey",
    "Changes",
    "Condition",
    "CoverageReport",
    "DastConfiguration",
    "Default",
    "Environment",
    "Except",
    "Exists",
    "Forward",
    "GcpSecret",
    "GitlabSecret",
    "HiddenJob",
    "Hooks",
    "IdToken",
    "Image",
    "Include",
    "Inherit",
    "Job",
    "JobInput",
    "Kubernetes",
    "KubernetesDashboard",
    "ManagedResources",
    "Matrix",
    "Need",
    "Only",
    "Pages",
    "Pipeline",
    "Reference",
    "Release",
    "ReleaseAssets",
    "ReleaseLink",
    "Reports",
    "Retry",
    "Rule",
    "Secret",
    "Service",
    "Spec",
    "SpecInclude",
    "SpecInput",
    "SpecInputRule",
    "Stage",
    "Step",
    "Trigger",
    "TriggerJob",
    "Var",
    "Variable",
    "VaultEngine",
    "VaultSecret",
    "Workflow",
    "all_of",
    "any_of",
    "var",
]

# The keyword's module, where its name does not follow from the class's.
_MODULES = {
    "AwsSecret": "secrets",
    "AzureSecret": "secrets",
    "DastConfiguration": "dast_configuration",
    "GcpSecret": "secrets",
    "GitlabSecret": "secrets",
    "Except": "only",
    "JobInput": "inputs",
    "KubernetesDashboard": "kubernetes",
    "ManagedResources": "kubernetes",
    "ReleaseAssets": "release",
    "ReleaseLink": "release",
    "Secret": "secrets",
    "SpecInclude": "spec",
    "SpecInput": "spec",
    "SpecInputRule": "spec",
    "Step": "run",
    "VaultEngine": "secrets",
    "VaultSecret": "secrets",
    "AutoCancel": "workflow",
    "CacheKey": "cache",
    "Changes": "rules",
    "Condition": "conditions",
    "CoverageReport": "reports",
    "Exists": "rules",
    "Forward": "trigger",
    "IdToken": "id_tokens",
    "Matrix": "parallel",
    "Need": "needs",
    "Rule": "rules",
    "Service": "services",
    "TriggerJob": "trigger",
    "Var": "conditions",
    "Variable": "variables",
    "all_of": "conditions",
    "any_of": "conditions",
    "var": "conditions",
    "AllowFailure": "allow_failure",
    "BaseJob": "base_job",
    "HiddenJob": "hidden_job",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        found = getattr(import_module(f"{__name__}.{_MODULES.get(name, name.lower())}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return __all__
