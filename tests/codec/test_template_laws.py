from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from gitlabgen import sam
from gitlabgen.modeling.model import Model, construct
from gitlabgen.modeling.plans import plan_of
from tests.codec import places, template_data
from tests.codec import sam_strategies as strategies
from tests.codec.places import has_template
from tests.codec.pyyaml_data import canonical
from tests.codec.strategies import OWN_FIELDS, batched, made, notes, with_comments
from tests.sam import classes

# Without the phase that explains failures, which takes longer than the tests themselves.
_law = settings(
    max_examples=settings().max_examples // 2,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    phases=[Phase.generate, Phase.shrink],
)
_few = settings(_law, max_examples=3)


def test_a_template_can_contain_every_class() -> None:
    """Each class of templates is accepted by a property, or is listed with a reason."""
    unused = [cls.__name__ for cls in classes.CLASSES if not has_template(cls) and cls not in strategies.NOT_DRAWN]
    assert unused == [], (
        f"No property accepts {', '.join(unused)}. In gitlabgen/sam, name the class in the annotation of the field that holds it;"
        " if it is not part of a template, add it to NOT_DRAWN in tests/codec/sam_strategies.py, with the reason."
    )


@pytest.mark.parametrize("cls", strategies.CLASSES, ids=lambda cls: cls.__name__)
def test_each_property_is_read_back(cls: type[Model]) -> None:
    """A model of a class with any property is read back as the same model."""
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
def test_a_template_is_read_back(template: sam.Template) -> None:
    """A whole template is read back as the same template, and PyYAML and cfn-flip read the same data."""
    text = sam.dumps(template)
    assert canonical(sam.loads(text)) == canonical(template)
    assert canonical(template_data.from_cfn_flip(text)) == canonical(template_data.from_pyyaml(text))


@st.composite
def _twins(draw: st.DrawFn, cls: type[Model]) -> tuple[Any, Any]:
    """Draw the same model without and with comments."""
    keywords = draw(strategies.keywords_of(cls))
    assume(made(cls, keywords) is not None)
    commented = {key: value if key == "name" else draw(with_comments(value)) for key, value in keywords.items()}
    own_comment = draw(st.none() | notes)
    return construct(cls, (), dict(keywords), None), construct(cls, (), {**commented, "comment": own_comment}, None)


@_law
@given(st.sampled_from(strategies.CLASSES).flatmap(_twins))
def test_comments_change_neither_equality_nor_data(twins: tuple[Any, Any]) -> None:
    """A model with comments equals the same model without, and is written as the same data."""
    bare, commented = twins
    assert bare == commented
    plain, commented_text = (sam.dumps(places.template(twin)) for twin in twins)
    assert canonical(template_data.from_pyyaml(plain)) == canonical(template_data.from_pyyaml(commented_text))
