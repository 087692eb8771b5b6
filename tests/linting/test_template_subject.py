"""What a rule finds in the written template leads back to the model that says it."""

from __future__ import annotations

from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.sam import Canary, Function, If, Ref, Template


def test_the_alias_of_a_canary_is_the_canarys() -> None:
    """`AutoPublishAlias` is a property of the function in the file, and a keyword of its canary in Python."""
    canary = Canary("AllAtOnce", alias="live")
    template = Template(resources=[Function("F", runtime="python3.13", handler="a.b", code_uri=".", canary=canary)])
    assert TemplateAnalysis(template).find("F", ("AutoPublishAlias",)) == (canary, ("alias",))


def test_alarms_behind_a_condition_are_alarms() -> None:
    """Alarms between which a condition chooses count like those of a plain list."""
    alarms = If("Gradual", ["first", Ref("Second")], [])
    canary = Canary("Linear10PercentEvery1Minute", alarms=alarms)
    template = Template(resources=[Function("F", runtime="python3.13", handler="a.b", code_uri=".", canary=canary)])
    (found,) = TemplateAnalysis(template).canaries

    assert [alarm for _, alarm in found.alarms] == ["first", {"Ref": "Second"}]
