"""The base of all models of a pipeline, with GitLab's error messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from gitlabgen.gitlab.wording import TypeErrors, sentence
from gitlabgen.modeling.kinds import FrozenDict
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from gitlabgen.modeling.problems import Problem


class KeywordModel(Model):
    """A block of `.gitlab-ci.yml`."""

    # GitLab's message for a value of the wrong type, by keyword.
    type_errors: ClassVar[TypeErrors] = FrozenDict()

    @classmethod
    def called(cls) -> str:
        """Return the name that users call to create a model of the class."""
        return cls.__name__

    @classmethod
    def vendor_sentence(cls, subject: str, problem: Problem) -> str | None:
        """Return GitLab's message for a problem; None if it has none.

        Args:
            subject: The path of the block, such as `jobs:deploy`.
            problem: The problem.
        """
        if getattr(problem.got, "tag", None) == "!reference":  # its path is not a list of names
            return f"!reference {_in_ruby(problem.got.value)} is not valid"
        plan = plan_of(cls)
        is_inside = len(problem.path) > 1 and problem.path[0] in plan.names
        return sentence(cls.type_errors, subject, problem, plan.shapes[str(problem.path[0])].expected if is_inside else ())


def _in_ruby(value: Any) -> str:
    """Return a value as Ruby shows it."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_in_ruby(key)}=>{_in_ruby(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_in_ruby, value))}]"
    from json import dumps  # slow to load, and only needed for findings

    return dumps(value, ensure_ascii=False)
