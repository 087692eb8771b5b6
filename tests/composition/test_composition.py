"""Pipelines as values: jobs are selected, changed and renamed, and pipelines are merged."""

from __future__ import annotations

import inspect
import pickle
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlabgen import (
    NULL,
    Default,
    Environment,
    HiddenJob,
    Include,
    Job,
    KeywordError,
    Matrix,
    Need,
    Pages,
    Pipeline,
    Reference,
    Rule,
    Stage,
    Trigger,
    TriggerJob,
    Variable,
    Workflow,
    comment,
    dumps,
    evolve,
    fill,
    loads,
    map_jobs,
    merge,
    override,
    prefixed,
    renamed,
    replace,
    select,
    without,
)
from gitlabgen.composition.renaming import _LINKS
from gitlabgen.composition.stages import disagreement, in_order
from gitlabgen.errors import Finding, collecting
from gitlabgen.gitlab import BaseJob
from gitlabgen.linting import lint
from gitlabgen.modeling.callsites import display_path, position
from gitlabgen.modeling.plans import location_of
from tests.codec import strategies

CORPUS = sorted((Path(__file__).parents[1] / "corpus").glob("*.yml"))

base = HiddenJob(".base", image="alpine", tags=["linux"])
build = Job("build", stage="build", script=["make"], extends=base)
test = Job("test", script=["pytest"], needs=[Need(build, artifacts=False)], parallel=Matrix({"A": ["1", "2"]}))
docs = Job("docs", script=["mkdocs"], needs=[build])
deploy = Job("deploy", stage="deploy", script=["deploy", comment("check", "twice")], needs=[test, docs])
child = TriggerJob("child", trigger=Trigger(include=[Include(artifact="child.yml", job=build)]))
blueprint = Pipeline(
    stages=["build", comment("test", "fast"), "deploy"],
    jobs=[base, comment(build, "first"), test, docs, deploy, child],
    comment="made",
)


def names(source: Any) -> list[str]:
    """Return the names of the jobs of a pipeline or a list."""
    return [job.name for job in getattr(source, "jobs", source)]


def named(source: Any, name: str) -> Any:
    """Return the job with a name."""
    return next(job for job in getattr(source, "jobs", source) if job.name == name)


def refused(call: Callable[[], object]) -> Finding:
    """Return the only finding that a call raises."""
    with pytest.raises(KeywordError) as caught:
        call()
    (finding,) = caught.value.findings
    return finding


def underlined(finding: Finding) -> str:
    """Return the text of this file that a finding underlines."""
    assert finding.file == display_path(__file__)
    assert finding.line is not None
    assert finding.column is not None
    assert finding.end_column is not None
    line = Path(__file__).read_text("utf-8").splitlines()[finding.line - 1]
    return line[finding.column - 1 : finding.end_column - 1]


# Selecting


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (["docs"], ["docs"]),
        (["d*"], ["docs", "deploy"]),
        (["?ocs", child], ["docs", "child"]),
        ([Stage("test")], ["test", "docs", "child"]),
        ([lambda job: "needs" in vars(job)], ["test", "docs", "deploy"]),
        ([lambda _: False], []),
        (["build"], [".base", "build"]),
        ([".*"], [".base"]),
        (["*"], [".base", "build", "test", "docs", "deploy", "child"]),
        ([], []),
    ],
)
def test_jobs_are_selected(which: list[Any], expected: list[str]) -> None:
    """Names, patterns, jobs, stages and functions select jobs; the hidden blocks that these need are selected too."""
    assert names(select(blueprint, *which)) == expected


def test_a_selection_keeps_the_rest_of_the_pipeline() -> None:
    """Settings, comments and the location of the pipeline are kept."""
    selected = select(blueprint, "build", "docs")

    assert selected.stages == blueprint.stages
    assert selected.comments == {("stages", 1): "fast", ("jobs", 1): "first"}
    assert selected.comment == "made"
    assert location_of(selected) == location_of(blueprint)
    assert named(selected, "build") is build


def test_referenced_hidden_blocks_are_selected() -> None:
    """Parents of parents are kept, and so are the blocks of references in jobs and in settings."""
    hidden = [HiddenJob(f".{letter}", script=["x"]) for letter in "abcde"]
    hidden[1] = HiddenJob(".b", extends=[".a", ".a"])
    pipeline = Pipeline(
        default=Default(before_script=[Reference(".c", "script")]),
        jobs=[*hidden, Job("x", extends=".b", variables={"A": "b"}, script=[Reference(".d", ".e")]), Job("y", script=["y"])],
    )

    assert names(select(pipeline, "x")) == [".a", ".b", ".c", ".d", "x"]
    assert names(select(pipeline, "y")) == [".c", "y"]


