from __future__ import annotations

import re
from typing import Any

import pytest

from gitlabgen import sam, yamltext
from gitlabgen.codec.cloudformation import FUNCTIONS, long_form, short_forms
from gitlabgen.codec.template_encoding import TemplateEncoder
from gitlabgen.yamltext import Commented, Tagged
from tests.codec import template_data
from tests.codec.pyyaml_data import canonical

REF = {"Ref": "Param"}
NO_VALUE = {"Ref": "AWS::NoValue"}
SHARED = {"Shared": [REF]}

CASES: dict[str, Any] = {
    "Ref": REF,
    "Ref of null": {"Ref": None},
    "Ref of a mapping": {"Ref": {"a": "b"}},
    "Ref next to another key": {"Ref": "A", "Other": "b"},
    "GetAtt as list": {"Fn::GetAtt": ["A", "Arn"]},
    "GetAtt as string": {"Fn::GetAtt": "A.Arn"},
    "GetAtt of a nested attribute": {"Fn::GetAtt": ["Stack", "Outputs.Url"]},
    "GetAtt of three parts": {"Fn::GetAtt": ["A", "B", "C"]},
    "GetAtt of SAM's version": {"Fn::GetAtt": ["Hello.Version", "Version"]},
    "GetAtt with a Ref inside": {"Fn::GetAtt": ["A", REF]},
    "GetAtt of nothing": {"Fn::GetAtt": []},
    "GetAtt of a number": {"Fn::GetAtt": 3},
    "Sub": {"Fn::Sub": "${A}-b"},
    "Sub with variables": {"Fn::Sub": ["${A}-${B}", {"B": REF}]},
    "Sub of several lines": {"Fn::Sub": "#!/bin/sh\n  echo ${A}\n\nexit\n"},
    "Sub of several lines without end": {"Fn::Sub": "a: ${A}\nb"},
    "Sub too long for a line": {"Fn::Sub": "arn:aws:x:${AWS::Region}:" + "${A} and " * 60 + "end"},
    "Sub with special characters": {"Fn::Sub": "a: 'b' \"c\" # d"},
    "Sub of a number as text": {"Fn::Sub": "012"},
    "Base64 of Sub": {"Fn::Base64": {"Fn::Sub": "#!/bin/sh\necho ${A}\n"}},
    "Base64 of text": {"Fn::Base64": "text"},
    "ImportValue of Sub": {"Fn::ImportValue": {"Fn::Sub": "${A}-url"}},
    "ImportValue of text": {"Fn::ImportValue": "a-url"},
    "Join with If and NoValue": {"Fn::Join": [",", ["a", {"Fn::If": ["C", "b", NO_VALUE]}, REF]]},
    "Join of a parameter": {"Fn::Join": ["", REF]},
    "FindInMap": {"Fn::FindInMap": ["M", "a", "b"]},
    "FindInMap with Ref inside": {"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, {"Fn::Sub": "${A}"}]},
    "Select, Split, GetAZs": {"Fn::Select": [0, {"Fn::Split": [",", {"Fn::Join": ["|", {"Fn::GetAZs": ""}]}]}]},
    "GetAZs of a region": {"Fn::GetAZs": {"Ref": "AWS::Region"}},
    "Select with a number as text": {"Fn::Select": ["1", ["a", "b"]]},
    "Cidr": {"Fn::Cidr": [{"Fn::GetAtt": ["Vpc", "CidrBlock"]}, 6, 8]},
    "nested If": {"Fn::If": ["A", {"Fn::If": ["B", 1, NO_VALUE]}, {"Fn::If": ["C", [REF], {"k": REF}]}]},
    "If of a block": {"Fn::If": ["A", {"Type": "x", "Alarms": [REF]}, NO_VALUE]},
    "Equals": {"Fn::Equals": [REF, "prod"]},
    "And, Or, Not with Condition": {
        "Fn::And": [{"Condition": "A"}, {"Fn::Or": [{"Condition": "B"}, {"Fn::Not": [{"Condition": "C"}]}]}]
    },
    "Condition map of a policy": {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
    "Condition of a statement": {"Effect": "Deny", "Condition": {"StringEquals": {"a:b": REF}}},
    "Transform": {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": {"Fn::Sub": "s3://${B}/x"}}}},
    "ForEach": {"Fn::ForEach::Topics": ["Name", ["a", "b"], {"Topic${Name}": {"Type": "AWS::SNS::Topic"}}]},
    "Length and ToJsonString": [{"Fn::Length": [1, 2]}, {"Fn::ToJsonString": {"a": REF}}],
    "an unknown function": {"Fn::X": 3},
    "a function of a number": {"Fn::Sub": 3},
    "a function of null": {"Fn::GetAZs": None},
    "a function of a mapping": {"Fn::Sub": {"a": REF}},
    "account id with zero": {"Account": "012345670123", "Ref": {"Fn::Sub": "012345670123"}},
    "times": ["12:30:45", "12:30", {"12:30": "1:2"}],
    "on as key and value": {"on": "on", "yes": ["no", "off"], "y": "n"},
    "floats as text": ["1e3", "1.0", ".5", "+.inf", ".nan", "1_000", "0x1F", "0b1", "0o7", "1,000"],
    "dates as text": {"Version": "2012-10-17", "2012-10-17": "2001-12-14t21:59:43.10-05:00"},
    "emoji and control characters": ["😀 → é", "\x00\x07\x1b\x7f\x85\u2028\ufeff", "tab\there", "\U0001f469\u200d\U0001f4bb"],
    "key order": {"z": 1, "a": 2, "M": 3},
    "tuples": ({"a": ("b", REF)}, ()),
    "empty maps and lists": {"a": {}, "b": [], "c": "", "d": [{}, []]},
    "shared objects": [SHARED, SHARED, {"a": SHARED}],
    "booleans": [True, False, "true", "False", "TRUE"],
    "numbers": [0, -1, 10**20, 1.5, 1e300, "1", "-1.5"],
    "null": {"a": None, "b": [None], "c": "null", "d": "~"},
    "DefinitionBody": {
        "openapi": "3.0.1",
        "paths": {"/": {"get": {"responses": {"200": {"$ref": "#/components/x"}}, "x-uri": {"Fn::Sub": "${A.Arn}"}}}},
    },
    "whitespace": [" a", "a ", "  ", "\n", "a\n\n", "\ta"],
    "special characters": [
        "- a",
        "a: b",
        "a #b",
        "#a",
        "!a",
        "&a",
        "*a",
        "%a",
        "@a",
        "`a",
        "{a",
        "[a",
        "? a",
        "|",
        ">",
        "'",
        '"',
        "<<",
        "=",
    ],
    "a merge key": {"<<": {"a": 1}},
    "long text": "word " * 100,
    "a script": "if a:\n\tb\n  # c\n",
}


def _written(tree: Any) -> str:
    return sam.dumps(sam.Template(resources=[sam.Resource("A", "AWS::X::Y", {"Value": tree})]))


def _value(template: Any) -> Any:
    return template["Resources"]["A"]["Properties"]["Value"]


@pytest.mark.parametrize("name", CASES)
def test_an_edge_case_means_the_same_to_every_reader(name: str) -> None:
    """PyYAML, our own loader and cfn-flip read the same data from the written text."""
    text = _written(CASES[name])
    expected = template_data.normalized(CASES[name])
    assert canonical(_value(template_data.from_pyyaml(text))) == canonical(expected)
    assert canonical(_value(template_data.normalized(TemplateEncoder(sam.loads(text)).tree()))) == canonical(expected)
    assert canonical(_value(template_data.from_cfn_flip(text))) == canonical(expected)


@pytest.mark.parametrize("name", CASES)
def test_a_tag_never_follows_a_tag(name: str) -> None:
    """`!A !B`, which CloudFormation refuses, is never written, and neither are anchors and aliases."""
    text = _written(CASES[name])
    assert not re.search(r"![A-Za-z:]+\s+![A-Za-z]", text)
    assert not re.search(r"(^|\s)[&*]\w", re.sub(r"'[^']*'", "", text))


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_each_function_has_a_short_form(name: str) -> None:
    """A function of CloudFormation is written as a tag, and read back."""
    argument = ["A", "B"]
    short = short_forms({name: argument})
    assert isinstance(short, Tagged)
    assert short.tag == f"!{name[4:]}"
    assert long_form(short.tag, short.value) == (name, argument)


def test_long_subs_stay_on_one_line() -> None:
    """A text is never wrapped, because some parsers misread wrapped text."""
    assert len(max(_written(CASES["Sub too long for a line"]).splitlines(), key=len)) > 500


def test_a_multiline_script_is_a_block() -> None:
    """A multiline script inside a function is written as a block."""
    assert "Fn::Base64: !Sub |\n" in _written(CASES["Base64 of Sub"])


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (Commented({"Ref": "A"}, before="x"), Commented(Tagged("!Ref", "A"), before="x")),
        ({"Fn::Sub": Commented("a", after="x")}, {"Fn::Sub": Commented("a", after="x")}),
        ({"Fn::Base64": Commented({"Ref": "A"}, before="x")}, {"Fn::Base64": Commented(Tagged("!Ref", "A"), before="x")}),
        ([Commented([{"Ref": "A"}], before="x")], [Commented([Tagged("!Ref", "A")], before="x")]),
    ],
)
def test_comments_are_kept(tree: Any, expected: Any) -> None:
    """A comment inside a function is kept, in the long form if necessary."""
    assert short_forms(tree) == expected
    yamltext.dumps({"a": short_forms(tree)})


@pytest.mark.parametrize(
    ("tag", "argument", "expected"),
    [
        ("!Ref", "A", ("Ref", "A")),
        ("!Condition", "A", ("Condition", "A")),
        ("!Sub", "A", ("Fn::Sub", "A")),
        ("!Transform", {"Name": "A"}, ("Fn::Transform", {"Name": "A"})),
        ("!GetAtt", "A.B.C", ("Fn::GetAtt", ["A", "B.C"])),
        ("!GetAtt", ["A", "B", "C"], ("Fn::GetAtt", ["A", "B.C"])),
        ("!GetAtt", ["A", {"Ref": "B"}], ("Fn::GetAtt", ["A", {"Ref": "B"}])),
        ("!GetAtt", [], ("Fn::GetAtt", [])),
        ("!ForEach::A", [], None),
        ("!!int", "1", None),
        ("!reference", ["a"], None),
        ("!", "a", None),
    ],
)
def test_short_forms_are_read(tag: str, argument: Any, expected: Any) -> None:
    """A tag is read as its function, and a tag that cannot be CloudFormation's gives None."""
    assert long_form(tag, argument) == expected
