"""A merged configuration as YAML with the origin of every value, and as data for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from gitlabgen.codec.pipelines import plain_tree
from gitlabgen.modeling.problems import Path
from gitlabgen.resolution.origins import Block, Items, Origin, Tree
from gitlabgen.yamltext import dumps
from gitlabgen.yamltext.nodes import Commented, Tagged

__all__ = ["configuration_text", "plain_configuration", "value_origins"]


def configuration_text(block: Block, job: str, show: Callable[[str], str]) -> str:
    """Return a configuration as YAML; a comment after each value says where it was written.

    Args:
        block: The configuration.
        job: The job whose configuration it is; empty for a whole configuration. Other blocks are named in the comments.
        show: Returns the path to show for a file.
    """
    return dumps(_annotated(block, block.own, lambda origin: _label(origin, job, show)))


def plain_configuration(tree: Tree) -> Any:
    """Return a configuration as plain data.

    Args:
        tree: The configuration.
    """
    match tree:
        case Block():
            return {key: plain_configuration(value) for key, value in tree.items()}
        case Items():
            return [plain_configuration(value) for value in tree]
        case _:
            plain = plain_tree(tree)
            return {plain.tag: plain.value} if isinstance(plain, Tagged) else plain


def value_origins(block: Block, show: Callable[[str], str]) -> Iterator[dict[str, Any]]:
    """Yield the origin of each value: its path, the block that sets it, and the position.

    Args:
        block: The configuration.
        show: Returns the path to show for a file.
    """
    for path, origin in _leaves(block, ()):
        file, line, column, *_ = origin.position()
        yield {"path": [*path], "block": origin.name, "file": show(file) if file else None, "line": line, "column": column}


def _annotated(tree: Tree, origin: Origin, label: Callable[[Origin], str]) -> Any:
    if isinstance(tree, Block) and tree:
        return {key: _annotated(value, tree.origins[key], label) for key, value in tree.items()}
    if isinstance(tree, Items) and tree:
        return [_annotated(value, found, label) for value, found in zip(tree, tree.origins, strict=True)]
    return Commented(plain_tree(tree), after=label(origin))


def _leaves(tree: Block | Items, path: Path) -> Iterator[tuple[Path, Origin]]:
    origins = tree.origins.items() if isinstance(tree, Block) else enumerate(tree.origins)
    for key, origin in origins:
        value = tree[key]  # type: ignore[index] # the key is one of the tree's own
        if isinstance(value, Block | Items) and value:
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), origin


def _label(origin: Origin, job: str, show: Callable[[str], str]) -> str:
    file, line, *_ = origin.position()
    place = f"{show(file)}:{line}" if line is not None else show(file)
    return place if not job or origin.name == job else f"{origin.name}, {place}"
