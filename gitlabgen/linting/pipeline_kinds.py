"""All kinds of pipelines that GitLab can create, with no more known of each than its kind: what can never hold holds in none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import Any, Final, get_args

from gitlabgen.analysis.condition_parts import nodes
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.gitlab.expressions import Comparison, Not, parsed_or_none
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.rules import Rule
from gitlabgen.simulation.event_variables import event_values
from gitlabgen.simulation.events import Event, Source
from gitlabgen.simulation.refs import facts_for
from gitlabgen.simulation.rules import CLAUSES
from gitlabgen.simulation.scopes import verdict_of
from gitlabgen.simulation.unknown import Truth, Unknown
from gitlabgen.simulation.variables import Value

__all__ = ["PipelineKinds"]

_TAG: Final = "v1.0.0"
_MERGE_REQUEST_TYPES: Final = ("detached", "merged_result", "merge_train")
_EVENTS: Final[Sequence[Event]] = (
    Event(source="push"),
    Event(source="push", open_merge_request=True),
    Event(source="tag", tag=_TAG),
    *(Event(source="merge_request_event", merge_request_type=kind) for kind in _MERGE_REQUEST_TYPES),
    *(Event(source="parent_pipeline", merge_request_type=kind) for kind in _MERGE_REQUEST_TYPES),
    *(
        Event(source=source, **words)
        for source in get_args(Source)
        if source not in ("push", "tag", "merge_request_event")
        for words in ({}, {"tag": _TAG}, {"open_merge_request": True})
    ),
)
_VALUES: Final = ("CI_PIPELINE_SOURCE", "CI_MERGE_REQUEST_EVENT_TYPE")
"""The variables whose values the kind decides."""

_PRESENCES: Final = frozenset(
    (
        *("CI_COMMIT_TAG", "CI_COMMIT_BRANCH", "CI_COMMIT_REF_NAME", "CI_COMMIT_SHA", "CI_PIPELINE_SCHEDULE_DESCRIPTION"),
        *("CI_MERGE_REQUEST_ID", "CI_MERGE_REQUEST_IID", "CI_MERGE_REQUEST_TITLE", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"),
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    )
)
"""The variables for which the kind decides whether they exist."""

_SOME: Final = Unknown(("any value is possible",), is_present=True)
_ANY: Final = Unknown(("any value is possible",))


class PipelineKinds:
    """The kinds of pipelines, and what can hold in them.

    Args:
        pipeline: The pipeline. Whatever it or the project sets can have any value, also in place of GitLab's own.
    """

    def __init__(self, pipeline: PipelineAnalysis) -> None:
        self._pipeline = pipeline
        self._always: dict[tuple[Any, bool], bool | None] = {}

    @cached_property
    def _values(self) -> Sequence[Mapping[str, Value]]:
        set_names = self._pipeline.variable_facts.set_names
        return [{name: value for name, value in kind.items() if name not in set_names} for kind in _kinds()]

    def truths(self, rule: Any) -> Iterator[Truth]:
        """Yield whether a rule holds, for each kind.

        Args:
            rule: The rule.
        """
        condition, is_open = _parts(rule)
        for values in self._values:
            truth = self._truth(condition, values)
            yield _ANY if is_open and truth is True else truth

    def _truth(self, condition: Any, values: Mapping[str, Value]) -> Truth:
        if not is_set(condition):
            return True
        if not isinstance(condition, str) or not _is_understood(condition):
            return _ANY
        return verdict_of(condition, lambda name: values.get(name, _ANY)).truth

    def never_holds(self, rule: Any) -> bool:
        """Return whether a rule holds in no kind of pipeline.

        Args:
            rule: The rule.
        """
        return self._agreed(rule) is False

    def always_holds(self, rule: Any) -> bool:
        """Return whether a rule holds in all kinds of pipelines.

        Args:
            rule: The rule.
        """
        return self._agreed(rule) is True

    def _agreed(self, rule: Any) -> bool | None:
        """Return whether a rule holds in all kinds, or in none; None otherwise."""
        key = _parts(rule)
        if key not in self._always:
            truths = self.truths(rule)
            first = next(truths)
            self._always[key] = first if isinstance(first, bool) and all(truth is first for truth in truths) else None
        return self._always[key]

    def allow(self, rules: Sequence[Any]) -> list[bool]:
        """Return for each kind whether rules may let something be part of the pipeline, or start it.

        Args:
            rules: The rules; the first that holds counts.
        """
        return [_may_allow([*zip(rules, truths, strict=True)]) for truths in zip(*map(self.truths, rules), strict=True)]


def _parts(rule: Any) -> tuple[Any, bool]:
    """Return the condition of a rule, and whether something else decides, too."""
    if not isinstance(rule, Rule):
        return None, True
    given = rule.__dict__
    return given.get("if_"), any(name in given for name in CLAUSES if name != "if_")


@lru_cache(1 << 12)
def _is_understood(condition: str) -> bool:
    """Return whether GitLab can read a condition, and it means what it seems to mean. Other rules report the rest."""
    comparisons = [node for node in nodes(condition) if isinstance(node, Comparison)]
    return parsed_or_none(condition) is not None and not any(isinstance(node.left, Not) for node in comparisons)


@cache
def _kinds() -> Sequence[Mapping[str, Value]]:
    """Return what is certain of the variables in each kind of pipeline."""
    found = []
    for event in _EVENTS:
        given = event_values(event, facts_for(event))
        presences = {name: None if given.get(name) is None else _SOME for name in _PRESENCES}
        found.append({**presences, **{name: given.get(name) for name in _VALUES}})
    return found


def _may_allow(rules: Sequence[tuple[Any, Truth]]) -> bool:
    for rule, truth in rules:
        if truth is not False and getattr(rule, "when", None) != "never":
            return True
        if truth is True:
            return False
    return False
