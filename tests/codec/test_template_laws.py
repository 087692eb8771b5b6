from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from gitlabgen import sam
from gitlabgen.modeling.model import Model, construct
from gitlabgen.modeling.plans import plan_of
from tests.codec import places, templating
from tests.codec import sam_strategies as strategies
from tests.codec.places import has_template
from tests.codec.plainly import canonical
from tests.codec.strategies import OWN_FIELDS, batched, made, notes, remarked
from tests.sam import classes

# Explaining failures line by line costs more than the laws themselves.
_law = settings(
    max_examples=settings().max_examples // 2,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    phases=[Phase.generate, Phase.shrink],
)
_few = settings(_law, max_examples=3)


def test_every_class_has_a_place() -> None:
    """Each class of templates is taken by a property, or is named with the reason why it is not."""
    homeless = [cls.__name__ for cls in classes.CLASSES if not has_template(cls) and cls not in strategies.NOT_DRAWN]
    assert homeless == [], (
        f"No property takes {', '.join(homeless)}. In gitlabgen/sam, name the class in the annotation of the field that holds it;"
        " if it is no block of a template, add it to NOT_DRAWN in tests/codec/sam_strategies.py, with the reason."
    )


@pytest.mark.parametrize("cls", strategies.CLASSES, ids=lambda cls: cls.__name__)
def test_each_property_survives_writing_and_reading(cls: type[Model]) -> None:
    """A model of a class, with any property, is read back as the model that was written."""
    for names in batched(sorted(plan_of(cls).names - {*OWN_FIELDS})):

        @_few
        @given(st.tuples(*(strategies.models(cls, name) for name in names)))
        def law(drawn: tuple[Any, ...]) -> None:
            for model in drawn:
                template = places.template(model)
                again = sam.loads(sam.dumps(template))
                assert again == template
                assert canonical(again) == canonical(template)

        law()


@_law
@given(strategies.models(sam.Template))
def test_a_template_survives_writing_and_reading(template: sam.Template) -> None:
    """A whole template is read back as the one that was written, and all readers see the same data."""
    text = sam.dumps(template)
    assert canonical(sam.loads(text)) == canonical(template)
    assert canonical(templating.flipped(text)) == canonical(templating.plainly(text))


@st.composite
def _twins(draw: st.DrawFn, cls: type[Model]) -> tuple[Any, Any]:
    """Draw a model without comments, and with them."""
    keywords = draw(strategies.keywords_of(cls))
    assume(made(cls, keywords) is not None)
    noted = {key: value if key == "name" else draw(remarked(value)) for key, value in keywords.items()}
    head = draw(st.none() | notes)
    return construct(cls, (), dict(keywords), None), construct(cls, (), {**noted, "comment": head}, None)


@_law
@given(st.sampled_from(strategies.CLASSES).flatmap(_twins))
def test_comments_change_neither_equality_nor_data(twins: tuple[Any, Any]) -> None:
    """A model with comments anywhere equals the one without, and is written as the same data."""
    bare, noted = twins
    assert bare == noted
    plain, remarked_text = (sam.dumps(places.template(twin)) for twin in twins)
    assert canonical(templating.plainly(plain)) == canonical(templating.plainly(remarked_text))
