"""A pipeline with its own header: its values, what is unknown without them, and the positions of findings."""

from __future__ import annotations

import re
from typing import Any

import pytest

import gitlabgen
from gitlabgen import HiddenJob, Job, Pipeline, Spec, SpecInput, Stage, lint, loads
from gitlabgen.codec.pipelines import read
from gitlabgen.errors import Finding
from gitlabgen.resolution import resolve
from tests.resolution.test_includes import Files
from tests.resolution.test_reference_answers import ANSWERS as REFERENCES

HEADER = "spec:\n  inputs:\n    x:\n---\n"


def findings_of(text: str, files: dict[str, str] | None = None, **inputs: Any) -> list[Finding]:
    """Return the findings of a file."""
    pipeline, findings = read(text, filename=".gitlab-ci.yml")
    return [*findings, *lint(pipeline, repository=Files(files or {}), inputs=inputs)]


def told(text: str, files: dict[str, str] | None = None, **inputs: Any) -> list[str]:
    """Return the findings of a file as the line, the severity and the message."""
    found = findings_of(text, files, **inputs)
    return [f"{finding.line} {finding.severity} {finding.message}" for finding in found if "deprecated" not in finding.message]


def test_loading_and_writing_keep_blocks() -> None:
    """Only the linter and `resolve` fill in inputs: a file that is read and written keeps its blocks."""
    text = (
        "spec:\n  inputs:\n    x:\n      default: test\n---\n$[[ inputs.x ]]:\n  stage: $[[ inputs.x ]]\n  script:\n    - make\n"
    )
    pipeline = loads(text)
    assert gitlabgen.dumps(pipeline) == text
    assert lint(pipeline) == []
    assert [(job.name, job.stage) for job in resolve(pipeline).jobs.values()] == [("test", "test")]
    assert gitlabgen.dumps(pipeline) == text


UNKNOWN_POSITIONS = sorted(
    {re.sub(r"!reference \[[^\]]*\]", '"$[[ inputs.x ]]"', answer["yaml"]) for answer in REFERENCES if answer["accepted"]}
)


@pytest.mark.parametrize("text", UNKNOWN_POSITIONS)
def test_an_unknown_value_is_never_wrong(text: str) -> None:
    """A value from an input without default is not an error, at any position."""
    files = {"c.yml": "a: {script: make}\n"}
    assert [finding.message for finding in findings_of(HEADER + text, files) if finding.severity == "error"] == []


UNDECIDED = """
a: {script: make, when: "$[[ inputs.x ]]", start_in: 5 minutes}
===
a: {script: make, rules: [{if: $A, when: "$[[ inputs.x ]]", start_in: 5 minutes}]}
===
a: {script: make, needs: ["$[[ inputs.x ]]"], dependencies: [b]}
b: {script: make, stage: build}
===
a: {script: make, cache: {key: "$[[ inputs.x | split('/') ]]", paths: [a]}}
===
variables: {A: {value: a, options: ["$[[ inputs.x ]]"]}}
a: {script: make}
===
a: {script: make, inputs: {i: {default: a, options: ["$[[ inputs.x ]]"], regex: "$[[ inputs.x ]]"}}}
===
a: {script: make, "$[[ inputs.x ]]": 1}
===
a: "$[[ inputs.x[0] ]]"
b: {script: make}
===
.h: "$[[ inputs.x ]]"
a: {extends: .h}
b: {script: !reference [.h, script]}
===
".$[[ inputs.x ]]": {script: make}
a: {extends: .h}
b: {script: !reference [.h, script]}
c: {extends: ".$[[ inputs.x ]]"}
===
stages: ["$[[ inputs.x ]]", test]
a: {script: make, stage: test, needs: [b]}
b: {script: make, stage: "$[[ inputs.x ]]"}
===
stages: ["$[[ inputs.x ]]", one, two]
a: {script: make, stage: one, needs: [b]}
b: {script: make, stage: two}
===
stages: [build]
a: {extends: ["$[[ inputs.x ]]"], needs: [b]}
b: {script: make, stage: build}
===
a: {script: make, publish: p, pages: "$[[ inputs.x ]]"}
===
"$[[ inputs.x ]]": {script: make, publish: p}
===
stop: {script: make, environment: {name: "$[[ inputs.x ]]", action: stop}}
a: {script: make, environment: {name: e, on_stop: stop}}
===
stop: {extends: "$[[ inputs.x ]]"}
a: {script: make, environment: {name: e, on_stop: stop}}
===
a: {script: make, environment: {name: e, on_stop: "$[[ inputs.x | expand_vars ]]"}}
===
a: {script: make, rules: [{if: $A}, {when: "$[[ inputs.x ]]"}]}
===
a: {script: make, parallel: "$[[ inputs.x ]]"}
b: {script: make, stage: deploy, dependencies: [a]}
===
a: {script: make, parallel: {matrix: [{"$[[ inputs.x ]]": [a]}]}, needs: [{job: b, parallel: {matrix: [{B: "$[[ matrix.C ]]"}]}}]}
b: {script: make, stage: build, parallel: {matrix: [{B: [a]}]}}
"""


