"""Features of all models: equality, comments, copies, and errors at the user's line."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import attrs
import pytest

from gitlabgen import NULL, Artifacts, Cache, Job, KeywordError, Matrix, Need, Pipeline, Rule, Stage, comment, evolve
from gitlabgen.errors import Finding, collecting
from gitlabgen.modeling.callsites import Position, caller, display_path, position
from gitlabgen.modeling.kinds import FrozenDict
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import location_of

HERE = display_path(__file__)


def line_of(text: str) -> int:
    """Return the number of the only line of this file that ends with a comment of this text."""
    lines = Path(__file__).read_text("utf-8").splitlines()
    (number,) = [number for number, line in enumerate(lines, 1) if line.endswith(f"# {text}")]
    return number


def test_models_with_equal_keywords_are_equal() -> None:
    """Equal keywords make equal models with equal hashes; comments and locations are ignored."""
    plain = Job("a", script=["x"], variables={"A": "b"}, artifacts=Artifacts(paths=["p"]))
    decorated = Job(
        "a", script=(comment("x", "why"),), variables={"A": "b"}, artifacts=Artifacts(paths=["p"], comment="c"), comment="head"
    )

    assert plain == decorated
    assert hash(plain) == hash(decorated)
    assert plain != Job("a", script=["y"])
    assert plain != "a"
    assert (Job("a") == Stage("a")) is False


def test_the_repr_of_a_model() -> None:
    """The repr of a model is the call that creates it."""
    job = Job("a", script=["x"], needs=["b"], artifacts=Artifacts(untracked=True))

    assert repr(job) == "Job('a', needs=('b',), script=('x',), artifacts=Artifacts(untracked=True))"
    assert eval(repr(job)) == job
    assert repr(Job("a", image=NULL)) == "Job('a', image=NULL)"


def test_models_survive_copying_and_pickling() -> None:
    """Copies are equal, and keep frozen mappings and the NULL object."""
    job = Job("a", variables={"A": "b"}, image=NULL, script=[comment("x", "y")])

    for other in (copy.copy(job), copy.deepcopy(job), pickle.loads(pickle.dumps(job))):
        assert other == job
        assert other.comments == job.comments
        assert other.image is NULL
        assert type(other.variables) is FrozenDict


def test_models_cannot_change() -> None:
    """Neither keywords nor the mappings in them can be changed."""
    job = Job("a", variables={"A": "b"})

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        job.stage = "b"  # type: ignore[misc]
    with pytest.raises(TypeError, match="cannot change"):
        job.variables["A"] = "c"  # type: ignore[index]
    with pytest.raises(TypeError, match="cannot change"):
        job.variables.update(A="c")  # type: ignore[union-attr]


def test_lists_are_copied() -> None:
    """Changing a list afterwards does not change the model made from it."""
    script, extra = ["x"], {"a": [1, {"b": 2}]}
    job = Job("a", script=script, extra=extra)
    script.append("y")
    extra["a"].append(3)

    assert job.script == ("x",)
    assert job.extra == {"a": (1, {"b": 2})}
    assert hash(job)


def test_a_changed_copy_is_checked_like_a_new_one() -> None:
    """`evolve` keeps other keywords, removes keywords with None, and rejects what the constructor rejects."""
    job = Job("a", stage="b", script=[comment("x", "why")])

    assert evolve(job, stage="c") == Job("a", stage="c", script=["x"])
    assert evolve(job, stage="c").comments == {("script", 0): "why"}
    assert evolve(job, stage=None) == Job("a", script=["x"])
    assert evolve(job, script=["y"]).comments == {}
    with pytest.raises(KeywordError) as caught:
        evolve(job, when="soon")  # evolved
    assert caught.value.findings[0].line == line_of("evolved")


def test_comments_move_into_the_model() -> None:
    """A comment on a value, an item or a mapping's value is kept by its path."""
    job = Job(
        "a",
        image=comment("alpine", "1"),
        script=["x", comment("y", "2")],
        variables=comment({"A": comment("b", "3")}, "4"),
        extra={"new": [comment("z", "5"), {"deep": comment(1, "6")}]},
    )

    assert job.comments == {
        ("image",): "1",
        ("script", 1): "2",
        ("variables", "A"): "3",
        ("variables",): "4",
        ("extra", "new", 0): "5",
        ("extra", "new", 1, "deep"): "6",
    }
    assert job.variables == {"A": "b"}
    assert repr(comment("x", "y")) == "comment('x', 'y')"


