"""Included files: found, read and interpolated, in the order in which GitLab merges them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

import attrs

from gitlabgen.errors import Finding, Severity, YamlError, did_you_mean, report
from gitlabgen.modeling.lazy import is_instance
from gitlabgen.resolution.include_entries import (
    IncludeEntry,
    applies,
    asks_for_files,
    entries,
    integrity_problem,
    location_problem,
)

if TYPE_CHECKING:
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.gitlab.trigger import Trigger

__all__ = ["Included", "Repository", "included"]

_MOST_INCLUDES: Final = 150


class Repository(Protocol):
    """The files for local includes, by path relative to the repository's root, without a leading slash."""

    def text(self, path: str) -> str | None:
        """Return a file's text, or None if the file does not exist.

        Args:
            path: The file.
        """

    def paths(self) -> Iterable[str]:
        """Return the paths of all files, for includes with `*`."""


@attrs.frozen
class Included:
    """The results of a pipeline's includes.

    Args:
        pipelines: The included files in the order in which they are merged: the includes of a file come before it.
        findings: The findings about includes, and about the content of the included files.
        unknown: A description of each include that cannot be read, such as `project group/templates`.
    """

    pipelines: tuple[Pipeline, ...]
    findings: tuple[Finding, ...]
    unknown: tuple[str, ...]


def included(model: Pipeline | Trigger, repository: Repository | None) -> Included:
    """Return the files that a pipeline includes, and those that they include.

    If only GitLab knows whether the rules of an include match, its file counts as included: its names may be used.

    Args:
        model: The pipeline, or the trigger of a child pipeline.
        repository: The repository with the local files; without it, they are unknown.

    Source: https://docs.gitlab.com/ci/yaml/includes/
    """
    reader = _Reader(repository, in_child=is_instance(model, "gitlabgen.gitlab", "Trigger"))
    reader.expand(model, ())
    return Included(tuple(reader.pipelines), tuple(dict.fromkeys(reader.findings)), tuple(dict.fromkeys(reader.unknown)))


_Key = tuple[str, Any]


