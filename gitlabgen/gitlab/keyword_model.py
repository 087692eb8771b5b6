"""What all models of a pipeline have in common: GitLab's sentences for what it refuses."""

from __future__ import annotations

from typing import ClassVar

from gitlabgen.gitlab.wording import TypeErrors, sentence
from gitlabgen.modeling.kinds import FrozenDict
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.problems import Problem


class KeywordModel(Model):
    """A block of `.gitlab-ci.yml`."""

    # What GitLab says to a value of the wrong type, by keyword.
    type_errors: ClassVar[TypeErrors] = FrozenDict()

    @classmethod
    def called(cls) -> str:
        """Return what users call to make a model of the class."""
        return cls.__name__

    @classmethod
    def vendor_sentence(cls, subject: str, problem: Problem) -> str | None:
        """Return the sentence with which GitLab refuses a problem; None where it says nothing.

        Args:
            subject: The path of the block, such as `jobs:deploy`.
            problem: The problem.
        """
        return sentence(cls.type_errors, subject, problem)
