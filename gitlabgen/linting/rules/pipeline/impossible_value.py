"""`impossible-value`: a condition compares a predefined variable with a value that it never has.

Source: https://docs.gitlab.com/ci/jobs/job_rules/#ci_pipeline_source-predefined-variable
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from gitlabgen.analysis.condition_parts import comparisons
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding, closest
from gitlabgen.gitlab._predefined_variables import PREDEFINED
from gitlabgen.gitlab.keyword_types import in_backticks
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE", "impossible_values"]

# Projects set the other names themselves.
_PREFIXES: Final = ("$CI_", "$GITLAB_")
_MOST: Final = 5


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each comparison of a predefined variable with a value that it never has."""
    facts = analysis.variable_facts
    for condition in facts.conditions_with(impossible_values):
        for name, value in impossible_values(condition.text):
            if name not in facts.set_names:
                message = f"{condition.title}`${name}` is never `{value}`."
                where = spot(condition.owner, condition.path, words=(f'"{value}"', f"'{value}'", f"${name}"))
                yield RULE.finding(where, message, _hint(name, value), facts=(name, value))


@lru_cache(maxsize=4096)
def impossible_values(condition: str) -> tuple[tuple[str, str], ...]:
    """Return each comparison with an impossible value: the name of the variable, and the value.

    Args:
        condition: The condition.
    """
    found: list[tuple[str, str]] = []
    for comparison in comparisons(condition):
        if comparison.operator in ("==", "!="):
            for variable, value in (comparison[::2], comparison[::-2]):
                name, text = variable[1:], value[1:-1]
                known = PREDEFINED.get(name) if variable.startswith(_PREFIXES) else None
                if known and _is_plain(value) and not known.is_setting and known.values and text not in known.values:
                    found.append((name, text))
    return tuple(found)


def _is_plain(value: str) -> bool:
    """Return whether one side of a comparison is a text that is known, and not empty."""
    return value[0] in "'\"" and len(value) > 2 and "$" not in value


def _hint(name: str, value: str) -> str:
    values = PREDEFINED[name].values
    if values == ("true",):
        return f'it is `true` or not defined: compare it with `"true"`, or write `${name} == null`'
    near = closest(value, values) or next((known for known in values if known.startswith(value)), None)
    if near:
        return f'write `"{near}"`'
    if values[_MOST:]:
        return f"it is {', '.join(f'`{known}`' for known in values[:_MOST])}, or one of {len(values) - _MOST} others"
    return f"it is {in_backticks(values, 'or')}"


RULE: Final = LintRule(
    id="impossible-value",
    summary="A condition compares a predefined variable with a value that it never has.",
    why=(
        "GitLab sets `CI_PIPELINE_SOURCE` and some other variables to one of a few words. "
        "A comparison with any other word never holds, and its negation always does, so a job never runs, or always. "
        "A flag such as `CI_DEPLOY_FREEZE` is `true` or not defined, and never `false`."
    ),
    severity="warning",
    confidence="certain",
    fix="unsafe",
    source="https://docs.gitlab.com/ci/jobs/job_rules/#ci_pipeline_source-predefined-variable",
    examples=[
        Example(
            bad="""
test:
  script: make test
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request"
""",
            good="""
test:
  script: make test
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
""",
        ),
        Example(
            bad="""
deploy:
  script: make deploy
  rules:
    - if: $CI_DEPLOY_FREEZE == "false"
""",
            good="""
deploy:
  script: make deploy
  rules:
    - if: $CI_DEPLOY_FREEZE == null
""",
        ),
    ],
    check=check,
)
