from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from gitlabgen import dumps, loads
from gitlabgen.gitlab import HiddenJob, Job, Pipeline, TriggerJob
from gitlabgen.modeling.model import Model, construct
from gitlabgen.modeling.plans import plan_of
from tests.codec import plainly, strategies
from tests.codec.places import has_home, home
from tests.codec.strategies import batched
from tests.gitlab import classes

# Explaining failures line by line costs more than the laws themselves.
_law = settings(
    max_examples=settings().max_examples // 2,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    phases=[Phase.generate, Phase.shrink],
)
_few = settings(_law, max_examples=3)


def test_every_class_has_a_place() -> None:
    """Each class of keywords is taken by a keyword of a pipeline."""
    homeless = [cls.__name__ for cls in classes.CLASSES if not has_home(cls)]
    assert homeless == [], (
        f"No keyword takes {', '.join(homeless)}. In gitlabgen/gitlab, name the class in the annotation of the field that holds"
        f" it; for a keyword of jobs that is a line in `ScriptKeywords` of job.py, `<keyword>: {homeless[0]} | None = None`."
    )


@pytest.mark.parametrize("cls", strategies.CLASSES.values(), ids=lambda cls: cls.__name__)
def test_each_keyword_survives_writing_and_reading(cls: type[Model]) -> None:
    """A model of a class, with any keyword, is read back as the model that was written."""
    for names in batched(strategies.names_of(cls) or [None]):

        @_few
        @given(st.tuples(*(strategies.models(cls, name) for name in names)))
        def law(drawn: tuple[Any, ...]) -> None:
            for made in drawn:
                pipeline = home(made)
                again = loads(dumps(pipeline))
                assert again == pipeline
                assert plainly.canonical(again) == plainly.canonical(pipeline)

        law()


@_law
@given(strategies.pipelines())
def test_a_pipeline_survives_writing_and_reading(pipeline: Pipeline) -> None:
    """A whole pipeline is read back as the pipeline that was written, types included."""
    again = loads(dumps(pipeline))
    assert again == pipeline
    assert plainly.canonical(again) == plainly.canonical(pipeline)


@_law
@given(st.builds(HiddenJob, st.just(".a"), content=st.dictionaries(strategies.texts, strategies.trees, max_size=3)))
def test_content_that_reads_as_a_job_keeps_its_data(job: HiddenJob) -> None:
    """A mapping as content may be read as keywords, and is written as the same data."""
    text = dumps(Pipeline(jobs=[job]))
    assert plainly.documents(dumps(loads(text))) == plainly.documents(text)


@st.composite
def _twins(draw: st.DrawFn, cls: type[Model]) -> tuple[Any, Any]:
    """Draw a model without comments, and with them."""
    keywords = draw(strategies.pipeline_keywords() if cls is Pipeline else strategies.keywords_of(cls))
    assume(strategies.made(cls, keywords) is not None)
    noted = {key: value if key == "name" else draw(strategies.remarked(value)) for key, value in keywords.items()}
    head = draw(st.none() | strategies.notes)
    return construct(cls, (), dict(keywords), None), construct(cls, (), {**noted, "comment": head}, None)


@_law
@given(st.sampled_from([*strategies.CLASSES.values()]).flatmap(lambda cls: st.tuples(st.just(cls), _twins(cls))))
def test_comments_change_neither_equality_nor_data(drawn: tuple[type[Model], tuple[Any, Any]]) -> None:
    """A model with comments anywhere equals the one without, and is written as the same data."""
    cls, (bare, noted) = drawn
    assert bare == noted
    assert hash(bare) == hash(noted)
    if cls is not Pipeline:
        bare, noted = Pipeline(extra={"a": [bare]}), Pipeline(extra={"a": [noted]})
    assert plainly.documents(dumps(bare)) == plainly.documents(dumps(noted))


@_law
@given(strategies.pipelines())
def test_what_was_read_is_written_as_the_same_text(pipeline: Pipeline) -> None:
    """Writing what was read changes nothing."""
    text = dumps(pipeline)
    assert dumps(loads(text)) == text


@_law
@given(_twins(Pipeline))
def test_comments_are_read_as_they_were_written(twins: tuple[Any, Any]) -> None:
    """A pipeline with comments anywhere is written again as the same text, and holds the data of the one without."""
    bare, noted = twins
    text = dumps(noted)
    again = loads(text)
    assert dumps(again) == text
    assert again == bare
    assert plainly.canonical(again) == plainly.canonical(bare)


def test_every_keyword_is_drawn() -> None:
    """The strategies leave no keyword out but those that the laws build by hand."""
    drawn = {(cls.__name__, name) for cls in strategies.CLASSES.values() for name in strategies.names_of(cls)}
    every = {(cls.__name__, name) for cls in strategies.CLASSES.values() for name in plan_of(cls).names}
    by_hand = {("HiddenJob", "content"), ("Pipeline", "jobs"), ("Reference", "path")}
    by_hand |= {("TriggerJob", "manual_confirmation"), ("TriggerJob", "start_in")}
    by_hand |= {(cls.__name__, "name") for cls in (Job, TriggerJob, HiddenJob)}
    by_hand |= {(cls.__name__, name) for cls in strategies.CLASSES.values() for name in strategies.OWN_FIELDS}
    assert every - drawn == by_hand
