"""`.gitlab-ci.yml`: a pipeline to text and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.codec.encoding import Encoder, annotate, commented, key_of
from gitlabgen.yamltext.nodes import Commented, Tagged
from gitlabgen.yamltext.writer import dump_entries

if TYPE_CHECKING:
    from gitlabgen.codec.decoding import Decoder
    from gitlabgen.errors import Finding
    from gitlabgen.gitlab.base_job import BaseJob
    from gitlabgen.gitlab.hidden_job import HiddenJob
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.gitlab.reference import Reference
    from gitlabgen.source import Place

__all__ = ["dumps", "loads", "read", "visible_job"]


def _reference_tree(reference: Reference) -> Tagged:
    return Tagged("!reference", list(reference.path))


def _hidden_tree(job: HiddenJob) -> Any:
    if job.content is None:
        return _encoder.mapping(job)
    block = {"content": _encoder.tree(job.content)}
    for path, text in job.comments.items():
        annotate(block, path, text)
    return block["content"]


_JOB_ORDER: Final = (
    *("extends", "stage", "image", "services", "tags", "environment", "resource_group"),
    *("needs", "dependencies", "rules", "only", "except_", "when", "start_in", "manual_confirmation"),
    *("allow_failure", "interruptible", "timeout", "retry", "parallel", "inherit"),
    *("inputs", "variables", "id_tokens", "identity", "secrets", "dast_configuration", "cache"),
    *("hooks", "before_script", "script", "run", "after_script", "trigger", "coverage", "artifacts"),
    *("release", "pages", "publish"),
)

_encoder: Final = Encoder(
    order={"BaseJob": _JOB_ORDER},
    special={"Reference": _reference_tree, "HiddenJob": _hidden_tree},
    without={"BaseJob": frozenset(("name", "content")), "Pipeline": frozenset(("jobs", "spec"))},
)


def dumps(pipeline: Pipeline) -> str:
    """Return a pipeline as the text of `.gitlab-ci.yml`.

    Args:
        pipeline: The pipeline.

    Raises:
        YamlError: If a value can stand in no YAML file, such as half of a surrogate pair.
    """
    header = list(_header(pipeline))
    body = _body(pipeline)
    if not header:
        return "".join(dump_entries(_headed(body, pipeline.comment)))
    return "".join((*dump_entries(_headed(header, pipeline.comment)), "---\n", *dump_entries(body)))


def _header(pipeline: Pipeline) -> Iterator[tuple[Any, Any]]:
    if pipeline.spec is not None:
        header = {"spec": _encoder.tree(pipeline.spec)}
        for path, text in pipeline.comments.items():
            annotate(header, path, text)
        yield from header.items()


def _body(pipeline: Pipeline) -> Iterator[tuple[Any, Any]]:
    yield from _encoder.mapping(pipeline).items()
    for index, job in enumerate(pipeline.jobs):
        tree = _encoder.tree(job)
        text = pipeline.comments.get(("jobs", index))
        yield job.name, tree if text is None else commented(tree, text)


def _headed(entries: Iterable[tuple[Any, Any]], text: str | None) -> Iterator[tuple[Any, Any]]:
    for key, tree in entries:
        # The writer puts the outer comment above the inner one.
        yield key, tree if text is None else Commented(tree, before=text)
        text = None


def loads(text: str, *, filename: str | None = None) -> Pipeline:
    """Return the pipeline that a `.gitlab-ci.yml` describes.

    Args:
        text: The file's text: one document, or a header with `spec` and one.
        filename: The file's name for messages.

    Raises:
        YamlError: If the text is no YAML that GitLab would read.
        KeywordError: If keywords hold what GitLab would reject; with all findings.
    """
    from gitlabgen.errors import raise_errors

    pipeline, findings = read(text, filename=filename)
    raise_errors(findings)
    return pipeline


def read(text: str, *, filename: str | None = None) -> tuple[Pipeline, list[Finding]]:
    """Return a pipeline with what is wrong in it, so that a checker can go on with what is right.

    Args:
        text: The file's text.
        filename: The file's name for findings.

    Raises:
        YamlError: If the text is no YAML that GitLab would read.
    """
    from gitlabgen.errors import Finding, YamlError, collecting
    from gitlabgen.yamltext.reader import load_documents

    documents = load_documents(text, filename=filename)
    header = documents[0].tree if len(documents) > 1 and _is_header(documents[0].tree) else None
    read = [0] if header is None else [0, len(documents) - 1]
    body = documents[read[-1]].tree if documents else None
    if not isinstance(body, dict):
        message = "Please provide content of .gitlab-ci.yml" if body is None else "Invalid configuration format"
        line, column = documents[read[-1]].mark if documents else (1, 1)
        raise YamlError(Finding(rule="invalid-yaml", message=message, file=filename, line=line, column=column))
    with collecting() as findings:
        pipeline = _pipeline(header, body, filename or "")
    unknown = ", ".join(str(key) for key in header or () if key != "spec")
    if unknown:
        message = f"header config contains unknown keys: {unknown}"
        line, column = documents[0].mark
        findings.append(Finding(rule="invalid-keyword", message=message, file=filename, line=line, column=column))
    found = [warning for index in read for warning in documents[index].warnings]
    for document in (document for index, document in enumerate(documents) if index not in read):
        message = "GitLab drops this document: it reads the first, or a header with `spec` and the last"
        line, column = document.mark
        found.append(
            Finding(rule="ignored-document", message=message, severity="warning", file=filename, line=line, column=column)
        )
    return pipeline, [*found, *findings]


def _is_header(tree: Any) -> bool:
    return isinstance(tree, dict) and "spec" in tree


def _pipeline(header: Any, body: Any, filename: str) -> Pipeline:
    from gitlabgen.codec.decoding import Decoder, NodePlace
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.model import plan_of

    decoder = Decoder(filename, _field, adopt=_reference)
    partial = Decoder(filename, _field, adopt=_reference, partial=True)
    names = plan_of(Pipeline).names - {"jobs", "spec", "comment", "comments", "extra"}
    jobs: list[BaseJob] = []
    settings = {}
    for key, node in body.items():
        # What a job lacks may stand in the job that it extends, or in the included one that it overrides.
        ours = partial if "include" in body or (isinstance(node, dict) and "extends" in node) else decoder
        job = _job(ours, filename, key, node) if isinstance(key, str) and _names_job(key, node, names) else None
        if job is None:
            settings[key] = node
        else:
            jobs.append(job)
    spec = None if header is None else decoder.raw(header["spec"])
    pipeline: Pipeline = decoder.model(Pipeline, settings, NodePlace(filename, body, header or {}), jobs=jobs, spec=spec)
    return pipeline


def _names_job(key: str, node: Any, names: frozenset[str]) -> bool:
    # GitLab takes these two for jobs as soon as they hold what only jobs have.
    if key in ("default", "workflow") and isinstance(node, dict):
        return not {"script", "run", "trigger", "needs"}.isdisjoint(node)
    return key not in names


def _field(key: str, names: frozenset[str]) -> str | None:
    # `if` is the keyword of `if_`; what is written `if_` is none.
    return next((name for name in (key, f"{key}_") if name in names and key_of(name) == key), None)


def _reference(node: Any) -> Reference | None:
    if not isinstance(node, Tagged) or node.tag != "!reference":
        return None
    from gitlabgen.gitlab.reference import Reference

    steps = node.value
    legal = isinstance(steps, list) and steps and all(type(step) is str for step in steps)
    return Reference(*steps) if legal else None


def _job(decoder: Decoder, filename: str, name: str, node: Any) -> BaseJob | None:
    from gitlabgen.errors import collecting, report

    if name.startswith("."):
        return _hidden_job(decoder, filename, name, node)
    if not isinstance(node, dict):
        return None
    with collecting() as findings:
        job = visible_job(decoder, name, node)
    for finding in findings:
        report(_inside(name, finding))
    return job


def _inside(name: str, finding: Finding) -> Finding:
    """Return a finding of a keyword as one of the job that holds it."""
    if finding.job is not None:
        return finding
    path = f"jobs:{name}:{finding.path}" if finding.path else f"jobs:{name}"
    return finding._replace(job=name, path=path, message=f"jobs:{name}:{finding.message}")


def visible_job(decoder: Decoder, name: str, node: Mapping[Any, Any], place: Place | None = None) -> BaseJob:
    """Return the job that a mapping describes.

    Args:
        decoder: Turns the mapping's values into models.
        name: The job's name.
        node: The mapping.
        place: Where it stands, if not where the mapping does.
    """
    if "trigger" in node:
        from gitlabgen.gitlab.trigger import TriggerJob

        trigger_job: TriggerJob = decoder.model(TriggerJob, node, place, name=name)
        return trigger_job
    from gitlabgen.gitlab.job import Job

    job: Job = decoder.model(Job, node, place, name=name)
    return job


def _hidden_job(decoder: Decoder, filename: str, name: str, node: Any) -> HiddenJob:
    from gitlabgen.codec.decoding import NodePlace
    from gitlabgen.errors import collecting
    from gitlabgen.gitlab.hidden_job import HiddenJob

    if isinstance(node, dict):
        with collecting() as problems:
            job: HiddenJob = decoder.model(HiddenJob, node, name=name, content=None)
        if not problems:
            return job
    # GitLab does not look into hidden blocks: what is no job is kept as it is.
    content: HiddenJob = decoder.model(HiddenJob, {}, NodePlace(filename, node), name=name, content=decoder.raw(node))
    return content
