"""Script GitLab pipelines and serverless deployments in typed Python, and render them to YAML."""

from __future__ import annotations

# The name is enough for type checkers, and `typing` would double the cost of the import.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitlabgen import sam, yamltext
    from gitlabgen.codec.pipelines import dumps, loads
    from gitlabgen.errors import DefinitionError, Finding, GitlabgenError, KeywordError, OutputError, YamlError
    from gitlabgen.gitlab import (
        AllowFailure,
        Artifacts,
        AutoCancel,
        AwsSecret,
        AzureSecret,
        BaseJob,
        Cache,
        CacheKey,
        Changes,
        Condition,
        CoverageReport,
        DastConfiguration,
        Default,
        Environment,
        Exists,
        Forward,
        GcpSecret,
        GitlabSecret,
        HiddenJob,
        Hooks,
        IdToken,
        Image,
        Include,
        Inherit,
        Job,
        JobInput,
        Kubernetes,
        KubernetesDashboard,
        ManagedResources,
        Matrix,
        Need,
        Pages,
        Pipeline,
        Reference,
        Release,
        ReleaseAssets,
        ReleaseLink,
        Reports,
        Retry,
        Rule,
        Secret,
        Service,
        Stage,
        Step,
        Trigger,
        TriggerJob,
        Variable,
        VaultEngine,
        VaultSecret,
        Workflow,
        all_of,
        any_of,
        var,
    )
    from gitlabgen.model import NULL, comment, evolve
    from gitlabgen.project import Project

    __version__: str

__all__ = [
    "NULL",
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
    "DefinitionError",
    "Environment",
    "Exists",
    "Finding",
    "Forward",
    "GcpSecret",
    "GitlabSecret",
    "GitlabgenError",
    "HiddenJob",
    "Hooks",
    "IdToken",
    "Image",
    "Include",
    "Inherit",
    "Job",
    "JobInput",
    "KeywordError",
    "Kubernetes",
    "KubernetesDashboard",
    "ManagedResources",
    "Matrix",
    "Need",
    "OutputError",
    "Pages",
    "Pipeline",
    "Project",
    "Reference",
    "Release",
    "ReleaseAssets",
    "ReleaseLink",
    "Reports",
    "Retry",
    "Rule",
    "Secret",
    "Service",
    "Stage",
    "Step",
    "Trigger",
    "TriggerJob",
    "Variable",
    "VaultEngine",
    "VaultSecret",
    "Workflow",
    "YamlError",
    "all_of",
    "any_of",
    "comment",
    "dumps",
    "evolve",
    "loads",
    "sam",
    "var",
    "yamltext",
]

_MODULES = {
    "NULL": "model",
    "comment": "model",
    "evolve": "model",
    "dumps": "codec.pipelines",
    "loads": "codec.pipelines",
    "Project": "project",
    **dict.fromkeys(("DefinitionError", "Finding", "GitlabgenError", "KeywordError", "OutputError", "YamlError"), "errors"),
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        from importlib import import_module

        if name in ("sam", "yamltext"):
            return import_module(f"{__name__}.{name}")
        if name == "__version__":
            from importlib.metadata import version

            return version("gitlabgen")
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{_MODULES.get(name, 'gitlab')}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return __all__
