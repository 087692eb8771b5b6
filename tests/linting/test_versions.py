"""Since when GitLab has each keyword, value, function and limit: `newer-keyword` knows the version, and the place.

Each entry is found one version below its own, and not found in its own.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlabgen.codec import pipelines
from gitlabgen.errors import Finding
from gitlabgen.files.checkout import Checkout, read_yaml
from gitlabgen.gitlab.expressions import PARTS_SINCE
from gitlabgen.linting import lint
from gitlabgen.modeling.plans import plan_of
from tests.gitlab.classes import CLASSES

_JOB = "a: {script: x, %s}"
_RULE = "a: {script: x, rules: [{%s}]}"
_REPORT = "a: {script: x, artifacts: {reports: {%s}}}"
_SECRET = "a: {script: x, secrets: {S: {%s}}}"
_RETRY = "a: {script: x, retry: {max: 1, when: [script_failure, %s]}}"
_SPEC = "spec: {%s}\n---\na: {script: x}"
_INPUT = "spec: {inputs: {i: {%s}}}\n---\na: {script: x}"
_BLOCK = "spec: {inputs: {i: {default: b, type: %s}}}\n---\na: {script: [%s]}"
_MATRIX = f"{{A: [{', '.join(map(str, range(51)))}]}}"

ENTRIES = [
    # Keywords of the whole file
    ("15.11", "`spec`", _SPEC % "inputs: {}"),
    ("18.9", "`spec:include`", _SPEC % "include: [{local: b.yml}]"),
    ("18.6", "`spec:component`", _SPEC % "component: [name]"),
    ("16.5", "`spec:inputs:description`", _INPUT % "default: b, description: c"),
    ("16.5", "`spec:inputs:regex`", _INPUT % "default: b, regex: b"),
    ("16.6", "`spec:inputs:options`", _INPUT % "default: b, options: [b]"),
    ("18.7", "`spec:inputs:rules`", _INPUT % "rules: [{default: b}]"),
    ("16.11", "`spec:inputs:type: array`", _INPUT % "type: array, default: []"),
    ("12.5", "`workflow`", "workflow: {rules: [{if: $A}]}\na: {script: x}"),
    ("15.7", "`workflow:name`", "workflow: {name: b}\na: {script: x}"),
    ("16.10", "`workflow:auto_cancel`", "workflow: {auto_cancel: {on_new_commit: none}}\na: {script: x}"),
    ("16.11", "`workflow:auto_cancel:on_job_failure`", "workflow: {auto_cancel: {on_job_failure: all}}\na: {script: x}"),
    ("16.9", "`stages` with a list inside the list", "stages: [test, [deploy]]\na: {script: x}"),
    ("15.7", "`variables:options`", "variables: {V: {value: b, options: [b]}}\na: {script: x}"),
    ("15.7", "`variables:expand`", "variables: {V: {value: b, expand: false}}\na: {script: x}"),
    ("13.7", "`variables:description`", "variables: {V: {value: b, description: c}}\na: {script: x}"),
    ("16.4", "`default:id_tokens`", "default: {id_tokens: {T: {aud: b}}}\na: {script: x}"),
    ("15.10", "`default:hooks`", "default: {hooks: {pre_get_sources_script: x}}\na: {script: x}"),
    ("16.9", "`default:identity`", "default: {identity: google_cloud}\na: {script: x}"),
    # include
    ("14.3", "`include:rules`", "include: [{local: b.yml, rules: [{if: $A}]}]\na: {script: x}"),
    ("15.11", "`include:inputs`", "include: [{local: b.yml, inputs: {i: b}}]\na: {script: x}"),
    ("16.2", "`include:component`", "include: [{component: c.example/g/p/n@1}]\na: {script: x}"),
    ("17.9", "`include:integrity`", "include: [{remote: 'https://b.example/c.yml', integrity: sha256-AAAA}]\na: {script: x}"),
    ("19.0", "`include:cache`", "include: [{remote: 'https://b.example/c.yml', cache: true}]\na: {script: x}"),
    # Keywords of jobs
    ("12.7", "`resource_group`", _JOB % "resource_group: b"),
    ("12.2", "`needs`", _JOB % "needs: []"),
    ("12.3", "`rules`", _JOB % "rules: [{when: always}]"),
    ("12.9", "`inherit`", _JOB % "inherit: {default: false}"),
    ("12.3", "`interruptible`", _JOB % "interruptible: true"),
    ("12.3", "`timeout`", _JOB % "timeout: 1 hour"),
    ("11.4", "`start_in`", _JOB % "when: delayed, start_in: 1 hour"),
    ("17.1", "`manual_confirmation`", _JOB % "when: manual, manual_confirmation: b"),
    ("15.7", "`id_tokens`", _JOB % "id_tokens: {T: {aud: b}}"),
    ("16.9", "`identity`", _JOB % "identity: google_cloud"),
    ("15.10", "`hooks`", _JOB % "hooks: {pre_get_sources_script: x}"),
    ("18.10", "`inputs`", _JOB % "inputs: {i: {default: b}}"),
    ("14.1", "`dast_configuration`", _JOB % "dast_configuration: {site_profile: b}"),
    ("13.2", "`release`", _JOB % "release: {tag_name: b, description: c}"),
    ("17.3", "`run`", "a: {run: [{name: b, script: c}]}"),
    ("16.1", "`publish`", "pages: {script: x, publish: b}"),
    ("17.9", "`pages:publish`", _JOB % "pages: {publish: b}"),
    ("17.4", "`pages:path_prefix`", _JOB % "pages: {path_prefix: b}"),
    ("17.4", "`pages:expire_in`", _JOB % "pages: {expire_in: 1 day}"),
    ("17.11", "`pages:expire_in` with a variable", _JOB % "pages: {expire_in: $TIME}"),
    ("13.8", "`allow_failure:exit_codes`", _JOB % "allow_failure: {exit_codes: 1}"),
    ("16.11", "`retry:exit_codes`", _JOB % "retry: {max: 1, exit_codes: 1}"),
    # Keywords inside these
    ("15.2", "`image:pull_policy`", _JOB % "image: {name: b, pull_policy: always}"),
    ("16.7", "`image:docker`", _JOB % "image: {name: b, docker: {platform: c}}"),
    ("16.8", "`image:docker` with `user`", _JOB % "image: {name: b, docker: {user: c}}"),
    ("18.0", "`image:kubernetes`", _JOB % "image: {name: b, kubernetes: {user: c}}"),
    ("14.5", "`services:variables`", _JOB % "services: [{name: b, variables: {V: c}}]"),
    ("15.2", "`services:pull_policy`", _JOB % "services: [{name: b, pull_policy: always}]"),
    ("16.7", "`services:docker`", _JOB % "services: [{name: b, docker: {platform: c}}]"),
    ("16.8", "`services:docker` with `user`", _JOB % "services: [{name: b, docker: {user: c}}]"),
    ("18.0", "`services:kubernetes`", _JOB % "services: [{name: b, kubernetes: {user: c}}]"),
    ("13.10", "`needs:optional`", _JOB % "needs: [{job: b, optional: true}]"),
    ("16.3", "`needs:parallel`", _JOB % "needs: [{job: b, parallel: {matrix: [{A: c}]}}]"),
    ("12.6", "`needs:artifacts`", _JOB % "needs: [{job: b, artifacts: true}]"),
    ("12.7", "`needs:project`", _JOB % "needs: [{project: g/p, job: b, ref: c, artifacts: true}]"),
    ("13.3", "`parallel:matrix`", _JOB % "parallel: {matrix: [{A: b}]}"),
    ("12.5", "`cache:key:files`", _JOB % "cache: {key: {files: [b]}, paths: [c]}"),
    ("18.4", "`cache:key:files_commits`", _JOB % "cache: {key: {files_commits: [b]}, paths: [c]}"),
    ("13.5", "`cache:when`", _JOB % "cache: {when: always, paths: [c]}"),
    ("15.8", "`cache:unprotect`", _JOB % "cache: {unprotect: true, paths: [c]}"),
    ("16.0", "`cache:fallback_keys`", _JOB % "cache: {fallback_keys: [b], paths: [c]}"),
    ("16.1", "`cache:policy` with a variable", _JOB % "cache: {policy: $POLICY, paths: [c]}"),
    ("13.1", "`artifacts:exclude`", _JOB % "artifacts: {paths: [b], exclude: [c]}"),
    ("12.5", "`artifacts:expose_as`", _JOB % "artifacts: {paths: [b], expose_as: c}"),
    ("16.11", "`artifacts:access`", _JOB % "artifacts: {paths: [b], access: all}"),
    ("18.4", "`artifacts:access: maintainer`", _JOB % "artifacts: {paths: [b], access: maintainer}"),
    ("16.7", "`artifacts:public`", _JOB % "artifacts: {paths: [b], public: false}"),
    ("13.10", "`environment:deployment_tier`", _JOB % "environment: {name: b, deployment_tier: staging}"),
    ("18.5", "`environment:deployment_tier` with a variable", _JOB % "environment: {name: b, deployment_tier: $TIER}"),
    ("12.8", "`environment:auto_stop_in`", _JOB % "environment: {name: b, auto_stop_in: 1 day}"),
    ("15.4", "`environment:auto_stop_in` with a variable", _JOB % "environment: {name: b, auto_stop_in: $TIME}"),
    ("17.6", "`environment:kubernetes:agent`", _JOB % "environment: {name: b, kubernetes: {agent: c}}"),
    (
        "17.7",
        "`environment:kubernetes:flux_resource_path`",
        _JOB % "environment: {name: b, kubernetes: {agent: c, namespace: d, flux_resource_path: e}}",
    ),
    (
        "18.4",
        "`environment:kubernetes:dashboard`",
        _JOB % "environment: {name: b, kubernetes: {agent: c, dashboard: {namespace: d}}}",
    ),
    # Reports
    *(
        (since, f"`artifacts:reports:{name}`", _REPORT % f"{name}: b.json")
        for name, since in {
            "accessibility": "12.8",
            "annotations": "16.3",
            "api_fuzzing": "13.4",
            "browser_performance": "14.0",
            "coverage_fuzzing": "13.4",
            "cyclonedx": "15.3",
            "dotenv": "12.9",
            "license_scanning": "12.8",
            "load_performance": "13.2",
            "repository_xray": "16.7",
            "requirements": "13.1",
            "sarif": "18.11",
            "secret_detection": "13.1",
            "terraform": "13.0",
        }.items()
    ),
    ("14.10", "`artifacts:reports:coverage_report`", _REPORT % "coverage_report: {coverage_format: cobertura, path: b}"),
    (
        "17.3",
        "`artifacts:reports:coverage_report:coverage_format: jacoco`",
        _REPORT % "coverage_report: {coverage_format: jacoco, path: b}",
    ),
    # Secrets
    ("13.4", "`secrets`", _SECRET % "vault: b/c"),
    ("14.1", "`secrets:file`", _SECRET % "vault: b/c, file: false"),
    ("15.8", "`secrets:token`", _SECRET % "vault: b/c, token: $T"),
    ("16.3", "`secrets:azure_key_vault`", _SECRET % "azure_key_vault: {name: b}"),
    ("16.8", "`secrets:gcp_secret_manager`", _SECRET % "token: $T, gcp_secret_manager: {name: b}"),
    ("18.3", "`secrets:aws_secrets_manager`", _SECRET % "aws_secrets_manager: b"),
    ("19.0", "`secrets:gitlab_secrets_manager`", _SECRET % "gitlab_secrets_manager: {name: b}"),
    # Reasons of a retry
    *(
        ("19.1", f"`retry:when: {reason}`", _RETRY % reason)
        for reason in (
            "stuck_pending_with_matching_runners",
            "stuck_pending_no_matching_runners",
            "no_updates_running",
            "no_updates_canceling",
            "runner_configuration_error",
            "runner_external_dependency_failure",
            "runner_interrupted",
            "server_timeout_running",
            "server_timeout_canceling",
        )
    ),
    ("19.1", "`retry:when: runner_interrupted`", _JOB % "retry: {max: 1, when: runner_interrupted}"),
    # Rules and conditions
    ("16.2", "`rules:needs`", _RULE % "if: $A, needs: []"),
    ("16.10", "`rules:interruptible`", _RULE % "if: $A, interruptible: true"),
    ("12.8", "`rules:allow_failure`", _RULE % "if: $A, allow_failure: true"),
    ("13.7", "`rules:variables`", _RULE % "if: $A, variables: {V: b}"),
    ("15.2", "`rules:changes:paths`", _RULE % "changes: {paths: [b]}"),
    ("15.3", "`rules:changes:compare_to`", _RULE % "changes: {paths: [b], compare_to: c}"),
    ("17.2", "`rules:changes:compare_to` with a variable", _RULE % "changes: {paths: [b], compare_to: $C}"),
    ("19.2", "`rules:changes:regexp`", _RULE % "changes: {regexp: b}"),
    ("15.6", "`rules:exists` with a variable", _RULE % "exists: [$FOLDER/b]"),
    ("17.0", "`rules:exists:paths`", _RULE % "exists: {paths: [b]}"),
    ("17.0", "`rules:exists:project`", _RULE % "exists: {paths: [b], project: g/p}"),
    ("17.0", "`rules:exists:ref`", _RULE % "exists: {paths: [b], project: g/p, ref: c}"),
    ("19.2", "`rules:exists:regexp`", _RULE % "exists: {regexp: b}"),
    ("18.11", "`!` in a condition", _RULE % "if: '!$A'"),
    ("18.11", "`true` or `false` in a condition", _RULE % "if: $A == true"),
    ("18.11", "`!` in a condition", _JOB % "only: {variables: ['!$A']}"),
    ("16.10", "`rules:auto_cancel`", "workflow: {rules: [{if: $A, auto_cancel: {on_new_commit: none}}]}\na: {script: x}"),
    # Trigger jobs
    ("15.1", "`trigger:forward`", "a: {trigger: {project: g/p, forward: {pipeline_variables: true}}}"),
    ("17.11", "`trigger:inputs`", "a: {trigger: {project: g/p, inputs: {i: b}}}"),
    ("17.11", "`trigger:include` with `inputs`", "a: {trigger: {include: [{local: b.yml, inputs: {i: b}}]}}"),
    ("18.2", "`trigger:strategy: mirror`", "a: {trigger: {project: g/p, strategy: mirror}}"),
    ("16.4", "`environment` of a trigger job", "a: {trigger: g/p, environment: b}"),
    ("16.8", "`interruptible` of a trigger job", "a: {trigger: g/p, interruptible: true}"),
    # References and expressions
    ("13.9", "`!reference`", "a: {script: !reference [.b, script]}\n.b: {script: x}"),
    ("18.6", "`$[[ matrix.A ]]`", "a: {script: x, parallel: {matrix: [{A: c}]}, needs: ['b: [$[[ matrix.A ]]]']}"),
    ("16.3", "the function `truncate` in `$[[ … ]]`", _BLOCK % ("string", '"$[[ inputs.i | truncate(0,1) ]]"')),
    ("16.5", "the function `expand_vars` in `$[[ … ]]`", _BLOCK % ("string", '"c $[[ inputs.i | expand_vars ]]"')),
    ("18.6", "the function `posix_escape` in `$[[ … ]]`", _BLOCK % ("string", '"$[[ inputs.i | posix_escape ]]"')),
    ("19.2", "the function `split` in `$[[ … ]]`", _BLOCK % ("string", "\"$[[ inputs.i | split(',') ]]\"")),
    (
        "18.11",
        "`$[[ inputs.i[0] ]]` with an index",
        "spec: {inputs: {i: {default: [b], type: array}}}\n---\na: {script: ['$[[ inputs.i[0] ]]']}",
    ),
    # Limits that grew
    ("15.9", "`parallel` with more than 50 jobs", _JOB % "parallel: 51"),
    ("15.9", "`parallel:matrix` with more than 50 jobs", _JOB % f"parallel: {{matrix: [{_MATRIX}]}}"),
]


def below(version: str) -> str:
    """Return the version of GitLab before a version; a major version follows minor version 11."""
    major, minor = map(int, version.split("."))
    return f"{major}.{minor - 1}" if minor else f"{major - 1}.11"


def found(text: str, target: str) -> list[Finding]:
    """Return the findings of the rule for a file."""
    pipeline, _ = pipelines.read(text, filename="ci.yml")
    return [finding for finding in lint(pipeline, target_gitlab=target) if finding.rule == "newer-keyword"]


@pytest.mark.parametrize(("since", "what", "text"), ENTRIES, ids=[f"{what}-{since}" for since, what, _ in ENTRIES])
def test_an_entry_needs_its_version(since: str, what: str, text: str) -> None:
    """One version below, the entry is reported at a line of the file; in its own version, it is not."""
    words = f"{what} needs GitLab {since}, but `target_gitlab` is {below(since)}."
    before = [finding for finding in found(text, below(since)) if finding.message.removeprefix("`a`: ").endswith(words)]

    assert [(finding.severity, finding.file, finding.line is not None) for finding in before] == [("error", "ci.yml", True)]
    assert [finding.message for finding in found(text, since) if what in finding.message] == []


@pytest.mark.parametrize(
    "text",
    [
        _JOB % "parallel: 50",
        _JOB % "artifacts: {reports: {junit: b}}",
        _JOB % "retry: {max: 1, when: [script_failure, job_execution_timeout]}",
        _JOB % "cache: {key: $CI_COMMIT_REF_SLUG, policy: pull, paths: [c]}",
        "stages: [test]\na: {script: 'echo $[[ inputs.i | truncate(0,1) ]]'}",
    ],
)
def test_old_forms_need_no_version(text: str) -> None:
    """What GitLab had before has no finding, and neither has text that only looks like an expression."""
    assert found(text, "12.9") == []


def test_no_entry_is_missing() -> None:
    """The table above has each keyword, word and form for which a class states a version."""
    known = " ".join(what for _, what, _ in ENTRIES)
    missing = []
    for cls in CLASSES:
        for name, facts in plan_of(cls).facts.items():
            key = plan_of(cls).key(name)
            words = [f"{key}`"] if facts.since else []
            words += [f"{key}: {word}`" for word in facts.values_since or {}]
            words += [f"{key}` {form.what}" for form in facts.forms_since]
            missing += [f"{cls.__name__}.{word}" for word in words if word not in known]
    assert missing == []
    assert [what for what, _ in PARTS_SINCE.values() if what not in known] == []


def test_included_files_need_their_version(tmp_path: Path) -> None:
    """Keywords and expressions of included files are reported in these files, also if their inputs have values."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "b.yml").write_text(
        "spec: {inputs: {i: {}}}\n---\nb:\n  script: 'echo $[[ inputs.i | posix_escape ]]'\n  manual_confirmation: c\n", "utf-8"
    )
    (tmp_path / ".gitlab-ci.yml").write_text("include: [{local: b.yml, inputs: {i: c}}]\na: {script: x}\n", "utf-8")
    model, _ = read_yaml(str(tmp_path / ".gitlab-ci.yml"))
    findings = lint(model, repository=Checkout(str(tmp_path)), target_gitlab="17.0")

    assert [(finding.file, finding.line, finding.message) for finding in findings] == [
        ("b.yml", 4, "the function `posix_escape` in `$[[ … ]]` needs GitLab 18.6, but `target_gitlab` is 17.0."),
        ("b.yml", 5, "`b`: `manual_confirmation` needs GitLab 17.1, but `target_gitlab` is 17.0."),
    ]


