"""Twenty pipelines, each with the features that its name says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

__all__ = ["PIPELINES", "Example"]


class Example(NamedTuple):
    """A repository with a pipeline.

    Args:
        pipeline: The text of `.gitlab-ci.yml`.
        files: The other files by path.
        changed: The paths of those that a push or a merge request changes.
    """

    pipeline: str
    files: Mapping[str, str] = MappingProxyType({})
    changed: tuple[str, ...] = ()


PIPELINES: Final[dict[str, Example]] = {
    "stages and keywords of jobs": Example("""
stages: [build, test, deploy]
first: {stage: .pre, script: [x]}
compile: {stage: build, script: [x]}
unit: {script: [x], allow_failure: true}
lint: {script: [x], allow_failure: {exit_codes: [3, 4]}}
style: {script: [x], allow_failure: {exit_codes: 5}}
undo: {stage: deploy, script: [x], when: on_failure}
later: {stage: deploy, script: [x], when: delayed, start_in: 5 minutes}
clean: {stage: .post, script: [x], when: always}
"""),
    "manual jobs": Example("""
stages: [test, deploy]
own word: {stage: deploy, script: [x], when: manual}
blocks: {stage: deploy, script: [x], when: manual, allow_failure: false}
rule:
  stage: deploy
  script: [x]
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
      when: manual
    - if: $CI_COMMIT_TAG
      when: manual
      allow_failure: true
    - allow_failure: true
both:
  stage: deploy
  script: [x]
  when: manual
  rules:
    - if: $CI_COMMIT_TAG
      when: on_success
    - if: $CI_COMMIT_BRANCH
      allow_failure: false
    - when: always
allowed:
  script: [x]
  allow_failure: true
  rules:
    - if: $CI_COMMIT_TAG
      when: delayed
      start_in: 1 hour
    - if: $CI_COMMIT_BRANCH
      when: on_failure
      allow_failure: false
    - when: on_success
"""),
    "rules:if with comparisons": Example("""
a: {script: [x], rules: [{if: '$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH'}]}
b: {script: [x], rules: [{if: '$CI_PIPELINE_SOURCE == "schedule" || $CI_COMMIT_TAG != null'}]}
c: {script: [x], rules: [{if: '($CI_COMMIT_TAG == null || $X) && $CI_PIPELINE_SOURCE != "web"'}]}
d: {script: [x], rules: [{if: '$CI_COMMIT_BRANCH != $CI_DEFAULT_BRANCH'}]}
e: {script: [x], rules: [{if: '$DEPLOY == "true"'}]}
f: {script: [x], rules: [{if: '$NEVER_SET'}, {if: '$CI_MERGE_REQUEST_IID', when: never}, {when: always}]}
g: {script: [x], rules: [{if: '$CI_COMMIT_BRANCH == "main" && $CI_PIPELINE_SOURCE == "push" || $DEPLOY'}]}
h: {script: [x], rules: [{if: '"push" == $CI_PIPELINE_SOURCE'}]}
i: {script: [x], rules: [{if: '$CI_COMMIT_TAG == ""'}]}
"""),
    "rules:if with patterns": Example(r"""
a: {script: [x], rules: [{if: '$CI_COMMIT_TAG =~ /^v\d+\.\d+\.\d+$/'}]}
b: {script: [x], rules: [{if: '$CI_COMMIT_BRANCH =~ /^(main|release\/.*)$/'}]}
c: {script: [x], rules: [{if: '$CI_COMMIT_BRANCH !~ /^feat/'}]}
d: {script: [x], rules: [{if: '$CI_COMMIT_REF_NAME =~ /^FEATURE$/i'}]}
e: {script: [x], rules: [{if: '$NEVER_SET =~ /a+/'}]}
f: {script: [x], rules: [{if: '$CI_COMMIT_BRANCH =~ /^ma/ && $CI_PIPELINE_SOURCE =~ /ule$/'}]}
g: {script: [x], rules: [{if: '$CI_PIPELINE_SOURCE =~ /^(web|push)$/ && $CI_COMMIT_TAG !~ /rc/'}]}
"""),
    "patterns in variables": Example(r"""
variables: {RELEASES: '/^v\d+/', WORD: main}
a: {script: [x], rules: [{if: '$CI_COMMIT_TAG =~ $RELEASES'}]}
b: {script: [x], rules: [{if: '$CI_COMMIT_BRANCH == $WORD'}]}
c: {script: [x], rules: [{if: '$CI_COMMIT_BRANCH =~ $RELEASES'}, {if: '$CI_COMMIT_TAG !~ $RELEASES'}]}
"""),
    "variables in rules": Example("""
variables:
  MODE: full
  FROM: $MODE
  RAW: {value: $MODE, expand: false}
  EMPTY: ""