def test_jobs_are_removed() -> None:
    """`without` removes the named jobs, and hidden blocks that are no longer needed."""
    assert names(without(blueprint, "d*", "build")) == [".base", "test", "child"]
    assert names(without(blueprint, ".base", lambda _: True)) == []
    assert without(blueprint) == blueprint


def test_lists_of_jobs_are_sources_too() -> None:
    """A list of jobs gives a tuple of jobs, with their comments."""
    listed = [build, comment(docs, "why"), test]

    assert select(listed, "build") == (build,)
    assert names(Pipeline(jobs=without(listed, "build"))) == ["docs", "test"]
    assert Pipeline(jobs=without(listed, "build")).comments == {("jobs", 0): "why"}


def test_a_stage_may_come_from_a_parent() -> None:
    """A job has the stage of the nearest block that sets one; if a parent is unknown, its stage is unknown."""
    jobs = [
        HiddenJob(".a", stage="a"),
        HiddenJob(".b", extends=".a"),
        HiddenJob(".raw", content={"stage": "a"}),
        Job("of a", extends=[".b", ".c"]),
        HiddenJob(".c", extends=".c"),
        Job("of test", stage=NULL),
        Job("of raw", extends=".raw"),
        Job("of an include", extends=".elsewhere"),
    ]

    assert names(select(jobs, Stage("a"))) == [".a", ".b", "of a", ".c"]
    assert names(without(jobs, Stage("test"))) == [".a", ".b", ".raw", "of a", ".c", "of raw", "of an include"]


def test_a_name_that_is_a_pattern_selects_the_job_with_that_name() -> None:
    """A star is literal if a job has the whole pattern as its name; brackets are always literal."""
    jobs = [Job("a*"), Job("ab"), Job("[x]"), Job("x")]

    assert names(select(jobs, "a*")) == ["a*"]
    assert names(select(jobs, "[x]*")) == ["[x]"]


def test_a_pattern_selects_hidden_blocks_only_if_it_begins_with_a_dot() -> None:
    """A star or a question mark does not match a dot at the beginning, so hidden blocks need a pattern with a dot."""
    jobs = [HiddenJob(".b"), HiddenJob(".bc"), Job("b"), Job("ab"), Job("a.b")]

    assert names(without(jobs, "*")) == [".b", ".bc"]
    assert names(without(jobs, "*b")) == [".b", ".bc"]
    assert names(without(jobs, "?b")) == [".b", ".bc", "b", "a.b"]
    assert names(without(jobs, "*.*")) == [".b", ".bc", "b", "ab"]
    assert names(without(jobs, ".*")) == ["b", "ab", "a.b"]
    assert names(without(jobs, ".?")) == [".bc", "b", "ab", "a.b"]
    assert refused(lambda: without(jobs, "?bc")).message == "there is no job '?bc'"


def test_unknown_jobs_and_stages_are_refused() -> None:
    """A name, a pattern or a stage without a job gives a finding at the argument, with a suggestion."""
    finding = refused(lambda: select(blueprint, "docs", "biuld"))
    assert (finding.message, finding.hint) == ("there is no job 'biuld'", "did you mean `build`?")
    assert underlined(finding) == '"biuld"'
    finding = refused(lambda: without(blueprint, Stage("tset")))
    assert (finding.message, finding.hint) == ("no job is in the stage 'tset'", "did you mean `test`?")
    assert underlined(finding) == 'Stage("tset")'
    finding = refused(lambda: override(blueprint, "x-*", tags=["a"]))
    assert (finding.message, finding.hint) == ("there is no job 'x-*'", None)
    with collecting() as findings:
        assert names(select(blueprint, "docs", "biuld")) == ["docs"]
    assert len(findings) == 1


def test_values_that_are_not_jobs_are_refused() -> None:
    """A list of other values gives a finding, not a traceback."""
    finding = refused(lambda: select("build", "build"))  # type: ignore[type-var]
    assert finding.message == "should be a pipeline or jobs, got 'b'"
    with collecting() as findings:
        assert prefixed([build, 3], "a-") == prefixed([build], "a-")  # type: ignore[type-var]
    assert findings


# Changing


def test_a_job_is_replaced_at_its_position() -> None:
    """The new job has the position and the comment of the old one."""
    other = Job("build", script=["ninja"])
    replaced = replace(blueprint, other, evolve(docs, script=["sphinx"]))

    assert names(replaced) == names(blueprint)
    assert named(replaced, "build") is other
    assert named(replaced, "docs").script == ("sphinx",)
    assert replaced.comments == blueprint.comments


