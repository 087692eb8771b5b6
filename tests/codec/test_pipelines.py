from __future__ import annotations

import pytest

from gitlabgen import NULL, comment, dumps, evolve, loads
from gitlabgen.codec.pipelines import read
from gitlabgen.gitlab import (
    Artifacts,
    Default,
    Environment,
    HiddenJob,
    Image,
    Include,
    Job,
    Need,
    Pipeline,
    Reference,
    Rule,
    Stage,
    Trigger,
    TriggerJob,
    Variable,
    Workflow,
)
from gitlabgen.gitlab.spec import Spec
from gitlabgen.yamltext import Tagged
from tests.codec import pyyaml_data

FILES = {
    "anchors and aliases": """
        .defaults: &defaults {image: "a:1", tags: [&tag linux]}
        a: &a
          script: &lines [make, make test]
          tags: [*tag]
        b: {script: *lines, variables: &v {X: "1"}}
        c: *a
        """,
    "merge keys": """
        .base: &base {image: "a:1", variables: {A: "1"}}
        .more: &more {image: "b:1", tags: [x]}
        a: {<<: *base, script: [make]}
        b:
          <<: [*base, *more]
          script: [make]
        c:
          <<: {retry: 1}
          retry: 2
          script: [make]
        """,
    "duplicate keys": """
        a: {script: [one], script: [two]}
        a: {script: [three]}
        variables: {A: "1", A: "2"}
        """,
    "block scalars": """
        a:
          script:
            - |
              one
                two

              three
            - >-
              folded
              line

              next
            - |+
              kept

          before_script: |
            all of it
        """,
    "words that are booleans": """
        variables: {"yes": "no", 'on': "off", A: yes, B: "yes", C: 'null', D: "~"}
        a: {script: ["yes", 'true'], interruptible: yes, allow_failure: off}
        """,
    "numbers": """
        variables: {A: 012, B: 0x1F, C: 1_000, D: 1.10, E: "012", F: 1e3, G: 08, H: -0.5, I: 1.5e+3, J: .5}
        a: {script: ["012"], parallel: 0b11}
        """,
    "quoted times and dates": """
        variables: {A: "12:30", B: "2012-10-17", C: '1:2:3'}
        a: {script: ["12:30", "2012-10-17"], timeout: "1:30"}
        """,
    "times where any value is allowed": """
        .a: [12:30, 190:20:30.15, -1:30]
        .b: {12:30: 1, time: 20:30:45}
        a:
          script: [make]
          options: {start: 12:30}
        """,
    "unicode": """
        größe: {script: ["echo '→ 😀'"], variables: {Ä: "\\u00e9\\U0001F600"}}
        "emoji 🚀": {script: [a]}
        """,
    "hidden blocks of any content": """
        .list: [1, "a", [b, {c: d}], null]
        .text: some text
        .number: 3
        .nothing:
        .flag: true
        .empty: {}
        .job: {script: [make], tags: [x]}
        .steps: {script: {first: [a]}, image: 3, on: [push]}
        .keys: {on: 1, 2: 3, 1.5: x, ~: null}
        .later: {brand_new: 1, script: [a]}
        .ref: !reference [.job, script]
        .trigger: {trigger: a/b}
        .: {script: [a]}
        """,
    "references": """
        .a: {script: [one], rules: [{if: $A}], variables: {X: "1"}}
        a:
          script: [!reference [.a, script], two, [three, [!reference [.b, script]]]]
          rules: [!reference [.a, rules], {if: "$B", when: never}]
          variables: !reference [.a, variables]
          needs: [!reference [.a, needs]]
          image: !reference [.a, image, name]
        stages: [!reference [.a, stages], test]
        b: !reference [.a]
        """,
    "a header": """
        spec:
          inputs:
            environment: {default: "qa", options: [qa, prod], regex: ^q}
            nothing:
            count: {type: number, default: 012}
        ---
        "$[[ inputs.environment ]]-deploy":
          script: ["echo $[[ inputs.environment ]]"]
          parallel: $[[ inputs.count ]]
          when: $[[ inputs.when ]]
        """,
    "an empty header": "spec:\n---\na: {script: [b]}",
    "a leading separator": "---\na: {script: [b]}\n...\n",
    "keys that are fields of the models": """
        comment: {script: [a]}
        comments: {script: [a], comments: 1}
        extra: {script: [a], extra: {x: 1}, comment: "b"}
        name: {script: [a], name: b}
        content: {script: [a], content: [1]}
        jobs: {script: [a], jobs: {b: 1}}
        .content: {content: {a: 1}, name: x, jobs: [a], comment: c, extra: d}
        """,
    "top-level values that are not mappings": """
        comment: text
        extra: [1, 2]
        jobs: 3
        spec: null
        name: true
        content: [a]
        nothing:
        a: {script: [b]}
        """,
    "null and empty": """
        stages: null
        variables: {}
        include: []
        default: {}
        a: {script: [b], needs: [], variables: {}, dependencies: [], artifacts: {}, rules: null, image: null, tags: []}
        b: {script: [b], environment: {name: x, url: ""}, cache: {}, retry: {}}
        c:
        """,
    "python words": """
        a: {if_: 1, except_: 2, except: [main], script: [b]}
        b: {rules: [{if: $A, if_: $B}], script: [c]}
        """,
    "global keywords": """
        image: {name: "a:1", entrypoint: [""]}
        services: ["b:1", {name: "c:1", alias: d}]
        before_script: one
        after_script: [two]
        cache: {key: {files: [a]}, paths: [b]}
        include: [a.yml, {local: b.yml, rules: [{exists: [c]}]}, {project: a/b, file: [x, y], ref: v1}]
        workflow: {name: "n", rules: [{if: $A, auto_cancel: {on_new_commit: none}}, {when: always}]}
        default: {retry: {max: 2, when: [script_failure]}, hooks: {pre_get_sources_script: [a]}}
        """,
    "everything in one job": """
        a:
          stage: x
          extends: [.a, b]
          needs: [b, {job: c, artifacts: false, parallel: {matrix: [{A: [x, 1]}]}}, {pipeline: $P, job: d}]
          rules: [{if: $A, changes: {paths: [a], compare_to: b}, needs: [c]}, [{if: $B}], {exists: [d]}]
          variables: {A: {value: "1"}, B: {value: x, expand: false}}
          environment: {name: "a/$B", on_stop: b, kubernetes: {namespace: x}}
          parallel: {matrix: [{A: [x, y], B: z}]}
          inherit: {default: [image], variables: false}
          artifacts: {reports: {junit: a.xml, coverage_report: {coverage_format: cobertura, path: x}, brand_new: y}}
          cache: [{key: a, paths: [b]}, {key: {files: [c], prefix: d}}]
          id_tokens: {T: {aud: [x, y]}}
          secrets: {S: {vault: {engine: {name: kv, path: p}, path: q, field: f}}}
          release: {tag_name: v1, description: d}
          coverage: /x/
          script: [b]
        """,
    "a single need": """
        a: {needs: {pipeline: group/project}}
        b: {script: [c], needs: {job: a, optional: true}}
        """,
    "trigger jobs": """
        a: {trigger: a/b}
        b: {trigger: {include: [{local: x.yml}, {artifact: y, job: a}], strategy: depend, forward: {yaml_variables: true}}}
        c: {trigger: {include: x.yml}, variables: {A: "1"}}
        d: {trigger: {project: a/b, branch: c, inputs: {x: 1}}}
        """,
    "settings that GitLab reads as jobs": """
        default: {script: [a], image: b}
        workflow: {trigger: a/b}
        a: {script: [b]}
        """,
}


