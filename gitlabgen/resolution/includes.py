"""Included files: found, read and interpolated, in the order in which GitLab merges them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import attrs

from gitlabgen.errors import Finding, Severity, YamlError, did_you_mean, report
from gitlabgen.gitlab.limits import DEFAULT_LIMITS
from gitlabgen.modeling.kinds import is_interpolated
from gitlabgen.modeling.lazy import is_instance
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.problems import Path
from gitlabgen.resolution.include_entries import (
    IncludeDecisions,
    IncludeEntry,
    addresses,
    applies,
    asks_for_files,
    decided,
    entries,
    integrity_problem,
    location_problem,
    reference_problem,
)
from gitlabgen.resolution.project_files import ProjectFiles
from gitlabgen.resolution.repositories import Repository, Source

if TYPE_CHECKING:
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.gitlab.trigger import Trigger
    from gitlabgen.resolution.interpolation import WrittenBlock

__all__ = ["Included", "Unread", "included"]

_LARGEST_TOTAL: Final = 4 * 1024 * 1024
"""The characters of all included files that are read for a pipeline; GitLab reads up to 300 MiB."""


class Unread(NamedTuple):
    """An include that cannot be read here.

    Args:
        label: Its kind and what it names, such as `project group/templates`.
        owner: The model that has the include.
        path: The path from the model to the include.
        is_reported: Whether a finding says why it cannot be read.
    """

    label: str
    owner: Model
    path: Path
    is_reported: bool = False


@attrs.frozen
class Included:
    """The results of a pipeline's includes.

    Args:
        pipelines: The included files in the order in which they are merged: the includes of a file come before it.
        findings: The findings about includes, and about the content of the included files.
        unread: The includes that cannot be read.
        blocks: The blocks of the files with inputs.
        count: The number of included files, read or not.
    """

    pipelines: tuple[Pipeline, ...]
    findings: tuple[Finding, ...]
    unread: tuple[Unread, ...]
    blocks: tuple[WrittenBlock, ...] = ()
    count: int = 0

    @property
    def unknown(self) -> tuple[str, ...]:
        """A description of each include that cannot be read, such as `project group/templates`."""
        return tuple(dict.fromkeys(include.label for include in self.unread))


def included(
    model: Pipeline | Trigger,
    repository: Repository | None,
    most: int = DEFAULT_LIMITS.includes,
    decisions: IncludeDecisions | None = None,
) -> Included:
    """Return the files that a pipeline includes, and those that they include.

    If only GitLab knows whether the rules of an include match, its file counts as included: its names may be used.

    Args:
        model: The pipeline, or the trigger of a child pipeline.
        repository: The repository with the local files; without it, they are unknown.
        most: The number of files that the GitLab server allows.
        decisions: What an event decides about includes.

    Source: https://docs.gitlab.com/ci/yaml/includes/
    """
    reader = _Reader(repository, most, decisions, in_child=is_instance(model, "gitlabgen.gitlab", "Trigger"))
    reader.expand(model, ())
    findings = tuple(dict.fromkeys(reader.findings))
    return Included(tuple(reader.pipelines), findings, tuple(reader.unread), tuple(reader.blocks), reader.count)


_Key = tuple[str, Any]


class _Reader:
    """Reads includes, and collects the results."""

    def __init__(self, repository: Repository | None, most: int, decisions: IncludeDecisions | None, *, in_child: bool) -> None:
        self.pipelines: list[Pipeline] = []
        self.findings: list[Finding] = []
        self.unread: list[Unread] = []
        self.blocks: list[WrittenBlock] = []
        self.count = 0
        self._size = 0
        self._is_large = False
        self._most = most
        self._decisions = decisions
        self._own = Source(repository)
        self._in_child = in_child
        self._taken: set[str] = set()
        self._is_certain = True

    def expand(self, owner: Any, chain: tuple[tuple[_Key, bool], ...], source: Source | None = None) -> None:
        """Read all files that a pipeline includes.

        Args:
            owner: The model that has the includes.
            chain: The chain of including files, each with whether it is certainly included.
            source: The repository of the file that has the includes, if it is not the user's own.
        """
        found: list[tuple[IncludeEntry, tuple[Source, str] | None, bool]] = []
        for entry, is_certain in self._entries(owner):
            found += [(entry, file, is_certain) for file in self._files(entry, source or self._own)]
        for entry, file, certain in found:
            self.count += 1
            self._is_certain = self._is_certain and certain
            if self.count == self._most + 1:
                self._refuse_more(entry, certain=self._is_certain)
            if file is not None:
                self._taken.add(file[0].label(file[1]))
        for entry, file, certain in found:
            if file is not None and self.count <= self._most:
                self._read(entry, *file, chain, certain=certain)

    def _entries(self, owner: Any) -> Iterator[tuple[IncludeEntry, bool]]:
        """Yield the items of a pipeline that count, each with whether it is certainly included."""
        for entry in entries(owner):
            if self._decisions is None:
                verdict = applies(entry.option("rules"))
                if verdict is not False:
                    yield entry, verdict is True
                continue
            found = decided(entry, self._decisions)
            if isinstance(found, IncludeEntry):
                yield found, True
            elif found is None:
                self._leave(entry)

    def _refuse(self, entry: IncludeEntry, message: str, gitlab: str, hint: str | None = None, *, at: str | None = None) -> None:
        """Report that a file cannot be included, and record it as unknown."""
        self.findings.append(entry.finding(message, hint, at=at, gitlab=gitlab))
        self._leave(entry, is_reported=True)

    def _leave(self, entry: IncludeEntry, *, is_reported: bool = False) -> None:
        """Record that an include is not read."""
        self.unread.append(Unread(entry.label, entry.owner, entry.path, is_reported))

    def _files(self, entry: IncludeEntry, source: Source) -> Iterator[tuple[Source, str] | None]:
        """Yield each file to read, and None for each that cannot be read."""
        problem = integrity_problem(entry)
        if problem:
            self.findings.append(problem)
        if entry.kind == "artifact" and not self._in_child:
            sentence = "Including configs from artifacts is only allowed when triggering child pipelines"
            self._refuse(entry, "`include:artifact` is for child pipelines only", sentence, "move it to `trigger:include`")
            return
        refused = reference_problem(entry, in_child=self._in_child)
        if refused is not None:
            self.findings.append(refused)
            self._leave(entry, is_reported=True)
            return
        locations = [entry.location]
        if entry.kind == "project":
            file = entry.option("file")
            locations = list(file) if isinstance(file, tuple) else [file]
        for location in locations:
            yield from self._located(entry, location, source)

    def _located(self, entry: IncludeEntry, location: Any, source: Source) -> Iterator[tuple[Source, str] | None]:
        mapped = None if entry.kind in ("local", "remote") or not isinstance(location, str) else self._mapped(entry, location)
        if mapped is not None:
            yield mapped
            return
        is_pattern = isinstance(location, str) and entry.kind == "local" and "*" in location
        if entry.is_open or not isinstance(location, str) or "$" in location or entry.kind in ("component", "artifact"):
            paths = None
        elif entry.kind == "local" and _can_find(location.lstrip("/"), source):
            paths = self._matching(location.lstrip("/"), source)
        else:
            paths = None if is_pattern or self._is_sound(entry, location) else []
        if paths is None:
            self._leave(entry)
            yield None
        else:
            yield from [(source, path) for path in paths if self._is_sound(entry, path)]

    def _mapped(self, entry: IncludeEntry, location: str) -> tuple[Source, str] | None:
        """Return the file of another project, component or template that the user has in a folder."""
        for address, paths in addresses(entry, location):
            other = self._own.other(address)
            if other is not None:
                return other, next((path for path in paths if other.text(path) is not None), paths[0])
        return None

    def _matching(self, path: str, source: Source) -> list[str]:
        if "*" not in path:
            return [path]
        from gitlabgen.matching.globs import include_match

        return [known for known in source.paths if source.label(known) not in self._taken and include_match(path, known)]

    def _is_sound(self, entry: IncludeEntry, location: str) -> bool:
        problem = location_problem(entry, location)
        if problem:
            self._refuse(entry, *problem, at="file" if entry.kind == "project" else None)
        return problem is None

    def _read(
        self, entry: IncludeEntry, source: Source, path: str, chain: tuple[tuple[_Key, bool], ...], *, certain: bool
    ) -> None:
        from gitlabgen.codec.pipelines import read

        given, label = entry.option("inputs"), source.label(path)
        key = (label, given)
        keys = [known for known, _ in chain]
        if key in keys:
            links = [*chain[keys.index(key) + 1 :], (key, certain)]
            # Rules can end the cycle; its files have already been read.
            if all(always for _, always in links):
                steps = ", which includes ".join(file for (file, _), _ in links)
                cycle = (
                    f"`{label}` includes itself" if len(links) == 1 else f"the includes form a cycle: {label} includes {steps}"
                )
                self._refuse_more(entry, cycle, certain=True)
            return
        made = source.repository.pipeline(path) if isinstance(source.repository, ProjectFiles) and not given else None
        if made is not None:
            self.expand(made, (*chain, (key, certain)), source)
            self.pipelines.append(made)
            return
        if source.is_link(path):
            message = f"the included file `{path}` is a symbolic link, or in a linked folder, which GitLab does not follow"
            self._refuse(
                entry, message, f"Included file `{path}` does not have valid YAML syntax!", "replace the link by the file"
            )
            return
        text = source.text(path)
        self._size += len(text or "")
        if text is None:
            self._report_missing(entry, source, path, certain=certain)
        elif self._size > _LARGEST_TOTAL:
            self._leave_large(entry, label)
        elif not text.strip():
            self._refuse(entry, f"the included file `{path}` is empty", f"Local file `{path}` is empty!")
        else:
            try:
                pipeline, findings = read(text, filename=label, prepare=_filling(entry, path, source, self.blocks), partial=True)
            except YamlError as error:
                self.findings += error.findings
                self._leave(entry, is_reported=True)
                return
            self.findings += findings
            self.expand(pipeline, (*chain, (key, certain)), source)
            self.pipelines.append(pipeline)

    def _leave_large(self, entry: IncludeEntry, label: str) -> None:
        """Leave a file unread because the files are too large together; GitLab reads more than we do."""
        if not self._is_large:
            self._is_large = True
            message = f"`{label}` is not read, because the included files together have more than {_LARGEST_TOTAL >> 20} MiB"
            self.findings.append(entry.finding(message, severity="warning"))
        self._leave(entry, is_reported=True)

    def _refuse_more(self, entry: IncludeEntry, cycle: str | None = None, *, certain: bool) -> None:
        if certain:
            message = cycle or f"more than {self._most} files are included"
            self._refuse(entry, message, f"Maximum of {self._most} nested includes are allowed!")
        else:
            self._leave(entry)

    def _report_missing(self, entry: IncludeEntry, source: Source, path: str, *, certain: bool) -> None:
        # A rule with `exists` can test for this file.
        if certain or not asks_for_files(entry.option("rules")):
            hint = did_you_mean(path, source.paths, f"paths are relative to {source.root}")
            severity: Severity = "error" if certain else "warning"
            message = f"the included file `{source.label(path)}` does not exist"
            sentence = None if source.prefix else f"Local file `{path}` does not exist!"
            self.findings.append(entry.finding(message, hint, severity=severity, gitlab=sentence))
            self._leave(entry, is_reported=True)


def _can_find(path: str, source: Source) -> bool:
    """Return whether it can be known whether a file exists."""
    if isinstance(source.repository, ProjectFiles):
        return source.repository.is_complete or path in source.repository
    return source.repository is not None


def _filling(entry: IncludeEntry, path: str, source: Source, blocks: list[WrittenBlock]) -> Callable[[Any, Any], Any]:
    """Return a function that interpolates an include's inputs into a file before it is decoded."""

    def fill(header: Any, body: Any) -> Any:
        if body is None or body == {}:
            sentence = f"Included file `{path}` does not have valid YAML syntax!"
            raise YamlError(entry.finding(f"the included file `{path}` has no jobs and no keywords", gitlab=sentence))
        given = entry.option("inputs") or {}
        if isinstance(given, str) and is_interpolated(given):  # only GitLab knows the values
            return body
        if not isinstance(given, Mapping):
            message, sentence = f"the inputs for `{path}` should be a mapping", f"`{path}`: Given inputs must be a hash"
            report(entry.finding(message, at="inputs", gitlab=sentence))
            return body
        if header is not None:
            from gitlabgen.resolution.spec_headers import filled

            return filled(entry, path, header, body, given, source.text, blocks)
        if given:
            sentence = f"`{path}`: Given inputs not defined in the `spec` section of the included configuration file"
            hint = "declare them in its `spec:inputs`, or remove them here"
            report(entry.finding(f"`{path}` has no inputs", hint, at="inputs", gitlab=sentence, at_key=True))
        return body

    return fill
