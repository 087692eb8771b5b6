from __future__ import annotations

from typing import Any

import pytest
from troposphere import serverless

from gitlabgen import KeywordError, lint, sam
from gitlabgen.codec.template_encoding import TemplateEncoder
from gitlabgen.errors import collecting
from gitlabgen.sam.canaries.wiring import spread
from tests.sam.messages import said

CANARY = sam.Canary("Linear10PercentEvery1Minute", alarms=[sam.Alarm.errors()], hooks=[sam.Hook.pre_traffic("a.py")])


def template(*resources: Any, canary: sam.Canary = CANARY, **shared: Any) -> sam.Template:
    """Return a template in which all functions have a canary."""
    return sam.Template(resources=resources, globals_=sam.Globals(function=sam.FunctionGlobals(canary=canary, **shared)))


def written(given: sam.Template) -> dict[str, Any]:
    """Return the tree of a rendered template."""
    return TemplateEncoder(given).tree()


def test_each_function_has_its_own_alarms_and_hooks() -> None:
    """A canary of `Globals` is written in each function, and not in `Globals`."""
    tree = written(template(sam.Function("A"), sam.Function("B", auto_publish_alias="blue"), sam.HttpApi("Api"), timeout=3))
    assert tree["Globals"] == {"Function": {"Timeout": 3}}
    assert [*tree["Resources"]] == [
        *("A", "AErrorsAlarm", "APreTrafficHook", "B", "BErrorsAlarm", "BPreTrafficHook", "Api"),
    ]
    same = sam.Template(
        resources=[
            sam.Function("A", canary=CANARY),
            sam.Function("B", canary=sam.Canary(CANARY.type, alarms=CANARY.alarms, hooks=CANARY.hooks, alias="blue")),
            sam.HttpApi("Api"),
        ],
    )
    assert tree["Resources"] == written(same)["Resources"]


def test_nothing_empty_is_left_in_globals() -> None:
    """The section is removed if it had only the canary."""
    assert spread(template(sam.Function("A"))).globals_ is None
    both = sam.Globals(function=sam.FunctionGlobals(canary=CANARY), simple_table={"A": 1})
    assert spread(sam.Template(globals_=both)).globals_ == sam.Globals(simple_table={"A": 1})
    unchanged = sam.Template(globals_=sam.Globals(function=sam.FunctionGlobals(timeout=3)))
    assert spread(unchanged) is unchanged
    plain = sam.Template(globals_={"Function": {"Timeout": 3}})
    assert spread(plain) is plain


def test_a_function_may_have_another_canary() -> None:
    """A function keeps its own canary or block, and may ignore the one of `Globals`."""
    own = sam.Canary("AllAtOnce")
    functions = [
        sam.Function("A", canary=own),
        sam.Function("B", deployment_preference={"Enabled": False}),
        sam.Function("C", ignore_globals="*"),
        sam.Function("D", ignore_globals=["DeploymentPreference"]),
    ]
    assert spread(template(*functions)).resources == tuple(functions)
    assert spread(template(sam.Function("E", ignore_globals=["Timeout"]))).resources == (
        sam.Function("E", ignore_globals=["Timeout"], canary=CANARY),
    )


@pytest.mark.parametrize("function", [serverless.Function("T"), sam.Resource("T", "AWS::Serverless::Function")])
def test_a_function_without_canary_support_is_reported(function: Any) -> None:
    """SAM would add the block to every function, but only gitlabgen's functions can have canaries."""
    with pytest.raises(KeywordError) as caught:
        spread(template(function))
    assert [said(finding) for finding in caught.value.findings] == [
        "`Template`: `resources` has the function 'T', to which the canary of Globals does not apply; write it as a Function"
    ]
    with collecting() as findings:
        made = spread(template(function, sam.Function("A")))
    assert len(findings) == 1
    assert made.resources == (function, sam.Function("A", canary=CANARY))


def test_globals_cannot_have_both_canary_and_block() -> None:
    """`Globals` with a canary cannot have SAM's block as well."""
    with pytest.raises(KeywordError) as caught:
        sam.FunctionGlobals(canary=CANARY, auto_publish_alias="live")
    assert [said(finding) for finding in caught.value.findings] == [
        (
            "`FunctionGlobals`: `canary` cannot be used together with `auto_publish_alias` or `deployment_preference`; "
            "the canary writes both; set its `alias`"
        )
    ]


def test_with_canaries_changes_the_canary_of_globals() -> None:
    """Functions that change all canaries of a template also change the canary of `Globals`."""
    for changed in (
        sam.with_canaries(template(sam.Function("A"), timeout=3), "AllAtOnce"),
        sam.with_canaries(template(sam.Function("A"), timeout=3, canary=sam.Canary()), "AllAtOnce"),
    ):
        assert isinstance(changed.globals_, sam.Globals)
        assert isinstance(changed.globals_.function, sam.FunctionGlobals)
        assert changed.globals_.function.timeout == 3
        assert changed.globals_.function.canary is not None
        assert changed.globals_.function.canary.type == "AllAtOnce"


def test_the_linter_sees_each_function_with_its_canary() -> None:
    """A finding about a canary of `Globals` names the function and has the canary's location."""
    bare = sam.Canary("Linear10PercentEvery1Minute")
    (finding,) = lint(
        template(sam.Function("A", runtime="python3.13", handler="a.b"), canary=bare, auto_publish_alias_all_properties=True)
    )
    assert (finding.rule, finding.message.partition(" ")[0]) == ("canary-without-alarms", "`A`")
    assert finding.file == "tests/sam/test_spread.py"