def _dedent(text: str) -> str:
    from textwrap import dedent

    return dedent(text).lstrip("\n")


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_a_file_keeps_its_data(text: str) -> None:
    """PyYAML reads the same data from a file and from the file that is written from its model."""
    text = _dedent(text)
    pipeline, findings = read(text)
    assert [finding for finding in findings if finding.severity == "error"] == []
    written = dumps(pipeline)
    assert pyyaml_data.documents(written) == pyyaml_data.documents(text)
    assert pyyaml_data.canonical(loads(written)) == pyyaml_data.canonical(pipeline)


@pytest.mark.parametrize("scalar", ["12:30", "1,000", ":a"])
def test_an_ambiguous_scalar_stays_unchanged(scalar: str) -> None:
    """A scalar that GitLab reads as a number or a symbol is not turned into a string."""
    text = f"variables:\n  A: {scalar}\na:\n  script: [b]\n  image: {scalar}\n"
    written = dumps(loads(text))
    assert f"A: {scalar}\n" in written
    assert pyyaml_data.documents(written) == pyyaml_data.documents(text)


def test_keywords_become_models() -> None:
    """Each block is read as the class for it."""
    pipeline = loads("""
workflow: {rules: [{if: $A, when: always}]}
default: {image: {name: "a:1"}}
include: [{local: b.yml}]
stages: [build]
variables: {A: {value: "1"}, B: 2}
a: {script: [b], needs: [{job: c}], environment: {name: d}, artifacts: {paths: [e]}}
b: {trigger: {project: a/b}}
.c: {script: [!reference [.d, script]]}
""")
    assert pipeline == Pipeline(
        workflow=Workflow(rules=[Rule("$A", when="always")]),
        default=Default(image=Image("a:1")),
        include=[Include(local="b.yml")],
        stages=["build"],
        variables={"A": Variable("1"), "B": 2},
        jobs=[
            Job("a", script=["b"], needs=[Need("c")], environment=Environment("d"), artifacts=Artifacts(paths=["e"])),
            TriggerJob("b", trigger=Trigger("a/b")),
            HiddenJob(".c", script=[Reference(".d", "script")]),
        ],
    )