def test_only_existing_jobs_can_be_replaced() -> None:
    """A job with another name gives a finding at the argument."""
    finding = refused(lambda: replace(blueprint, docs, Job("biuld")))
    assert (finding.message, finding.hint, underlined(finding)) == (
        "there is no job 'biuld'",
        "did you mean `build`?",
        'Job("biuld")',
    )
    assert refused(lambda: replace(blueprint, Job("zzz"))).hint == "`merge` adds jobs"


def test_keywords_are_overridden() -> None:
    """New values replace old ones in the named jobs, and None removes them."""
    changed = override(blueprint, "d*", stage="ship", needs=None)

    assert named(changed, "deploy") == Job("deploy", stage="ship", script=["deploy", "check"])
    assert named(changed, "docs") == Job("docs", stage="ship", script=["mkdocs"])
    assert named(changed, "build") is build


def test_settings_apply_to_all_jobs_that_support_them() -> None:
    """Without names, all jobs except hidden blocks are changed; a trigger job has no image, and stays unchanged."""
    changed = override(blueprint, image="python", timeout="1h")

    assert {job.name: getattr(job, "image", None) for job in changed.jobs} == {
        ".base": "alpine",
        **dict.fromkeys(("build", "test", "docs", "deploy"), "python"),
        "child": None,
    }
    assert named(changed, "child") is child


def test_comments_of_unchanged_values_are_kept() -> None:
    """The comment of a replaced value is removed; others are kept."""
    assert named(override(blueprint, "deploy", stage="ship"), "deploy").comments == {("script", 1): "twice"}
    assert named(override(blueprint, "deploy", script=["a", "b"]), "deploy").comments == {}
    assert named(override(blueprint, "deploy", script=[comment("a", "b")]), "deploy").comments == {("script", 0): "b"}


def test_gaps_are_filled() -> None:
    """A keyword is added to jobs that neither set nor inherit it; jobs with an unknown parent stay unchanged."""
    jobs = [
        base,
        build,
        Job("set", image="python", script=["x"]),
        Job("empty", script=["x"]),
        Job("null", image=NULL, script=["x"]),
        Job("open", extends=".elsewhere"),
    ]

    filled = {job.name: getattr(job, "image", None) for job in fill(jobs, image="debian", tags=["a"])}
    assert filled == {".base": "alpine", "build": None, "set": "python", "empty": "debian", "null": NULL, "open": None}
    assert named(fill(jobs, image="debian", tags=["a"]), "set").tags == ("a",)
    assert fill(jobs, ".base", retry=1)[0] == evolve(base, retry=1)


def test_defaults_are_not_gaps() -> None:
    """A keyword that `default` or the top level sets for all jobs is not filled."""
    pipeline = Pipeline(
        default=Default(image="alpine", tags=NULL), cache=NULL, before_script=["a"], jobs=[Job("x", script=["y"])]
    )

    filled = fill(pipeline, image="debian", before_script=["b"], tags=["linux"], retry=1)
    assert filled.jobs == (Job("x", script=["y"], tags=["linux"], retry=1),)


def test_a_mistake_in_a_setting_is_reported_once() -> None:
    """An invalid value gives one finding at the argument, however many jobs are changed."""
    calls: list[Callable[[], object]] = [
        lambda: override(blueprint, when="soon"),  # type: ignore[arg-type]
        lambda: fill(blueprint, "docs", tag=["a"]),  # type: ignore[call-arg]
        lambda: override(blueprint, "child", image="a"),
    ]
    for call in calls:
        with collecting() as findings:
            call()
        assert len(findings) == 1
    assert underlined(refused(lambda: override(blueprint, when="soon"))) == '"soon"'  # type: ignore[arg-type]
    finding = refused(lambda: fill(blueprint, tag=["a"]))  # type: ignore[call-arg]
    assert (finding.hint, underlined(finding)) == ("did you mean `tags`?", '["a"]')
    finding = refused(lambda: override(blueprint, name="x"))  # type: ignore[call-arg]
    assert (finding.hint, underlined(finding)) == ("write renamed(…, {'old': 'new'})", '"x"')
    with collecting():
        assert override(blueprint, name="x", tags=["a"]) == override(blueprint, tags=["a"])  # type: ignore[call-arg]


