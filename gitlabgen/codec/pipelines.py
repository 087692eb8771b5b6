"""`.gitlab-ci.yml`: convert a pipeline to text and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.codec.argument_types import check_model, check_text, file_hint
from gitlabgen.codec.encoding import Encoder, annotate, commented
from gitlabgen.modeling.reporting import within
from gitlabgen.yamltext.nodes import Commented, Tagged
from gitlabgen.yamltext.writer import dump_entries

if TYPE_CHECKING:
    from gitlabgen.codec.decoding import Decoder
    from gitlabgen.errors import Finding
    from gitlabgen.gitlab.base_job import BaseJob
    from gitlabgen.gitlab.hidden_job import HiddenJob
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.gitlab.reference import Reference
    from gitlabgen.modeling.callsites import Location
    from gitlabgen.yamltext.builder import Document
    from gitlabgen.yamltext.notes import Note

__all__ = ["dumps", "inside", "loads", "pipeline_decoder", "plain_tree", "read", "setting", "top_level_job", "visible_job"]


def _reference_tree(reference: Reference) -> Tagged:
    return Tagged("!reference", list(reference.path))


def _hidden_tree(job: HiddenJob) -> Any:
    if job.content is None:
        return _encoder.mapping(job)
    block = {"content": _encoder.tree(job.content)}
    for path, text in job.comments.items():
        annotate(block, path, text)
    return block["content"]


# Findings inside these keywords have the keyword in their path, as in GitLab.
_LOCATED: Final = ("default", "workflow")

TEMPLATE_KEYS: Final = frozenset(("AWSTemplateFormatVersion", "Resources", "Transform"))
"""The keys that only a template has."""

_encoder: Final = Encoder({"reference": _reference_tree, "hidden job": _hidden_tree})


def dumps(pipeline: Pipeline) -> str:
    """Return a pipeline as the text of `.gitlab-ci.yml`.

    Args:
        pipeline: The pipeline.

    Raises:
        ArgumentError: If it is not a pipeline.
        YamlError: If YAML cannot represent a value, such as half of a surrogate pair.
    """
    check_model(pipeline, "dumps", "Pipeline")
    header = list(_header(pipeline))
    body = _body(pipeline)
    if not header:
        return "".join(dump_entries(_with_first_comment(body, pipeline.comment), expand=_encoder.level))
    return "".join(
        (*dump_entries(_with_first_comment(header, pipeline.comment)), "---\n", *dump_entries(body, expand=_encoder.level))
    )


def plain_tree(value: Any) -> Any:
    """Return a value of a pipeline as the tree to write.

    Args:
        value: The value.
    """
    return _encoder.tree(value)


def _header(pipeline: Pipeline) -> Iterator[tuple[Any, Any]]:
    if pipeline.spec is not None:
        header = {"spec": _encoder.tree(pipeline.spec)}
        for path, text in pipeline.comments.items():
            annotate(header, path, text)
        yield from header.items()


def _body(pipeline: Pipeline) -> Iterator[tuple[Any, Any]]:
    yield from _encoder.mapping(pipeline).items()
    for index, job in enumerate(pipeline.jobs):
        text = pipeline.comments.get(("jobs", index))
        yield job.name, job if text is None else commented(_encoder.tree(job), text)


def _with_first_comment(entries: Iterable[tuple[Any, Any]], text: str | None) -> Iterator[tuple[Any, Any]]:
    for key, tree in entries:
        # The writer puts the outer comment above the inner one.
        yield key, tree if text is None else Commented(_encoder.tree(tree), before=text)
        text = None


def loads(text: str, *, filename: str | None = None) -> Pipeline:
    """Return the pipeline that a `.gitlab-ci.yml` describes.

    Args:
        text: The file's text: one document, or a `spec` header and one document.
        filename: The file's name for messages.

    Raises:
        ArgumentError: If it is not a text.
        YamlError: If GitLab could not read the text, or if it is a template.
        KeywordError: If GitLab would reject the value of a keyword; with all findings.
    """
    from gitlabgen.errors import Finding, YamlError, raise_errors

    check_text(text, "loads")
    pipeline, findings = read(text, filename=filename)
    if not TEMPLATE_KEYS.isdisjoint((*(job.name for job in pipeline.jobs), *(pipeline.extra or ()))):
        message = "this is a template, not a pipeline"
        raise YamlError(Finding("invalid-yaml", message, hint="gitlabgen.sam.loads reads it", file=filename, line=1, column=1))
    raise_errors(findings)
    return pipeline


def read(
    text: str,
    *,
    filename: str | None = None,
    prepare: Callable[[Any, Any], Any] | None = None,
    partial: bool = False,
    documents: Sequence[Document] | None = None,
) -> tuple[Pipeline, list[Finding]]:
    """Return a pipeline with its findings, so that a checker can continue with the valid parts.

    Args:
        text: The file's text.
        filename: The file's name for findings.
        prepare: Returns the trees to decode for those of the header and the body, each None if absent, and reports its
            findings.
        partial: Whether other files may complete its jobs.
        documents: The documents of the text, if it was parsed already.

    Raises:
        YamlError: If GitLab could not read the text.
    """
    from gitlabgen.errors import Finding, YamlError, collecting
    from gitlabgen.yamltext.positions import span_of
    from gitlabgen.yamltext.reader import load_documents

    documents = load_documents(text, filename=filename) if documents is None else documents
    header = documents[0].tree if len(documents) > 1 and _is_header(documents[0].tree) else None
    read = [0] if header is None else [0, len(documents) - 1]
    body = documents[read[-1]].tree if documents else None
    with collecting() as findings:
        body = body if prepare is None else prepare(header, body)
    if not isinstance(body, dict):
        said = "Please provide content of .gitlab-ci.yml" if body is None else "Invalid configuration format"
        message = "the file is empty" if body is None else "the file should be a mapping of keywords and jobs"
        line, column = documents[read[-1]].mark[:2] if documents else (1, 1)
        hint = file_hint(text)
        raise YamlError(Finding("invalid-yaml", message, hint=hint, file=filename, line=line, column=column, gitlab=said))
    with collecting() as problems:
        pipeline = _pipeline(header, body, filename or "", documents[read[-1]], partial=partial)
    findings += problems
    if header is not None and (stray := [key for key in header if key != "spec"]):
        unknown = [*map(str, stray)]
        findings.append(
            Finding(
                "unknown-keyword",
                f"the header cannot have {', '.join(f'`{key}`' for key in unknown)}",
                hint="a header has only `spec`",
                file=filename,
                facts=tuple(unknown),
                gitlab=f"header config contains unknown keys: {', '.join(unknown)}",
                **header.key_marks[stray[0]]._asdict(),
            )
        )
    found = [warning for index in read for warning in documents[index].warnings]
    for document in (document for index, document in enumerate(documents) if index not in read):
        message = "GitLab drops this document: it reads the first, or a header with `spec` and the last"
        place = span_of(document.tree, document.mark)._asdict()
        found.append(Finding(rule="ignored-document", message=message, severity="warning", file=filename, **place))
    return pipeline, [*_dates(documents, filename), *found, *findings]


def _dates(documents: Iterable[Document], filename: str | None) -> Iterator[Finding]:
    """Yield a finding for each date or time without quotes, in all documents."""
    from gitlabgen.errors import Finding
    from gitlabgen.yamltext.resolve import refused_class

    for mark, text in (entry for document in documents for entry in document.retyped.items()):
        refused = refused_class(text)
        if refused is not None:
            message = f"`{text}` is a {refused.lower()}, which GitLab does not read without quotes"
            said = f"Tried to load unspecified class: {refused}"
            yield Finding("invalid-yaml", message, hint=f'write `"{text}"`', file=filename, gitlab=said, **mark._asdict())


def _is_header(tree: Any) -> bool:
    return isinstance(tree, dict) and "spec" in tree


def _pipeline(header: Any, body: Any, filename: str, document: Document, *, partial: bool) -> Pipeline:
    from gitlabgen.codec.comments import block_comment, file_note, note_at, with_comment
    from gitlabgen.codec.decoding import FileLocation, NodeLocation
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.modeling.plans import plan_of
    from gitlabgen.yamltext.positions import MapNode

    decoder = pipeline_decoder(filename)
    lenient = pipeline_decoder(filename, partial=True)
    others = partial or "include" in body
    plan = plan_of(Pipeline)
    key, node = next(iter(body.items()), (None, None))
    block = header is None and _names_job(key, node) and _is_block(key, node)
    note, notes = file_note(body if header is None else header, begins_with_block=block)
    jobs: list[BaseJob] = []
    settings = MapNode(body.mark, notes)
    settings.key_marks = body.key_marks
    for key, node in body.items():
        # The job's parent, or the included job that it overrides, may supply what the job lacks.
        ours = lenient if others or (isinstance(node, dict) and "extends" in node) else decoder
        location = NodeLocation(filename, node, name=body.key_marks[key], inlined=("extra", "content"))
        job = top_level_job(ours, location, key, node, note_at(settings, key))
        if job is None:
            settings[key] = setting(decoder, key, node)
        else:
            jobs.append(job)
    given: dict[str, Any] = {"jobs": jobs, "spec": None}
    if header is not None:
        spec = header["spec"]
        given["spec"] = with_comment(decoder.value(plan.shapes["spec"], spec), spec, notes.get(header.key_marks["spec"]))
    given |= block_comment(note)
    location = FileLocation(filename, body, header or {}, aliased=document.aliased, retyped=document.retyped)
    pipeline: Pipeline = decoder.model(Pipeline, settings, location, **given)
    return pipeline


def setting(decoder: Decoder, key: str, node: Any) -> Any:
    """Return the value of a top-level keyword for its decoder; findings about some are prefixed with the keyword's path.

    Args:
        decoder: Decodes the values inside.
        key: The keyword.
        node: Its value in the file.
    """
    from gitlabgen.errors import collecting, report
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.modeling.plans import plan_of

    if key not in _LOCATED:
        return node
    with collecting() as findings:
        value = decoder.value(plan_of(Pipeline).shapes[key], node)
    for finding in findings:
        is_inside = finding.path is None or finding.path.split(":")[0] == key
        report(finding if is_inside else within(finding, key))
    return value


@cache
def _keywords() -> frozenset[str]:
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.modeling.plans import plan_of

    return plan_of(Pipeline).names - {"jobs", "spec", "comment", "comments", "extra"}


def _names_job(key: Any, node: Any) -> bool:
    # GitLab treats these two as jobs as soon as they hold what only jobs have.
    if key in ("default", "workflow") and isinstance(node, dict):
        return not {"script", "run", "trigger", "needs"}.isdisjoint(node)
    return isinstance(key, str) and key not in _keywords()


def _reference(node: Any) -> Reference | None:
    if not isinstance(node, Tagged) or node.tag != "!reference":
        return None
    from gitlabgen.gitlab.reference import Reference

    steps = node.value
    legal = isinstance(steps, list) and steps and all(type(step) is str for step in steps)
    return Reference(*steps) if legal else None


def top_level_job(decoder: Decoder, location: Location | None, name: Any, node: Any, note: Note | None = None) -> BaseJob | None:
    """Return the job that an entry of the top level describes; None if it is not a job.

    Args:
        decoder: Decodes the values of the entry.
        location: The location of a hidden block that is not a mapping.
        name: The key.
        node: The value.
        note: The comments at the key.
    """
    from gitlabgen.errors import collecting, report

    if not _names_job(name, node):
        return None
    if name.startswith("."):
        return _hidden_job(decoder, location, name, node, note)
    if not _is_block(name, node):
        return None
    with collecting() as findings:
        job = visible_job(decoder, name, node, location, note=note)
    for finding in findings:
        report(inside(name, finding))
    return job


def _is_block(name: Any, node: Any) -> bool:
    return str(name).startswith(".") or isinstance(node, dict)


def inside(name: str, finding: Finding) -> Finding:
    """Return a finding about a keyword as a finding about the job that holds it."""
    if finding.job is not None:
        return finding
    from gitlabgen.gitlab.wording import UNPLACED

    found = within(finding, "jobs", name, job=name)
    return found._replace(gitlab=finding.gitlab) if finding.gitlab and finding.gitlab.startswith(UNPLACED) else found


def pipeline_decoder(filename: str = "", *, partial: bool = False) -> Decoder:
    """Return a decoder for the trees of pipelines.

    Args:
        filename: The file's name for findings.
        partial: Whether another file or block may supply what is missing.
    """
    from gitlabgen.codec.decoding import Decoder

    return Decoder(filename, adopt=_reference, partial=partial)


def visible_job(
    decoder: Decoder, name: str, node: Mapping[Any, Any], location: Location | None = None, *, note: Note | None = None
) -> BaseJob:
    """Return the job that a mapping describes.

    Args:
        decoder: Decodes the values of the mapping.
        name: The job's name.
        node: The mapping.
        location: The job's location, if it is not that of the mapping.
        note: The comments at its name.
    """
    from gitlabgen.codec.comments import block_comment

    given = {"name": name, **block_comment(note)}
    if "trigger" in node:
        from gitlabgen.gitlab.trigger import TriggerJob

        trigger_job: TriggerJob = decoder.model(TriggerJob, node, location, **given)
        return trigger_job
    from gitlabgen.gitlab.job import Job

    job: Job = decoder.model(Job, node, location, **given)
    return job


def _hidden_job(decoder: Decoder, location: Location | None, name: str, node: Any, note: Note | None) -> HiddenJob:
    from gitlabgen.codec.comments import block_comment, split_note, with_comment
    from gitlabgen.errors import collecting
    from gitlabgen.gitlab.hidden_job import HiddenJob

    block_note, content_note = split_note(node, note)
    given = {"name": name, **block_comment(block_note)}
    if isinstance(node, dict):
        with collecting() as problems:
            job: HiddenJob = decoder.model(HiddenJob, node, location, **given, content=None)
        if not problems:
            return job
    # GitLab does not check hidden blocks: what is not a job is kept unchanged.
    given["content"] = with_comment(decoder.raw(node), node, content_note)
    content: HiddenJob = decoder.model(HiddenJob, {}, location, **given)
    return content
