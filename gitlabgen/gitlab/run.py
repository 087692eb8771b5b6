"""`run`: the steps of a job that has no script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import Text, in_backticks, is_set
from gitlabgen.modeling.kinds import is_interpolated
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Step"]

_REQUIRED: Final = {"git": ("url", "rev"), "oci": ("registry", "repository", "tag")}
_OPTIONAL: Final = ("dir", "file")


@model
class Step(KeywordModel):
    """A step of a job: a script, or a function from a repository or a registry.

    Args:
        name: The step's name: letters, digits and underscores.
        script: The commands.
        step: The function: a path, or a mapping with `git` or `oci`.
        func: The function; the newer name of `step`.
        inputs: Values for the function's inputs.
        env: Environment variables of the step.

    Source: https://docs.gitlab.com/ci/yaml/#run
    """

    keyword: ClassVar[str] = "run:step"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#run"

    name: Text
    script: Text | None = None
    step: str | Mapping[str, object] | Reference | None = None
    func: str | Mapping[str, object] | Reference | None = None
    inputs: Mapping[str, object] | Reference | None = None
    env: Mapping[str, str | Reference] | Reference | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for a name that GitLab rejects, and unless the step has exactly one of `script`, `step` and `func`."""
        name = self.name
        if isinstance(name, str) and not is_interpolated(name) and not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
            yield Problem("can contain only letters, digits and '_', and cannot start with a digit", given=name, path=("name",))
        if sum(map(is_set, (self.script, self.step, self.func))) != 1 and not self.extra:
            yield Problem(
                "config must use exactly one of these keys: script, step, func",
                plain="should have exactly one of `script`, `step` and `func`",
            )
        if is_set(self.script) and is_set(self.inputs):
            plain = "cannot have both `script` and `inputs`"
            yield Problem("config these keys cannot be used together: script, inputs", plain=plain, key="inputs")
        for key in ("step", "func"):
            if isinstance(getattr(self, key), dict):
                yield from _function_problems(key, getattr(self, key))


def _function_problems(key: str, value: Mapping[Any, Any]) -> Iterator[Problem]:
    """Yield problems with a function from a repository or a registry."""
    kinds = [kind for kind in _REQUIRED if kind in value]
    if len(value) != 1 or not kinds:
        yield Problem(
            "config must use exactly one of these keys: git, oci",
            None,
            (key,),
            plain=f"should have exactly one of `git` and `oci`{f', got {in_backticks(value)}' if value else ''}",
        )
        return
    kind, given = kinds[0], value[kinds[0]]
    if not isinstance(given, dict):
        return
    missing = [name for name in _REQUIRED[kind] if not is_set(given.get(name))]
    if missing:
        yield Problem(f"config missing required keys: {', '.join(missing)}", None, (key, kind), f"has no {in_backticks(missing)}")
    known = (*_REQUIRED[kind], *_OPTIONAL)
    for name, inner in given.items():
        if name not in known:
            from gitlabgen.errors import did_you_mean

            yield Problem(
                f"config contains unknown keys: {name}",
                did_you_mean(str(name), known),
                (key, kind, name),
                "is not a known keyword",
                entry="",
                key=str(name),
                rule="unknown-keyword",
            )
        elif isinstance(inner, bool | int | float | tuple | dict):
            yield Problem("should be a string", path=(key, kind, name), given=inner)
