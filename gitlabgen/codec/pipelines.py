"""`.gitlab-ci.yml`: a pipeline to text and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.codec.encoding import Encoder
from gitlabgen.yamltext.nodes import Commented, Tagged
from gitlabgen.yamltext.writer import dump_entries

if TYPE_CHECKING:
    from gitlabgen.codec.decoding import Decoder
    from gitlabgen.errors import Finding
    from gitlabgen.gitlab.base_job import BaseJob
    from gitlabgen.gitlab.hidden_job import HiddenJob
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.gitlab.reference import Reference

__all__ = ["dumps", "loads", "read"]


def _reference_tree(reference: Reference) -> Tagged:
    return Tagged("!reference", list(reference.path))


def _hidden_tree(job: HiddenJob) -> Any:
    tree = _encoder.mapping(job) if job.content is None else _encoder.tree(job.content)
    return tree if job.comment is None else Commented(tree, before=job.comment)


_JOB_ORDER: Final = (
    *("extends", "stage", "image", "services", "tags", "environment", "resource_group"),
    *("needs", "dependencies", "rules", "only", "except_", "when", "start_in", "manual_confirmation"),
    *("allow_failure", "interruptible", "timeout", "retry", "parallel", "inherit"),
    *("variables", "id_tokens", "cache", "before_script", "script", "after_script", "trigger", "coverage", "artifacts"),
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
    head = "" if pipeline.spec is None else "".join(dump_entries([("spec", _encoder.tree(pipeline.spec))])) + "---\n"
    return head + "".join(dump_entries(_entries(pipeline)))


def _entries(pipeline: Pipeline) -> Iterator[tuple[Any, Any]]:
    first = pipeline.comment
    for key, tree in _top_level(pipeline):
        yield key, tree if first is None else _headed(tree, first)
        first = None


def _top_level(pipeline: Pipeline) -> Iterator[tuple[Any, Any]]:
    yield from _encoder.mapping(pipeline).items()
    for job in pipeline.jobs:
        yield job.name, _encoder.tree(job)


def _headed(tree: Any, text: str) -> Commented:
    if not isinstance(tree, Commented):
        return Commented(tree, before=text)
    return Commented(tree.value, before=f"{text}\n{tree.before}" if tree.before else text, after=tree.after)


def loads(text: str, *, filename: str | None = None) -> Pipeline:
    """Return the pipeline that a `.gitlab-ci.yml` describes.

    Args:
        text: The file's text: one document, or a header with `spec` and one.
        filename: The file's name for messages.

    Raises:
        YamlError: If the text is no YAML that GitLab would read.
        KeywordError: If keywords hold what GitLab would reject; with all findings.
    """
    from gitlabgen.errors import KeywordError

    pipeline, findings = read(text, filename=filename)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise KeywordError(*errors)
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
    body = documents[-1].tree if documents else None
    if not isinstance(body, dict):
        message = "Please provide content of .gitlab-ci.yml" if body is None else "Invalid configuration format"
        raise YamlError(Finding(rule="invalid-yaml", message=message, file=filename, line=1, column=1))
    with collecting() as findings:
        pipeline = _pipeline(header, body, filename or "")
    return pipeline, [*(warning for document in documents for warning in document.warnings), *findings]


def _is_header(tree: Any) -> bool:
    return isinstance(tree, dict) and "spec" in tree


def _pipeline(header: Any, body: Any, filename: str) -> Pipeline:
    from gitlabgen.codec.decoding import Decoder, NodePlace
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.model import plan_of

    decoder = Decoder(filename, _field, adopt=_reference)
    names = plan_of(Pipeline).names - {"jobs", "spec", "comment", "comments", "extra"}
    jobs: list[BaseJob] = []
    settings = {}
    for key, node in body.items():
        job = _job(decoder, key, node) if isinstance(key, str) and key not in names else None
        if job is None:
            settings[key] = node
        else:
            jobs.append(job)
    spec = None if header is None else decoder.raw(header["spec"])
    pipeline: Pipeline = decoder.model(Pipeline, settings, NodePlace(filename, body), jobs=jobs, spec=spec)
    return pipeline


def _field(key: str, names: frozenset[str]) -> str | None:
    if key in names:
        return key
    return f"{key}_" if f"{key}_" in names else None


def _reference(node: Any) -> Reference | None:
    if not isinstance(node, Tagged) or node.tag != "!reference":
        return None
    from gitlabgen.gitlab.reference import Reference

    steps = node.value
    legal = isinstance(steps, list) and steps and all(type(step) is str for step in steps)
    return Reference(*steps) if legal else None


def _job(decoder: Decoder, name: str, node: Any) -> BaseJob | None:
    from gitlabgen.errors import collecting

    if name.startswith("."):
        from gitlabgen.gitlab.hidden_job import HiddenJob

        with collecting() as problems:
            made: HiddenJob = (
                decoder.model(HiddenJob, node, name=name, content=None) if isinstance(node, dict) else HiddenJob(name)
            )
        # GitLab does not look into hidden blocks: what is no job is kept as it is.
        return HiddenJob(name, content=decoder.raw(node)) if problems or not isinstance(node, dict) else made
    if not isinstance(node, dict):
        return None
    if "trigger" in node:
        from gitlabgen.gitlab.trigger import TriggerJob

        trigger_job: TriggerJob = decoder.model(TriggerJob, node, name=name)
        return trigger_job
    from gitlabgen.gitlab.job import Job

    job: Job = decoder.model(Job, node, name=name)
    return job
