"""Script GitLab pipelines and serverless deployments in typed Python, and render them to YAML."""

from __future__ import annotations

# The name is enough for type checkers, and `typing` would double the cost of the import.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitlabgen import sam, yamltext
    from gitlabgen.codec.pipelines import dumps, loads
    from gitlabgen.composition.changes import fill, map_jobs, override, replace
    from gitlabgen.composition.merging import merge
    from gitlabgen.composition.renaming import prefixed, renamed
    from gitlabgen.composition.selection import select, without
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
        Except,
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
        Only,
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
        Spec,
        SpecInclude,
        SpecInput,
        SpecInputRule,
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
    from gitlabgen.linting import lint
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
    "Except",
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
    "Only",
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
    "Spec",
    "SpecInclude",
    "SpecInput",
    "SpecInputRule",
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
    "fill",
    "lint",
    "loads",
    "map_jobs",
    "merge",
    "override",
    "prefixed",
    "renamed",
    "replace",
    "sam",
    "select",
    "var",
    "without",
    "yamltext",
]

_MODULES = {
    **dict.fromkeys(("fill", "map_jobs", "override", "replace"), "composition.changes"),
    **dict.fromkeys(("prefixed", "renamed"), "composition.renaming"),
    **dict.fromkeys(("select", "without"), "composition.selection"),
    "merge": "composition.merging",
    "NULL": "model",
    "comment": "model",
    "evolve": "model",
    "dumps": "codec.pipelines",
    "lint": "linting",
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