@pytest.mark.parametrize("body", UNDECIDED.split("==="))
def test_an_unknown_value_decides_no_other_check(body: str) -> None:
    """A check of other values that depends on an unknown one reports nothing wrong."""
    assert [finding.message for finding in findings_of(HEADER + body) if finding.severity != "info"] == []


OPEN = """
a: {script: make, stage: '$[[ inputs.x ]]'}
the stage `$[[ inputs.x ]]` exists
===
stages: ['$[[ inputs.x ]]-1']
a: {script: make, stage: b-1}
the stage `b-1` exists
===
a: {script: make, needs: ['$[[ inputs.x ]]']}
the need `$[[ inputs.x ]]` exists
===
a: {script: make, needs: [b-1]}
$[[ inputs.x ]]-1: {script: make}
the need `b-1` exists
===
a: {script: make, dependencies: [b-1]}
$[[ inputs.x ]]-1: {script: make}
the dependency `b-1` exists
===
a: {script: make, environment: {name: e, on_stop: 'b$[[ inputs.x | truncate(0,1) ]]'}}
the on_stop job `b$[[ inputs.x | truncate(0,1) ]]` exists
===
a: {script: make, needs: ['b: [c]']}
b: {script: make, parallel: {matrix: [{A: '$[[ inputs.x ]]'}]}}
the need `b: [c]` exists
===
a: {script: make, needs: ['b 1/2']}
b: {script: make, parallel: '$[[ inputs.x ]]'}
the need `b 1/2` exists
===
a: {script: make, needs: [{job: b, parallel: {matrix: [{A: c}]}}]}
b: {script: make, parallel: {matrix: [{A: '$[[ inputs.x ]]'}]}}
the need `b: [c]` exists
===
a: {script: make, parallel: {matrix: [{A: [c]}]}, needs: ['b: [$[[ matrix.A ]]]']}
b: {script: make, parallel: {matrix: [{A: '$[[ inputs.x ]]'}]}}
the need `b: [c]` exists
"""


@pytest.mark.parametrize("case", OPEN.split("==="))
def test_what_an_input_without_value_leaves_undecided(case: str) -> None:
    """A name that an unknown input may complete is undecided, and an error with `--strict`."""
    body, _, message = case.strip().rpartition("\n")
    pipeline, _ = read(HEADER + body, filename=".gitlab-ci.yml")
    for strict, severity in ((False, "info"), (True, "error")):
        (found,) = lint(pipeline, strict=strict)
        assert (found.severity, found.message) == (
            severity,
            f"`a`: whether {message} is unknown (the input `x` has no value)",
        )


@pytest.mark.parametrize(
    "body",
    [
        "a: {script: make, needs: [b-2]}\n$[[ inputs.x ]]-1: {script: make}",
        "a: {script: make, needs: [b]}\n$[[ inputs.x ]]-$[[ inputs.x ]]-1: {script: make}",
        "stages: ['$[[ inputs.x ]]-1']\na: {script: make, stage: b-2}",
        "a: {extends: .b}\n.$[[ inputs.x ]]-1: {script: make}",
        "a: {script: [!reference ['.$[[ inputs.x ]]', script]]}\n.b: {script: make}",
        "a: {script: make, unknown: 1}",
    ],
)
def test_what_no_value_of_an_input_can_change(body: str) -> None:
    """A name that no value can complete is an error, as without inputs."""
    assert [finding.severity for finding in findings_of(HEADER + body)] == ["error"]


def test_without_a_header_blocks_are_text() -> None:
    """In a file without a header, GitLab takes a block unchanged: a parent with this name does not exist."""
    found = findings_of('a: {extends: ".$[[ inputs.x ]]", "$[[ inputs.x ]]": 1}\n.b: {script: make}\n')
    assert {finding.rule for finding in found} == {"undeclared-input", "invalid-extends", "unknown-keyword"}


@pytest.mark.parametrize(
    ("default", "body"),
    [
        ("/x/", "job:\n  script: make\n  coverage: $[[ inputs.v ]]\n"),
        ("base", ".base:\n  script: make\njob:\n  extends: .$[[ inputs.v ]]\n"),
        (".base", ".base:\n  script: make\njob:\n  extends: $[[ inputs.v ]]\n"),
    ],
)
def test_defaults_are_used(default: str, body: str) -> None:
    """A file whose inputs have defaults is checked with them, and every block counts as a use of what it names."""
    text = f"spec:\n  inputs:\n    v: {{default: {default}}}\n---\n{body}"
    pipeline, findings = read(text, filename=".gitlab-ci.yml")
    assert [*findings, *lint(pipeline, persona="auditor")] == []


