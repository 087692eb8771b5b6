"""Ready-made compositions: whole pipelines from a few lines, with the safe choice wherever there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gitlabgen.patterns.checks import QaTest, Test
    from gitlabgen.patterns.container_service import container_service
    from gitlabgen.patterns.container_targets import ImageBuild, KubernetesReview, KubernetesTarget
    from gitlabgen.patterns.packages import Package
    from gitlabgen.patterns.serverless_service import serverless_service
    from gitlabgen.patterns.targets import Target

__all__ = [
    "ImageBuild",
    "KubernetesReview",
    "KubernetesTarget",
    "Package",
    "QaTest",
    "Target",
    "Test",
    "container_service",
    "serverless_service",
]

_MODULES = {
    "ImageBuild": "container_targets",
    "KubernetesReview": "container_targets",
    "KubernetesTarget": "container_targets",
    "Package": "packages",
    "QaTest": "checks",
    "Target": "targets",
    "Test": "checks",
    "container_service": "container_service",
    "serverless_service": "serverless_service",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        found = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return __all__
