from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from gitlabgen import dumps, loads
from gitlabgen.gitlab import HiddenJob, Job, Pipeline, TriggerJob
from gitlabgen.modeling.model import Model, construct
from gitlabgen.modeling.plans import plan_of
from tests.codec import pyyaml_data, strategies
from tests.codec.places import has_home, home
from tests.codec.strategies import batched
from tests.gitlab import classes

# Without the phase that explains failures, which takes longer than the tests themselves.
_law = settings(
    max_examples=settings().max_examples // 2,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    phases=[Phase.generate, Phase.shrink],
)
_few = settings(_law, max_examples=3)


def test_a_pipeline_can_contain_every_class() -> None:
    """Each class of keywords is accepted by a keyword of a pipeline."""
    unused = [cls.__name__ for cls in classes.CLASSES if not has_home(cls)]
    assert unused == [], (
        f"No keyword accepts {', '.join(unused)}. In gitlabgen/gitlab, name the class in the annotation of the field that holds"
        f" it; for a keyword of jobs that is a line in `ScriptKeywords` of job.py, `<keyword>: {unused[0]} | None = None`."
    )


@pytest.mark.parametrize("cls", strategies.CLASSES.values(), ids=lambda cls: cls.__name__)
def test_each_keyword_is_read_back(cls: type[Model]) -> None:
    """A model of a class with any keyword is read back as the same model."""
    for names in batched(strategies.names_of(cls) or [None]):

        @_few
        @given(st.tuples(*(strategies.models(cls, name) for name in names)))
        def law(drawn: tuple[Any, ...]) -> None:
            for made in drawn:
                pipeline = home(made)
                again = loads(dumps(pipeline))
                assert again == pipeline
                assert pyyaml_data.canonical(again) == pyyaml_data.canonical(pipeline)

        law()


@_law
@given(strategies.pipelines())
def test_a_pipeline_is_read_back(pipeline: Pipeline) -> None:
    """A whole pipeline is read back as the same pipeline, including types."""
    again = loads(dumps(pipeline))
    assert again == pipeline
    assert pyyaml_data.canonical(again) == pyyaml_data.canonical(pipeline)


@_law
@given(st.builds(HiddenJob, st.just(".a"), content=st.dictionaries(strategies.texts, strategies.trees, max_size=3)))
def test_content_that_reads_as_a_job_keeps_its_data(job: HiddenJob) -> None:
    """Content that is a mapping may be read as keywords, and is still written as the same data."""
    text = dumps(Pipeline(jobs=[job]))
    assert pyyaml_data.documents(dumps(loads(text))) == pyyaml_data.documents(text)


@st.composite
def _twins(draw: st.DrawFn, cls: type[Model]) -> tuple[Any, Any]:
    """Draw the same model without and with comments."""
    keywords = draw(strategies.pipeline_keywords() if cls is Pipeline else strategies.keywords_of(cls))
    assume(strategies.made(cls, keywords) is not None)
    commented = {key: value if key == "name" else draw(strategies.with_comments(value)) for key, value in keywords.items()}
    own_comment = draw(st.none() | strategies.notes)
    return construct(cls, (), dict(keywords), None), construct(cls, (), {**commented, "comment": own_comment}, None)


@_law
@given(st.sampled_from([*strategies.CLASSES.values()]).flatmap(lambda cls: st.tuples(st.just(cls), _twins(cls))))
def test_comments_change_neither_equality_nor_data(drawn: tuple[type[Model], tuple[Any, Any]]) -> None:
    """A model with comments equals the same model without, and is written as the same data."""
    cls, (bare, commented) = drawn
    assert bare == commented
    assert hash(bare) == hash(commented)
    if cls is not Pipeline:
        bare, commented = Pipeline(extra={"a": [bare]}), Pipeline(extra={"a": [commented]})
    assert pyyaml_data.documents(dumps(bare)) == pyyaml_data.documents(dumps(commented))


@_law
@given(strategies.pipelines())
def test_rewriting_keeps_the_text(pipeline: Pipeline) -> None:
    """Reading and writing a rendered text gives the same text."""
    text = dumps(pipeline)
    assert dumps(loads(text)) == text


@_law
@given(_twins(Pipeline))
def test_comments_are_read_back(twins: tuple[Any, Any]) -> None:
    """A pipeline with comments is rewritten as the same text, and equals the same pipeline without comments."""
    bare, commented = twins
    text = dumps(commented)
    again = loads(text)
    assert dumps(again) == text
    assert again == bare
    assert pyyaml_data.canonical(again) == pyyaml_data.canonical(bare)


def test_every_keyword_is_drawn() -> None:
    """The strategies draw all keywords, except those that other strategies build by hand."""
    drawn = {(cls.__name__, name) for cls in strategies.CLASSES.values() for name in strategies.names_of(cls)}
    all_keywords = {(cls.__name__, name) for cls in strategies.CLASSES.values() for name in plan_of(cls).names}
    by_hand = {("HiddenJob", "content"), ("Pipeline", "jobs"), ("Reference", "path")}
    by_hand |= {("TriggerJob", "manual_confirmation"), ("TriggerJob", "start_in")}
    by_hand |= {(cls.__name__, "name") for cls in (Job, TriggerJob, HiddenJob)}
    by_hand |= {(cls.__name__, name) for cls in strategies.CLASSES.values() for name in strategies.OWN_FIELDS}
    assert all_keywords - drawn == by_hand
