from __future__ import annotations

from textwrap import dedent

import pytest

from gitlabgen import comment, dumps, loads, sam
from gitlabgen.codec.headers import with_header
from gitlabgen.gitlab import HiddenJob, Image, Job, Pipeline, Reference, Rule
from tests.codec import pyyaml_data


def _text(text: str) -> str:
    return dedent(text).lstrip("\n")


@pytest.mark.parametrize(
    "text",
    [
        """
        # The shop's pipeline.
        #
        #   Ask Ann.
        variables:
          # loud
          A: "1 # no"
          B: x#y  # quiet
        """,
        """
        # The pipeline.

        # Their order.
        stages:
          - build  # first
          # then
          - test

        # Compiles.
        build:
          # pinned
          image: python:3.11
          rules:
            # not on main
            - if: $A  # why
              when: never
            - # inside
              if: $B
          script:
            # all of it
            - make all
            - make more  # quickly
            - |
              # no comment
              make
            # elsewhere
            - !reference [.x, script]
          artifacts:
            # reports
            reports:
              junit: x
        """,
        """
        # The header.
        spec:
          # What comes in.
          inputs:
            a:
              default: x  # the default
        ---
        # The variables.
        variables:
          A: null  # nothing

        # The job.
        a:
          script: make
        """,
        """
        ######## Jobs ########

        # One.
        .list:
          # first
          - 1
          # second
          - a: 1  # inner

        # Two.
        .text: x

        # Three.
        .job:
          # lines
          script:
            - make

        # Four.

        start:
          trigger: a/b  # there
        """,
        """
        # What is new.

        a:
          script: make
          # not known
          brand_new:
            - x  # to us
        """,
    ],
)
def test_comments_are_kept(text: str) -> None:
    """Comments above keys, items and blocks, and after values, are written where they were read."""
    text = _text(text).replace('"1 # no"', "'1 # no'")
    assert dumps(loads(text)) == text


@pytest.mark.parametrize(
    ("read", "written"),
    [
        ("a:  # x\n  script: b # y\n", "# x\na:\n  script: b  # y\n"),
        ("a:\n  # x\n  script: b # y\n", "a:\n  # x\n  # y\n  script: b\n"),
        ("a:\n  script: # x\n  # y\n  - b\n", "a:\n  # x\n  script:\n    # y\n    - b\n"),
        ("a:\n  script: | # x\n    b\n", "a:\n  # x\n  script: |\n    b\n"),
        ("a:\n  script: [b, # x\n  c] # y\n", "a:\n  # y\n  script:\n    - b  # x\n    - c\n"),
        ("a: {script: b}\n  # x\n\n# y\nc: {script: d}\n", "a:\n  script: b\n\n# x\n#\n# y\nc:\n  script: d\n"),
        (f"a:\n  script: {'b' * 99} # x\n", f"a:\n  # x\n  script: {'b' * 99}\n"),
        (
            ".a: &a\n  # x\n  tags: [t]\n# y\nb:\n  # z\n  <<: *a\n  script: c\n",
            ".a:\n  # x\n  tags:\n    - t\n\n# y\n# z\nb:\n  # x\n  tags:\n    - t\n  script: c\n",
        ),
        ("a:\n  script: b\n# x\n", "a:\n  script: b\n"),
        ("a:\n  script: !reference [ # x\n    b, # y\n    c]\n", "a:\n  # x\n  script: !reference [b, c]\n"),
        (".a:\n  b: !t\n    # x\n    c: [d] # y\n", ".a:\n  b: !t\n    c:\n      - d\n"),
    ],
)
def test_comments_move_to_where_they_can_be_written(read: str, written: str) -> None:
    """A comment that cannot stay moves above its value; one at the end of the file, or below a tag, is dropped."""
    assert dumps(loads(read)) == written
    assert dumps(loads(written)) == written


