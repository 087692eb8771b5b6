"""The lists inside lists that GitLab flattens, most often from references.

Source: https://docs.gitlab.com/ci/yaml/yaml_optimization/#nest-reference-tags-in-script-before_script-and-after_script
"""

from __future__ import annotations

from typing import Final

from gitlabgen.gitlab.keyword_types import MOST_NESTED
from gitlabgen.resolution.origins import Block, Items, Tree

_OF_JOBS: Final = (
    "before_script",
    "after_script",
    "hooks:pre_get_sources_script",
    "services",
    "services:command",
    "cache",
)
_FLATTENED: Final = frozenset(
    (
        *_OF_JOBS,
        *(f"default:{path}" for path in _OF_JOBS),
        "script",
        "rules",
        "rules:needs",
        "needs",
        "trigger:include",
        "stages",
        "workflow:rules",
    )
)
"""The keywords whose lists GitLab flattens."""
_PARENTS: Final = frozenset(path.rpartition(":")[0] for path in _FLATTENED)


def flat(tree: Block) -> Tree:
    """Return a job or the top level with the lists that GitLab flattens flattened.

    Args:
        tree: The tree, with its references resolved.
    """
    return _inside(tree, "")


def _inside(tree: Tree, path: str) -> Tree:
    if isinstance(tree, Items):
        items = Items()
        for value, origin in zip(tree, tree.origins, strict=True):
            items.put(_inside(value, path), origin)
        return items
    if not isinstance(tree, Block):
        return tree
    block = Block(tree.own)
    for key, value in tree.items():
        block.put(key, _at(value, f"{path}:{key}" if path else key), tree.origins[key])
    return block


def _at(value: Tree, path: str) -> Tree:
    if path in _FLATTENED and isinstance(value, Items) and any(isinstance(item, Items) for item in value):
        items = Items()
        # A list that is too deep stays, and is found when the job is checked; so does a list of empty lists, which is not empty.
        if _collect(value, items, MOST_NESTED) and items:
            value = items
    return _inside(value, path) if path in _PARENTS else value


def _collect(nested: Items, into: Items, deepest: int) -> bool:
    """Add the items of a list and of the lists in it; return whether no list is nested too deep."""
    if not deepest:
        return False
    for value, origin in zip(nested, nested.origins, strict=True):
        if not isinstance(value, Items):
            into.put(value, origin)
        elif not _collect(value, into, deepest - 1):
            return False
    return True
