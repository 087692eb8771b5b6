"""`run`: the steps of a job that has no script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from gitlabgen.gitlab._values import Text
from gitlabgen.model import Model, model
from gitlabgen.shapes import Misfit, is_interpolated

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Step"]


@model
class Step(Model):
    """A step of a job: a script, or a function that is kept elsewhere.

    Args:
        name: The step's name: letters, digits and underscores.
        script: The commands.
        step: The function; a path, or a mapping with `git` or `oci`.
        func: The function, in the newer way to write it.
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
    env: Mapping[str, str] | Reference | None = None

    def misfits(self) -> Iterator[Misfit]:
        """Yield a problem for a name that GitLab refuses, and unless the step does exactly one thing."""
        name = self.name
        if isinstance(name, str) and not is_interpolated(name) and not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
            yield Misfit(f"can contain only letters, digits and '_', and cannot start with a digit, got {name!r}", path=("name",))
        if (self.script, self.step, self.func).count(None) != 2 and not self.extra:
            yield Misfit("config must use exactly one of these keys: script, step, func")
        if self.script is not None and self.inputs is not None:
            yield Misfit("config these keys cannot be used together: script, inputs")
