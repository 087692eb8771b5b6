"""A pipeline with a header, with the values of its inputs interpolated; an input without a value is unknown.

Source: https://docs.gitlab.com/ci/inputs/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from gitlabgen.errors import Finding, collecting
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.modeling.callsites import position
from gitlabgen.modeling.kinds import is_interpolated
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import location_of
from gitlabgen.modeling.reporting import located
from gitlabgen.resolution.block_expressions import UNKNOWN
from gitlabgen.resolution.input_declarations import Declarations, Read, input_finding
from gitlabgen.resolution.input_rules import has_default
from gitlabgen.resolution.inputs import InputProblem, input_values
from gitlabgen.resolution.interpolation import Interpolation, WrittenBlock
from gitlabgen.resolution.merged_files import keys_of, setting_of, tree_of
from gitlabgen.resolution.origins import Block, Origin, Tree, traced
from gitlabgen.yamltext.nodes import Tagged

_ROOT: Final = ".gitlab-ci.yml"


class FilledPipeline(NamedTuple):
    """A pipeline with the values of its inputs.

    Args:
        pipeline: The pipeline; blocks with unknown values stay.
        unknown: The inputs without a value.
        findings: The findings about inputs and blocks, and about what has blocks.
        blocks: The blocks.
    """

    pipeline: Pipeline
    unknown: tuple[str, ...]
    findings: list[Finding]
    blocks: tuple[WrittenBlock, ...] = ()


def filled_pipeline(pipeline: Pipeline, given: Mapping[str, Any], read: Read | None, *, is_component: bool) -> FilledPipeline:
    """Return a pipeline with its blocks replaced by the values of inputs.

    Args:
        pipeline: The pipeline.
        given: The values by name; the others have their defaults.
        read: Returns the text of a file that the header includes; None if no file can be read.
        is_component: Whether it is the file of a component, whose name and version only GitLab knows.
    """
    if not isinstance(pipeline.spec, Model):
        return FilledPipeline(pipeline, (), [_without_header(pipeline)] if given else [])
    with collecting() as findings:
        declared = Declarations("", traced(pipeline.spec, Origin("spec", pipeline.spec)), read)
    inputs: Any = UNKNOWN
    unknown: tuple[str, ...] = ()
    if declared.is_complete:
        specs = declared.specs
        inputs, problems = input_values(specs, given, complete=False)
        unknown = tuple(str(name) for name, spec in specs.items() if name not in given and not has_default(spec))
        findings += (declared.finding(problem) or _finding(problem, pipeline) for problem in problems)
    is_component = is_component or _is_component(pipeline, pipeline.spec)
    interpolation = Interpolation({"inputs": inputs, "component": UNKNOWN if is_component else {}})
    made, problems_inside = _filled(pipeline, interpolation)
    found = [*findings, *interpolation.findings, *problems_inside]
    return FilledPipeline(made, unknown, found, tuple(interpolation.blocks))


def _is_component(pipeline: Pipeline, spec: Any) -> bool:
    """Return whether a file is that of a component: its header says so, and it has not the name of a root file."""
    where = position(location_of(pipeline))
    return is_set(spec.component) and where is not None and bool(where.file) and not where.file.endswith(_ROOT)


def _without_header(pipeline: Pipeline) -> Finding:
    sentence = "Given inputs not defined in the `spec` section of the included configuration file"
    found = input_finding(None, "the pipeline has no inputs", sentence, "declare them in `spec:inputs`")
    return located(found, position(location_of(pipeline)))


def _finding(problem: InputProblem, pipeline: Pipeline) -> Finding:
    """Return a problem with a given value that no declaration has."""
    found = input_finding(None, problem.message, problem.gitlab, problem.hint)
    return located(found, position(location_of(pipeline.spec), ("inputs",)))


def _filled(pipeline: Pipeline, interpolation: Interpolation) -> tuple[Pipeline, list[Finding]]:
    """Return a pipeline with its blocks replaced, and the findings about its keywords and about the jobs with blocks."""
    from gitlabgen.codec.pipelines import pipeline_decoder, setting, top_level_job

    decoder, lenient = pipeline_decoder(), pipeline_decoder(partial=True)
    keywords = Block(Origin("", pipeline))
    jobs = []
    with collecting() as found:
        for key, (value, origin) in _entries(pipeline, interpolation).items():
            # The job's parent, or the included job that it overrides, may supply what the job lacks.
            is_partial = pipeline.include is not None or (isinstance(value, Block) and "extends" in value)
            ours = lenient if is_partial else decoder
            job = value if isinstance(value, BaseJob) else top_level_job(ours, location_of(origin.model), key, value)
            if job is None:
                keywords.put(key, setting(decoder, key, value), origin)
            else:
                jobs.append(job)
        made: Pipeline = decoder.model(Pipeline, keywords, keywords.place, jobs=jobs, spec=pipeline.spec)
    return made, found


def _entries(pipeline: Pipeline, interpolation: Interpolation) -> dict[str, tuple[BaseJob | Tree, Origin]]:
    """Return the keywords and jobs by name, each with its origin; a job without blocks is unchanged.

    If two names become equal, the later one wins.
    """
    entries = {}
    for key, field in (*keys_of(pipeline), ("include", "include")):
        value, origin = setting_of(key, pipeline, field)
        if value is not None:
            entries[interpolation.key(key, origin)] = interpolation.tree(traced(value, origin), origin), origin
    for job in pipeline.jobs:
        origin = Origin(job.name, job)
        value = interpolation.tree(tree_of(job), origin) if _has_block(job) else job
        entries[interpolation.key(job.name, origin)] = value, origin
    return entries


def _has_block(value: Any) -> bool:
    """Return whether a value, or one inside it, has a block."""
    if isinstance(value, str):
        return is_interpolated(value)
    if isinstance(value, Model):
        return any(map(_has_block, vars(value).values()))
    if isinstance(value, tuple):
        return any(map(_has_block, value))
    if isinstance(value, Mapping):
        return any(_has_block(key) or _has_block(item) for key, item in value.items())
    return isinstance(value, Tagged) and _has_block(value.value)