@pytest.mark.parametrize(("count", "target", "is_reported"), [(100, "15.9", False), (101, "15.9", True), (101, "15.10", False)])
def test_more_than_a_hundred_includes(tmp_path: Path, count: int, target: str, is_reported: object) -> None:
    """Before 15.10, a pipeline includes at most 100 files."""
    (tmp_path / ".git").mkdir()
    for number in range(count):
        (tmp_path / f"b{number}.yml").write_text(f"b{number}: {{script: x}}\n", "utf-8")
    (tmp_path / ".gitlab-ci.yml").write_text(
        f"include: [{', '.join(f'b{number}.yml' for number in range(count))}]\na: {{script: x}}\n", "utf-8"
    )
    model, _ = read_yaml(str(tmp_path / ".gitlab-ci.yml"))
    findings = lint(model, repository=Checkout(str(tmp_path)), target_gitlab=target)

    words = "`include` with more than 100 files needs GitLab 15.10, but `target_gitlab` is 15.9."
    assert [finding.message for finding in findings] == ([words] if is_reported else [])


_REASONS = """
default:
  retry: {max: 1, when: job_execution_timeout}
a:
  script: make
  retry: {max: 1, when: [script_failure, stuck_or_timeout_failure, no_updates_running]}
"""


@pytest.mark.parametrize("target", [None, "19.0", "19.1"])
def test_words_that_gitlab_removes(target: str | None) -> None:
    """Everyone is warned of a word that GitLab removes, if the server is known to have what replaces it."""
    pipeline, _ = pipelines.read(_REASONS, filename="ci.yml")
    found = [finding for finding in lint(pipeline, target_gitlab=target) if finding.rule == "deprecated-keyword"]
    expected = [
        (3, "warning", "`retry:when: job_execution_timeout` is deprecated since GitLab 19.1, and 20.0 removes it."),
        (6, "warning", "`a`: `retry:when: stuck_or_timeout_failure` is deprecated since GitLab 19.1, and 20.0 removes it."),
    ]
    assert [(finding.line, finding.severity, finding.message) for finding in found] == (expected if target == "19.1" else [])