def test_blocks_in_references_are_text() -> None:
    """GitLab does not fill in the path of a reference."""
    body = '.base:\n  script: [make]\njob:\n  script:\n    - !reference [".$[[ inputs.v ]]", script]\n'
    (found,) = findings_of(f"spec:\n  inputs:\n    v: {{default: base}}\n---\n{body}")
    assert (found.line, found.gitlab) == (9, '!reference [".$[[ inputs.v ]]", "script"] could not be found')


VALUES = """
spec:
  inputs:
    name: {default: first}
    list: {type: array, default: [make, {job: make}, [a, b]]}
    key: {default: image}
---
$[[ inputs.name ]]:
  script:
    - before
    - $[[ inputs.list[2] ]]
second:
  script: echo
  $[[ inputs.key ]]: alpine:3.22
first: {script: later}
$[[ inputs.key ]]: alpine:3.21
variables:
  $[[ inputs.name ]]: $[[ inputs.list[1].job ]]
third: $[[ inputs.list[1].nothing ]]
"""


def test_keys_and_items() -> None:
    """Blocks are replaced in keys, too; arrays replace their item of a list, and the later of two equal keys wins."""
    pipeline, _ = read(VALUES.replace("third: $[[ inputs.list[1].nothing ]]\n", ""), filename=".gitlab-ci.yml")
    found = resolve(pipeline)
    assert {name: (job.script, job.image) for name, job in found.jobs.items() if isinstance(job, Job)} == {
        "first": ("later", None),
        "second": ("echo", "alpine:3.22"),
    }
    assert (found.pipeline.image, found.pipeline.variables) == ("alpine:3.21", {"first": "make"})
    assert told(VALUES)[0] == "19 error `nothing` in `$[[ inputs.list[1].nothing ]]` does not exist"
    found = resolve(pipeline, inputs={"name": "other"})
    assert found.jobs["other"].script == ("before", "a", "b")  # type: ignore[attr-defined]


def test_a_key_can_become_a_keyword_and_a_job() -> None:
    """What a key means is decided after its blocks are replaced."""
    header = "spec: {inputs: {k: {default: variables}, j: {type: array, default: [{script: make}]}, h: {default: .h}}}\n---\n"
    body = "$[[ inputs.k ]]: {A: b}\njob: $[[ inputs.j[0] ]]\n$[[ inputs.h ]]: [make]\n"
    pipeline, _ = read(header + body, filename=".gitlab-ci.yml")
    found = resolve(pipeline)
    assert (found.pipeline.variables, [*found.jobs], [*found.hidden], found.findings) == ({"A": "b"}, ["job"], [".h"], ())
    assert lint(pipeline) == []


def test_findings_are_at_the_lines_of_the_file() -> None:
    """Findings about filled values are at the blocks, also after an array was inserted into a list."""
    text = """
spec:
  inputs:
    stages: {type: array, default: [build, {a: b}]}
    stage: {default: tset}
---
include:
  - $[[ inputs.stage ]].yml
  - missing.yml
stages:
  - one
  - $[[ inputs.stages ]]
  - three
a:
  script: make
  stage: $[[ inputs.stage ]]
  retry: 7
"""
    found = told(text, {"tset.yml": "b: {script: make, stage: build}\n"})
    assert [message for message in dict.fromkeys(found) if " info " not in message] == [
        "17 error `a`: `retry` must be at most 2, got 7",
        "9 error the included file `missing.yml` does not exist",
        "12 error `stages[2]` should be a string or a list, got the mapping {a: b}",
    ]


def test_given_values() -> None:
    """Given values replace the defaults, and are checked like those of an include, at the declaration."""
    header = "spec:\n  inputs:\n    n: {type: number}\n    s: {options: [build, test], default: test}\n---\n"
    text = f"{header}a:\n  stage: $[[ inputs.s ]]\n  script: x\n  parallel: $[[ inputs.n ]]\n"
    assert told(text, n=3) == []
    assert resolve(loads(text), inputs={"n": 3, "s": "build"}).jobs["a"].parallel == 3
    assert told(text, n="x", s="tset", sx=1) == [
        "3 error there is no input `sx`",
        "3 error the input `n` should be a number, got the string 'x'",
        "4 error the input `s` cannot be `tset`, which is not in its `options`",
    ]
    assert told("a: {script: x}\n", n=3) == ["1 error the pipeline has no inputs"]


