"""`only` and `except`: the older keywords for when a job is part of a pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from gitlabgen.gitlab._regular_expressions import pattern_of
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.only import Only
from gitlabgen.matching.searching import is_found
from gitlabgen.matching.syntax import RegexError
from gitlabgen.simulation.clauses import Scope, any_changed
from gitlabgen.simulation.event_facts import EventFacts
from gitlabgen.simulation.unknown import Truth, Unknown, all_hold, any_holds, negated

__all__: list[str] = []

DEFAULT_REFS: Final = ("branches", "tags")
"""The refs of a job without rules, if the pipeline has no `workflow:rules`."""

_KEYS: Final = ("refs", "kubernetes", "variables", "changes")


class Policy(NamedTuple):
    """One key of `only` or `except`.

    Args:
        keyword: `only` or `except`.
        key: `refs`, `kubernetes`, `variables` or `changes`.
        value: Its value.
        is_default: Whether GitLab sets it because the job has no refs.
    """

    keyword: str
    key: str
    value: Any
    is_default: bool = False


def policies(job: BaseJob, *, has_default: bool) -> Iterator[Policy]:
    """Yield the keys of `only` and `except` of a job.

    Args:
        job: The job.
        has_default: Whether GitLab adds its default refs: neither the workflow nor the job has rules.
    """
    given = job.__dict__
    only = dict(_keys(given.get("only")))
    if has_default and "refs" not in only:
        yield Policy("only", "refs", DEFAULT_REFS, is_default=True)
    for key, value in only.items():
        yield Policy("only", key, value)
    for key, value in _keys(given.get("except_")):
        yield Policy("except", key, value)


def _keys(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Only):
        for key in _KEYS:
            if is_set(getattr(value, key)):
                yield key, getattr(value, key)
    elif is_set(value):
        yield "refs", value


def allows(job: BaseJob, scope: Scope, *, has_default: bool) -> Truth:
    """Return whether all keys of `only` hold, and none of `except`.

    Args:
        job: The job.
        scope: What its conditions see.
        has_default: Whether GitLab adds its default refs.

    Source: https://docs.gitlab.com/ci/yaml/deprecated_keywords/#only--except
    """
    return all_hold(policy_allows(policy, scope) for policy in policies(job, has_default=has_default))


def policy_allows(policy: Policy, scope: Scope) -> Truth:
    """Return whether a key lets the job be part of the pipeline.

    Args:
        policy: The key.
        scope: What its conditions see.
    """
    truth = _holds(policy, scope)
    return truth if policy.keyword == "only" else negated(truth)


def _holds(policy: Policy, scope: Scope) -> Truth:
    value, facts = policy.value, scope.facts
    if policy.key == "kubernetes":
        return facts.event.kubernetes is True
    if not isinstance(value, tuple):
        return Unknown((f"`{value}` is in a file that was not read",))
    if policy.key == "variables":
        return any_holds(scope.holds(text) for text in value)
    if policy.key == "changes":
        changed = facts.changed
        if changed is None:
            return True
        return changed if isinstance(changed, Unknown) else any_changed(value, changed, facts)
    return any_holds(ref_matches(ref, facts) for ref in value)


def ref_matches(pattern: Any, facts: EventFacts) -> Truth:
    """Return whether an entry of `refs` matches the event.

    Args:
        pattern: A branch, a tag, a regular expression, or a word such as `merge_requests`; perhaps with `@` and a project.
        facts: What is known of the event.
    """
    if not isinstance(pattern, str):
        return Unknown((f"`{pattern}` is in a file that was not read",))
    ref, separator, path = pattern.partition("@")
    if separator:
        if facts.project.path is None:
            return all_hold((_ref_matches(ref, facts), Unknown(("the path of the project is unknown",))))
        if path != facts.project.path:
            return False
    return _ref_matches(ref, facts)


def _ref_matches(pattern: str, facts: EventFacts) -> Truth:
    event = facts.event
    if pattern == "tags":
        return event.is_tag and not event.is_merge_request
    if pattern == "branches":
        return not event.is_tag and not event.is_merge_request
    if pattern in _words(event.pipeline_source):
        return True
    name = facts.ref
    if event.is_merge_request or isinstance(name, Unknown):  # only a merge request may not say its branch
        return False
    literal = pattern_of(pattern)
    if literal is None:
        return name == pattern
    try:
        return is_found(_with_flags(*literal), name)
    except RegexError:
        return Unknown((f"GitLab cannot read `{pattern}`",))


def _with_flags(pattern: str, flags: str) -> str:
    return f"(?{flags}){pattern}" if flags else pattern


def _words(source: str) -> Iterable[str]:
    """Return the words of a pipeline's source in `only` and `except`."""
    word = source.removesuffix("_event")
    if word.endswith("y"):
        return word, f"{word[:-1]}ies"
    return word, f"{word}es" if word.endswith(("sh", "s", "ch", "x")) else f"{word}s"