def test_comments_become_fields_of_the_models() -> None:
    """Comments become fields as in built models: those of blocks into `comment`, others into `comments` by path."""
    pipeline = loads(
        _text("""
        # All.

        # The job.
        a:
          image:
            name: b  # c
          # one
          script: d
          # two
          # three
          rules:
            # four
            - if: $A  # five
          # six
          tags: [e] # seven
        .f:
          # eight
          - g
        """)
    )
    job, hidden = pipeline.jobs

    assert isinstance(job, Job)
    assert isinstance(job.image, Image)
    assert isinstance(job.rules, tuple)
    assert pipeline.comment == "All.\n\n"
    assert (job.comment, hidden.comment) == ("The job.", None)
    assert job.comments == {
        ("script",): "one\n",
        ("rules",): "two\nthree",
        ("rules", 0): "four",
        ("tags",): "six\nseven",
    }
    assert job.image.comments == {("name",): "c"}
    (rule,) = job.rules
    assert isinstance(rule, Rule)
    assert rule.comments == {("if_",): "five"}
    assert hidden.comments == {("content", 0): "eight\n"}


@pytest.mark.parametrize(
    ("text", "of_file", "of_first"),
    [
        ("# x\nstages: [b]\n", "x", None),
        ("# x\na: {script: b}\n", None, "x"),
        ("# x\n\na: {script: b}\n", "x\n\n", None),
        ("# x\n\n# y\na: {script: b}\n", "x\n\n", "y"),
        ("# x\n\n# y\n\n# z\na: {script: b} # w\n", "x\n\ny\n\n", "z\nw"),
        ("# x\n\n# y\nstages: [b]\n", "x\n\n", "y"),
        ("# x\nstages: [b] # y\n", "x", "y"),
        ("{}\n", None, None),
        ("# x\n{}\n", None, None),
        ("# x\nspec: {inputs: {}} # y\n---\na: {script: b}\n", "x", None),
    ],
)
def test_a_blank_line_ends_the_comment_of_the_file(text: str, of_file: str | None, of_first: str | None) -> None:
    """A comment above an empty line belongs to the file; otherwise it belongs to the first job."""
    pipeline = loads(text)
    first = pipeline.jobs[0].comment if pipeline.jobs else pipeline.comments.get(("stages",))

    assert (pipeline.comment, first) == (of_file, of_first)


@pytest.mark.parametrize("text", ["stages:\n  - b\n", "a:\n  script: b\n"])
@pytest.mark.parametrize("head", ["", "# x\n", "# x\n\n# y\n"])
def test_the_header_of_a_generated_file_is_not_a_comment(head: str, text: str) -> None:
    """The header of a rendered file is not read as a comment."""
    body = head + text
    generated = with_header(body, "ci.py", "gitlabgen render")

    assert dumps(loads(generated)) == body
    assert dumps(loads(generated.replace("\n\n", "\n", 1))) == body


def test_comments_do_not_change_data() -> None:
    """A file has the same data with and without comments."""
    text = "# x\na: # x\n  # x\n  script: # x\n    # x\n    - b # x\n  # x\n  variables: {A: 1, # x\n    B: '# x'} # x\n# x\n"
    bare = "a:\n  script:\n    - b\n  variables: {A: 1, B: '# x'}\n"

    assert loads(text) == loads(bare)
    assert pyyaml_data.canonical(loads(text)) == pyyaml_data.canonical(loads(bare))


def test_findings_do_not_include_comments() -> None:
    """A finding about a value with comments equals the finding about the value alone."""
    from gitlabgen.codec.pipelines import read

    _, plain = read("a:\n  script: b\n  image:\n    - c: d\n")
    _, commented = read("a:\n  script: b\n  image: # x\n    - c: d # x\n")

    assert plain
    assert commented == plain


def test_two_comments_of_a_value_are_on_separate_lines() -> None:
    """A comment that ends with a line break leaves no empty line before the next comment."""
    text = dumps(Pipeline(jobs=[Job("a", image=comment(Image("b", comment="inner"), "outer\n"))]))

    assert text == "a:\n  # outer\n  # inner\n  image:\n    name: b\n"


