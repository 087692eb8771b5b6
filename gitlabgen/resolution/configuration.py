"""A pipeline as GitLab sees it before it evaluates rules: files included, parents merged, references resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from gitlabgen.errors import Finding, collecting
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.hidden_job import HiddenJob
from gitlabgen.gitlab.limits import DEFAULT_LIMITS
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.gitlab.reference import Reference
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import is_in_use, language_of, location_of
from gitlabgen.resolution.extends import Extends, without_extends
from gitlabgen.resolution.flattening import flat
from gitlabgen.resolution.merged_files import MergedFiles
from gitlabgen.resolution.origins import Block, Origin, Tree
from gitlabgen.resolution.references import References

if TYPE_CHECKING:
    from gitlabgen.resolution.include_entries import IncludeDecisions
    from gitlabgen.resolution.includes import Included, Unread
    from gitlabgen.resolution.interpolation import WrittenBlock
    from gitlabgen.resolution.repositories import Repository

__all__ = ["Resolution", "resolve", "resolve_files"]

_STRING: Final = frozenset((str,))
_SIMPLE: Final = frozenset((str, int, float, bool, type(None)))


@attrs.frozen(eq=False)
class Resolution:
    """The resolved configuration of a pipeline and its included files.

    Args:
        root: The original pipeline, with the values of its inputs.
        pipeline: The top-level keywords of all files.
        jobs: The visible jobs by name, with parents merged and references resolved, but without defaults.
        hidden: The original hidden blocks by name.
        findings: The findings about includes, parents and references, and about the resolved jobs.
        files: The pipelines that are merged, each from a file: the included ones, and the root last.
        unread: The includes that cannot be read here; if there are any, they may define names that are not found.
        unknown_inputs: The inputs of the root that have no value.
        blocks: The blocks of all files with inputs, as written.
        includes: The number of included files, read or not.
        incomplete: The jobs that are only partly known.
        orphans: Those of them that have a parent that is not known, which may set any keyword.
        is_fragment: Whether a file that is not here includes the pipeline, and may define names that are not found.
    """

    root: Pipeline
    pipeline: Pipeline
    jobs: Mapping[str, BaseJob]
    hidden: Mapping[str, HiddenJob]
    findings: tuple[Finding, ...]
    files: tuple[Pipeline, ...]
    unread: tuple[Unread, ...]
    unknown_inputs: tuple[str, ...]
    blocks: tuple[WrittenBlock, ...]
    includes: int
    incomplete: frozenset[str]
    orphans: frozenset[str]
    is_fragment: bool
    _document: MergedFiles = attrs.field(alias="_document", repr=False)
    _extends: Extends = attrs.field(alias="_extends", repr=False)
    _references: References = attrs.field(alias="_references", repr=False)
    _trees: Mapping[str, Block] = attrs.field(alias="_trees", repr=False)

    def is_unknown(self, value: object) -> bool:
        """Return whether a value is a text with an unknown input.

        Args:
            value: The value.
        """
        return self._document.is_unknown(value)

    @property
    def unknown(self) -> tuple[str, ...]:
        """A description of each include that cannot be read, such as `project group/templates`."""
        return tuple(dict.fromkeys(include.label for include in self.unread))

    @property
    def keys(self) -> tuple[str, ...]:
        """The top-level keys of all files: keywords, hidden blocks and jobs."""
        return (*self._document.settings, *self._document.jobs)

    def tree(self, name: str) -> Tree:
        """Return a top-level key as a tree with its origins: with parents merged and references resolved, but without defaults.

        Args:
            name: The key.
        """
        return self._references.resolved(name, self._extends[name])

    def parents(self, name: str) -> tuple[Any, Origin] | None:
        """Return the value of a job's `extends`, and where it was written; None without it.

        Args:
            name: The job's name.
        """
        tree = self._document[name]
        return (tree["extends"], tree.origins["extends"]) if isinstance(tree, Block) and "extends" in tree else None

    def origin(self, name: str, *path: str | int) -> Origin | None:
        """Return where a value of a job was written: the block that sets it, and its model.

        Args:
            name: The job's name.
            path: Keys and indexes, such as `"variables", "STAGE"`; empty for the job itself.
        """
        tree = self._trees.get(name)
        if tree is None and name in self._document:
            tree = self._document[name]
        return tree.origin(path) if isinstance(tree, Block) else None


def resolve(
    pipeline: Pipeline,
    repository: Repository | None = None,
    inputs: Mapping[str, Any] | None = None,
    *,
    is_fragment: bool = False,
    is_component: bool = False,
    most_includes: int = DEFAULT_LIMITS.includes,
    decisions: IncludeDecisions | None = None,
) -> Resolution:
    """Return a pipeline with its inputs, includes, parents and references resolved.

    Args:
        pipeline: The pipeline.
        repository: The repository with the local includes; without it, they are unknown.
        inputs: The values of the inputs that its header declares, by name; the others have their defaults, or are unknown.
        is_fragment: Whether a file that is not here includes the pipeline, and may define names that are not found.
        is_component: Whether it is the file of a component, whose name and version only GitLab knows.
        most_includes: The number of files that the GitLab server lets a pipeline include.
        decisions: What an event decides about includes; without it, files that only some events include count as included.

    Source: https://docs.gitlab.com/ci/yaml/yaml_optimization/
    """
    unknown_inputs: tuple[str, ...] = ()
    findings: list[Finding] = []
    blocks: tuple[WrittenBlock, ...] = ()
    if pipeline.spec is not None or inputs:
        from gitlabgen.resolution.root_inputs import filled_pipeline

        read = None if repository is None else repository.text
        pipeline, unknown_inputs, findings, blocks = filled_pipeline(pipeline, inputs or {}, read, is_component=is_component)
    includes: Included | None = None
    if pipeline.include is not None:
        from gitlabgen.resolution.includes import included

        includes = included(pipeline, repository, most_includes, decisions)
    pipelines = [pipeline] if includes is None else [*includes.pipelines, pipeline]
    resolved = resolve_files(pipeline, pipelines, includes, is_fragment=is_fragment)
    if not (findings or unknown_inputs or blocks):
        return resolved
    found = tuple(dict.fromkeys((*findings, *resolved.findings)))
    return attrs.evolve(resolved, findings=found, unknown_inputs=unknown_inputs, blocks=(*resolved.blocks, *blocks))


def resolve_files(
    pipeline: Pipeline, pipelines: Sequence[Pipeline], includes: Included | None, *, is_fragment: bool = False
) -> Resolution:
    """Return files that were read already as one configuration.

    Args:
        pipeline: The root file.
        pipelines: All files with the root, in the order in which they are merged.
        includes: The results of reading the others; None without includes.
        is_fragment: Whether a file that is not here includes the pipeline, and may define names that are not found.
    """
    found: list[Finding] = [] if includes is None else [*includes.findings]
    unread = () if includes is None else includes.unread
    is_complete = not (unread or is_fragment)
    document = MergedFiles(pipelines)
    extends = Extends(document, found.append, complete=is_complete)
    references = References(document, extends, found.append, complete=is_complete)
    jobs: dict[str, BaseJob] = {}
    hidden: dict[str, HiddenJob] = {}
    trees: dict[str, Block] = {}
    for name, parts in document.jobs.items():
        job = parts[-1]
        if isinstance(job, HiddenJob):
            hidden[name] = job
            if not _is_resolved(job):
                references.resolved(name, extends[name])  # report what is missing even if no job uses the block
        elif len(parts) == 1 and _is_resolved(job) and (includes is None or not was_read(job)):
            jobs[name] = job
        else:
            tree = references.resolved(name, extends[name])
            incomplete = not is_complete or name in extends.incomplete or name in references.incomplete
            trees[name] = flat(tree)
            jobs[name] = _job(name, trees[name], found, partial=incomplete)
    settings = pipeline if len(pipelines) == 1 and _is_resolved(pipeline) else _settings(pipeline, document, references, found)
    return Resolution(
        root=pipeline,
        pipeline=settings,
        jobs=jobs,
        hidden=hidden,
        findings=tuple(dict.fromkeys(found)),
        files=tuple(pipelines),
        unread=unread,
        unknown_inputs=(),
        blocks=() if includes is None else includes.blocks,
        includes=0 if includes is None else includes.count,
        incomplete=frozenset(extends.incomplete | references.incomplete),
        orphans=frozenset(extends.incomplete),
        is_fragment=is_fragment,
        _document=document,
        _extends=extends,
        _references=references,
        _trees=trees,
    )


def was_read(model: Model) -> bool:
    """Return whether a model was read from a file, rather than made in Python."""
    return location_of(model) is None or language_of(model) == "yaml"


def _is_resolved(model: Model) -> bool:
    """Return whether a model needs no resolution: it has no parents, references and nested lists."""
    given = model.__dict__
    for value in given.values():
        # Most lists have one string.
        if type(value) is tuple and (len(value) != 1 or type(value[0]) is not str) and tuple in map(type, value):
            return False
    return "extends" not in given and not (is_in_use(Reference) and _holds_reference(given.values()))


def _holds_reference(values: Iterable[Any]) -> bool:
    for value in values:
        kind = type(value)
        if kind in _SIMPLE:
            continue
        if kind is tuple:
            if not _STRING.issuperset(map(type, value)) and _holds_reference(value):
                return True
        elif isinstance(value, Mapping):
            if _holds_reference(value.values()):
                return True
        elif isinstance(value, Model) and (issubclass(kind, Reference) or _holds_reference(value.__dict__.values())):
            return True
    return False


def _job(name: str, tree: Block, found: list[Finding], *, partial: bool) -> BaseJob:
    from gitlabgen.codec.pipelines import inside, pipeline_decoder, visible_job

    block = without_extends(tree)
    with collecting() as findings:
        job = visible_job(pipeline_decoder(partial=partial), name, block, block.place)
    found += (inside(name, finding) for finding in findings)
    return job


def _settings(pipeline: Pipeline, document: MergedFiles, references: References, found: list[Finding]) -> Pipeline:
    """Return the top-level keywords of all files as one pipeline."""
    from gitlabgen.codec.pipelines import pipeline_decoder, setting

    tree = Block(Origin("", pipeline))
    for key in document.settings:
        value = document[key]
        tree.put(key, references.resolved(key, value), value.own if isinstance(value, Block) else document.origin(key))
    tree = flat(tree)
    decoder = pipeline_decoder()
    with collecting() as findings:
        for key in tree:
            tree[key] = setting(decoder, key, tree[key])
        settings: Pipeline = decoder.model(Pipeline, tree, tree.place, jobs=())
    found += findings
    return settings