def test_settings_with_a_script_are_jobs() -> None:
    """GitLab reads `default` with a script as a job, and ignores its settings as defaults."""
    pipeline = loads("default: {script: [a]}\nworkflow: {rules: [{if: $A}]}")
    assert pipeline.default is None
    assert pipeline.jobs == (Job("default", script=["a"]),)
    assert pipeline.workflow == Workflow(rules=[Rule("$A")])


def test_unknown_keywords_are_extra() -> None:
    """An unknown keyword is kept as data."""
    pipeline = loads("a: {script: [b], brand_new: {x: [!reference [.y, z], null]}}")
    assert pipeline.jobs[0].extra == {"brand_new": {"x": (Reference(".y", "z"), NULL)}}


def test_null_is_not_absent() -> None:
    """A keyword that is written as `null` is present."""
    job = loads("a: {script: [b], rules: null}").jobs[0]
    assert job.rules is NULL
    assert job.needs is None


def test_a_second_document_is_not_read() -> None:
    """Without a header GitLab reads only the first document; there is a warning about the second."""
    pipeline, findings = read("a: {script: [b]}\n---\nb: {script: [c]}\n", filename="x.yml")
    assert [job.name for job in pipeline.jobs] == ["a"]
    assert [(finding.rule, finding.severity, finding.line) for finding in findings] == [("ignored-document", "warning", 3)]


def test_a_document_between_header_and_body_is_not_read() -> None:
    """After a header GitLab reads only the last document; there is a warning about the others."""
    pipeline, findings = read("spec: {inputs: {}}\n---\na: {script: [b]}\n---\nb: {script: [c]}\n")
    assert pipeline.spec == Spec(inputs={})
    assert [job.name for job in pipeline.jobs] == ["b"]
    assert [(finding.rule, finding.line) for finding in findings] == [("ignored-document", 3)]


def test_loading_ignores_warnings() -> None:
    """A duplicate key is only a warning, and the last value is used."""
    assert loads("a: {script: [b], script: [c]}").jobs[0] == Job("a", script=["c"])


def test_keywords_are_written_in_one_order() -> None:
    """A job's keywords are written in a fixed, readable order, whatever the order of the arguments."""
    job = Job("a", artifacts=Artifacts(paths=["x"]), script=["make"], image="b:1", stage="test", needs=[], extra={"new": 1})
    assert dumps(Pipeline(jobs=[job], image="c:1")) == _dedent("""
        image: c:1

        a:
          stage: test
          image: b:1
          needs: []
          script:
            - make
          artifacts:
            paths:
              - x
          new: 1
        """)


