"""The clauses `changes` and `exists` of a pipeline, and what their globs can match."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.include import Include
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.only import Only
from gitlabgen.gitlab.rules import Changes, Exists, Rule
from gitlabgen.matching.globs import alternatives, glob_match
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.problems import Path
from gitlabgen.modeling.spellings import Hint, Spelling, as_flow, either

if TYPE_CHECKING:
    from gitlabgen.analysis.pipelines import PipelineAnalysis

__all__ = ["FileClause"]

_MOST_ALTERNATIVES: Final = 64
_PLAIN: Final = r"[\w./][\w./*?-]*"
_SPECIAL: Final = r"[*?\[\\]"
# A bracket ends at the next `]`; a backslash makes the next character an ordinary one.
_PART: Final = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\*{2,}|.", re.DOTALL)
_NO_SEGMENT: Final = re.compile(r"//|/\.{1,2}(?=/|\Z)")


class FileClause(NamedTuple):
    """A clause that asks which files changed or exist.

    Args:
        owner: The job, or the pipeline.
        path: The path from there to the globs.
        keyword: The keyword.
        globs: The globs; what is no text is not known.
        options: The model with further options; None if the value is a list.
    """

    owner: Model
    path: Path
    keyword: Literal["changes", "exists"]
    globs: tuple[Any, ...]
    options: Changes | Exists | None = None

    @property
    def is_elsewhere(self) -> bool:
        """Whether the files are those of another project."""
        return isinstance(self.options, Exists) and is_set(self.options.project)

    @property
    def owner_name(self) -> str:
        """The job, or the keyword with the rules."""
        return self.owner.name if isinstance(self.owner, BaseJob) else str(self.path[0])

    def known_globs(self) -> Iterator[tuple[Path, str]]:
        """Yield the globs without variables, each with its path."""
        for index, glob in enumerate(self.globs):
            if isinstance(glob, str) and is_constant(glob):
                yield (*self.path, index), glob


class Depth(NamedTuple):
    """How deep a glob with `**` matches, in contrast to what it seems to match.

    Args:
        glob: The glob, or its alternative in braces.
        folder: The folder that its files are directly in; None if the stars are in the name of a folder.
        part: The stars with the rest of their part of the path.
        written: The whole glob, changed so that it matches all levels.
    """

    glob: str
    folder: str | None
    part: str
    written: str


def is_constant(text: str) -> bool:
    """Return whether GitLab expands no variables in a text.

    Args:
        text: The text.
    """
    return "$" not in text and not re.search(r"%\w+%", text)


def file_clauses(analysis: PipelineAnalysis) -> Iterator[FileClause]:
    """Yield all clauses `changes` and `exists`: of includes, the workflow and jobs.

    Args:
        analysis: The pipeline.
    """
    for file in analysis.resolution.files:
        is_list = isinstance(file.include, tuple)
        for index, entry in enumerate(file.include if isinstance(file.include, tuple) else (file.include,)):
            if isinstance(entry, Include):
                yield from _in_rules(file, ("include", index, "rules") if is_list else ("include", "rules"), entry.rules)
    pipeline = analysis.pipeline
    yield from _in_rules(pipeline, ("workflow", "rules"), getattr(pipeline.workflow, "rules", None))
    found = {id(rule): (job, index, rule) for key in ("changes", "exists") for job, index, rule in analysis.rules_with(key)}
    for job, index, rule in found.values():
        yield from _in_rule(job, ("rules", index), rule)
    for keyword in ("only", "except_"):
        for job in analysis.jobs_with(keyword):
            block = job.__dict__[keyword]
            if isinstance(block, Only) and isinstance(block.changes, tuple):
                yield FileClause(job, (keyword, "changes"), "changes", block.changes)


def _in_rules(owner: Model, path: Path, rules: Any) -> Iterator[FileClause]:
    for index, rule in enumerate(rules if isinstance(rules, tuple) else ()):
        if isinstance(rule, Rule):
            yield from _in_rule(owner, (*path, index), rule)


def _in_rule(owner: Model, path: Path, rule: Rule) -> Iterator[FileClause]:
    keyword: Literal["changes", "exists"]
    for keyword in ("changes", "exists"):
        value = rule.__dict__.get(keyword)
        options = value if isinstance(value, Changes | Exists) else None
        where, globs = ((keyword,), value) if options is None else ((keyword, "paths"), options.paths)
        if isinstance(globs, tuple):
            yield FileClause(owner, (*path, *where), keyword, globs, options)


def glob_hint(glob: str) -> Hint:
    """Return the hint to write a glob, in quotes where YAML needs them.

    Args:
        glob: The glob.
    """
    text = glob if re.fullmatch(_PLAIN, glob) else str(as_flow(glob))
    return either("write {}", Spelling(f"`{glob!r}`", f"`{text}`"))


@lru_cache(maxsize=4096)
def impossible(glob: str, keyword: Literal["changes", "exists"]) -> tuple[str, str | None] | None:
    """Return why a glob can match no path, and the glob that was meant, if that is known; None if it can match one.

    Args:
        glob: The glob, without variables.
        keyword: The clause: `exists` also finds folders.
    """
    each = alternatives(glob, _MOST_ALTERNATIVES)
    if not each:
        return "a brace in it is not closed", None
    reasons = [_impossible(alternative, keyword) for alternative in each]
    if not all(reasons):
        return None
    return next(filter(None, reasons)) if len(each) == 1 else (next(filter(None, reasons))[0], None)


def _impossible(glob: str, keyword: Literal["changes", "exists"]) -> tuple[str, str | None] | None:
    start = re.match(r"(?:\./|/)+", glob)
    if start:
        rest = glob[start.end() :]
        return f"paths begin without `{'./' if glob[0] == '.' else '/'}`", rest or "**/*"
    if not glob:
        return "it is empty", None
    if glob in (".", "..") or glob.startswith("../"):
        return "paths begin at the root of the repository", "**/*" if glob == "." else None
    if not {"[", "[]", "[/]"}.isdisjoint(_PART.findall(glob)):
        return "a bracket in it is empty or not closed", None
    segment = _NO_SEGMENT.search(glob)
    if segment:
        return f"no path has `{segment[0]}`", glob.replace("//", "/") if segment[0] == "//" else None
    if glob.endswith("/") and keyword == "changes":
        return "the path of a file does not end with `/`", f"{glob}**/*"
    return None


@lru_cache(maxsize=4096)
def shallow(glob: str) -> Depth | None:
    """Return how deep a glob matches whose `**` stand for `*`; None if it has no such stars.

    Args:
        glob: The glob, without variables.
    """
    if "**" not in glob:
        return None
    found = next(filter(None, map(_shallow, alternatives(glob, _MOST_ALTERNATIVES))), None)
    whole = _shallow(glob)
    return found if found is None or whole is None else found._replace(written=whole.written)


def _shallow(glob: str) -> Depth | None:
    for found in _PART.finditer(glob):
        stars, (start, end) = found[0], found.span()
        begins = start == 0 or glob[start - 1] in "/{,"
        if not stars.startswith("**") or (stars == "**" and begins and glob[end : end + 1] == "/"):
            continue
        rest = glob[end:]
        before = glob[:start] if begins else f"{glob[:start]}*/"
        written = f"{before}**/{rest if rest.startswith('*') else f'*{rest}'}".replace("*/**/*/", "*/**/")
        folder = None if "/" in rest else glob[:start].rpartition("/")[0]
        return Depth(glob, folder, stars, written)
    return None


def covers_deeper(other: object, depth: Depth) -> bool:
    """Return whether another glob of a list is about deeper files than a glob that matches one level.

    Args:
        other: The other glob.
        depth: The one that matches one level.
    """
    if not isinstance(other, str):
        return True
    start = f"{depth.folder}/" if depth.folder else ""
    return any(
        glob == depth.written
        or glob.startswith("**/")
        or (glob != depth.glob and glob.startswith(start or "*") and "/" in glob[len(start) :])
        for glob in alternatives(other, _MOST_ALTERNATIVES)
    )


def matches_among(glob: str, files: Collection[str]) -> Iterator[str]:
    """Yield the files that a glob matches; the fixed beginning and end of the glob make the search fast.

    Args:
        glob: The glob, without variables.
        files: The paths of the files.
    """
    for alternative in alternatives(glob, _MOST_ALTERNATIVES):
        parts = re.split(_SPECIAL, alternative)
        if len(parts) == 1:
            yield from {alternative}.intersection(files)
            continue
        end = "" if "\\" in alternative or "]" in parts[-1] else parts[-1].rpartition("/")[2]
        yield from (path for path in files if path.startswith(parts[0]) and path.endswith(end) and glob_match(alternative, path))
