"""The implementation of `gitlabgen show`."""

from __future__ import annotations

from collections.abc import Sequence

from gitlabgen.cli._files import parsed_inputs
from gitlabgen.cli._output import say, show_findings, show_json
from gitlabgen.cli._pipelines import LoadedPipeline, load_pipeline, split_words
from gitlabgen.errors import DefinitionError, Finding, did_you_mean
from gitlabgen.linting import in_order
from gitlabgen.reports.configurations import configuration_text, plain_configuration, value_origins
from gitlabgen.resolution import Resolution, cells, resolve
from gitlabgen.resolution.merged_configuration import merged_configuration, merged_job

__all__ = ["show_configuration"]


def show_configuration(
    words: Sequence[str],
    *,
    job: str | None = None,
    settings: Sequence[str] = (),
    inputs: Sequence[str] = (),
    format_: str = "text",
) -> int:
    """Print a merged configuration, and return the exit code.

    Args:
        words: The name of a job and a path, both optional.
        job: The name of a job that looks like a path.
        settings: `K=V` with TOML values.
        inputs: `NAME=VALUE` for the inputs of the pipeline.
        format_: `text` or `json`.

    Raises:
        GitlabgenError: If the pipeline cannot be loaded, or has no such job; with all findings.
    """
    name, path = split_words(words, job=job)
    given = parsed_inputs(inputs)
    loaded = load_pipeline(path, settings)
    resolution = resolve(loaded.pipeline, loaded.repository, given)
    block = merged_configuration(resolution) if name is None else merged_job(resolution, name)
    if block is None:
        raise DefinitionError(_unknown_job(loaded, resolution, name or ""))
    errors = [finding for finding in (*loaded.findings, *resolution.findings) if finding.severity == "error"]
    findings = in_order([loaded.checkout.shown(finding) for finding in errors])
    if format_ == "json":
        origins = [*value_origins(block, loaded.shown_path)]
        show_json(findings, job=name, configuration=plain_configuration(block), origins=origins, unknown=[*resolution.unknown])
    else:
        show_findings(findings, "text")
        say(configuration_text(block, name or "", loaded.shown_path))
        say("".join(f"# not read: include {label}\n" for label in resolution.unknown))
    return 1 if findings else 0


def _unknown_job(loaded: LoadedPipeline, resolution: Resolution, name: str) -> Finding:
    names = [*resolution.jobs, *resolution.hidden]
    names += [cell.name for job in resolution.jobs.values() for cell in cells(job.name, job.parallel)]
    unread = f"; include {resolution.unknown[0]} was not read" if resolution.unknown else ""
    hint = did_you_mean(name, names, "gitlabgen show, without a job, shows all of them")
    return Finding(rule="no-job", message=f"has no job {name!r}{unread}", hint=hint, file=loaded.file)
