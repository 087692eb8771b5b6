"""`invalid-runner-variable`: a variable that the runner reads has a wrong value or a misspelt name.

Source: https://docs.gitlab.com/ci/runners/configure_runners/
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding, Suggestions, closest, suggestion
from gitlabgen.gitlab._predefined_variables import PREDEFINED
from gitlabgen.gitlab.keyword_types import in_backticks
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_SHORTEST: Final = 8
_SETTINGS: Final = {name: variable.values for name, variable in PREDEFINED.items() if variable.phase == "runner-setting"}
_NAMES: Final = [name for name in _SETTINGS if len(name) >= _SHORTEST]
# What Go's strconv.ParseBool reads.
_FLAGS: Final = frozenset(("1", "t", "true", "0", "f", "false"))


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each such variable with a value that the runner does not know, and for each misspelt name."""
    facts = analysis.variable_facts
    for setting in facts.settings:
        name = setting.name
        if name in _SETTINGS:
            value = _wrong(name, setting.value)
            if value is not None:
                message = f"{setting.title}`{name}` cannot be `{value}`."
                near = closest(value, _SETTINGS[name])
                hint = f"write `{near}`" if near else f"it can be {in_backticks(_SETTINGS[name], 'or')}"
                yield RULE.finding(spot(setting.owner, setting.path), message, hint, facts=(name, value))
        elif (near := _meant(name)) and name not in facts.used_names:
            message = f"{setting.title}The runner has no variable `{name}`, and nothing uses it."
            where = spot(setting.owner, setting.path, at_key=True)
            place = (setting.owner, (*setting.path[:-1], near))
            is_set = any((other.owner, other.path) == place for other in facts.settings)
            advice = f"`{near}` is set, too: keep one of them" if is_set else suggestion(near)
            yield RULE.finding(where, message, advice, facts=(name,))


def _wrong(name: str, value: Any) -> str | None:
    """Return the value as text if the runner does not know it; None if it does, or if the value is not known."""
    values = _SETTINGS[name]
    value = getattr(value, "value", value)
    text = str(value).lower() if isinstance(value, str | int) else ""
    is_known = text in values or ("true" in values and text in _FLAGS)
    return str(value) if values and text and "$" not in text and not is_known else None


@lru_cache(maxsize=4096)
def _meant(name: str) -> str | None:
    if len(name) < _SHORTEST or name in PREDEFINED:
        return None
    return Suggestions().misspelt(name, _NAMES)


RULE: Final = LintRule(
    id="invalid-runner-variable",
    summary="A variable that the runner reads has a value that the runner does not know, or a misspelt name.",
    why=(
        "Variables such as `GIT_STRATEGY` change what the runner does before the script. "
        "The runner stops the job, or ignores the variable, if it does not know the value. "
        "It ignores a misspelt name."
    ),
    severity="warning",
    confidence="certain",
    fix="safe",
    source="https://docs.gitlab.com/ci/runners/configure_runners/",
    examples=[
        Example(
            bad="""
test:
  script: make test
  variables:
    GIT_STRATEGY: shallow
""",
            good="""
test:
  script: make test
  variables:
    GIT_STRATEGY: fetch
    GIT_DEPTH: 1
""",
        ),
        Example(
            bad="""
test:
  script: make test
  variables:
    GIT_SUBMODULES_STRATEGY: recursive
""",
            good="""
test:
  script: make test
  variables:
    GIT_SUBMODULE_STRATEGY: recursive
""",
        ),
    ],
    check=check,
)