def test_findings_of_a_changed_job_have_both_locations() -> None:
    """Changed keywords have the location of the change, and others the location of the original job."""
    changed = named(override(blueprint, "docs", needs=["biuld"], tags=["a"]), "docs")
    here, there = location_of(changed), location_of(docs)
    assert here is not None

    assert here.find(()) == position(there)  # type: ignore[union-attr]
    assert here.find(("script", 0)) == position(there, ("script", 0), ("name",))  # type: ignore[union-attr]
    findings = lint(override(blueprint, "docs", needs=["biuld"], tags=["a"]))
    assert [underlined(finding) for finding in findings if finding.rule == "undefined-need"] == ['"biuld"']

    without_location = override([pickle.loads(pickle.dumps(docs))], tags=["a"])
    assert underlined(lint(Pipeline(jobs=without_location))[0]).startswith("override(")


def test_a_job_of_an_open_pipeline_may_stay_incomplete() -> None:
    """The included job that a job overrides may have the missing keywords."""
    pipeline = loads("include: a.yml\na: {when: delayed, script: x}\n")

    assert named(override(pipeline, tags=["a"]), "a").tags == ("a",)


def test_jobs_are_mapped() -> None:
    """A function returns other jobs for the named ones, or None to remove them."""

    def made_interruptible(job: BaseJob) -> BaseJob | None:
        return None if job.name == "docs" else evolve(job, interruptible=True)

    mapped = map_jobs(blueprint, made_interruptible, "d*")

    assert names(mapped) == [".base", "build", "test", "deploy", "child"]
    assert [job.name for job in mapped.jobs if job.interruptible] == ["deploy"]
    assert names(map_jobs(blueprint, lambda _: None)) == [".base"]
    finding = refused(lambda: map_jobs(blueprint, lambda job: job.name))  # type: ignore[arg-type, return-value]
    assert finding.message == "the function should return a job or None, got 'build' for the job 'build'"


# Renaming


def test_names_get_a_prefix_and_references_are_updated() -> None:
    """Every reference to a job of the pipeline is updated, and nothing else changes."""
    pipeline = Pipeline(
        default=Default(before_script=[Reference(".base", "script")]),
        jobs=[
            base,
            HiddenJob(".raw", content={"extends": "build", "list": [Reference("build", "script")], "name": "build"}),
            HiddenJob(".plain", content={"a": "build"}),
            build,
            test,
            Job(
                "deploy",
                extends=[base, ".elsewhere"],
                needs=[
                    "build",
                    "test: [1]",
                    "test: [: [x]",
                    "test 1/2",
                    "test 1/x",
                    "1/2",
                    "elsewhere",
                    "elsewhere: [1]",
                    Need("test", parallel=Matrix({"A": "1"})),
                    Need("build", project="g/p", ref="main"),
                    Need("build", pipeline="1"),
                    Reference(".base", "needs"),
                    ["build"],
                ],
                rules=[Rule(changes=["build"], needs=["build"]), Reference(".base", "rules")],
                dependencies=["build"],
                environment=Environment("build", on_stop="stop"),
                variables={"A": "build", "B": "c"},
                script=["build", [Reference("build", "script"), "x"]],
                stage="build",
                extra={"new": {"build": ("build", Reference("build", "new"))}},
            ),
            Job("stop", environment=Environment("build", action="stop"), script=["x"]),
            child,
            Job("bridge", needs=[Need(pipeline="build")]),
        ],
    )

    found = dumps(prefixed(pipeline, "o-"))
    expected = """\
default:
  before_script:
    - !reference [.o-base, script]

.o-base:
  image: alpine
  tags:
    - linux

.o-raw:
  extends: o-build
  list:
    - !reference [o-build, script]
  name: build

.o-plain:
  a: build

o-build:
  extends: .o-base
  stage: build
  script:
    - make

o-test:
  needs:
    - job: o-build
      artifacts: false
  parallel:
    matrix:
      - A:
          - '1'
          - '2'
  script:
    - pytest

o-deploy:
  extends:
    - .o-base
    - .elsewhere
  stage: build
  environment:
    name: build
    on_stop: o-stop
  needs:
    - o-build
    - 'o-test: [1]'
    - 'o-test: [: [x]'
    - o-test 1/2
    - test 1/x
    - '1/2'
    - elsewhere
    - 'elsewhere: [1]'
    - job: o-test
      parallel:
        matrix:
          - A: '1'
    - job: build
      project: g/p
      ref: main
    - job: build
      pipeline: '1'
    - !reference [.o-base, needs]
    - - o-build
  dependencies:
    - o-build
  rules:
    - changes:
        - build
      needs:
        - o-build
    - !reference [.o-base, rules]
  variables:
    A: build
    B: c
  script:
    - build
    - - !reference [o-build, script]
      - x
  new:
    build:
      - build
      - !reference [o-build, new]
"""
    assert found.startswith(expected), found
    assert named(prefixed(pipeline, "o-"), "o-child").trigger.include[0].job == "o-build"
    assert named(prefixed(pipeline, "o-"), "o-bridge").needs == (Need(pipeline="build"),)
    assert location_of(named(prefixed(pipeline, "o-"), "o-build")) == location_of(build)


