"""`!reference`: values from another part of the configuration, inserted after parents are merged.

Source: https://docs.gitlab.com/ci/yaml/yaml_optimization/#reference-tags
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import islice
from typing import Final, NoReturn

from gitlabgen.errors import UNDECIDED, Finding, Suggestions, suggestion
from gitlabgen.gitlab.reference import Reference
from gitlabgen.modeling.kinds import NULL
from gitlabgen.modeling.plans import language_of
from gitlabgen.modeling.reporting import located
from gitlabgen.modeling.spellings import as_flow
from gitlabgen.resolution.extends import Extends
from gitlabgen.resolution.merged_files import MergedFiles
from gitlabgen.resolution.origins import Block, Items, Origin, Tree

_URL: Final = "https://docs.gitlab.com/ci/yaml/yaml_optimization/#reference-tags"
_DEEPEST: Final = 200
"""The maximum depth of references inside lists and mappings of references; GitLab has no limit."""
_MOST_STEPS: Final = 1_000_000
"""The maximum number of values, as a limit for references that multiply."""


class _Unresolved(Exception):  # noqa: N818 - it never leaves the module
    """A reference that leads nowhere."""


class References:
    """Resolves the references in trees.

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
        self._depth = 0
        # The references that are being resolved, and those of circles that were found.
        self._chain: dict[tuple[str, ...], None] = {}
        self._circular: set[tuple[str, ...]] = set()
        self._failures = 0
        # The resolved values, each with its number of values.
        self._known: dict[tuple[str, ...], tuple[Tree, int]] = {}
        self._user = ""
        self.incomplete: set[str] = set()

    def resolved(self, name: str, tree: Tree) -> Tree:
        """Return a top-level key's tree with its references resolved; invalid references stay.

        Args:
            name: The key.
            tree: The key's tree.
        """
        self._user = name
        return self._walk(tree, self._document.origin(name))

    def _walk(self, tree: Tree, origin: Origin) -> Tree:
        if isinstance(tree, Reference):
            return self._follow(tree, origin)
        if self._chain:
            self._steps += 1
        if isinstance(tree, Block):
            block = Block(tree.own)
            for key, value in tree.items():
                block.put(key, self._walk(value, tree.origins[key]), tree.origins[key])
            return block
        if isinstance(tree, Items):
            items = Items()
            for value, inner in zip(tree, tree.origins, strict=True):
                items.put(self._walk(value, inner), inner)
            return items
        return tree

    def _follow(self, reference: Reference, origin: Origin) -> Tree:
        """Return the value that a reference leads to, resolved; the reference itself if it leads nowhere."""
        before, failures = len(self._chain), self._failures
        tree: Tree = reference
        self._depth += 1
        try:
            while isinstance(tree, Reference) and tuple(tree.path) not in self._known:
                path = tuple(tree.path)
                tree, origin = self._target(tree, path, origin)
                self._chain[path] = None
            steps = self._steps
            if isinstance(tree, Reference):
                tree, size = self._known[tuple(tree.path)]
                self._steps += size
            else:
                tree = self._walk(tree, origin)
            if failures == self._failures:
                result = tree, self._steps - steps
                self._known.update((path, result) for path in islice(reversed(self._chain), len(self._chain) - before))
        except _Unresolved:
            self._failures += 1
            self.incomplete.add(self._user)
            return reference
        finally:
            self._depth -= 1
            while len(self._chain) > before:
                self._chain.popitem()
        return tree

    def _target(self, reference: Reference, path: tuple[str, ...], origin: Origin) -> tuple[Tree, Origin]:
        """Return the value at a reference's path, and where it was written."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            self._fail(reference, origin, "makes the configuration too large", "The parsed YAML is too big")
        if path in self._chain:
            known = not self._circular.isdisjoint(self._chain)
            self._circular.update(self._chain)
            if known:
                raise _Unresolved
            self._fail(reference, origin, "refers to itself", "{} is part of a circular chain")
        if self._depth > _DEEPEST:
            self._fail(reference, origin, f"is inside more than {_DEEPEST} references", "{} is nested too deep")
        if not path or path[0] not in self._document:
            if path and "$[[" in path[0]:  # no file can define it, because GitLab changes nothing in it
                reason = "GitLab fills in no inputs in the path of a reference"
                self._fail(reference, origin, "does not exist", "{} could not be found", reason)
            if path and self._document.may_define(path[0]):
                raise _Unresolved
            if path and not self._complete:
                self._suspect(reference, origin, path[0], self._names)
            hint = self._suggestions.did_you_mean(path[0], self._names) if path and self._complete else None
            self._missing(reference, origin, hint)
        tree: Tree = self._extends[path[0]]
        place = self._document.origin(path[0])
        for step in path[1:]:
            # A path that continues inside another reference needs that reference resolved first.
            if isinstance(tree, Reference):
                self._chain[path] = None
                tree = self._follow(tree, place)
                del self._chain[path]
            if isinstance(tree, Reference) or self._document.is_unknown(tree):
                raise _Unresolved
            if not isinstance(tree, Block):
                hint = "only mappings have keys"
                self._fail(reference, origin, "has a path through a value that is not a mapping", "{} could not be found", hint)
            if step not in tree:
                if not self._complete:
                    self._suspect(reference, origin, step, tree)
                hint = self._suggestions.did_you_mean(step, tree, f"{path[0]} has {', '.join([*tree][:8]) or 'nothing'}")
                self._missing(reference, origin, hint, known=path[0] not in self._extends.incomplete)
            tree, place = tree[step], tree.origins[step]
        if tree is NULL or tree is False:
            word = "null" if tree is NULL else "false"
            hint = f"GitLab treats {word} like a missing value"
            self._fail(reference, origin, f"refers to {word}", "{} could not be found", hint)
        return tree, place

    @cached_property
    def _names(self) -> list[str]:
        """The names that references can begin with."""
        return [name for name in (*self._document.jobs, *self._document.settings) if isinstance(name, str)]

    def _missing(self, reference: Reference, origin: Origin, hint: str | None, *, known: bool = True) -> NoReturn:
        if not (known and self._complete):
            raise _Unresolved
        self._fail(reference, origin, "does not exist", "{} could not be found", hint)

    def _suspect(self, reference: Reference, origin: Origin, name: str, names: Iterable[str]) -> None:
        """Warn of a name that an unread include may define, if it differs in one letter from a known one."""
        near = self._suggestions.misspelt(name, names)
        if near is not None:
            found = self._finding(reference, origin, "refers to what no file that was read defines")
            self._report(found._replace(hint=suggestion(near), facts=(UNDECIDED, *reference.path)))

    def _fail(self, reference: Reference, origin: Origin, message: str, gitlab: str, hint: str | None = None) -> NoReturn:
        from json import dumps  # slow to load, and only needed for findings

        sentence = gitlab.replace("{}", f"!reference {dumps(list(reference.path), ensure_ascii=False)}")
        facts = (*reference.path, gitlab.removeprefix("{} "))
        found = self._finding(reference, origin, message)
        self._report(found._replace(severity="error", hint=hint, facts=facts, gitlab=sentence))
        raise _Unresolved

    def _finding(self, reference: Reference, origin: Origin, message: str) -> Finding:
        """Return a warning about a reference."""
        name, in_yaml = origin.name, language_of(origin.model) == "yaml"
        written = as_flow(reference) if in_yaml else f"Reference({', '.join(map(repr, reference.path))})"
        found = Finding(
            rule="invalid-reference",
            message=f"`{written}` {message}",
            severity="warning",
            job=name if name in self._document.jobs else None,
            path=f"jobs:{name}" if name in self._document.jobs else name,
            url=_URL,
        )
        return located(found, origin.position())