def test_null_in_containers_is_null() -> None:
    """In mappings and arbitrary data, None can only mean null."""
    assert Pipeline(variables={"A": None}) == Pipeline(variables={"A": NULL})  # type: ignore[dict-item]
    assert Job("a", extra={"b": [None]}) == Job("a", extra={"b": [NULL]})


def test_a_problem_names_the_argument() -> None:
    """A finding is located at the exact argument, item or mapping value."""
    cases: dict[str, Callable[[], object]] = {
        "whole": lambda: Job("a", when="soon"),  # type: ignore[arg-type]  # whole
        "item": lambda: Job("a", tags=["x", 3]),  # type: ignore[list-item]  # item
        "value": lambda: Job("a", variables={"A": "x", "B": ["y"]}),  # type: ignore[dict-item]  # value
        "commented": lambda: Job("a", script=comment(["x", 3], "why")),  # type: ignore[arg-type]  # commented
        "positional": lambda: Rule(3),  # type: ignore[arg-type]  # positional
        "variadic": lambda: Matrix({"A": "x"}, {"B": 1.5}),  # type: ignore[dict-item]  # variadic
        "unknown": lambda: Job("a", scrip=["x"]),  # type: ignore[call-arg]  # unknown
    }
    expected = {
        "whole": '"soon"',
        "item": "3",
        "value": '["y"]',
        "commented": "3",
        "positional": "3",
        "variadic": "1.5",
        "unknown": "scrip",
    }
    lines = Path(__file__).read_text("utf-8").splitlines()

    for name, call in cases.items():
        with pytest.raises(KeywordError) as caught:
            call()
        (finding,) = caught.value.findings
        assert (finding.file, finding.line) == (HERE, line_of(name))
        assert finding.column is not None
        assert finding.end_column is not None
        assert lines[line_of(name) - 1][finding.column - 1 : finding.end_column - 1] == expected[name]


def test_all_problems_of_a_call_are_collected() -> None:
    """While a collector is active, each problem of each call is recorded, and the program continues."""
    with collecting() as findings:
        job = Job("a", needs="b", when="soon", scrip=1)  # type: ignore[call-arg, arg-type]
        Cache(key="a/b")
        Pipeline(jobs=[Job("x"), Job("x")])

    assert [finding.path for finding in findings] == ["jobs:a:needs", "jobs:a:when", "jobs:a:scrip", "cache:key", "jobs:x"]
    assert {finding.severity for finding in findings} == {"error"}
    assert findings[0].job == "a"
    assert findings[3].job is None
    assert findings[4].related[0].file == HERE
    assert job.name == "a"


def test_a_missing_name_is_a_separate_problem() -> None:
    """A job without a name is reported, and the definition continues with it."""
    with collecting() as findings:
        job = Job()  # type: ignore[call-arg]

    assert [(finding.message, finding.gitlab) for finding in findings] == [
        ("`Job`: `name` is missing", "jobs: name can't be blank")
    ]
    assert job.name == ""


def test_a_call_is_found_through_the_users_helpers() -> None:
    """The location of a model is the call in the user's file, also in a helper function or a comprehension."""

    def helper(name: str) -> Job:
        return Job(name)  # helper

    for job in (helper("a"), *(helper(name) for name in "b")):
        found = position(location_of(job))
        assert found is not None
        assert found._replace(related=()) == Position(HERE, line_of("helper"), 16, line_of("helper"), 25)


