"""Pipelines whose job lists gitlab-ci-local and gitlabgen both know, by name."""

from __future__ import annotations

from typing import Final

PIPELINES: Final[dict[str, str]] = {
    "plain jobs": "a: {script: [x]}\nb: {script: [x], stage: deploy}\n",
    "branch in a rule": "a: {script: [x], rules: [{if: $CI_COMMIT_BRANCH == 'main'}]}\nb: {script: [x]}\n",
    "first rule that matches": """
a:
  script: [x]
  rules:
    - {if: $CI_COMMIT_BRANCH == 'main', when: manual}
    - {if: $CI_COMMIT_BRANCH, when: on_success}
b: {script: [x]}
""",
    "never before always": """
a: {script: [x], rules: [{if: $CI_COMMIT_BRANCH == 'main', when: never}, {when: always}]}
b: {script: [x]}
""",
    "regular expressions": r"""
a: {script: [x], rules: [{if: $CI_COMMIT_BRANCH =~ /^feature\//}]}
b: {script: [x], rules: [{if: $CI_COMMIT_BRANCH !~ /^feature/}]}
c: {script: [x], rules: [{if: $CI_COMMIT_BRANCH =~ /MAIN/i}]}
d: {script: [x]}
""",
    "and, or, parentheses": """
a: {script: [x], rules: [{if: ($CI_COMMIT_BRANCH == 'main' || $CI_COMMIT_TAG) && $CI_PIPELINE_SOURCE == 'push'}]}
b: {script: [x], rules: [{if: $CI_COMMIT_TAG && $CI_COMMIT_BRANCH || $CI_COMMIT_BRANCH == 'main'}]}
c: {script: [x]}
""",
    "null and empty": """
variables: {EMPTY: ""}
a: {script: [x], rules: [{if: $NOPE == null}]}
b: {script: [x], rules: [{if: $EMPTY == null}]}
c: {script: [x], rules: [{if: $EMPTY}]}
d: {script: [x], rules: [{if: $EMPTY == ""}]}
e: {script: [x]}
""",
    "variables of the file": """
variables: {MODE: full}
a: {script: [x], rules: [{if: $MODE == 'full'}]}
b: {script: [x], variables: {MODE: quick}, rules: [{if: $MODE == 'quick'}]}
c: {script: [x], rules: [{if: $MODE == $OTHER}]}
d: {script: [x]}
""",
    "workflow with a variable": """
workflow:
  rules:
    - {if: $CI_COMMIT_BRANCH == 'main', variables: {DEPLOY: "yes"}}
    - {when: always}
a: {script: [x], rules: [{if: $DEPLOY == 'yes'}]}
b: {script: [x]}
""",
    "needs in both forms": """
stages: [build, test]
a: {stage: build, script: [x]}
b: {stage: build, script: [x]}
c: {stage: test, script: [x], needs: [a]}
d: {stage: test, script: [x], needs: [{job: a, artifacts: false}, b]}
e: {stage: test, script: [x], needs: []}
""",
    "optional need": """
stages: [build, test]
a: {stage: build, script: [x], rules: [{if: $CI_COMMIT_BRANCH == 'main'}]}
b: {stage: test, script: [x], needs: [{job: a, optional: true}]}
""",
    "allowed failures": """
a: {script: [x], allow_failure: true}
b: {script: [x], rules: [{if: $CI_COMMIT_BRANCH, allow_failure: true}]}
c: {script: [x], allow_failure: false}
""",
    "manual jobs": """
a: {script: [x], when: manual}
b: {script: [x], when: manual, allow_failure: false}
c: {script: [x], rules: [{when: manual}]}
""",
    "on failure and always": """
stages: [a, b]
a: {stage: a, script: [x]}
b: {stage: b, script: [x], when: on_failure}
c: {stage: b, script: [x], when: always}
""",
    "delayed": "a: {script: [x], when: delayed, start_in: 5 minutes}\nb: {script: [x]}\n",
    "parents": """
.base: {stage: build, script: [x], rules: [{if: $CI_COMMIT_BRANCH == 'main'}]}
stages: [build, test]
a: {extends: .base}
b: {extends: .base, stage: test, rules: [{if: $CI_COMMIT_BRANCH, when: manual}]}
""",
    "references": """
.rules: {rules: [{if: $CI_COMMIT_BRANCH == 'main', when: never}, {when: always}]}
a: {script: [x], rules: [!reference [.rules, rules]]}
b: {script: [x]}
""",
    "matrix": """
stages: [build, test]
a: {stage: build, script: [x], parallel: {matrix: [{OS: [linux, mac], ARCH: [arm]}]}}
b: {stage: test, script: [x], needs: [a]}
""",
    "parallel number": "a: {script: [x], parallel: 3}\n",
    "first and last stages": """
stages: [build]
a: {stage: .pre, script: [x]}
b: {stage: build, script: [x]}
c: {stage: .post, script: [x]}
""",
    "default and hidden jobs": """
default: {interruptible: true}
.hidden: {script: [x]}
a: {script: [x], rules: [{if: $CI_COMMIT_TAG}]}
b: {script: [x]}
""",
    "branches and tags": """
a: {script: [x], only: [main]}
b: {script: [x], except: [main]}
c: {script: [x], only: [tags]}
d: {script: [x]}
""",
}
