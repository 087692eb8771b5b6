"""`workflow`: whether GitLab creates a pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar

from gitlabgen.gitlab._vocabulary import OnJobFailure, OnNewCommit
from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import Text, nested
from gitlabgen.gitlab.rule_words import never_or_always_problems
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference
    from gitlabgen.gitlab.rules import Rule

__all__ = ["AutoCancel", "Workflow"]


@model
class AutoCancel(KeywordModel):
    """What GitLab cancels automatically.

    Args:
        on_new_commit: What a newer commit on the branch cancels.
        on_job_failure: What the first failed job cancels.

    Source: https://docs.gitlab.com/ci/yaml/#workflowauto_cancelon_new_commit
    """

    keyword: ClassVar[str] = "workflow:auto_cancel"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#workflowauto_cancelon_new_commit"
    type_errors: ClassVar[TypeErrors] = {
        "on_new_commit": Sentence("on new commit must be one of: conservative, interruptible, none"),
        "on_job_failure": Sentence("on job failure must be one of: none, all"),
    }

    on_new_commit: OnNewCommit | Reference | None = None
    on_job_failure: OnJobFailure | Reference | None = field(default=None, since=(16, 11))


@model
class Workflow(KeywordModel):
    """Which events start a pipeline.

    Args:
        name: The pipeline's name.
        rules: The first rule that matches applies; if no rule matches, there is no pipeline.
        auto_cancel: What GitLab cancels automatically.

    Source: https://docs.gitlab.com/ci/yaml/#workflow
    """

    keyword: ClassVar[str] = "workflow"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#workflow"
    type_errors: ClassVar[TypeErrors] = {
        "rules": Sentence("config should be an array", "rules"),
        ("rules", 1): Sentence("config should be a hash", "rules:rule"),
        "auto_cancel": Sentence("config should be a hash", "auto_cancel"),
    }

    name: Text | None = field(default=None, since=(15, 7))
    rules: ListOf[Rule | Reference | Annotated[ListOf[object], nested(dict, "Rule", "Reference")]] | Reference | None = None
    auto_cancel: AutoCancel | Reference | None = field(default=None, since=(16, 10))

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for an empty list of rules, and for keywords of a rule that a workflow does not allow."""
        if self.rules == ():
            yield Problem("can't be blank", "remove `rules`, or add a rule", ("rules",), plain="is empty")
        yield from never_or_always_problems(self.rules)
        for index, rule in enumerate(self.rules if isinstance(self.rules, tuple) else ()):
            if getattr(rule, "interruptible", None) is not None:
                yield Problem(
                    "config contains unknown keys: interruptible",
                    None,
                    ("rules", index, "interruptible"),
                    "is for rules of jobs only",
                    entry="rules:rule",
                    key="interruptible",
                )

    @classmethod
    def merge_requests_branches_and_tags(cls) -> Workflow:
        """Return a workflow that never creates two pipelines for one push.

        Merge requests and tags have pipelines; a branch has pipelines until it has an open merge request.
        Scheduled and manually started pipelines run on any branch.

        Source: https://docs.gitlab.com/ci/yaml/workflow/#switch-between-branch-pipelines-and-merge-request-pipelines
        """
        from gitlabgen.gitlab.conditions import var
        from gitlabgen.gitlab.rules import Rule

        # GitLab sets the variable only if there is an open merge request.
        has_merge_request = var.CI_OPEN_MERGE_REQUESTS != None  # noqa: E711 - it becomes `!= null`
        return cls(
            rules=[
                Rule(var.CI_PIPELINE_SOURCE == "merge_request_event"),
                Rule((var.CI_PIPELINE_SOURCE == "push") & has_merge_request, when="never"),
                Rule(var.CI_COMMIT_BRANCH),
                Rule(var.CI_COMMIT_TAG),
            ]
        )