class _Reader:
    """Reads includes, and collects the results."""

    def __init__(self, repository: Repository | None, *, in_child: bool) -> None:
        self.pipelines: list[Pipeline] = []
        self.findings: list[Finding] = []
        self.unknown: list[str] = []
        self._repository = repository
        self._in_child = in_child
        self._paths: tuple[str, ...] | None = None
        self._taken: set[str] = set()
        self._count = 0
        self._is_certain = True

    def expand(self, owner: Any, chain: tuple[tuple[_Key, bool], ...]) -> None:
        """Read all files that a pipeline includes.

        Args:
            owner: The model that has the includes.
            chain: The chain of including files, each with whether it is certainly included.
        """
        found = []
        for entry in entries(owner):
            verdict = applies(entry.option("rules"))
            if verdict is not False:
                found += [(entry, path, verdict is True) for path in self._files(entry)]
        for entry, path, certain in found:
            self._count += 1
            self._is_certain = self._is_certain and certain
            if self._count == _MOST_INCLUDES + 1:
                self._refuse_more(entry, certain=self._is_certain)
            if path is not None:
                self._taken.add(path)
        for entry, path, certain in found:
            if path is not None and self._count <= _MOST_INCLUDES:
                self._read(entry, path, chain, certain=certain)

    def _refuse(self, entry: IncludeEntry, message: str, gitlab: str, hint: str | None = None, *, at: str | None = None) -> None:
        """Report that a file cannot be included, and record it as unknown."""
        self.findings.append(entry.finding(message, hint, at=at, gitlab=gitlab))
        self.unknown.append(entry.label)

    def _files(self, entry: IncludeEntry) -> Iterator[str | None]:
        """Yield the path of each file to read, and None for each that cannot be read."""
        problem = integrity_problem(entry)
        if problem:
            self.findings.append(problem)
        if entry.kind == "artifact" and not self._in_child:
            sentence = "Including configs from artifacts is only allowed when triggering child pipelines"
            self._refuse(entry, "`include:artifact` is for child pipelines only", sentence, "move it to `trigger:include`")
            return
        if entry.kind == "reference":
            hint = "GitLab resolves includes before references"
            self._refuse(entry, "`include` cannot have a reference", "Each include must be a hash or a string", hint)
            return
        locations = [entry.location]
        if entry.kind == "project":
            file = entry.option("file")
            locations = list(file) if isinstance(file, tuple) else [file]
        for location in locations:
            yield from self._located(entry, location)

    def _located(self, entry: IncludeEntry, location: Any) -> Iterator[str | None]:
        is_pattern = isinstance(location, str) and entry.kind == "local" and "*" in location
        if entry.is_open or not isinstance(location, str) or "$" in location or entry.kind in ("component", "artifact"):
            paths = None
        elif entry.kind == "local" and self._repository is not None:
            paths = self._matching(location.lstrip("/"))
        else:
            paths = None if is_pattern or self._is_sound(entry, location) else []
        if paths is None:
            self.unknown.append(entry.label)
            yield None
        else:
            yield from [path for path in paths if self._is_sound(entry, path)]

    def _matching(self, path: str) -> list[str]:
        if "*" not in path:
            return [path]
        from gitlabgen.matching.globs import include_match

        return [known for known in self._all_paths() if known not in self._taken and include_match(path, known)]

    def _is_sound(self, entry: IncludeEntry, location: str) -> bool:
        problem = location_problem(entry, location)
        if problem:
            self._refuse(entry, *problem, at="file" if entry.kind == "project" else None)
        return problem is None

    def _text(self, path: str) -> str | None:
        # Git has no such names for files, even if a file system resolves them.
        if self._repository is None or not {".", ".."}.isdisjoint(path.split("/")):
            return None
        return self._repository.text(path)

    def _all_paths(self) -> tuple[str, ...]:
        if self._paths is None:
            self._paths = tuple(sorted(self._repository.paths())) if self._repository else ()
        return self._paths

    def _read(self, entry: IncludeEntry, path: str, chain: tuple[tuple[_Key, bool], ...], *, certain: bool) -> None:
        from gitlabgen.codec.pipelines import read

        given = entry.option("inputs")
        key = (path, given)
        keys = [known for known, _ in chain]
        if key in keys:
            links = [*chain[keys.index(key) + 1 :], (key, certain)]
            # Rules can end the cycle; its files have already been read.
            if all(always for _, always in links):
                steps = ", which includes ".join(file for (file, _), _ in links)
                cycle = f"`{path}` includes itself" if len(links) == 1 else f"the includes form a cycle: {path} includes {steps}"
                self._refuse_more(entry, cycle, certain=True)
            return
        text = self._text(path)
        if text is None:
            self._report_missing(entry, path, certain=certain)
        elif not text.strip():
            self._refuse(entry, f"the included file `{path}` is empty", f"Local file `{path}` is empty!")
        else:
            try:
                pipeline, findings = read(text, filename=path, prepare=self._filling(entry, path), partial=True)
            except YamlError as error:
                self.findings += error.findings
                self.unknown.append(entry.label)
                return
            self.findings += findings
            self.expand(pipeline, (*chain, (key, certain)))
            self.pipelines.append(pipeline)

    def _refuse_more(self, entry: IncludeEntry, cycle: str | None = None, *, certain: bool) -> None:
        if certain:
            message = cycle or f"more than {_MOST_INCLUDES} files are included"
            self._refuse(entry, message, f"Maximum of {_MOST_INCLUDES} nested includes are allowed!")
        else:
            self.unknown.append(entry.label)

    def _report_missing(self, entry: IncludeEntry, path: str, *, certain: bool) -> None:
        # A rule with `exists` can test for this file.
        if certain or not asks_for_files(entry.option("rules")):
            hint = did_you_mean(path, list(self._all_paths()), "paths are relative to the repository's root")
            severity: Severity = "error" if certain else "warning"
            message, sentence = f"the included file `{path}` does not exist", f"Local file `{path}` does not exist!"
            self.findings.append(entry.finding(message, hint, severity=severity, gitlab=sentence))
            self.unknown.append(entry.label)

    def _filling(self, entry: IncludeEntry, path: str) -> Callable[[Any, Any], Any]:
        """Return a function that interpolates an include's inputs into a file before it is decoded."""

        def fill(header: Any, body: Any) -> Any:
            if body is None or body == {}:
                sentence = f"Included file `{path}` does not have valid YAML syntax!"
                raise YamlError(entry.finding(f"the included file `{path}` has no jobs and no keywords", gitlab=sentence))
            given = entry.option("inputs") or {}
            if not isinstance(given, Mapping):
                message, sentence = f"the inputs for `{path}` should be a mapping", f"`{path}`: Given inputs must be a hash"
                report(entry.finding(message, at="inputs", gitlab=sentence))
                return body
            if header is not None:
                from gitlabgen.resolution.spec_headers import filled

                return filled(entry, path, header, body, given, self._text)
            if given:
                sentence = f"`{path}`: Given inputs not defined in the `spec` section of the included configuration file"
                hint = "declare them in its `spec:inputs`, or remove them here"
                report(entry.finding(f"`{path}` has no inputs", hint, at="inputs", gitlab=sentence))
            return body

        return fill