def test_lists_that_needs_refer_to_are_updated() -> None:
    """The names in a custom list of a block are updated only if needs or dependencies refer to the list."""
    pipeline = Pipeline(
        jobs=[
            HiddenJob(".lists", extra={"late": ["build", "x"], "words": ["build"], "early": ["build"], "last": ["build"]}),
            HiddenJob(".raw", content={"script": 1, "late": ["build"]}),
            build,
            Job("a", needs=[Reference(".lists", "late"), Reference(".raw", "late")], script=["x"]),
            Job(
                "b",
                dependencies=Reference(".lists", "early"),
                rules=[Rule("$A", needs=Reference(".lists", "last"))],
                script=["x"],
            ),
        ]
    )
    lists, raw, *_ = prefixed(pipeline, "o-").jobs

    assert lists.extra == {"late": ("o-build", "x"), "words": ("build",), "early": ("o-build",), "last": ("o-build",)}
    assert isinstance(raw, HiddenJob)
    assert raw.content == {"script": 1, "late": ("o-build",)}


def test_every_keyword_that_names_jobs_is_renamed() -> None:
    """Each keyword whose annotation is `JobName` is updated."""
    found = {
        name
        for cls in strategies.CLASSES.values()
        for base in cls.__mro__
        for name, annotation in inspect.get_annotations(base).items()
        if re.search(r"\bJobName\b", str(annotation))
    }

    assert found == _LINKS


def test_stages_get_the_prefix_on_request() -> None:
    """Listed stages, stages of jobs and default stages get the prefix; `.pre` and `.post` belong to GitLab."""
    ends = Pipeline(stages=[".pre", ["a", ["b"]], ".post"], jobs=[Job("x", stage="a", script=["x"]), Job("y", stage=".pre")])
    assert prefixed(ends, "o-", stages=True).stages == (".pre", ("o-a", ("o-b",)), ".post")
    assert [job.stage for job in prefixed(ends, "o-", stages=True).jobs] == ["o-a", ".pre"]

    implicit = Pipeline(jobs=[base, build, docs, evolve(child, extends=".x")])
    found = prefixed(implicit, "o-", stages=True)
    assert found.stages == ("o-build", "o-test", "o-deploy")
    assert [job.stage for job in found.jobs] == [None, "o-build", "o-test", None]

    referring = Pipeline(stages=[Reference(".x", "y"), "a"], jobs=[Job("x", stage="a"), Job("y", stage="b")])
    assert [job.stage for job in prefixed(referring, "o-", stages=True).jobs] == ["o-a", "b"]
    opened = Pipeline(include="a.yml", jobs=[Job("x", stage="a"), Job("y")])
    assert prefixed(opened, "o-", stages=True).stages is None
    assert [job.stage for job in prefixed(opened, "o-", stages=True).jobs] == ["a", None]
    assert [job.stage for job in prefixed([build, docs], "o-", stages=True)] == ["o-build", "o-test"]


def test_single_names_are_changed() -> None:
    """`renamed` changes only the given names; stages that are not listed stay unlisted."""
    changed = renamed(blueprint, {"build": "compile"}, stages={"deploy": "ship"})

    assert names(changed) == [".base", "compile", "test", "docs", "deploy", "child"]
    assert changed.stages == ("build", "test", "ship")
    assert named(changed, "docs").needs == ("compile",)
    assert changed.comments == blueprint.comments
    assert renamed(Pipeline(jobs=[build, docs]), {}, stages={"build": "b"}).stages == ("b", "test", "deploy")
    assert renamed(Pipeline(jobs=[Job("a", stage="x", script=["x"])]), {}, stages={"x": "y"}).stages is None
    assert renamed([Job("a", stage="x")], {}, stages={"x": "y"}) == (Job("a", stage="y"),)


def test_only_whole_names_are_renamed() -> None:
    """A need that begins with a job's name, but is not a cell of its matrix, belongs to another job."""
    needs = ["ab", "a]", "a: x", "a: [x", "a [x]", ": [a]", "a: [x]", "a: [b: [c]]"]
    changed = renamed([Job("a", script=["x"]), Job("b", script=["x"], needs=needs)], {"a": "new"})

    assert named(changed, "b").needs == (*needs[:6], "new: [x]", "new: [b: [c]]")


