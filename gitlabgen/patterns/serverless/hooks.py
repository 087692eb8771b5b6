"""Hooks written in another language than the functions that they check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitlabgen.modeling.model import changed
from gitlabgen.sam.canaries.hook import PREFIX
from gitlabgen.sam.canaries.wiring import expanded
from gitlabgen.sam.function import Function
from gitlabgen.sam.template import Template

# Metadata with which `sam build` skips a function.
_SKIP_BUILD = {"SkipBuild": True}


def without_foreign_builds(template: Template) -> Template:
    """Return a template whose hooks are not built if the build image of the functions does not support their language.

    Lambda's runtimes already contain all that the hooks import, so their source files can be uploaded unchanged.

    Args:
        template: The template; returned unchanged if one image can build all functions.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-build.html
    """
    whole = expanded(template)
    runtimes = runtimes_of([resource for resource in whole.resources if not _is_hook(resource)], template)
    if not runtimes or runtimes_of(whole.resources, template) == runtimes:
        return template
    resources = [_without_build(resource) if _is_foreign(resource, runtimes) else resource for resource in whole.resources]
    return changed(whole, resources=resources)


def runtimes_of(resources: Any, template: Template) -> set[str]:
    """Return the runtimes of the functions whose code has to be built.

    Args:
        resources: The resources, including those that canaries add.
        template: The template, whose `Globals` may set a runtime for all functions.
    """
    given: Any = template.globals_
    functions_of = given.get("Function") if isinstance(given, Mapping) else getattr(given, "function", None)
    shared = functions_of.get("Runtime") if isinstance(functions_of, Mapping) else getattr(functions_of, "runtime", None)
    functions = [resource for resource in resources if isinstance(resource, Function) and _is_built(resource)]
    found = {shared if function.runtime is None else function.runtime for function in functions}
    return {runtime for runtime in found if isinstance(runtime, str)}


def _is_built(function: Function) -> bool:
    return function.inline_code is None and not (function.metadata or {}).get("SkipBuild")


def _is_hook(resource: Any) -> bool:
    name = getattr(getattr(resource, "function_name", None), "argument", None)
    return isinstance(resource, Function) and isinstance(name, str) and name.startswith(PREFIX)


def _is_foreign(resource: Any, runtimes: set[str]) -> bool:
    return _is_hook(resource) and resource.runtime not in runtimes


def _without_build(hook: Any) -> Any:
    return changed(hook, metadata={**(hook.metadata or {}), **_SKIP_BUILD})