def test_locations_in_unreadable_files_have_a_line() -> None:
    """If its file is missing or replaced, a call still has its line."""
    code = compile("from gitlabgen import Job\njob = Job(\n'a',\nstage='b')\n", "/nowhere/x.py", "exec")
    names: dict[str, Job] = {}
    exec(code, names)

    found = position(location_of(names["job"]), ("stage",))
    assert found is not None
    assert (found.file, found.line) == ("/nowhere/x.py", 2)
    assert position(None) is None
    assert position(Position("a.yml", 3), ("x",)) == Position("a.yml", 3)


def test_arguments_that_are_not_literals_have_the_nearest_location() -> None:
    """A problem with an argument that is a name or comes from `**` is located at the nearest visible expression."""
    tags = ["x", 3]
    keywords = {"tags": tags}
    calls: dict[str, Callable[[], object]] = {
        "named": lambda: Job("a", tags=tags),  # type: ignore[arg-type]  # named
        "spread": lambda: Job("a", **keywords),  # type: ignore[arg-type]  # spread
        "computed": lambda: Job("a", variables={"A": ["x"]}),  # type: ignore[dict-item]  # computed
        "starred": lambda: Matrix(*[{"B": 1.5}]),  # type: ignore[arg-type]  # starred
    }

    for name, call in calls.items():
        with pytest.raises(KeywordError) as caught:
            call()
        assert caught.value.findings[0].line == line_of(name)


def test_the_caller_is_the_first_frame_outside() -> None:
    """The caller of a test is the test."""
    code, offset, *_ = caller(0)

    assert code.co_filename == __file__
    assert offset > 0


def test_a_finding_on_one_line() -> None:
    """A finding is printed like a compiler message, with all details."""
    full = Finding(
        rule="r", message="m", hint="h", file="f", line=1, column=2, url="u", related=(Finding(rule="s", message="n"),)
    )

    assert str(full) == "f:1:2: error[r] m; h (u)"
    assert str(Finding(rule="r", message="m", severity="warning")) == "warning[r] m"
    assert str(KeywordError(full, full)) == f"{full}\n{full}"
    assert pickle.loads(pickle.dumps(KeywordError(full))).findings == (full,)


def test_objects_are_stored_by_name() -> None:
    """Jobs and stages that are passed as objects are stored by name."""
    build = Job("build", stage=Stage("first"))

    assert build.stage == "first"
    assert Job("a", needs=[build, Need(build)], dependencies=[build], extends=build).needs == ("build", Need("build"))


def test_the_base_class_has_no_keywords() -> None:
    """The base of all models is a model without keywords."""
    assert list(Model().problems()) == []
    assert Model(comment="x") == Model()


class Place(StrEnum):
    """Names of stages and jobs."""

    BUILD = "build"


def test_enum_members_are_strings() -> None:
    """A member of a `StrEnum` is stored as a plain string wherever a string is allowed."""
    pipeline = Pipeline(
        stages=[Place.BUILD], jobs=[Job(Place.BUILD, stage=Place.BUILD, needs=[Place.BUILD], script=[Place.BUILD])]
    )

    assert type(pipeline.stages[0]) is str  # type: ignore[index]
    assert (
        repr(pipeline) == "Pipeline(stages=('build',), jobs=(Job('build', stage='build', needs=('build',), script=('build',)),))"
    )


def test_a_job_is_in_a_pipeline_once() -> None:
    """A pipeline cannot have the same job twice."""
    job = Job("a", script=["x"])
    with pytest.raises(KeywordError, match="`a` is the name of two jobs"):
        Pipeline(jobs=[job, job])


def test_an_item_that_is_not_a_job() -> None:
    """An item of `jobs` that is not a job is reported once."""
    with collecting() as findings:
        Pipeline(jobs=["a", "a"])  # type: ignore[list-item]
    assert len(findings) == 2
    assert not any("two jobs" in finding.message for finding in findings)


def test_a_finding_shows_no_addresses() -> None:
    """An invalid value is shown without its memory address, so that each run has the same message."""
    with pytest.raises(KeywordError) as caught:
        Job("a", script=["b"], stage=object())  # type: ignore[arg-type]

    assert " at 0x" not in str(caught.value)
