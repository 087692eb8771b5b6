from __future__ import annotations

import pytest

from gitlabgen import KeywordError, YamlError, loads, sam
from gitlabgen.codec import pipelines, templates
from gitlabgen.modeling.callsites import Position
from gitlabgen.yamltext import Mark
from gitlabgen.yamltext import loads as tree_of

PIPELINE = """\
stages: build
default:
  retry: 7
a b:
  script: [make]
  needs: b
  when: sometimes
  rules:
    - if: $A
      when: [x]
    - changes: 3
  variables: {on: 1}
  parallel: {matrix: []}
  cache:
    - key: a/b
    - paths: c
.hidden: {needs: b}
on: {script: [x]}
b: {trigger: {strategy: dpend, project: x/y}}
"""
# GitLab's message, our message with its hint, and the position.
PROBLEMS = [
    ("default:retry config must be less than or equal to 2", "`default:retry` must be at most 2, got 7", 3, 10),
    (
        "jobs:a b:needs config can only be a hash or an array",
        "`a b`: `needs` should be a list or a mapping, got the string 'b'; write `needs: [b]`",
        6,
        10,
    ),
    (
        "jobs:a b when should be one of: on_success, on_failure, always, manual, delayed",
        "`a b`: `when` should be one of on_success, on_failure, always, manual, delayed, got 'sometimes'",
        7,
        9,
    ),
    (
        "jobs:a b:rules:rule when unknown value: ('x',)",
        "`a b`: `rules:when` should be one of on_success, on_failure, always, never, manual, delayed, got the list [x]",
        10,
        13,
    ),
    (
        "jobs:a b:rules:rule:changes should be an array or a hash",
        "`a b`: `rules:changes` should be a list or a mapping, got 3",
        11,
        16,
    ),
    (
        "jobs:a b:variables:true key must be an alphanumeric string",
        '`a b`: `variables` has the key `on`, which GitLab reads as true; write `"on"`',
        12,
        15,
    ),
    ("jobs:a b:parallel config missing required keys: matrix", "`a b`: `parallel` is empty", 13, 13),
    (
        'jobs:a b:cache:key config cannot contain the "/" character',
        '`a b`: `cache:key` cannot contain the "/" character; use "$CI_COMMIT_REF_SLUG" or a dash',
        15,
        12,
    ),
    (
        "jobs:a b:cache:paths config should be an array of strings",
        "`a b`: `cache:paths` should be a list, got the string 'c'; write `paths: [c]`",
        16,
        14,
    ),
    (
        "jobs:b:trigger strategy should be depend or mirror",
        "`b`: `trigger:strategy` should be one of depend, mirror, got 'dpend'; did you mean `depend`?",
        19,
        25,
    ),
    (
        "stages config should be an array of strings or a nested array of strings up to 10 levels deep",
        "`stages` should be a list, got the string 'build'; write `stages: [build]`",
        1,
        9,
    ),
    (
        "jobs:true name should be a symbol",
        'the file has the key `on`, which GitLab reads as true; write `"on"`',
        18,
        1,
    ),
]


def test_each_wrong_value_is_found_at_its_position() -> None:
    """A wrong value gives a finding with the file, and the line and column at which the value begins."""
    _, findings = pipelines.read(PIPELINE, filename="ci/x.yml")
    assert {finding.file for finding in findings} == {"ci/x.yml"}
    positions = sorted((finding.line, finding.column) for finding in findings)
    assert positions == sorted((line, column) for _, _, line, column in PROBLEMS)


@pytest.mark.parametrize(("sentence", "message", "line", "column"), PROBLEMS)
def test_a_finding_says_what_was_expected(sentence: str, message: str, line: int, column: int) -> None:
    """A finding has the keyword and its valid values, in our message and in GitLab's."""
    _, findings = pipelines.read(PIPELINE, filename="x.yml")
    (found,) = [finding for finding in findings if (finding.line, finding.column) == (line, column)]
    assert found.gitlab == sentence
    assert "; ".join(filter(None, (found.message, found.hint))) == message


def test_loading_raises_all_problems_at_once() -> None:
    """`loads` raises one error with every finding."""
    with pytest.raises(KeywordError) as caught:
        loads(PIPELINE)
    assert len(caught.value.findings) == len(PROBLEMS)
    assert caught.value.findings[0].file is None


