"""`overridden-predefined`: the file sets a predefined variable that says what a pipeline runs for.

Source: https://docs.gitlab.com/ci/variables/#cicd-variable-precedence
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab._predefined_variables import PREDEFINED
from gitlabgen.gitlab.trigger import TriggerJob
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

# Other names are often set on purpose, such as CI_REGISTRY for another registry.
_PREFIXES: Final = ("CI_COMMIT_", "CI_PIPELINE_", "CI_MERGE_REQUEST_", "CI_EXTERNAL_PULL_REQUEST_", "CI_OPEN_", "CI_DEFAULT_")
_NAMES: Final = frozenset(
    name
    for name, variable in PREDEFINED.items()
    if name.startswith(_PREFIXES) and variable.removed is None and not variable.is_setting
)


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each such variable that `variables` sets, except those that a trigger passes on."""
    for setting in analysis.variable_facts.settings:
        if setting.name not in _NAMES or isinstance(setting.owner, TriggerJob):
            continue
        what = "the event" if setting.name == "CI_PIPELINE_SOURCE" else "GitLab's value"
        value = getattr(setting.value, "value", setting.value)
        shown = f"`{value}`" if isinstance(value, str | int | float) and value != "" else "this value"
        message = f"{setting.title}`{setting.name}` is set here, so rules and scripts see {shown} instead of {what}."
        yield RULE.finding(spot(setting.owner, setting.path, at_key=True), message, "use another name", facts=(setting.name,))


RULE: Final = LintRule(
    id="overridden-predefined",
    summary="The file sets a predefined variable that says what the pipeline runs for.",
    why=(
        "Variables of the file win over predefined ones. "
        "If the file sets `CI_PIPELINE_SOURCE` or `CI_COMMIT_BRANCH`, all rules and scripts see that value, "
        "whatever started the pipeline. "
        "A trigger job may pass them on to its pipeline."
    ),
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/variables/#cicd-variable-precedence",
    examples=[
        Example(
            bad="""
variables:
  CI_PIPELINE_SOURCE: fake
test:
  script: make test
  rules:
    - if: $CI_PIPELINE_SOURCE == "push"
""",
            good="""
variables:
  SOURCE: fake
test:
  script: make test
  rules:
    - if: $CI_PIPELINE_SOURCE == "push"
""",
        )
    ],
    check=check,
)
