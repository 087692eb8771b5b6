"""`hooks`: commands that a runner executes at specific points of a job."""

from __future__ import annotations

from typing import ClassVar

from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import SCRIPT, Lines
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.model import model

__all__ = ["Hooks"]


@model
class Hooks(KeywordModel):
    """Commands that a runner executes at specific points of a job.

    Args:
        pre_get_sources_script: Commands before the runner clones the repository and its submodules.

    Source: https://docs.gitlab.com/ci/yaml/#hooks
    """

    keyword: ClassVar[str] = "hooks"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#hooks"
    type_errors: ClassVar[TypeErrors] = {"pre_get_sources_script": Sentence(SCRIPT, "pre_get_sources_script")}

    pre_get_sources_script: Lines | None = None
