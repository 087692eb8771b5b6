"""The base of all models of a pipeline, with GitLab's error messages."""

from __future__ import annotations

from typing import ClassVar

from gitlabgen.gitlab.wording import TypeErrors, sentence
from gitlabgen.modeling.kinds import FrozenDict
from gitlabgen.modeling.model import Model
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
        return sentence(cls.type_errors, subject, problem)
