"""`retyped-value`: a value without quotes reaches the job as another text.

Source: https://docs.gitlab.com/ci/variables/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import Spot
from gitlabgen.codec.decoding import FileLocation
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.callsites import Position
from gitlabgen.modeling.plans import location_of

__all__ = ["RULE"]

_BASE_60: Final = r"[-+]?[0-9]+(?::[0-5]?[0-9])+"


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each variable, image and matrix value whose text changes because it has no quotes."""
    seen: set[Position] = set()
    for file in analysis.resolution.files:
        location = location_of(file)
        for path, text, value, where in location.retyped() if isinstance(location, FileLocation) else ():
            given = _given(text, value)
            if given is None or where in seen or not _is_text(path):
                continue
            seen.add(where)
            job = path[0] if path[0] in analysis.jobs else None
            name = next(step for step in reversed(path) if isinstance(step, str) and step not in ("value", "name"))
            is_number = isinstance(value, float) and "variables" not in path  # which GitLab rejects there
            becomes = "is the number" if is_number or name == "image" else "reaches the job as"
            message = f"`{name}: {text}` {becomes} `{given}`."
            yield RULE.finding(Spot(where, job, None, "yaml"), message, f'write `"{text}"`', facts=(str(name),))


def _given(text: str, value: Any) -> str | None:
    """Return the text that the job gets; None if the value was meant so, or if it is not known."""
    if isinstance(value, bool):
        return None if text.lower() in ("true", "false") else str(value).lower()
    if "_" in text:  # 40_000_000 is meant as a number
        return None
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        written = repr(value)
        return written if re.fullmatch(r"-?[0-9]+\.[0-9]+", written) else None
    if re.fullmatch(_BASE_60, text):
        # Ruby's parser counts from the left: two parts are hours and minutes.
        return str(sum(int(part) * 60 ** abs(index - 2) for index, part in enumerate(text.split(":"))))
    return None


def _is_text(path: tuple[Any, ...]) -> bool:
    """Return whether GitLab uses the value at a path as text: that of a variable, of a cell of a matrix, or of an image."""
    keys = [step for step in path if isinstance(step, str)]
    parent = keys[-2:-1]
    if "inputs" in keys:
        return False
    if parent == ["image"] or keys[-3:-2] == ["variables"]:  # an image or a variable with options
        return keys[-1] in ("name", "value")
    return keys[-1] == "image" or parent in (["variables"], ["matrix"])


RULE: Final = LintRule(
    id="retyped-value",
    summary="A variable or an image without quotes reaches the job as another text.",
    why=(
        "YAML reads `3.10` as the number 3.1, `0755` as 493, `12:30` as 45000 and `yes` as true. "
        "GitLab then writes the number into the variable, so the job gets another text than the file shows. "
        "Quotes keep the text. Integers with underscores and `true` are not reported."
    ),
    severity="warning",
    confidence="likely",
    fix="safe",
    source="https://docs.gitlab.com/ci/variables/",
    examples=[
        Example(
            bad="""
variables:
  PYTHON: 3.10
test:
  script: make test
""",
            good="""
variables:
  PYTHON: "3.10"
test:
  script: make test
""",
        ),
        Example(
            bad="""
test:
  script: chmod "$MODE" run.sh
  variables:
    MODE: 0755
""",
            good="""
test:
  script: chmod "$MODE" run.sh
  variables:
    MODE: "0755"
""",
        ),
    ],
    check=check,
)