def test_includes_get_known_values() -> None:
    """Paths and inputs of includes are filled in; an unknown path is an include that was not read."""
    header = "spec: {inputs: {f: {default: a}, v: , w: }}\n---\n"
    text = header + "include: [{local: '$[[ inputs.f ]].yml', inputs: {s: '$[[ inputs.v ]]'}}]\n"
    files = {"a.yml": "spec: {inputs: {s: {options: [test]}}}\n---\na: {script: x, stage: '$[[ inputs.s ]]'}\n"}
    assert told(text, files, v="test") == []
    assert told(text, files) == []
    assert told(text, files, v="tset") == ["3 error `a.yml`: the input `s` cannot be `tset`, which is not in its `options`"]
    assert told(text.replace("inputs.f", "inputs.w"), files)[0].startswith("3 info `$[[ inputs.w ]].yml` was not read")


def test_rules_in_an_included_header() -> None:
    """A rule that does not match is a warning at its condition, and a wrong default of a rule is an error there."""
    header = (
        "spec:\n  inputs:\n    s:\n      regex: ^t\n      rules:\n        - {if: '$[[ inputs.no ]] == \"x\"', default: test}\n"
    )
    files = {"a.yml": header + "        - default: build\n---\na: {script: x, stage: '$[[ inputs.s ]]'}\n"}
    found = findings_of("include: [a.yml]\n", files)
    assert [(finding.rule, finding.severity, finding.file, finding.line) for finding in found] == [
        ("invalid-input", "error", "a.yml", 3),
        ("unmatched-input-rule", "warning", "a.yml", 6),
    ]


def test_inputs_from_files() -> None:
    """The header can include declarations; if one cannot be read, all inputs are unknown."""
    text = "spec:\n  include: [%s]\n---\na: {script: x, stage: '$[[ inputs.s ]]'}\n"
    files = {"inputs.yml": "inputs: {s: {default: tset}}\n"}
    assert told(text % "{local: /inputs.yml}", files)[0].startswith("4 error `a` is in stage `tset`")
    assert told(text % "{local: /inputs.yml}", files, s="test") == []
    assert told(text % "{remote: https://example.com/a.yml}", files) == []
    assert told(text % "{local: input.yml}", files)[0] == "2 error the included file `input.yml` does not exist"
    assert lint(loads(text % "{local: input.yml}")) == []


@pytest.mark.parametrize(("name", "errors"), [(".gitlab-ci.yml", 1), ("templates/a.yml", 0)])
def test_the_name_of_a_component(name: str, errors: int) -> None:
    """Only the file of a component knows its name; the root file of a pipeline does not."""
    text = "spec: {component: [name]}\n---\na: {script: 'echo $[[ component.name ]]'}\n"
    pipeline, _ = read(text, filename=name)
    assert len(lint(pipeline)) == errors


def test_a_pipeline_in_python() -> None:
    """A pipeline that is made in Python is filled in as well, with findings at the user's call."""
    spec = Spec(inputs={"stage": SpecInput(default="tset"), "parent": SpecInput(default=".base"), "name": None})
    base = HiddenJob(".base", script=["make"])
    job = Job("$[[ inputs.name ]]", extends="$[[ inputs.parent ]]", stage="$[[ inputs.stage ]]")  # the stage
    pipeline = Pipeline(spec=spec, stages=[Stage("test")], jobs=[base, job, Job("b", script=["$[[ inputs.nmae ]]"])])
    wrong, stage = sorted(lint(pipeline), key=lambda finding: finding.rule)
    assert (stage.message, stage.file) == (
        "`$[[ inputs.name ]]` is in stage `tset`, which `stages` does not list.",
        "tests/resolution/test_root_inputs.py",
    )
    assert (wrong.message, wrong.hint, wrong.line) == (
        "`nmae` in `$[[ inputs.nmae ]]` does not exist",
        "did you mean `name`?",
        (stage.line or 0) + 1,
    )
    assert lint(pipeline, inputs={"stage": "test"}) == [wrong]
    assert resolve(pipeline).root.spec is spec


def test_a_file_of_a_project_is_a_component() -> None:
    """Inputs are given to the pipeline of a project, not to its other files, which can be components."""
    spec = Spec(component=["name"], inputs={"a": None})
    part = Pipeline(spec=spec, jobs=[Job("$[[ inputs.a ]]", script=["echo $[[ component.name ]]"])])
    root = Pipeline(spec=Spec(inputs={"n": SpecInput(type="number")}), jobs=[Job("a", script=["x"], parallel="$[[ inputs.n ]]")])  # type: ignore[arg-type]
    project = gitlabgen.Project(pipeline=root, files={"templates/part.yml": part})
    assert lint(project, inputs={"n": 2}) == []
    assert [finding.rule for finding in lint(project, inputs={"n": "two"})] == ["invalid-input"]