def test_valid_values_are_read_despite_wrong_ones() -> None:
    """`read` returns the model with all valid values."""
    pipeline, _ = pipelines.read(PIPELINE)
    assert [job.name for job in pipeline.jobs] == ["a b", ".hidden", "b"]


def test_a_missing_keyword_is_found_at_its_block() -> None:
    """A missing keyword is reported at the block that should contain it."""
    _, (finding,) = pipelines.read("a:\n  allow_failure: {}\n  script: [b]\n")
    assert (finding.gitlab, finding.line, finding.column) == ("jobs:a:allow_failure exit codes can't be blank", 2, 18)
    assert finding.message == "`a`: `allow_failure:exit_codes` is missing"


def test_a_hidden_block_with_a_long_name_is_found() -> None:
    """The name of a hidden block is checked even if its content is not."""
    _, (finding,) = pipelines.read(f"a: {{script: [b]}}\n.{'x' * 255}: [1]\n", filename="x.yml")
    assert (finding.file, finding.line) == ("x.yml", 2)


def test_a_header_contains_only_the_spec() -> None:
    """GitLab refuses other keys in a header."""
    _, (finding,) = pipelines.read("spec: {inputs: {}}\nother: 1\n---\na: {script: [b]}\n", filename="x.yml")
    assert (finding.gitlab, finding.line) == ("header config contains unknown keys: other", 2)
    assert (finding.message, finding.hint) == ("the header cannot have `other`", "a header has only `spec`")


def test_a_spec_that_is_not_a_mapping_is_found_in_the_header() -> None:
    """A finding in the header has its line in the header."""
    _, (finding,) = pipelines.read("# first\nspec: [1]\n---\na: {script: [b]}\n", filename="x.yml")
    assert (finding.line, finding.column) == (2, 7)


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("", 1, "Please provide content of .gitlab-ci.yml"),
        ("# nothing\n", 1, "Please provide content of .gitlab-ci.yml"),
        ("- a\n- b\n", 1, "Invalid configuration format"),
        ("\n\ntext\n", 3, "Invalid configuration format"),
        ("!reference [a, b]\n", 1, "Invalid configuration format"),
        ("spec: {}\n---\n- a\n", 3, "Invalid configuration format"),
        ("null\n", 1, "Please provide content of .gitlab-ci.yml"),
    ],
)
def test_a_text_that_is_not_a_pipeline_is_one_error(text: str, line: int, sentence: str) -> None:
    """A text that is not a mapping is refused with one error, with GitLab's message."""
    with pytest.raises(YamlError) as caught:
        loads(text, filename="x.yml")
    (finding,) = caught.value.findings
    assert (finding.gitlab, finding.file, finding.line) == (sentence, "x.yml", line)
    is_empty = sentence == "Please provide content of .gitlab-ci.yml"
    assert finding.message == ("the file is empty" if is_empty else "the file should be a mapping of keywords and jobs")


TEMPLATE = """\
Transform: 3
Resources:
  Good:
    Type: AWS::Serverless::Function
    DependsOn: 5
    Properties:
      Timeout: 1000
      MemorySize: much
      Events:
        Root: {Type: HttpApi, Properties: {Path: /, Method: FETCH, ApiId: [1]}}
      AutoPublishAlias: [live]
      DeploymentPreference:
        Type: Canary10Percent5Minute
        Role: 3
  Bad-Name:
    Type: AWS::SNS::Topic
  NoType: {Properties: {}}
  Odd: {Type: 3}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      EvaluationPeriods: 1
      Period: 45
      ComparisonOperator: Greater
Outputs:
  None: {Description: a}
  List: {Value: [1]}
"""


def test_each_wrong_property_is_found_at_its_position() -> None:
    """A finding in a template has the line and column of the value, even if several blocks become one model."""
    _, findings = templates.read(TEMPLATE, filename="template.yml")
    assert {finding.file for finding in findings} == {"template.yml"}
    positions = sorted((finding.line, finding.column) for finding in findings)
    assert positions == [
        (1, 12),
        (5, 16),
        (7, 16),
        (8, 19),
        (10, 61),
        (10, 75),
        (11, 25),
        (13, 15),
        (14, 15),
        (15, 3),
        (17, 3),
        (18, 15),
        (23, 15),
        (24, 27),
        (26, 9),
        (27, 17),
    ]