def test_comments_are_written_at_their_values() -> None:
    """A comment is written after a short value, and above a longer value or a block."""
    pipeline = Pipeline(
        comment="The whole.",
        spec=comment({"inputs": {"a": comment({"default": "x"}, "an input")}}, "The header."),
        stages=[Stage("build", comment="first"), comment("test", "second")],
        variables=comment({"A": comment("1", "one"), "B": comment("x" * 99, "long")}, "All jobs."),
        jobs=[
            comment(
                Job(
                    "a",
                    script=[comment("make", "what it does"), comment("a\nb", "two lines")],
                    when=comment(NULL, "nothing"),
                    extra={"new": comment({"x": comment([comment(1, "one")], "list")}, "map")},
                    comment="The block.",
                ),
                "The job.",
            ),
            HiddenJob(".b", content=comment([comment("x", "item"), {"y": comment(1, "inner")}], "Any content.")),
            HiddenJob(
                ".c", script=[evolve(Reference(".d", "e"), comment="elsewhere")], image=comment(Reference(".d", "f"), "also")
            ),
        ],
    )
    assert dumps(pipeline) == _dedent(f"""
        # The whole.
        # The header.
        spec:
          inputs:
            # an input
            a:
              default: x
        ---
        # All jobs.
        variables:
          A: '1'  # one
          # long
          B: {"x" * 99}

        stages:
          - build  # first
          - test  # second

        # The job.
        # The block.
        a:
          when: null  # nothing
          script:
            - make  # what it does
            # two lines
            - |-
              a
              b
          # map
          new:
            # list
            x:
              - 1  # one

        # Any content.
        .b:
          - x  # item
          - 'y': 1  # inner

        .c:
          # also
          image: !reference [.d, f]
          script:
            # elsewhere
            - !reference [.d, e]
        """)


def test_comments_of_missing_values_are_dropped() -> None:
    """A comment at a path that is not written has no effect."""
    comments: dict[tuple[str | int, ...], str] = {
        ("script", 3): "a",
        ("script", "x"): "b",
        ("stage", "y"): "c",
        ("extra",): "d",
        ("needs", 0): "e",
        ("jobs", 9): "f",
    }
    job = Job("a", script=["b"], stage="c", comments=comments)
    assert dumps(Pipeline(jobs=[job], comments=comments)) == dumps(Pipeline(jobs=[Job("a", script=["b"], stage="c")]))


def test_two_comments_at_one_value_are_both_written() -> None:
    """A comment on a value with another comment is written above that comment."""
    text = dumps(Pipeline(jobs=[Job("a", image=comment(Image("b:1", comment="inner"), "outer"))]))
    assert "  # outer\n  # inner\n  image:" in text


def test_a_tag_of_another_tool_is_kept() -> None:
    """A tag that GitLab does not support is kept where GitLab does not check values."""
    text = ".a: [!other {b: !reference [c, d]}, !reference [1], !reference x]\na: {script: [b]}"
    (hidden, _) = loads(text).jobs
    assert isinstance(hidden, HiddenJob)
    assert isinstance(hidden.content, tuple)
    assert Tagged("!reference", "x") in hidden.content
    assert pyyaml_data.documents(dumps(loads(text))) == pyyaml_data.documents(text)


def test_none_is_not_written() -> None:
    """None means that a keyword is absent, in jobs and in nested models; `NULL` is written."""
    job = Job(
        "a", script=["x"], image=None, cache=NULL, artifacts=Artifacts(paths=["p"], name=None), rules=[Rule("$A", when=None)]
    )

    assert dumps(Pipeline(jobs=[job])) == (
        "a:\n  rules:\n    - if: $A\n  cache: null\n  script:\n    - x\n  artifacts:\n    paths:\n      - p\n"
    )


def test_comment_of_a_pipeline_that_begins_with_a_job() -> None:
    """The pipeline's comment is written above the comment of the first job."""
    job = Job("a", comment="the job", script=["x"], artifacts=Artifacts(paths=["p"]))

    text = dumps(Pipeline(comment="the file", jobs=[job]))

    assert text == "# the file\n# the job\na:\n  script:\n    - x\n  artifacts:\n    paths:\n      - p\n"