a: {script: [x], rules: [{if: '$MODE == "full"'}]}
b: {script: [x], variables: {MODE: quick}, rules: [{if: '$MODE == "quick"'}]}
c: {script: [x], rules: [{if: '$FROM == "full"'}]}
d: {script: [x], rules: [{if: '$RAW == "full"'}]}
e: {script: [x], rules: [{if: $EMPTY}, {if: '$EMPTY == ""', when: manual}]}
f: {script: [x], variables: {DEPLOY: "no"}, rules: [{if: '$DEPLOY == "true"'}]}
g: {script: [x], inherit: {variables: false}, rules: [{if: $MODE}]}
h: {script: [x], rules: [{if: $EMPTY == null, when: never}, {if: $NEVER_SET == null}]}
"""),
    "rules:variables and workflow": Example("""
workflow:
  rules:
    - if: $CI_COMMIT_TAG
      variables: {TARGET: production}
    - if: $CI_COMMIT_BRANCH == "main"
      variables: {TARGET: staging}
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
variables: {TARGET: none}
release: {script: [x], rules: [{if: '$TARGET == "production"'}]}
stage: {script: [x], rules: [{if: '$TARGET == "staging"', when: manual}]}
review: {script: [x], rules: [{if: '$TARGET == "none"', variables: {TARGET: review}}]}
"""),
    "rules:exists": Example(
        """
variables: {FOLDER: app}
a: {script: [x], rules: [{exists: [Dockerfile]}]}
b: {script: [x], rules: [{exists: [Makefile, "app/*.py"]}]}
c: {script: [x], rules: [{exists: ["**/*.py"]}]}
d: {script: [x], rules: [{exists: ["*.py"]}]}
e: {script: [x], rules: [{exists: {paths: ["app/**/*"]}}]}
f: {script: [x], rules: [{exists: [$FOLDER/main.py]}]}
g: {script: [x], rules: [{if: $CI_COMMIT_TAG, exists: [Dockerfile]}, {exists: [missing], when: manual}]}
h: {script: [x], rules: [{exists: [app]}]}
i: {script: [x], rules: [{exists: ["app/{main,other}.py"]}]}
j: {script: [x], rules: [{exists: [".hidden/*"]}]}
""",
        {"Dockerfile": "FROM scratch\n", "app/main.py": "x\n", "app/deep/one.py": "x\n", ".hidden/file": "x\n"},
    ),
    "rules:changes": Example(
        """
variables: {FOLDER: docs}
a: {script: [x], rules: [{changes: ["docs/**/*"]}]}
b: {script: [x], rules: [{changes: [src/main.c, missing]}]}
c: {script: [x], rules: [{changes: {paths: ["docs/*.md"]}, when: manual}]}
d: {script: [x], rules: [{changes: ["*.md"]}]}
e: {script: [x], rules: [{changes: [$FOLDER/deep/page.md]}]}
f: {script: [x], rules: [{if: $CI_MERGE_REQUEST_IID, changes: ["**/*.md"]}, {if: $CI_COMMIT_BRANCH, changes: ["src/*"]}]}
g: {script: [x], rules: [{changes: ["docs/{deep,other}/*.md"]}]}
h: {script: [x], rules: [{changes: ["src/*"], when: never}, {when: on_success}]}
""",
        {"docs/deep/page.md": "x\n", "docs/index.md": "x\n", "src/main.c": "x\n"},
        ("docs/deep/page.md", "docs/index.md"),
    ),
    "needs": Example("""
stages: [build, test, deploy]
one: {stage: build, script: [x]}
two: {stage: build, script: [x]}
alone: {stage: test, script: [x], needs: []}
after: {stage: test, script: [x], needs: [one]}
both: {stage: deploy, script: [x], needs: [{job: one, artifacts: false}, after]}
same: {stage: deploy, script: [x], needs: [both]}
"""),
    "needs of absent jobs": Example("""
stages: [build, test]
one: {stage: build, script: [x], rules: [{if: $CI_COMMIT_BRANCH}]}
two: {stage: build, script: [x], rules: [{if: $CI_PIPELINE_SOURCE}]}
maybe: {script: [x], needs: [two, {job: one, optional: true}], rules: [{if: $CI_PIPELINE_SOURCE}]}
sure: {script: [x], needs: [one], rules: [{if: $CI_COMMIT_BRANCH}, {if: '$CI_PIPELINE_SOURCE == "merge_request_event"'}]}
"""),
    "rules:needs": Example("""
stages: [build, test]
slow: {stage: build, script: [x]}
fast: {stage: build, script: [x]}
unit:
  script: [x]
  needs: [slow]
  rules:
    - if: $CI_COMMIT_TAG
      needs: [slow, fast]
    - if: $CI_COMMIT_BRANCH == "main"
      needs: [fast]
    - when: on_success
"""),
    "parallel and matrix": Example("""
split: {script: [x], parallel: 2}
system:
  script: [x]
  parallel:
    matrix:
      - {OS: linux, CPU: [arm, x86]}
      - {OS: windows}