def test_loading_a_template_raises_all_problems_at_once() -> None:
    """`sam.loads` raises one error with every finding, and ignores warnings."""
    with pytest.raises(KeywordError) as caught:
        sam.loads(TEMPLATE)
    assert len(caught.value.findings) == 16
    assert sam.loads("Resources: {A: {Type: AWS::X::Y, Type: AWS::X::Z}}").resources == (sam.Resource("A", "AWS::X::Z"),)


@pytest.mark.parametrize(
    "text", ["", "- a", "Resources: [a]", "a", "Resources: {}\n---\nResources: {}\n", "Resources:", "!Sub a"]
)
def test_a_text_that_is_not_a_template_is_one_error(text: str) -> None:
    """A text that is not a single mapping with resources is refused with one error."""
    with pytest.raises(YamlError) as caught:
        sam.loads(text, filename="t.yml")
    (finding,) = caught.value.findings
    assert (finding.message, finding.file) == ("a template is one document: a mapping with Resources", "t.yml")


def test_a_position_is_that_of_the_longest_known_path() -> None:
    """A path that the file lacks has the position of its longest known part; without positions there is only the file."""
    from gitlabgen.codec.decoding import NodeLocation

    location = NodeLocation("x.yml", tree_of("a: {b: [1, !Sub {c: 2}]}\nif: x\n"))
    assert location.find(()) == Position("x.yml", 1, 1, 2, 6)
    assert location.find(("a", "b", 0)) == Position("x.yml", 1, 9, 1, 10)
    assert location.find(("a", "b", 1, "c")) == Position("x.yml", 1, 21, 1, 22)
    assert location.find(("a", "b", 7, "c")) == Position("x.yml", 1, 8, 1, 24)
    assert location.find(("if_",)) == Position("x.yml", 2, 5, 2, 6)
    assert location.find(("extra", "a", "z")) == Position("x.yml", 1, 4, 1, 25)
    assert location.find(("extra",)) == Position("x.yml", 1, 1, 2, 6)
    assert NodeLocation("x.yml", "text").find(("a",)) == Position("x.yml")


def test_a_keyword_has_a_position_of_its_own() -> None:
    """The position of a key is that of its name; without the key, it is that of the nearest value."""
    from gitlabgen.codec.decoding import NodeLocation

    location = NodeLocation("x.yml", tree_of("a: {b: [1]}\n"), name=Mark(7, 1, 7, 4), inlined=("extra", "content"))
    assert location.find(("a", "b"), at_key=True) == Position("x.yml", 1, 5, 1, 6)
    assert location.find(("content", "a"), at_key=True) == Position("x.yml", 1, 1, 1, 2)
    assert location.find(("a", "z"), at_key=True) == Position("x.yml", 1, 4, 1, 12)
    assert location.find(("a", "b", 0), at_key=True) == Position("x.yml", 1, 9, 1, 10)
    assert location.find((), at_key=True) == Position("x.yml", 7, 1, 7, 4)
    assert location.find(("content", "z"), at_key=True) == Position("x.yml", 7, 1, 7, 4)
    assert location.find(("name",)) == Position("x.yml", 7, 1, 7, 4)
    assert NodeLocation("x.yml", "text", name=Mark(7, 1)).find(()) == Position("x.yml", 7, 1)


def test_keywords_that_a_parent_may_set_are_not_missing() -> None:
    """A block may be incomplete in a job that extends another, and in any job of a file with an include."""
    job = "a:\n  environment: {url: https://a.example}\n  artifacts: {expose_as: b}\n  when: delayed\n  script: [b]\n"
    assert {finding.job for finding in pipelines.read(job)[1]} == {"a"}
    for text in (job + "  extends: .b\n", "include: /b.yml\n" + job):
        pipeline, findings = pipelines.read(text)
        assert findings == []
        assert pipelines.read(pipelines.dumps(pipeline))[0] == pipeline
