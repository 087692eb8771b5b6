"""Which accounts the targets of a service share, and what the names in them have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from gitlabgen.modeling.problems import Problem
from gitlabgen.sam.bootstrapping.checks import overlap, overlapping

__all__: list[str] = []


def account_problems(prefixes: Mapping[str, str], targets: Sequence[Any]) -> Iterator[Problem]:
    """Yield a problem for each target in production's account, and for prefixes that overlap in an account.

    Args:
        prefixes: The prefix of the names of each target's stacks and resources, by the target's name.
        targets: The targets in the order of deployment; the last one is production.
    """
    for target in targets[:-1]:
        production = targets[-1]
        if target.account == production.account and target.shared_account is None and target.name != production.name:
            words = f"is also the account of {production.name!r}, which is production"
            hint = "give it another account, or say why it may be the same: shared_account='…'"
            yield Problem(words, hint, ("account",), about=target, first=production, rule="shared-account")
    for earlier, target in combinations(targets, 2):
        one, other = prefixes[target.name], prefixes[earlier.name]
        # Equal names of targets are reported as such.
        if target.account == earlier.account and one != other and overlap(one, other):
            yield overlapping(one, other)._replace(path=("name",), about=target, first=earlier)
