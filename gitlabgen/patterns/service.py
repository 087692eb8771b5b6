"""What `serverless_service` is told, checked as a whole before anything is made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

import attrs

from gitlabgen.gitlab._values import Delay, Lifetime, Strings
from gitlabgen.model import Model, model
from gitlabgen.patterns.arguments import Arguments, RepositoryPath
from gitlabgen.patterns.extras import Scan
from gitlabgen.patterns.images import DEPLOY_IMAGE
from gitlabgen.patterns.targets import Place, places_of
from gitlabgen.shapes import Misfit

if TYPE_CHECKING:
    from gitlabgen.patterns.checks import QaTest, Test
    from gitlabgen.patterns.packages import Package
    from gitlabgen.patterns.targets import Target
    from gitlabgen.sam.outputs import StackOutput
    from gitlabgen.sam.template import Template

__all__ = ["Service"]

_NAME: Final = r"[a-z](?:-?[a-z0-9]+)*"
_LONGEST_NAME: Final = 40


def _name(value: Any) -> Any:
    if not re.fullmatch(_NAME, value) or len(value) > _LONGEST_NAME:
        raise Misfit(f"should be small letters, digits and single dashes, at most {_LONGEST_NAME}, got {value!r}")
    return value


@model
class Service(Arguments):
    """A service with all that its pipeline depends on; `serverless_service` documents the fields."""

    keyword: ClassVar[str] = "serverless_service"
    never_none: ClassVar[tuple[str, ...]] = (
        *("gitlab", "branch", "image", "scripts", "qa_lifetime", "qa_shift", "min_requests", "freeze", "alarm_gate"),
        *("rollback", "reaper", "drift", "scan", "release", "retention"),
    )

    template: Template = attrs.field(kw_only=False)
    name: Annotated[str, _name]
    test: Test | Mapping[str, Test]
    deploy: Sequence[Target]
    qa: Target | None = None
    qa_test: QaTest | None = None
    package: Package | None = None
    url: StackOutput | None = None
    gitlab: str = "https://gitlab.com"
    project: str | None = None
    branch: str = "main"
    image: str = DEPLOY_IMAGE
    scripts: RepositoryPath = "ci"
    runner_tags: Strings | None = None
    qa_lifetime: Lifetime = "2 days"
    qa_shift: bool = False
    shift_minutes: int | None = None
    bake: Delay | None = "1 hour"
    min_requests: int = 100
    freeze: bool = True
    alarm_gate: bool = True
    rollback: bool = True
    reaper: bool = True
    drift: bool = False
    scan: Sequence[Scan] = ("sast", "secret-detection")
    release: bool = False
    retention: Lifetime = "90 days"
    files: Mapping[str, str] | None = None

    def misfits(self) -> Iterator[Misfit]:
        """Yield what makes targets meet that should not."""
        yield from super().misfits()
        if self.test == {}:
            yield Misfit("can't be blank", "what is not tested is not deployed", ("test",))
        if "container-scanning" in (self.scan or ()):
            yield Misfit("is for images: container-scanning", path=("scan",))
        # Of another type, which is told already, they say nothing here.
        deploy = [target for target in self.deploy if isinstance(target, Model)] if isinstance(self.deploy, tuple) else []
        if self.deploy == ():
            yield Misfit("can't be blank", "name the targets in the order in which they are deployed", ("deploy",))
        if self.qa_test is not None and self.qa is None and len(deploy) == 1:
            yield Misfit("finds no stack", "say where: qa=Target(…), or deploy to a target before the last", ("qa_test",))
        if isinstance(self.qa, Model):
            yield from _review_misfits(self.qa, shifts=self.qa_shift)
            deploy = [self.qa, *deploy]
        yield from _collisions(deploy)

    @property
    def tests(self) -> Mapping[str, Test]:
        """The checks of the code by the names of their jobs."""
        return {"test": self.test} if isinstance(self.test, Model) else self.test

    def places(self, target: Target) -> list[Place]:
        """Return the stacks of a target.

        Args:
            target: One of the targets to deploy to.
        """
        return places_of(target, f"{self.name}-{target.name}")

    def bakes(self, target: Target) -> str | None:
        """Return how long alarms are watched after the last shift; None for not at all.

        Args:
            target: One of the targets to deploy to.
        """
        default = self.bake if target is self.deploy[-1] else None
        found = default if target.bake is None else target.bake
        return None if found in (None, "0") else str(found)


def _review_misfits(qa: Target, *, shifts: bool) -> Iterator[Misfit]:
    if shifts and qa.canary is not None:
        yield Misfit("contradicts qa_shift=True", "leave `canary` out, so that traffic shifts", ("canary",), about=qa)
    hint = "merge requests are deployed to one region, at once"
    for name in ("waves", "gate", "windows", "bake"):
        if getattr(qa, name, None) is not None:
            yield Misfit(f"is not for merge requests: {name}", hint, (name,), about=qa)


def _collisions(targets: Sequence[Any]) -> Iterator[Misfit]:
    """Yield a problem for targets that share what keeps them apart."""
    for name, what, hint in (
        ("name", "the name {!r}", "their stacks would be one"),
        ("role", "the role {!r} of an account", "code that is not merged, or not approved, could deploy to the other"),
        ("bucket", "the bucket {!r}", "code that is not merged, or not approved, could replace what the other deploys"),
    ):
        keys = [(getattr(target, name), target.account if name == "role" else None) for target in targets]
        for index, key in enumerate(keys):
            first = keys.index(key)
            if first != index:
                message = f"has {what.format(key[0])} of another target"
                yield Misfit(message, hint, (name,), about=targets[index], first=targets[first])