only one:
  script: [x]
  parallel: {matrix: [{OS: [linux, mac]}]}
  rules: [{if: '$OS == "linux"'}, {if: '$OS == "mac" && $CI_COMMIT_TAG', when: manual}]
after:
  stage: deploy
  script: [x]
  needs: [{job: system, parallel: {matrix: [{OS: linux, CPU: arm}]}}]
after all: {stage: deploy, script: [x], needs: [split]}
"""),
    "extends": Example("""
stages: [test, deploy]
.base: {script: [x], stage: deploy, allow_failure: true}
.release: {rules: [{if: $CI_COMMIT_TAG, when: manual}, {if: $CI_COMMIT_BRANCH}]}
a: {extends: .base}
b: {extends: [.base, .release], allow_failure: false}
c: {extends: b, stage: test, rules: [{when: always}]}
.deep: {extends: .release, script: [x], variables: {A: "1"}}
d: {extends: .deep, rules: [{if: '$A == "1"'}]}
e: {extends: .deep}
"""),
    "!reference and anchors": Example("""
.rules:
  main: [{if: $CI_COMMIT_BRANCH == "main"}]
  tag: [{if: $CI_COMMIT_TAG, when: manual}]
.keys: &keys {stage: deploy, script: [x]}
a: {script: [x], rules: [!reference [.rules, main], !reference [.rules, tag]]}
b: {<<: *keys, rules: !reference [.rules, tag]}
c: {<<: *keys, needs: !reference [e, needs], rules: [{if: $CI_COMMIT_BRANCH}, !reference [.rules, tag]]}
d: {script: [x]}
e: {script: [x], stage: deploy, needs: [d]}
"""),
    "default and inherit": Example("""
default: {retry: 1, before_script: [y], interruptible: true}
stages: [check, test]
a: {stage: check, script: [x]}
b: {script: [x], inherit: {default: false}}
c: {script: [x], inherit: {default: [retry]}, when: always}
"""),
    "include:local": Example(
        """
include:
  - ci/base.yml
  - {local: "/ci/more/*.yml"}
  - local: ci/tags.yml
    rules: [{if: $CI_COMMIT_TAG}]
  - local: ci/docker.yml
    rules: [{exists: [Dockerfile]}]
  - local: ci/never.yml
    rules: [{if: $CI_COMMIT_BRANCH, when: never}]
test: {script: [y], allow_failure: false}
""",
        {
            "ci/base.yml": "stages: [build, test, deploy]\ntest: {script: [x], stage: test, allow_failure: true}\n",
            "ci/more/a.yml": "a: {script: [x], stage: build}\n",
            "ci/more/b.yml": "include: ci/nested.yml\nb: {extends: .nested, stage: deploy}\n",
            "ci/nested.yml": ".nested: {script: [x], when: manual}\n",
            "ci/tags.yml": "tagged: {script: [x], stage: deploy}\n",
            "ci/docker.yml": "build image: {script: [x], stage: build}\n",
            "ci/never.yml": "never for branches: {script: [x]}\n",
            "Dockerfile": "FROM scratch\n",
        },
    ),
    "include:inputs": Example(
        """
include:
  - {local: job.yml, inputs: {name: unit}}
  - {local: job.yml, inputs: {name: smoke, stage: deploy, when: manual, needs: [unit]}}
  - {local: job.yml, inputs: {name: many, count: 2}}
""",
        {
            "job.yml": """
spec:
  inputs:
    name:
    stage: {default: test}
    when: {default: on_success, options: [on_success, manual]}
    needs: {type: array, default: []}
    count: {type: number, default: 1}
---
"$[[ inputs.name ]] job":
  stage: $[[ inputs.stage ]]
  script: [x]
  when: $[[ inputs.when ]]
  parallel: $[[ inputs.count ]]
"$[[ inputs.name ]]":
  stage: $[[ inputs.stage ]]
  script: [x]
  needs: $[[ inputs.needs ]]
"""
        },
    ),
    "only and except": Example("""
a: {script: [x], only: [main]}
b: {script: [x], only: [tags]}
c: {script: [x], except: [tags]}
d: {script: [x], only: [merge_requests]}
e: {script: [x], only: {variables: ['$DEPLOY == "true"']}}
f: {script: [x], only: [/^feat.*$/, schedules]}
"""),
    "trigger": Example(
        """
stages: [test, deploy]
child: {trigger: {include: child.yml, strategy: depend}, rules: [{if: $CI_COMMIT_BRANCH}]}
list: {stage: deploy, trigger: {include: [{local: child.yml}]}, when: manual, needs: [child]}
other: {trigger: {project: group/other}, allow_failure: true, rules: [{if: $CI_COMMIT_BRANCH == "main"}]}
job: {script: [x]}
""",
        {"child.yml": "inner: {script: [x]}\n"},
    ),
}
