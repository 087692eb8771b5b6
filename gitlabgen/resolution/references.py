"""`!reference`: values from another part of the configuration, inserted after parents are merged.

Source: https://docs.gitlab.com/ci/yaml/yaml_optimization/#reference-tags
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from gitlabgen.errors import Finding, Suggestions
from gitlabgen.gitlab.reference import Reference
from gitlabgen.modeling.kinds import NULL
from gitlabgen.modeling.plans import language_of
from gitlabgen.modeling.reporting import located
from gitlabgen.modeling.spellings import as_flow
from gitlabgen.resolution.extends import Extends
from gitlabgen.resolution.merged_files import MergedFiles
from gitlabgen.resolution.origins import Block, Items, Origin, Tree

_URL: Final = "https://docs.gitlab.com/ci/yaml/yaml_optimization/#reference-tags"
_DEEPEST: Final = 10
"""The maximum length of a chain of references."""
_MOST_STEPS: Final = 1_000_000
"""The maximum number of values, as a limit for references that multiply."""


class References:
    """Resolves the references in trees, each once.

    Args:
        document: The merged files of the configuration.
        extends: The configuration's jobs, merged with their parents.
        report: Called with each finding.
        complete: Whether all of the configuration is known; if not, an unknown name is not a problem.
    """

    def __init__(self, document: MergedFiles, extends: Extends, report: Callable[[Finding], None], *, complete: bool) -> None:
        self._document = document
        self._extends = extends
        self._report = report
        self._suggestions = Suggestions()
        self._complete = complete
        self._steps = 0
        self.incomplete: set[str] = set()

    def resolved(self, name: str, tree: Tree) -> Tree:
        """Return a top-level key's tree with its references resolved; invalid references stay.

        Args:
            name: The key.
            tree: The key's tree.
        """
        return self._walk(tree, self._document.origin(name), ())

    def _walk(self, tree: Tree, origin: Origin, chain: tuple[tuple[str, ...], ...]) -> Tree:
        if isinstance(tree, Reference):
            return self._follow(tree, origin, chain)
        if chain:
            self._steps += 1
        if isinstance(tree, Block):
            block = Block(tree.own)
            for key, value in tree.items():
                block.put(key, self._walk(value, tree.origins[key]._replace(name=origin.name), chain), tree.origins[key])
            return block
        if isinstance(tree, Items):
            items = Items()
            for value, inner in zip(tree, tree.origins, strict=True):
                items.put(self._walk(value, inner._replace(name=origin.name), chain), inner)
            return items
        return tree

    def _follow(self, reference: Reference, origin: Origin, chain: tuple[tuple[str, ...], ...]) -> Tree:
        path = tuple(reference.path)
        self._steps += 1
        if self._steps > _MOST_STEPS:
            return self._fail(reference, origin, "makes the configuration too large", "The parsed YAML is too big")
        if path in chain:
            return self._fail(reference, origin, "refers to itself", "{} is part of a circular chain")
        if len(chain) >= _DEEPEST:
            message = f"ends a chain of more than {_DEEPEST} references"
            return self._fail(reference, origin, message, "{} is nested too deep")
        if not path or path[0] not in self._document:
            names = (*self._document.jobs, *self._document.settings)
            hint = self._suggestions.did_you_mean(path[0], names) if path else None
            return self._unknown(reference, origin, hint)
        tree: Tree = self._extends[path[0]]
        known = path[0] not in self._extends.incomplete
        for step in path[1:]:
            # A path that continues inside another reference needs that reference resolved first.
            if isinstance(tree, Reference):
                tree = self._follow(tree, origin, (*chain, path))
            if not isinstance(tree, Block):
                hint = "only mappings have keys"
                return self._fail(reference, origin, "has a path through a value that is not a mapping", "{} is not valid", hint)
            if step not in tree:
                hint = self._suggestions.did_you_mean(step, tree, f"{path[0]} has {', '.join([*tree][:8]) or 'nothing'}")
                return self._unknown(reference, origin, hint) if known else self._leave(reference, origin)
            tree = tree[step]
        if tree is NULL or tree is False:
            word = "null" if tree is NULL else "false"
            hint = f"GitLab treats {word} like a missing value"
            return self._fail(reference, origin, f"refers to {word}", "{} could not be found", hint)
        return self._walk(tree, origin, (*chain, path))

    def _unknown(self, reference: Reference, origin: Origin, hint: str | None) -> Reference:
        if not self._complete:
            return self._leave(reference, origin)
        return self._fail(reference, origin, "does not exist", "{} could not be found", hint)

    def _leave(self, reference: Reference, origin: Origin) -> Reference:
        self.incomplete.add(origin.name)
        return reference

    def _fail(self, reference: Reference, origin: Origin, message: str, gitlab: str, hint: str | None = None) -> Reference:
        from json import dumps  # slow to load, and only needed for findings

        name = origin.name
        written = (
            as_flow(reference) if language_of(origin.model) == "yaml" else f"Reference({', '.join(map(repr, reference.path))})"
        )
        found = Finding(
            rule="invalid-reference",
            message=f"`{written}` {message}",
            hint=hint,
            job=name if name in self._document.jobs else None,
            path=f"jobs:{name}" if name in self._document.jobs else name,
            url=_URL,
            facts=(*reference.path, gitlab.removeprefix("{} ")),
            gitlab=gitlab.replace("{}", f"!reference {dumps(list(reference.path), ensure_ascii=False)}"),
        )
        self._report(located(found, origin.position()))
        return self._leave(reference, origin)