def test_invalid_renamings_are_refused() -> None:
    """Unknown old names, and new names that are taken or reserved, give findings."""
    assert refused(lambda: renamed(blueprint, {"biuld": "b"})).hint == "did you mean `build`?"
    finding = refused(lambda: renamed(blueprint, {}, stages={"biuld": "b"}))
    assert (finding.message, finding.hint) == ("there is no stage 'biuld'", "did you mean `build`?")
    assert underlined(finding) == '{"biuld": "b"}'
    assert "`docs` is the name of two jobs" in refused(lambda: renamed(blueprint, {"build": "docs"})).message
    finding = refused(lambda: prefixed([docs], "."))
    assert finding.line == position(location_of(docs))[1]  # type: ignore[index]


@pytest.mark.parametrize(
    ("job", "pages"),
    [
        (Job("pages", script=["x"]), True),
        (Job("pages", script=["x"], publish="dist"), True),
        (Job("pages", script=["x"], pages=False), False),
        (Job("pages", script=["x"], pages=Pages(publish="a")), Pages(publish="a")),
        (Job("pages", extends=".elsewhere"), None),
        (TriggerJob("pages", trigger="g/p"), None),
        (Job("other", script=["x"]), None),
    ],
)
def test_a_renamed_pages_job_still_publishes(job: BaseJob, pages: Any) -> None:
    """A job that publishes a website because of its name `pages` gets the keyword when it is renamed."""
    assert getattr(prefixed([job], "o-")[0], "pages", None) == pages
    assert renamed([job], {}) == (job,)


_names = ["a", "b", "c: [x]", "d 1/2", "pages-x"]
_known = st.sampled_from([*_names, ".h", ".i"])
_links = st.sampled_from([*_names, "a: [1]", "a 2/3", "c: [x]: [y]", "d 1/2 1/2", "elsewhere", "elsewhere: [1]"])
_local = st.lists(_links | st.builds(Need, _links), max_size=2)
_keywords: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"script": st.lists(st.builds(Reference, _known, st.just("script")) | st.just("a"), min_size=1, max_size=2)},
    optional={
        "needs": st.lists(_links | st.builds(Need, _links) | st.builds(Need, _links, project=st.just("g/p")), max_size=3),
        "extends": st.lists(st.sampled_from([".h", ".i", ".j", "a"]), min_size=1, max_size=2),
        "rules": st.builds(lambda needs: [Rule("$A", needs=needs)], _local),
    },
)
linked = st.lists(st.tuples(_known, _keywords), max_size=5, unique_by=lambda drawn: drawn[0]).map(
    lambda drawn: Pipeline(jobs=[(HiddenJob if name[0] == "." else Job)(name, **keywords) for name, keywords in drawn])
)
"""Pipelines whose jobs name each other, cells of matrices, and jobs that do not exist."""


whole: st.SearchStrategy[Any] = (
    strategies.pipeline_keywords()
    .map(lambda keywords: strategies.made(Pipeline, keywords))
    .filter(lambda pipeline: pipeline is not None)
)
"""Pipelines with any keywords."""


def inverse(pipeline: Pipeline, prefix: str) -> Mapping[str, str]:
    """Return the old names by the names with a prefix."""
    return {new: old for old, new in zip(names(pipeline), names(prefixed(pipeline, prefix)), strict=True)}