def test_built_comments_are_read_back() -> None:
    """Comments of built models are read back unchanged."""
    job = Job(
        "a",
        script=[comment("b", "one"), comment(Reference(".c", "d"), "two")],
        rules=[comment(Rule(comment("$A", "three")), "four\nfive")],
        comment="six",
    )
    hidden = HiddenJob(".c", content=[comment("x", "seven")], comment="eight")
    one, two = loads(dumps(Pipeline(jobs=[job, hidden]))).jobs

    assert (one.comment, one.comments) == (job.comment, job.comments)
    assert isinstance(one, Job)
    assert isinstance(one.rules, tuple)
    assert isinstance(one.rules[0], Rule)
    assert one.rules[0].comments == {("if_",): "three"}
    assert (two.comment, two.comments) == (hidden.comment, hidden.comments)


_TEMPLATE = """
# The stack.

# Its format.
AWSTemplateFormatVersion: '2010-09-09'

Transform: AWS::Serverless-2016-10-31

# For all.
Globals:
  Function:
    Timeout: 3  # short

Resources:
  # The function.
  F:
    Type: AWS::Serverless::Function
    # sometimes
    Condition: C
    Properties:
      CodeUri: '.'
      # entry
      Handler: a.b
      Runtime: python3.12
      # the role
      Role: !Sub a${B}
      Environment:
        Variables:
          # the table
          A: !Ref X
          B:
            Fn::Sub: x  # inner
      Events:
        # the root
        Root:
          Type: HttpApi
          Properties:
            # the API
            ApiId: !Ref A
            # the path
            Path: /
            Method: GET  # read only
      AutoPublishAlias: live  # the alias
      # slowly
      DeploymentPreference:
        Type: AllAtOnce  # at once

  # The alarm.
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      EvaluationPeriods: 1  # minute
      ComparisonOperator: GreaterThanThreshold

  # The queue.
  Q:
    Type: AWS::SQS::Queue
    # what it has
    Properties:
      QueueName: x  # its name

# For others.
Outputs:
  # The address.
  Url:
    Value: x  # the value
    Export:
      Name: z  # the name
"""


def test_comments_of_a_template_are_kept() -> None:
    """Comments of sections, resources, properties, routes and outputs are written where they were read."""
    text = _TEMPLATE.lstrip("\n")
    assert sam.dumps(sam.loads(text)) == text


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (
            "Resources:\n  # a\n  Q: # b\n    # c\n    Type: AWS::SQS::Queue # d\n",
            "Resources:\n  # a\n  # c\n  # b\n  # d\n  Q:\n    Type: AWS::SQS::Queue\n",
        ),
        (
            "Resources:\n  A:\n    Type: AWS::Serverless::HttpApi\n    # a\n    Properties: # b\n      # c\n      Name: x\n",
            "Resources:\n  # a\n  # b\n  A:\n    Type: AWS::Serverless::HttpApi\n    Properties:\n      # c\n      Name: x\n",
        ),
        (
            "Resources: {}\nOutputs:\n  O:\n    Value: x\n    # a\n    Export:\n      Name: z # b\n",
            "Resources: {}\n\nOutputs:\n  O:\n    Value: x\n    Export:\n      # a\n      # b\n      Name: z\n",
        ),
        (
            "Resources:\n  Fn::ForEach::X: # a\n    - A # b\n    - [c]\n    - {}\n",
            "Resources:\n  # a\n  Fn::ForEach::X:\n    - A  # b\n    - - c\n    - {}\n",
        ),
    ],
)
def test_comments_of_a_template_move_to_where_they_can_be_written(read: str, written: str) -> None:
    """Comments of values that the models do not represent move to the nearest model."""
    assert sam.dumps(sam.loads(read)) == written
    assert sam.dumps(sam.loads(written)) == written


def test_a_comment_above_the_resources_of_a_template() -> None:
    """A comment above `Resources` is written there again."""
    text = "# The template.\n\nDescription: x\n\n# All of it.\nResources:\n  A:\n    Type: AWS::SNS::Topic\n"
    assert "# All of it.\nResources:" in sam.dumps(sam.loads(text))


def test_equal_values_keep_their_own_comments() -> None:
    """A comment belongs to one value, and not to equal values."""
    jobs = [Job(name, script=["x"], timeout=Reference(".b", "timeout", comment=name)) for name in "ac"]  # type: ignore[call-arg]
    text = dumps(Pipeline(jobs=jobs))
    assert ("# a\n" in text, "# c\n" in text) == (True, True)
    assert dumps(loads(text)) == text
