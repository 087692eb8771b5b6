"""`misread-condition`: a condition does not mean what it seems to mean.

Source: https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

from gitlabgen.analysis.condition_parts import Comparison, comparisons, nodes
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab import expressions
from gitlabgen.gitlab._regular_expressions import literal_problem
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.kinds import is_interpolated

__all__ = ["RULE"]

_REGEX: Final = re.compile(r"/.*/[ismU]*", re.DOTALL)
_VARIABLE: Final = r"\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*\})"
_IN_TEXT: Final = re.compile(rf"(?<!\$){_VARIABLE}")
# `\$` and `[$a]` are a dollar sign, and `$` before `)` or `|` is the end of the text.
_IN_REGEX: Final = re.compile(rf"\\.|\[(?:\\.|[^\]\\])*\]|({_VARIABLE})", re.DOTALL)


class _Misread(NamedTuple):
    """What a condition does not mean.

    Args:
        part: The part of the condition that is misread.
        problem: What GitLab does instead.
        hint: What to write.
    """

    part: str
    problem: str
    hint: str


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each comparison that does not mean what it seems to mean."""
    facts = analysis.variable_facts
    for condition in facts.conditions_with(lambda text: _in_text(text) or _patterns(text)):
        followed = (
            _of_value(comparison, facts.value_in(condition, comparison.right[1:])) for comparison in _patterns(condition.text)
        )
        for part, problem, hint in (*_in_text(condition.text), *filter(None, followed)):
            message = f"{condition.title}in the condition `{condition.text}`, {problem}."
            yield RULE.finding(spot(condition.owner, condition.path, words=(part,)), message, hint, facts=(condition.text,))


def _patterns(condition: str) -> list[Comparison]:
    """Return the comparisons whose pattern is the value of a variable."""
    found = comparisons(condition)
    return [comparison for comparison in found if comparison.operator in ("=~", "!~") and comparison.right[0] == "$"]


def _of_value(comparison: Comparison, value: str) -> _Misread | None:
    """Return the problem with the value of the variable that a text is searched for."""
    if not value or _IN_TEXT.search(value) or is_interpolated(value):
        return None
    if _REGEX.fullmatch(value):
        problem = literal_problem(value)
        return problem and _Misread(
            comparison.right, f"the value of `{comparison.right}` is no pattern: {problem.message}", problem.hint
        )
    part = _part(comparison, f"`{value}`, the value of `{comparison.right}`")
    return _Misread(comparison.right, part, f"set `{comparison.right[1:]}` to `{_as_regex(value)}`")


def _part(comparison: Comparison, whole: str) -> str:
    left = "the left side" if comparison.left == "null" else f"`{comparison.left}`"
    return f"GitLab checks whether {left} {'is' if comparison.operator == '=~' else 'is not'} a part of {whole}"


def _as_regex(text: str) -> str:
    escaped = re.sub(r"(?<!\\)/", r"\/", text.strip("/"))
    return f"/{escaped}/"


@lru_cache(maxsize=4096)
def _in_text(condition: str) -> tuple[_Misread, ...]:
    """Return the problems that the condition alone shows."""
    of_operators = (_of_operators(node) for node in nodes(condition) if isinstance(node, expressions.Comparison))
    return tuple(chain.from_iterable((*of_operators, *map(_of_sides, comparisons(condition)))))


def _of_operators(node: expressions.Comparison) -> Iterator[_Misread]:
    left, right = node.left, node.right
    boolean = next((side for side in (right, left) if isinstance(side, expressions.Boolean)), None)
    if node.operator in ("==", "!=") and boolean is not None:
        problem = f"GitLab compares with the string `{boolean.written}`, and versions before 18.11 reject it"
        yield _Misread(boolean.written, problem, f'write `"{boolean.written}"`')
    # Neither the left side nor its operand has parentheses.
    if isinstance(left, expressions.Not) and node.written.startswith("!") and left.written.endswith(left.operand.written):
        problem = f"`!` applies to `{left.operand.written}` alone, not to the comparison"
        yield _Misread(left.written, problem, "put the comparison in parentheses")


def _of_sides(comparison: Comparison) -> Iterator[_Misread]:
    for side in dict.fromkeys((comparison.left, comparison.right)):
        inner = side[1:-1]
        if side[0] == "/":
            name = next((found[1] for found in _IN_REGEX.finditer(inner) if found[1]), None)
        else:
            found = _IN_TEXT.search(inner) if side[0] in "\"'" else None
            name = found and found[0]
        if name:
            hint = _comparison_with(comparison, side, name)
            part = side if hint is None else " ".join(comparison)
            problem = f"`{name}` is text, because GitLab fills in no variables inside `{side}`"
            yield _Misread(part, problem, hint or "put the whole text into a variable, and compare with that")
    text = comparison.right[1:-1]
    searches = comparison.operator in ("=~", "!~") and comparison.right[0] in "\"'"
    if searches and not _REGEX.fullmatch(text) and not _IN_TEXT.search(text):
        yield _Misread(comparison.right, _part(comparison, f"`{comparison.right}`"), f"write `{_as_regex(text)}`")


def _comparison_with(comparison: Comparison, side: str, name: str) -> str | None:
    """Return the hint to compare with the variable itself; None if it is only a part of the text."""
    variable = f"${name.strip('${}')}"
    if side[1:-1] in (name, f"^{name}$"):  # the whole text
        operator = comparison.operator.replace("~", "=")
        other = comparison.right if side == comparison.left else comparison.left
        return f"write `{other} {operator} {variable}`"
    return None


RULE: Final = LintRule(
    id="misread-condition",
    summary='A condition such as `$A =~ "text"` does not mean what it seems to mean.',
    why=(
        "If the right side of `=~` is a string, GitLab checks whether it contains the left side. "
        "The same holds for a variable whose value in the file is no pattern between slashes. "
        "GitLab fills in no variables inside strings and patterns. "
        "`!` applies to the variable next to it, not to the comparison. "
        "So a job runs when it should not, or is missing, and GitLab reports no error."
    ),
    severity="warning",
    confidence="certain",
    fix="unsafe",
    source="https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions",
    examples=[
        Example(
            bad="""
test:
  script: make test
  rules:
    - if: $CI_COMMIT_BRANCH =~ "release"
""",
            good="""
test:
  script: make test
  rules:
    - if: $CI_COMMIT_BRANCH =~ /release/
""",
        ),
        Example(
            bad="""
test:
  script: make test
  variables:
    RELEASES: release
  rules:
    - if: $CI_COMMIT_BRANCH =~ $RELEASES
""",
            good="""
test:
  script: make test
  variables:
    RELEASES: /release/
  rules:
    - if: $CI_COMMIT_BRANCH =~ $RELEASES
""",
        ),
        Example(
            bad="""
test:
  script: make test
  rules:
    - if: $CI_COMMIT_BRANCH == "$CI_DEFAULT_BRANCH"
""",
            good="""
test:
  script: make test
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
""",
        ),
        Example(
            bad="""
test:
  script: make test
  rules:
    - if: '!$TARGET == "qa"'
""",
            good="""
test:
  script: make test
  rules:
    - if: $TARGET != "qa"
""",
        ),
    ],
    check=check,
)