def edges(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """Yield the needs that name jobs of the pipeline itself."""
    for job in pipeline.jobs:
        for need in job.needs if isinstance(job.needs, tuple) else ():
            if need in names(pipeline):
                yield job.name, str(need)


@given(linked | whole)
def test_a_prefix_can_be_removed(pipeline: Pipeline) -> None:
    """Undoing a renaming gives the same text, and the needs between jobs stay the same."""
    new = prefixed(pipeline, "zz-")
    back = inverse(pipeline, "zz-")

    assert renamed(new, back) == pipeline
    assert dumps(renamed(new, back)) == dumps(pipeline)
    assert [(back[job], back[need]) for job, need in edges(new)] == list(edges(pipeline))


@pytest.mark.parametrize(
    "path", [path for path in CORPUS if path.stem not in ("pages_legacy", "traps")], ids=lambda path: path.stem
)
def test_files_mean_the_same_with_a_prefix(path: Path) -> None:
    """With a prefix, a file has the same findings, and without it again the same text and comments."""
    pipeline = loads(path.read_text("utf-8"))
    new = prefixed(pipeline, "o-")

    assert dumps(renamed(new, inverse(pipeline, "o-"))) == dumps(pipeline)
    expected = Counter(finding.rule for finding in lint(pipeline))
    assert Counter(finding.rule for finding in lint(new)) == expected
    if pipeline.spec is None:  # an input can be the name of one of GitLab's own stages, which have no prefix
        assert Counter(finding.rule for finding in lint(prefixed(pipeline, "o-", stages=True))) == expected


# Merging


def test_pipelines_are_merged() -> None:
    """Jobs are concatenated and settings are merged, with their comments."""
    includes: list[str | Include] = [comment(Include(local="b.yml"), "b"), "a.yml"]
    variables: dict[str, str | Variable] = {"B": "2", "C": Variable("3")}
    one = Pipeline(
        include="a.yml",
        variables={"A": comment("1", "a"), "B": "2"},
        default=Default(image="alpine", comment="d"),
        stages=["build", comment("test", "fast"), "deploy"],
        jobs=[comment(build, "first")],
        workflow=Workflow(rules=[Rule("$A")]),
        comment="one",
        extra={"x": 1},
    )
    two = Pipeline(
        include=includes,
        variables=comment(variables, "more"),
        default=Default(image="alpine", tags=[comment("linux", "t")], comment="e"),
        stages=["build", "scan", comment("deploy", "slow")],
        jobs=[comment(deploy, "last")],
        workflow=Workflow(rules=[Rule("$A")]),
        comment="two",
        extra={"y": comment(2, "why")},
    )
    merged = merge(one, two, [docs])

    assert merged == Pipeline(
        include=["a.yml", Include(local="b.yml")],
        variables={"A": "1", "B": "2", "C": Variable("3")},
        default=Default(image="alpine", tags=["linux"]),
        stages=["build", "test", "scan", "deploy"],
        jobs=[build, deploy, docs],
        workflow=Workflow(rules=[Rule("$A")]),
        extra={"x": 1, "y": 2},
    )
    assert merged.comment == "one\ntwo"
    assert merged.comments == {
        ("include", 1): "b",
        ("variables",): "more",
        ("variables", "A"): "a",
        ("stages", 1): "fast",
        ("stages", 3): "slow",
        ("jobs", 0): "first",
        ("jobs", 1): "last",
        ("extra", "y"): "why",
    }
    assert isinstance(merged.default, Default)
    assert (merged.default.comment, merged.default.comments) == ("d", {("tags", 0): "t"})


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_merging_with_nothing_changes_nothing(path: Path) -> None:
    """A pipeline that is merged alone or with an empty one is written as before, with its comments."""
    pipeline = loads(path.read_text("utf-8"))

    for merged in (merge(pipeline), merge(pipeline, Pipeline()), merge(Pipeline(), pipeline, [])):
        assert dumps(merged) == dumps(pipeline)


@given(linked, linked)
def test_merged_jobs_can_be_separated(one: Pipeline, two: Pipeline) -> None:
    """With prefixes, any two pipelines can be merged, and the jobs of each can be selected from the result."""
    first, second = prefixed(one, "a-"), prefixed(two, "b-")
    merged = merge(first, second)

    assert merged.jobs == (*first.jobs, *second.jobs)
    assert [job for job in merged.jobs if job.name.lstrip(".").startswith("a-")] == [*first.jobs]


def test_a_duplicate_job_is_refused() -> None:
    """Two jobs with the same name give a finding with both locations, even if they are equal; equal hidden blocks are merged."""
    other = Job("docs", script=["sphinx"])
    finding = refused(lambda: merge([docs], [other]))
    assert finding.message == "`docs` is the name of two jobs"
    assert [place.line for place in finding.related] == [position(location_of(job))[1] for job in (docs, other)]  # type: ignore[index]
    assert refused(lambda: merge([docs], [docs]))
    assert names(merge([base, build], [evolve(base), docs])) == [".base", "build", "docs"]
    assert "`.base`" in refused(lambda: merge([base], [evolve(base, image="b")])).message
    with collecting() as findings:
        assert merge([docs], [other]).jobs == (docs,)
    assert len(findings) == 1


@pytest.mark.parametrize(
    ("one", "two", "words"),
    [
        ({"variables": {"A": "1"}}, {"variables": {"A": "2"}}, "variables:A"),
        ({"variables": {"A": "1"}}, {"variables": Reference(".x", "y")}, "variables"),
        ({"workflow": Workflow(name="a")}, {"workflow": Workflow(name="b")}, "workflow"),
        ({"default": Default(image="a")}, {"default": Default(image="b")}, "default:image"),
        ({"default": Default(image="a")}, {"default": Reference(".x", "y")}, "default"),
        ({"image": "a"}, {"image": "b"}, "image"),
        ({"stages": ["a", Reference(".x", "y")]}, {"stages": ["a"]}, "stages"),
        ({"extra": {"x": 1}}, {"extra": {"x": 2}}, "extra:x"),
    ],
)
def test_conflicts_are_reported_with_both_locations(one: dict[str, Any], two: dict[str, Any], words: str) -> None:
    """Different values in two pipelines give a finding, and the first value is kept."""
    pipelines = [Pipeline(**one), Pipeline(**two)]
    finding = refused(lambda: merge(*pipelines))

    assert finding.message == f"{words} differs between pipelines"
    assert [place.message for place in finding.related] == ["one is here", "another is here"]
    with collecting() as findings:
        assert merge(*pipelines) == pipelines[0]
    assert len(findings) == 1


def test_settings_of_one_pipeline_keep_their_comments() -> None:
    """Comments inside a setting keep their paths."""
    one = Pipeline(variables={"A": comment("1", "a")}, stages=comment([comment("x", "first")], "all"))

    assert merge(one, Pipeline()).comments == one.comments


def test_null_is_replaced() -> None:
    """A setting that is null in one pipeline gets the value of the other."""
    empty = Pipeline(include=NULL, variables=NULL, default=NULL, stages=NULL)
    full = Pipeline(include=["a"], variables={"A": "b"}, default=Default(image="a"), stages=["x"])

    assert merge(empty, full) == merge(full, empty) == full
    assert merge(empty, empty) == empty


def test_pipelines_without_stages_have_the_default_stages() -> None:
    """A pipeline without stages adds the default stages of its jobs; a list of jobs adds none."""
    listed = Pipeline(stages=["lint", "deploy"], jobs=[Job("l", stage="lint", script=["x"])])

    assert merge(listed, Pipeline(jobs=[base, build, docs])).stages == ("lint", "build", "test", "deploy")
    assert merge(Pipeline(stages=["deploy", "build"]), Pipeline(jobs=[docs])).stages == ("deploy", "build", "test")
    assert merge(listed, [docs]).stages == ("lint", "deploy")
    assert merge(Pipeline(jobs=[build]), Pipeline(jobs=[docs])).stages is None
    assert merge(Pipeline(stages=[["a"], ["b"]]), Pipeline(stages=[["a"], ["b"]])).stages == (("a",), ("b",))
    assert merge(Pipeline(stages=[["a"], ["b"]]), Pipeline(stages=["a", "c"])).stages == ("a", "b", "c")


def test_stages_in_conflicting_orders_are_refused() -> None:
    """The finding names the stages, and the pipelines that disagree."""
    one, two = Pipeline(stages=["a", "b", "c"]), Pipeline(stages=["c", "a"])
    finding = refused(lambda: merge(one, two))

    assert finding.message == "stages cannot be put in one order: 'a' before 'c' before 'a'"
    assert [(place.message, place.line) for place in finding.related] == [
        ("'a' is before 'c' here", position(location_of(one))[1]),  # type: ignore[index]
        ("'c' is before 'a' here", position(location_of(two))[1]),  # type: ignore[index]
    ]
    with collecting() as findings:
        assert merge(one, two).stages == ("a", "b", "c")
    assert len(findings) == 1


_lists = st.lists(st.lists(st.sampled_from([".pre", *"abcdef", ".post"]), unique=True, max_size=5), max_size=4)


@given(_lists)
def test_an_order_keeps_all_orders(lists: list[list[str]]) -> None:
    """The stages of each list keep their order; if that is impossible, the steps form a cycle."""
    order = in_order(lists)
    inner = [[stage for stage in one if stage not in (".pre", ".post")] for one in lists]
    if order is None:
        steps = disagreement(lists)
        assert [before for before, _, _ in steps] == [later for _, later, _ in (steps[-1], *steps[:-1])]
        assert all(lists[index].index(before) < lists[index].index(later) for before, later, index in steps)
        return
    assert sorted(order) == sorted({stage for one in lists for stage in one})
    assert all([stage for stage in order if stage in one] == one for one in inner)
    assert order[:1] == [".pre"] or ".pre" not in order
    assert order[-1:] == [".post"] or ".post" not in order


def test_three_lists_can_disagree() -> None:
    """If any two of three lists agree, the cycle has steps of all three, and no stages outside of it."""
    steps = disagreement([["w", "x", "a", "b", "y"], ["b", "c"], ["c", "a"]])

    assert {(before, later, index) for before, later, index in steps} == {("a", "b", 0), ("b", "c", 1), ("c", "a", 2)}
