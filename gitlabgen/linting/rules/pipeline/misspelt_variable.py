"""`misspelt-variable`: the name of a variable differs in one letter from that of a predefined one.

Source: https://docs.gitlab.com/ci/variables/predefined_variables/
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import variable_spot
from gitlabgen.errors import Finding, Suggestions, suggestion
from gitlabgen.gitlab._predefined_variables import PREDEFINED
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

# Shorter names, and those of integrations, are too much like names that projects choose, such as `HARBOR_URI`.
_SHORTEST: Final = 8
_NAMES: Final = [
    name
    for name, variable in PREDEFINED.items()
    if len(name) >= _SHORTEST and variable.removed is None and variable.phase not in ("integration", "deployment")
]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each use of a variable that nothing sets and whose name is almost that of a predefined one."""
    facts = analysis.variable_facts
    near = {name: meant for name in facts.used_names if (meant := _meant(name)) and not facts.is_named(name)}
    for use in facts.uses_of(near):
        message = f"{use.title}GitLab has no variable `{use.name}`."
        yield RULE.finding(variable_spot(use.owner, use.path, use.name), message, suggestion(near[use.name]), facts=(use.name,))


@lru_cache(maxsize=4096)
def _meant(name: str) -> str | None:
    if len(name) < _SHORTEST or name in PREDEFINED:
        return None
    return Suggestions().misspelt(name, _NAMES)


RULE: Final = LintRule(
    id="misspelt-variable",
    summary="The name of a variable differs in one letter from that of a predefined variable, and nothing sets it.",
    why=(
        "GitLab replaces a variable that does not exist by nothing, and reports no error. "
        "A condition on it does not hold, so its job never runs, or always does. "
        "The rule compares names with at least 8 letters, and is silent if the files or scripts set the variable."
    ),
    severity="warning",
    confidence="likely",
    fix="safe",
    source="https://docs.gitlab.com/ci/variables/predefined_variables/",
    examples=[
        Example(
            bad="""
test:
  script: make test
  rules:
    - if: $CI_COMIT_BRANCH == "main"
""",
            good="""
test:
  script: make test
  rules:
    - if: $CI_COMMIT_BRANCH == "main"
""",
        ),
        Example(
            bad="""
build:
  script:
    - docker build -t "$CI_REGISTRY_IMAGE:${CI_COMMIT_SHORT_SAH}" .
""",
            good="""
build:
  script:
    - docker build -t "$CI_REGISTRY_IMAGE:${CI_COMMIT_SHORT_SHA}" .
""",
        ),
    ],
    check=check,
)
