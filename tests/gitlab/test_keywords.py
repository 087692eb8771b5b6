"""Rendering, reading and validation of all keywords.

A new keyword is a row in WRITTEN with all its fields, the file `keywords/<keyword>.yml` that it writes, and its rows in REFUSED.
"""

# ruff: noqa: F403, F405 - the tables use all classes, so a new class needs no import
from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

import gitlabgen
from gitlabgen import *
from gitlabgen.modeling.fields import OWN_FIELDS, fields_of
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from tests.gitlab.classes import CLASSES
from tools import vocabulary

HERE = "tests/gitlab/test_keywords.py"
FOLDER = Path(__file__).parent / "keywords"
BUILD = Job("build", stage="build", script=["make"])


def job(**keywords: Any) -> Pipeline:
    """Return a pipeline with one job that has these keywords."""
    return Pipeline(jobs=[Job("job", script=["true"], **keywords)])


ALL_REPORTS: dict[str, Any] = {
    field.name: f"{field.name}.json" for field in fields_of(Reports) if field.name not in (*OWN_FIELDS, "coverage_report")
}

WRITTEN: dict[str, Pipeline] = {
    "allow_failure": Pipeline(
        jobs=[
            Job("never", script=["true"], allow_failure=False),
            Job("one", script=["true"], allow_failure=AllowFailure(exit_codes=137)),
            Job("some", script=["true"], allow_failure=AllowFailure(exit_codes=[1, 42])),
        ]
    ),
    "artifacts": Pipeline(
        jobs=[
            Job(
                "all",
                script=["true"],
                artifacts=Artifacts(
                    paths=["dist/"],
                    exclude=["dist/*.map"],
                    name="$CI_JOB_NAME",
                    untracked=False,
                    when="always",
                    expire_in="1 week",
                    expose_as="the build",
                    access="developer",
                    reports=Reports(
                        junit=["a.xml", "b.xml"],
                        dotenv="build.env",
                        coverage_report=CoverageReport(coverage_format="cobertura", path="coverage.xml"),
                    ),
                ),
            ),
            Job("public", script=["true"], artifacts=Artifacts(public=False, untracked=True)),
        ]
    ),
    "cache": Pipeline(
        jobs=[
            Job(
                "one",
                script=["true"],
                cache=Cache(
                    key="$CI_COMMIT_REF_SLUG",
                    paths=[".cache/"],
                    policy="pull",
                    untracked=False,
                    unprotect=False,
                    when="on_success",
                    fallback_keys=["main"],
                ),
            ),
            Job(
                "two",
                script=["true"],
                cache=[
                    Cache(key=CacheKey(files=["uv.lock"], prefix="py"), paths=[".venv/"]),
                    Cache(key=CacheKey(files_commits=["package-lock.json"]), paths=["node_modules/"]),
                ],
            ),
        ]
    ),
    "dast_configuration": Pipeline(
        stages=["dast"],
        jobs=[
            Job(
                "dast",
                stage="dast",
                script=["true"],
                dast_configuration=DastConfiguration(site_profile="Example", scanner_profile="Quick"),
            )
        ],
    ),
    "default": Pipeline(
        default=Default(
            image="alpine:3.20",
            services=["redis:7"],
            before_script=["date"],
            after_script=["date"],
            artifacts=Artifacts(expire_in="1 day"),
            cache=Cache(paths=[".cache/"]),
            hooks=Hooks(pre_get_sources_script=["date"]),
            id_tokens={"TOKEN": IdToken(aud="https://example.com")},
            identity="google_cloud",
            interruptible=True,
            retry=1,
            tags=["linux"],
            timeout="1 hour",
        ),
        jobs=[BUILD],
    ),
    "environment": Pipeline(
        jobs=[
            Job(
                "deploy",
                script=["true"],
                environment=Environment(
                    "review/$CI_COMMIT_REF_SLUG",
                    url="https://$CI_ENVIRONMENT_SLUG.example.com",
                    on_stop="stop",
                    action="start",
                    auto_stop_in="2 days",
                    deployment_tier="development",
                    kubernetes=Kubernetes(
                        agent="group/project:agent",
                        managed_resources=ManagedResources(enabled=True),
                        dashboard=KubernetesDashboard(namespace="review", flux_resource_path="helm.toolkit.fluxcd.io/v2/a"),
                    ),
                ),
            ),
            Job("stop", script=["true"], when="manual", environment=Environment("review/$CI_COMMIT_REF_SLUG", action="stop")),
            Job("short", script=["true"], environment="production"),
            Job(
                "old",
                script=["true"],
                environment=Environment(
                    "old",
                    kubernetes=Kubernetes(agent="a/b:c", namespace="old", flux_resource_path="helm.toolkit.fluxcd.io/v2/a"),
                ),
            ),
        ]
    ),
    "hidden_job": Pipeline(
        jobs=[
            HiddenJob(".base", image="alpine:3.20", script=["true"]),
            HiddenJob(".start", trigger="group/project"),
            HiddenJob(".list", content=["a", {"b": [1, None]}]),
            HiddenJob(".nothing", content=NULL),
            Job("job", extends=".base"),
            Job("both", extends=[".base", ".start"]),
        ]
    ),
    "hooks": Pipeline(
        jobs=[
            Job("list", script=["true"], hooks=Hooks(pre_get_sources_script=["first", Reference(".base", "script")])),
            Job("text", script=["true"], hooks=Hooks(pre_get_sources_script="first")),
        ]
    ),
    "id_tokens": job(id_tokens={"A": IdToken(aud="https://a.example.com"), "B": IdToken(aud=["x", "y"])}),
    "identity": job(identity="google_cloud"),
    "image": Pipeline(
        image="alpine:3.20",
        jobs=[
            Job(
                "job",
                script=["true"],
                image=Image(
                    "alpine:3.20",
                    entrypoint=[""],
                    pull_policy=["always", "if-not-present"],
                    docker={"platform": "linux/arm64", "user": "dave"},
                    kubernetes={"user": 1001},
                ),
            ),
            Job("short", script=["true"], image=Image("alpine:3.20", pull_policy="never")),
        ],
    ),
    "include": Pipeline(
        include=[
            "local.yml",
            Include(local="/templates/a.yml", inputs={"stage": "test", "count": 3}, rules=[Rule(var.CI_COMMIT_TAG)]),
            Include(project="group/project", file=["a.yml", "b.yml"], ref="v1"),
            Include(
                remote="https://example.com/a.yml", integrity="sha256-L3/GAoKaw0Arw6hDCKeKQlV1QPEgHYxGBHsH4zG1IY8=", cache=True
            ),
            Include(template="Auto-DevOps.gitlab-ci.yml"),
            Include(component="gitlab.example.com/group/project/component@1.0.0"),
        ],
        jobs=[BUILD],
    ),
    "include_one": Pipeline(
        include="one.yml", jobs=[TriggerJob("child", trigger=Trigger(include=[Include(artifact="a.yml", job=BUILD)])), BUILD]
    ),
    "inherit": Pipeline(
        jobs=[
            Job("none", script=["true"], inherit=Inherit(default=False, variables=False)),
            Job("some", script=["true"], inherit=Inherit(default=["image", "tags"], variables=["A"])),
        ]
    ),
    "inputs": job(
        inputs={
            "name": JobInput(default="world", description="Whom to greet", regex="^[a-z]+$"),
            "count": JobInput(type="number", default=3, options=[1, 2, 3]),
            "loud": JobInput(type="boolean", default=False),
            "files": JobInput(type="array", default=["a", {"b": 1}]),
        }
    ),
    "job": Pipeline(
        jobs=[
            BUILD,
            Job(
                "job",
                stage=Stage("test"),
                tags=["linux", "arm64"],
                resource_group="production",
                dependencies=[BUILD],
                when="delayed",
                start_in="5 minutes",
                manual_confirmation="Sure?",
                interruptible=False,
                timeout="1h 30m",
                coverage=r"/\d+%/",
                before_script="date",
                script=["first", "second\nthird\n", Reference(".base", "script"), ["nested", ["deeper"]]],
                after_script=[],
                extra={"new_keyword": {"a": [1, 2]}},
            ),
            Job("old", script="true", only=["main"], except_={"refs": ["tags"]}),
        ]
    ),
    "needs": Pipeline(
        stages=["build"],
        jobs=[
            BUILD,
            Job("matrix", stage="build", script=["true"], parallel=Matrix({"A": ["x", "y"]})),
            Job(
                "job",
                stage="build",
                script=["true"],
                needs=[
                    BUILD,
                    Need("matrix", parallel=Matrix({"A": "x"}), artifacts=False, optional=True),
                    Need(BUILD, project="group/project", ref="main", artifacts=True),
                    Need("upstream", pipeline="$PARENT_PIPELINE_ID"),
                ],
            ),
            Job("at once", stage="build", script=["true"], needs=[]),
        ],
    ),
    "only": Pipeline(
        jobs=[
            Job(
                "full",
                script=["true"],
                only=Only(
                    ["branches", "/^release-.*$/i"],
                    kubernetes="active",
                    variables=["$DEPLOY", var.CI_COMMIT_BRANCH == "main"],
                    changes=["src/**/*"],
                ),
                except_=Except(
                    variables=["$CI_COMMIT_MESSAGE =~ /skip/"], refs=["schedules"], kubernetes="active", changes=["a"]
                ),
            ),
            Job("short", script=["true"], only={"refs": ["main"]}, except_=["tags"]),
        ]
    ),
    "pages": Pipeline(
        jobs=[
            Job("plain", script=["true"], pages=True),
            Job("full", script=["true"], pages=Pages(path_prefix="$CI_COMMIT_BRANCH", expire_in="1 week", publish="site")),
            Job("none", script=["true"], pages=False),
            Job("pages", script=["true"], publish="site"),
        ]
    ),
    "parallel": Pipeline(
        jobs=[
            Job("five", script=["true"], parallel=5),
            Job("cells", script=["true"], parallel=Matrix({"A": ["x", 1], "B": "z"}, {"A": "last"})),
        ]
    ),
    "pipeline": Pipeline(
        comment="the whole\nfile",
        variables={
            "PLAIN": "text",
            "NUMBER": 3,
            "FLAG": True,
            "FULL": Variable("a", description="which one", options=["a", "b"], expand=False),
        },
        stages=["build", Stage("test", comment="a comment")],
        services=["redis:7"],
        before_script=["date"],
        after_script=["date"],
        cache=Cache(paths=[".cache/"]),
        jobs=[BUILD],
    ),
    "reference": Pipeline(
        variables=Reference(".base", "variables"),
        jobs=[
            HiddenJob(".base", variables={"A": "b"}, script=["true"], rules=[Rule(when="always")]),
            Job(
                "job",
                image=Reference(".base", "image"),
                script=[Reference(".base", "script"), "true"],
                rules=[Reference(".base", "rules"), Rule(when="never")],
                variables=Reference(".base", "variables"),
            ),
        ],
    ),
    "release": Pipeline(
        jobs=[
            Job(
                "full",
                script=["true"],
                release=Release(
                    tag_name="v$VERSION",
                    description="CHANGELOG.md",
                    name="Release $VERSION",
                    tag_message="Version $VERSION",
                    ref="$CI_COMMIT_SHA",
                    milestones=["m1", "m2"],
                    released_at="2026-01-31T12:00:00Z",
                    assets=ReleaseAssets(
                        links=[
                            ReleaseLink(
                                name="wheel", url="https://example.com/a.whl", filepath="/dist/a.whl", link_type="package"
                            ),
                            ReleaseLink(name="page", url="https://example.com"),
                        ]
                    ),
                ),
            ),
            Job("short", script=["true"], release=Release(tag_name="$CI_COMMIT_TAG", description="A release")),
        ]
    ),
    "reports": job(artifacts=Artifacts(reports=Reports(**ALL_REPORTS))),
    "retry": Pipeline(
        jobs=[
            Job("twice", script=["true"], retry=2),
            Job("once", script=["true"], retry=Retry(1, when="runner_system_failure")),
            Job("some", script=["true"], retry=Retry(max=2, when=["api_failure", "scheduler_failure"], exit_codes=[137, 1])),
        ]
    ),
    "rules": job(
        rules=[
            Rule(
                (var.CI_COMMIT_BRANCH == "main") & var.DEPLOY.matches("yes|true"),
                changes=["src/**/*"],
                exists=["Dockerfile"],
                when="delayed",
                start_in="10 minutes",
                allow_failure=True,
                variables={"A": "b", "N": 1},
                needs=["build", Need("build", optional=True)],
                interruptible=True,
            ),
            Rule(
                "$RAW",
                changes=Changes(["a/*"], compare_to="refs/heads/main"),
                exists=Exists(["b"], project="group/project", ref="main"),
            ),
            Rule(changes=Changes(regexp=r"\.py$"), exists=Exists(regexp=r"\.md$")),
            Rule(var.CI_COMMIT_TAG, when="manual"),
        ]
    ),
    "run": Pipeline(
        jobs=[
            Job(
                "steps",
                run=[
                    Step(name="hello", script="echo $NAME", env={"NAME": "world"}),
                    Step(name="local", step="./steps/a", inputs={"count": 3, "list": ["x"]}),
                    Step(
                        name="remote",
                        func={"git": {"url": "https://example.com/a.git", "rev": "v1", "dir": "a", "file": "func.yml"}},
                        env={"A": "b"},
                    ),
                    Step(name="image", func={"oci": {"registry": "example.com", "repository": "a/b", "tag": "1"}}),
                ],
            )
        ]
    ),
    "secrets": job(
        id_tokens={"TOKEN": IdToken(aud="https://example.com")},
        secrets={
            "SHORT": Secret(vault="production/db/password@ops", file=False),
            "VAULT": Secret(
                vault=VaultSecret(engine=VaultEngine(name="kv-v2", path="ops"), path="production/db", field="password"),
                token="$TOKEN",
            ),
            "AZURE": Secret(azure_key_vault=AzureSecret(name="a", version="00000000")),
            "GCP": Secret(gcp_secret_manager=GcpSecret(name="a", version=2), token="$TOKEN"),
            "AWS_NAME": Secret(aws_secrets_manager="a"),
            "AWS": Secret(
                aws_secrets_manager=AwsSecret(
                    secret_id="a",
                    version_id="b",
                    version_stage="AWSCURRENT",
                    region="eu-central-1",
                    role_arn="arn:aws:iam::123456789012:role/a",
                    role_session_name="c",
                    field="password",
                )
            ),
            "GITLAB": Secret(gitlab_secrets_manager=GitlabSecret(name="a_1", source="group/a/b")),
        },
    ),
    "services": job(
        services=[
            "redis:7",
            Service(
                "postgres:16",
                alias="db",
                command=["postgres", "-c", "fsync=off"],
                entrypoint=["/entry.sh"],
                variables={"POSTGRES_DB": "test"},
                pull_policy="if-not-present",
                docker={"user": "postgres"},
                kubernetes={"user": "postgres"},
            ),
        ]
    ),
    "spec": Pipeline(
        spec={"inputs": {"stage": {"default": "test"}, "name": None}},
        jobs=[Job("$[[ inputs.name ]]", stage="$[[ inputs.stage ]]", script=["true"])],
    ),
    "spec_full": Pipeline(
        spec=Spec(
            description="Builds one image.",
            component=["name", "version"],
            include=[
                SpecInclude(local="/inputs/common.yml"),
                SpecInclude(project="group/project", file=["a.yml", "b.yml"], ref="v1"),
                SpecInclude(remote="https://example.com/a.yml", integrity="sha256-" + "a" * 43 + "=", cache="1 day"),
            ],
            inputs={
                "required": None,
                "region": SpecInput(default="eu", description="Where", options=["eu", "us"], regex="^[a-z]+$"),
                "replicas": SpecInput(type="number", default=2, options=[1, 2]),
                "size": SpecInput(
                    rules=[
                        SpecInputRule('$[[ inputs.region ]] == "us"', options=["m", "l"], default="m"),
                        SpecInputRule(options=["s"], default="s"),
                    ]
                ),
            },
        ),
        jobs=[BUILD],
    ),
    "trigger": Pipeline(
        jobs=[
            TriggerJob("short", trigger="group/project"),
            TriggerJob(
                "project",
                trigger=Trigger(
                    "group/project",
                    branch="main",
                    strategy="depend",
                    forward=Forward(yaml_variables=True, pipeline_variables=False),
                    inputs={"name": "x"},
                ),
                variables={"A": "b"},
            ),
            TriggerJob.child("child", "child.yml", changes=["services/a/**/*"], strategy="mirror", stage="test"),
            TriggerJob.child("always", "child.yml"),
        ]
    ),
    "workflow": Pipeline(
        workflow=Workflow(
            name="Pipeline for $CI_COMMIT_BRANCH",
            rules=[
                Rule(var.CI_COMMIT_TAG, when="never", auto_cancel=AutoCancel(on_new_commit="none", on_job_failure="all")),
                Rule(when="always"),
            ],
            auto_cancel=AutoCancel(on_new_commit="interruptible", on_job_failure="none"),
        ),
        jobs=[BUILD],
    ),
    "workflow_ready": Pipeline(workflow=Workflow.merge_requests_branches_and_tags(), jobs=[BUILD]),
}

# Here, GitLab's schema differs from its processor; the files follow the processor.
NOT_IN_SCHEMA = {
    "hidden_job": "the schema requires each hidden block to be a job or a list, and does not allow jobs without a script",
    "job": "an unknown keyword, for the escape hatch",
    "reference": "the schema does not allow references in top-level variables",
    "reports": "the schema allows only a string where the processor accepts a list, and vice versa",
    "spec": "the header is a separate document",
    "spec_full": "the header is a separate document",
}


class _Tags(yaml.SafeLoader):
    """Reads references as lists."""


_Tags.add_constructor("!reference", lambda loader, node: loader.construct_sequence(node))  # type: ignore[arg-type]


FILES = {path.stem for path in FOLDER.iterdir()}
# A separate test reports rows without a file.
ROWS = [name for name in WRITTEN if name in FILES]


def test_each_row_has_its_file() -> None:
    """Each row has a file in the folder, and each file a row."""
    for name in sorted(WRITTEN.keys() - FILES):
        pytest.fail(
            f"The row {name!r} of WRITTEN in {HERE} has no file. If what follows is what GitLab should get, write it into"
            f" tests/gitlab/keywords/{name}.yml:\n\n{gitlabgen.dumps(WRITTEN[name])}"
        )
    for name in sorted(FILES - WRITTEN.keys()):
        pytest.fail(f"tests/gitlab/keywords/{name}.yml has no row: add {name!r} to WRITTEN in {HERE}, or delete the file.")


@pytest.mark.parametrize("name", ROWS)
def test_rendering(name: str) -> None:
    """A pipeline is rendered to the file with the keyword's name."""
    assert gitlabgen.dumps(WRITTEN[name]) == (FOLDER / f"{name}.yml").read_text("utf-8")


@pytest.mark.parametrize("name", ROWS)
def test_reading(name: str) -> None:
    """The file with the keyword's name is read as the same pipeline."""
    assert gitlabgen.loads((FOLDER / f"{name}.yml").read_text("utf-8")) == WRITTEN[name]


@pytest.mark.parametrize("name", [name for name in ROWS if name not in NOT_IN_SCHEMA])
def test_the_schema_accepts_the_file(name: str) -> None:
    """GitLab's JSON schema accepts the rendered file."""
    data = yaml.load((FOLDER / f"{name}.yml").read_text("utf-8"), Loader=_Tags)

    found = [error.message for error in Draft7Validator(vocabulary.schema()).iter_errors(data)]
    assert found == [], f"Correct the row {name!r} of WRITTEN in {HERE}, or add it to NOT_IN_SCHEMA there, with the reason."


def used(value: Any, seen: set[tuple[str, str]]) -> None:
    """Record each field that a value sets, by class."""
    if isinstance(value, Model):
        for field in fields_of(type(value)):
            if getattr(value, field.name) is not None:
                for base in type(value).__mro__:
                    seen.add((base.__name__, field.name))
                used(getattr(value, field.name), seen)
    elif isinstance(value, dict):
        for inner in value.values():
            used(inner, seen)
    elif isinstance(value, list | tuple):
        for inner in value:
            used(inner, seen)


def missing_fields(seen: set[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the unused fields, by the class that defines them; a field of jobs can be used in any kind of job."""
    missing: dict[str, set[str]] = {}
    # A pipeline only stores the name of a `Stage`.
    for cls in (cls for cls in CLASSES if cls is not Stage):
        kinds = {base.__name__ for base in cls.__mro__ if issubclass(base, Model)} - {"Model"}
        for name in plan_of(cls).names.difference(OWN_FIELDS):
            if not any((kind, name) in seen for kind in kinds):
                owner = next(base for base in cls.__mro__ if name in vars(base).get("__annotations__", {}))
                missing.setdefault(owner.__name__, set()).add(name)
    return {owner: sorted(names) for owner, names in sorted(missing.items())}


def test_every_field_is_written_by_some_row() -> None:
    """Each field of each class is set in a row above; a field of jobs can be set in any kind of job."""
    seen: set[tuple[str, str]] = set()
    used(list(WRITTEN.values()), seen)
    missing = [f"{owner}({', '.join(f'{name}=…' for name in names)})" for owner, names in missing_fields(seen).items()]

    assert missing == [], (
        f"No row of WRITTEN in {HERE} sets {', '.join(missing)}. Add each field to the row of its keyword; a new keyword needs"
        ' a separate row, "<keyword>": job(<keyword>=…), and the file tests/gitlab/keywords/<keyword>.yml with the rendered row.'
    )


# Each with its message and hint, and with GitLab's message, if any.
REFUSED: list[tuple[Callable[[], object], str, str | None]] = [
    # Shapes
    (
        lambda: Job("a", needs="build"),  # type: ignore[arg-type]
        "`a`: `needs` should be a list or a Need, got the string 'build'; write `needs=['build']`",
        "jobs:a:needs config can only be a hash or an array",
    ),
    (
        lambda: Job("a", tags={"b"}),  # type: ignore[arg-type]
        "`a`: `tags` should be a list: a set has no order; write a list or `sorted(…)`",
        None,
    ),
    (
        lambda: Job("a", script=3),  # type: ignore[arg-type]
        "`a`: `script` should be a string or a list, got 3; write `script='3'`",
        "jobs:a:script config should be a string or a nested array of strings up to 10 levels deep",
    ),
    (
        lambda: Job("a", script=["x", 3]),  # type: ignore[list-item]
        "`a`: `script[1]` should be a string or a list, got 3; write `'3'`",
        "jobs:a:script config should be a string or a nested array of strings up to 10 levels deep",
    ),
    (
        lambda: Job("a", script=[[["x", 3]]]),
        "`a`: `script[0]` should be a list of strings, got the list [['x', 3]]",
        "jobs:a:script config should be a string or a nested array of strings up to 10 levels deep",
    ),
    (
        lambda: Job("a", variables={"A": None, "B": ["x"]}),  # type: ignore[dict-item]
        "`a`: `variables:B` should be a string, a number, a boolean or a Variable, got the list ['x']; write `'B': 'x'`",
        "variable definition must be either a string or a hash",
    ),
    (
        lambda: Job("a", variables={"A": Variable("b", description="c", options=["b"])}),
        ("`a`: `variables:A` cannot have `description` and `options`; only variables of the whole pipeline can have them"),
        "jobs:a:variables:A config uses invalid data keys: description, options",
    ),
    (
        lambda: Job("a", variables={1: "x"}),  # type: ignore[dict-item]
        "`a`: `variables` has the key 1, which should be a string",
        "jobs:a:variables:1 key must be an alphanumeric string",
    ),
    (
        lambda: Job("a", artifacts={"paths": ["x"]}),  # type: ignore[arg-type]
        "`a`: `artifacts` should be an Artifacts, got the mapping {'paths': ['x']}; write `artifacts=Artifacts(paths=['x'])`",
        None,
    ),
    (
        lambda: Job("a", artifacts=Artifacts),  # type: ignore[arg-type]
        ("`a`: `artifacts` should be an Artifacts, got <class 'gitlabgen.gitlab.artifacts.Artifacts'>; write Artifacts(…)"),
        "jobs:a:artifacts config should be a hash",
    ),
    (
        lambda: Job("a", interruptible="yes"),  # type: ignore[arg-type]
        "`a`: `interruptible` should be a boolean, got the string 'yes'; write `interruptible=True`",
        "jobs:a:interruptible config should be a boolean value",
    ),
    (
        lambda: Job("a", scrpt=["x"]),  # type: ignore[call-arg]
        "`a` has no keyword `scrpt`; did you mean `script`?",
        "jobs:a config contains unknown keys: scrpt",
    ),
    (
        lambda: Job("a", zzz=1),  # type: ignore[call-arg]
        "`a` has no keyword `zzz`; put a keyword that is newer than this version into extra={'zzz': …}",
        "jobs:a config contains unknown keys: zzz",
    ),
    (
        lambda: Job("a", "build"),  # type: ignore[call-arg]
        "`a` takes 1 positional argument (name), got 2; pass the others by name",
        None,
    ),
    (
        lambda: Job("a", name="b"),  # type: ignore[misc]
        "`a`: `name` is given twice",
        None,
    ),
    (
        lambda: Job(),  # type: ignore[call-arg]
        "`Job`: `name` is missing",
        "jobs: name can't be blank",
    ),
    # Words
    (
        lambda: Job("a", when="alwys"),  # type: ignore[arg-type]
        ("`a`: `when` should be one of on_success, on_failure, always, manual, delayed, got 'alwys'; did you mean `always`?"),
        "jobs:a when should be one of: on_success, on_failure, always, manual, delayed",
    ),
    (
        lambda: Job("a", when="never"),  # type: ignore[arg-type]
        "`a`: `when` should be one of on_success, on_failure, always, manual, delayed, got 'never'",
        "jobs:a when should be one of: on_success, on_failure, always, manual, delayed",
    ),
    (
        lambda: Retry(1, when="script_failur"),  # type: ignore[arg-type]
        (
            "`Retry`: `when` should be one of always, unknown_failure, script_failure, api_failure, "
            "stuck_or_timeout_failure, stuck_pending_with_matching_runners or one of 16 others, "
            "got 'script_failur'; did you mean `script_failure`?"
        ),
        "retry when is not included in the list",
    ),
    (
        lambda: Retry(1, when=[3]),  # type: ignore[list-item]
        (
            "`Retry`: `when[0]` should be one of always, unknown_failure, script_failure, api_failure, "
            "stuck_or_timeout_failure, stuck_pending_with_matching_runners or one of 16 others, got 3"
        ),
        "retry when contains unknown values: 3",
    ),
    (
        lambda: Inherit(default=["imag"]),  # type: ignore[list-item]
        (
            "`Inherit`: `default[0]` should be one of after_script, artifacts, before_script, hooks, cache, image "
            "or one of 7 others, got 'imag'; did you mean `image`?"
        ),
        (
            "inherit default 0 should be one of: after_script, artifacts, before_script, hooks, cache, image, "
            "interruptible, id_tokens, identity, retry, services, tags, timeout"
        ),
    ),
    # Numbers
    (
        lambda: Job("a", parallel=0),
        "`a`: `parallel` must be at least 1, got 0",
        "jobs:a:parallel config must be greater than or equal to 1",
    ),
    (
        lambda: Default(tags=["x"] * 50),
        "`Default`: `tags` has 50 tags or more",
        "default:tags config must be less than the limit of 50 tags",
    ),
    (
        lambda: Default(retry=3),
        "`Default`: `retry` must be at most 2, got 3",
        "default:retry config must be less than or equal to 2",
    ),
    (
        lambda: Default(retry=-1),
        "`Default`: `retry` must be at least 0, got -1",
        "default:retry config must be greater than or equal to 0",
    ),
    (
        lambda: Rule(changes=Changes(["x"] * 51)),
        "`Changes`: `paths` has 51 entries, at most 50 are allowed",
        "rules:rule:changes paths has too many entries (maximum 50)",
    ),
    (
        lambda: Rule(exists=Exists(["x"] * 51)),
        "`Exists`: `paths` has 51 entries, at most 50 are allowed",
        "rules:rule:exists paths has too many entries (maximum 50)",
    ),
    (
        lambda: Retry(3),
        "`Retry`: `max` must be at most 2, got 3",
        "retry max must be less than or equal to 2",
    ),
    (
        lambda: Retry(-1),
        "`Retry`: `max` must be at least 0, got -1",
        "retry max must be greater than or equal to 0",
    ),
    (
        lambda: Retry(True),
        "`Retry`: `max` should be an integer, got True",
        "retry max is not a number",
    ),
    (
        lambda: Retry(1.0),  # type: ignore[arg-type]
        "`Retry`: `max` should be an integer, got 1.0",
        "retry max is not a number",
    ),
    (
        lambda: Job("a", parallel=201),
        "`a`: `parallel` must be at most 200, got 201",
        "jobs:a:parallel config must be less than or equal to 200",
    ),
    (
        lambda: Matrix({"A": [str(n) for n in range(201)]}),
        "`Matrix`: `matrix` makes 201 jobs, at most 200 are allowed",
        "parallel:matrix config generates too many jobs (maximum is 200)",
    ),
    (
        lambda: Matrix(),
        "`Matrix` is empty",
        "parallel config missing required keys: matrix",
    ),
    (
        lambda: Matrix({"A": 1.5}),  # type: ignore[dict-item]
        "`Matrix`: `matrix[0]:A` should be a string, an integer or a list, got 1.5; write `'A': '1.5'`",
        "parallel:matrix:variables config should be a hash of key value pairs, value can be an array",
    ),
    # Durations
    (
        lambda: Artifacts(expire_in="soon"),
        ("`Artifacts`: `expire_in` is not a duration, got 'soon'; write a duration such as '30 minutes', '1h 30m' or '2 weeks'"),
        "artifacts expire in should be a duration",
    ),
    (
        lambda: Job("a", timeout=3600),  # type: ignore[arg-type]
        "`a`: `timeout` should be a string, got 3600; write the unit, too, such as '10 minutes'",
        "jobs:a:timeout config should be a duration",
    ),
    # Names
    (
        lambda: Job("a" * 256),
        f"`{'a' * 252}…` has a name of more than 255 characters",
        f"jobs:{'a' * 256} name is too long (maximum is 255 characters)",
    ),
    (
        lambda: Job("stages"),
        "`stages` is a keyword of GitLab, and cannot be the name of a job; choose another name",
        None,
    ),
    (
        lambda: Job(".a"),
        "`.a`: `name` should not begin with a dot; use HiddenJob for a name that begins with a dot",
        None,
    ),
    (
        lambda: HiddenJob("a"),
        '`a`: `name` should begin with a dot; write HiddenJob(".a")',
        None,
    ),
    (
        lambda: HiddenJob(".a", content=[1], stage="b"),
        "`.a`: `content` is the whole block, so `stage` cannot be set",
        None,
    ),
    (
        lambda: Environment("/a"),
        (
            "`Environment`: `name` can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, "
            "but it cannot start or end with '/', got '/a'"
        ),
        (
            "environment name can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, but "
            "it cannot start or end with '/'"
        ),
    ),
    (
        lambda: Pipeline(jobs=[Job("a"), Job("a")]),
        "`a` is the name of two jobs; rename one of them",
        None,
    ),
    # Between keywords
    (
        lambda: Job("a", rules=[]),
        "`a`: `rules` is empty; remove `rules`, or add a rule",
        "jobs:a:rules config can't be blank",
    ),
    (
        lambda: Job("a", rules=[Rule("$A")], only=["x"]),
        "`a` cannot have `rules` together with `only`",
        "jobs:a config key may not be used with `rules`: only",
    ),
    (
        lambda: Job("a", when="delayed"),
        "`a`: `start_in` is missing: a delayed job needs a delay; add `start_in='30 minutes'`",
        "jobs:a start in should be a duration",
    ),
    (
        lambda: Job("a", when="manual", start_in="1 h"),
        "`a`: `start_in` is only for delayed jobs; write `when='delayed'`, or remove `start_in`",
        "jobs:a start in must be blank",
    ),
    (
        lambda: Job("a", script=[]),
        "`a`: `script` is empty",
        "jobs:a script can't be blank",
    ),
    (
        lambda: Job("a", tags=["x"] * 50),
        "`a`: `tags` has 50 tags or more",
        "jobs:a:tags config must be less than the limit of 50 tags",
    ),
    (
        lambda: Job("a", coverage="x"),
        "`a`: `coverage` should be a regular expression between slashes, got 'x'; write '/…/'",
        "jobs:a:coverage config must be a regular expression with re2 syntax",
    ),
    (
        lambda: Rule(when="delayed"),
        "`Rule`: `start_in` is missing: a delayed job needs a delay; add `start_in='30 minutes'`",
        "rules:rule start in can't be blank",
    ),
    (
        lambda: Rule(start_in="1 day"),
        "`Rule` has `start_in`, which is only for delayed jobs; add `when='delayed'`",
        "rules:rule config contains disallowed keys: start_in",
    ),
    (
        lambda: Rule(changes=["x"] * 51),
        "`Rule`: `changes` has 51 entries, at most 50 are allowed",
        "rules:rule:changes config has too many entries (maximum 50)",
    ),
    (
        lambda: Rule(""),
        "`Rule`: `if_` is empty",
        "rules:rule if invalid expression syntax",
    ),
    (
        lambda: Rule(3),  # type: ignore[arg-type]
        "`Rule`: `if_` should be a string, a Condition or a Var, got 3",
        "rules:rule if invalid expression syntax",
    ),
    (
        lambda: Exists(["a"], ref="main"),
        "`Exists` names a `ref`, but no `project`",
        "rules:rule:exists config missing required keys: project",
    ),
    (
        lambda: Workflow(rules=[Rule(when="manual")]),
        "`Workflow`: `rules[0]:when` cannot be `manual`; write `always` or `never`",
        "workflow:rules:rule when unknown value: manual",
    ),
    (
        lambda: Artifacts(access="all", public=True),
        "`Artifacts` cannot have both `access` and `public`",
        "artifacts config these keys cannot be used together: access, public",
    ),
    (
        lambda: Artifacts(expose_as="x"),
        "`Artifacts` has `expose_as`, but no `paths`; add the paths to show",
        "artifacts paths can't be blank",
    ),
    (
        lambda: Artifacts(expose_as="a/b", paths=["x"]),
        "`Artifacts`: `expose_as` can contain only letters, digits, '-', '_' and spaces",
        "artifacts expose as can contain only letters, digits, '-', '_' and spaces",
    ),
    (
        lambda: Artifacts(expose_as="a" * 101, paths=["x"]),
        "`Artifacts`: `expose_as` has more than 100 characters",
        "artifacts expose as is too long (maximum is 100 characters)",
    ),
    (
        lambda: Artifacts(expose_as="x", paths=["*.js"]),
        "`Artifacts`: `paths` cannot contain `*` together with `expose_as`",
        "artifacts paths can't contain '*' when used with 'expose_as'",
    ),
    (
        lambda: Cache(key="a/b"),
        '`Cache`: `key` cannot contain the "/" character; use "$CI_COMMIT_REF_SLUG" or a dash',
        'cache:key config cannot contain the "/" character',
    ),
    (
        lambda: Cache(key=".."),
        '`Cache`: `key` cannot be "." or ".."',
        'cache:key config cannot be "." or ".."',
    ),
    (
        lambda: Cache(policy="pul"),
        "`Cache`: `policy` should be a variable or one of pull-push, push, pull, got 'pul'; did you mean `pull`?",
        "cache policy should be a variable or one of: pull-push, push, pull",
    ),
    (
        lambda: Cache(fallback_keys=["x"] * 6),
        "`Cache`: `fallback_keys` has 6 keys, at most 5 are allowed",
        "cache fallback keys has to many entries (maximum 5)",
    ),
    (
        lambda: CacheKey(),
        "`CacheKey` should have exactly one of `files` and `files_commits`",
        "cache:key config must use exactly one of these keys: files, files_commits",
    ),
    (
        lambda: CacheKey(files=["a"], files_commits=["b"]),
        "`CacheKey` should have exactly one of `files` and `files_commits`",
        "cache:key config must use exactly one of these keys: files, files_commits",
    ),
    (
        lambda: Variable("c", options=["a"]),
        "`Variable`: `value` should be one of the `options`, got 'c'",
        "variables config value must be present in options",
    ),
    (
        lambda: Include(),
        "`Include` names no file: add `local`, `project`, `remote`, `template`, `artifact` or `component`",
        (
            "include does not have a valid subkey for include. Valid subkeys are: local, project, remote, template, "
            "artifact, component"
        ),
    ),
    (
        lambda: Include(local="a", remote="b"),
        "`Include` names several files: `local` and `remote`",
        "include Each include must use only one of: `local`, `project`, `remote`, `template`, `artifact`, `component`",
    ),
    (
        lambda: Include(project="a/b"),
        "`Include` names a project, but no `file`",
        "include config must specify the file where to fetch the config from",
    ),
    (
        lambda: Include(artifact="a.yml"),
        "`Include` names an artifact, but not the `job` that creates it",
        "include config must specify the job where to fetch the artifact from",
    ),
    (
        lambda: Job("a", environment="a:b"),
        (
            "`a`: `environment` can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, but "
            "it cannot start or end with '/', got 'a:b'"
        ),
        (
            "jobs:a:environment name can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and "
            "spaces, but it cannot start or end with '/'"
        ),
    ),
    (
        lambda: Job("a", timeout="9" * 5000),
        "`a`: `timeout` is longer than 1 month, got '99999999999999999999999999999999999999999999999999999999…",
        "jobs:a:timeout config should not exceed the limit",
    ),
    (
        lambda: Job("a", timeout="\u00b2"),
        "`a`: `timeout` is not a duration, got '²'; write a duration such as '30 minutes', '1h 30m' or '2 weeks'",
        "jobs:a:timeout config should be a duration",
    ),
    (
        lambda: Rule("$A =="),
        ("`Rule`: `if_` is not a condition that GitLab can read, got '$A =='; GitLab cannot read `$A ==`, which is not complete"),
        "rules:rule if invalid expression syntax",
    ),
    (
        lambda: Rule(),
        "`Rule` is empty; a rule that always matches is `when='on_success'`",
        "rules:rule config can't be blank",
    ),
    (
        lambda: Rule(None),
        "`Rule` is empty; a rule that always matches is `when='on_success'`",
        "rules:rule config can't be blank",
    ),
    (
        lambda: TriggerJob("a", trigger="b/c", script=["x"]),  # type: ignore[call-arg]
        "`a` has no keyword `script`; a trigger job cannot run a script: use Job",
        "jobs:a config contains unknown keys: script",
    ),
    (
        lambda: TriggerJob("a", trigger="b/c", when="delayed"),
        "`a`: `when` cannot be `delayed` in a trigger job",
        "jobs:a when should be one of: on_success, on_failure, always, manual",
    ),
    (
        lambda: TriggerJob("a", trigger="b/c", parallel=3),
        "`a`: `parallel` cannot be a number in a trigger job; use a `Matrix`",
        'jobs:a:parallel config cannot use "parallel: <number>".',
    ),
    (
        lambda: Pipeline(default=Default(image="a"), image="b"),
        "`Pipeline`: `image` is also set in `default`; keep the one in `default`",
        "image is defined in top-level and `default:` entry",
    ),
    (
        lambda: Trigger(),
        "`Trigger` names no pipeline: add `project` or `include`",
        "trigger project can't be blank: config must specify either project or include",
    ),
    (
        lambda: Trigger(include=["a", "b", "c", "d"]),
        "`Trigger`: `include` has more than 3 files",
        "trigger:include config is too long (maximum is 3)",
    ),
    (
        lambda: Release(tag_name="v1"),  # type: ignore[call-arg]
        "`Release`: `description` is missing",
        "release description can't be blank",
    ),
    (
        lambda: Release(tag_name="v1", description="x", released_at="soon"),
        "`Release`: `released_at` is not a date and time, got 'soon'; write a time such as '2026-01-31T12:00:00Z'",
        "release released at must be a valid datetime",
    ),
    *[
        (
            lambda ref=ref: Release(tag_name="v1", description="x", ref=ref),
            f"`Release`: `ref` is not a valid ref, got {ref!r}; name a branch, a tag or a commit",
            "release ref must be a valid ref",
        )
        for ref in (
            "",
            "-a",
            "/a",
            "a/",
            "a//b",
            ".a",
            "a/.b",
            "a..b",
            "a b",
            "a\nb",
            "a~1",
            "a.lock",
            "a.",
            "HEAD",
            "refs/heads/a",
        )
    ],
    (
        lambda: ReleaseAssets(links=[]),
        "`ReleaseAssets`: `links` is empty; remove `assets`, or add a link",
        "release:assets links can't be blank",
    ),
    (
        lambda: ReleaseLink(name="a", url="b", link_type="imag"),  # type: ignore[arg-type]
        ("`ReleaseLink`: `link_type` should be one of runbook, package, image, other, got 'imag'; did you mean `image`?"),
        "release:assets:links link type should be one of: runbook, package, image, other",
    ),
    (
        lambda: Hooks(pre_get_sources_script=3),  # type: ignore[arg-type]
        "`Hooks`: `pre_get_sources_script` should be a string or a list, got 3; write `pre_get_sources_script='3'`",
        "hooks:pre_get_sources_script config should be a string or a nested array of strings up to 10 levels deep",
    ),
    (
        lambda: Secret(file=True),
        (
            "`Secret` has no provider: add `vault`, `azure_key_vault`, `gcp_secret_manager`, `aws_secrets_manager` "
            "or `gitlab_secrets_manager`"
        ),
        (
            "secrets config must use exactly one of these keys: vault, azure_key_vault, gcp_secret_manager, "
            "aws_secrets_manager, gitlab_secrets_manager"
        ),
    ),
    (
        lambda: Secret(vault="a", aws_secrets_manager="b"),
        "`Secret` has several providers: `vault` and `aws_secrets_manager`",
        (
            "secrets config must use exactly one of these keys: vault, azure_key_vault, gcp_secret_manager, "
            "aws_secrets_manager, gitlab_secrets_manager"
        ),
    ),
    (
        lambda: Secret(gcp_secret_manager=GcpSecret(name="a")),
        "`Secret`: `token` is missing: Google's secret manager needs it; name the variable of an ID token",
        "secrets token is required with gcp secrets manager",
    ),
    (
        lambda: GitlabSecret(name="a-b"),
        "`GitlabSecret`: `name` can contain only letters, digits and '_', got 'a-b'",
        "secrets:gitlab_secrets_manager name can contain only letters, digits and '_'",
    ),
    (
        lambda: Job("a", publish="x"),
        "`a`: `publish` works only in a job that has `pages`; write `pages=Pages(publish='x')` instead",
        "jobs:a publish can only be used within a `pages` job",
    ),
    (
        lambda: Pages(expire_in="soon"),
        ("`Pages`: `expire_in` is not a duration, got 'soon'; write a duration such as '30 minutes', '1h 30m' or '2 weeks'"),
        "pages expire in should be a duration",
    ),
    (
        lambda: Job("a", identity="aws"),  # type: ignore[arg-type]
        "`a`: `identity` should be `google_cloud`, got 'aws'",
        "jobs:a identity should be one of: google_cloud",
    ),
    (
        lambda: DastConfiguration(site_profile=3),  # type: ignore[arg-type]
        "`DastConfiguration`: `site_profile` should be a string, got 3; write `site_profile='3'`",
        "dast_configuration site profile should be a string",
    ),
    (
        lambda: JobInput(type="string"),  # type: ignore[call-arg]
        "`JobInput`: `default` is missing",
        "inputs must have a default value",
    ),
    (
        lambda: JobInput(type="text", default="a"),  # type: ignore[arg-type]
        "`JobInput`: `type` should be one of array, boolean, number, string, got 'text'",
        "inputs type should be one of: array, boolean, number, string",
    ),
    (
        lambda: Job("a", inputs={f"i{n}": JobInput(default="") for n in range(51)}),
        "`a`: `inputs` has 51 inputs, at most 50 are allowed",
        "jobs:a:inputs config has too many entries (maximum 50)",
    ),
    (
        lambda: JobInput(default=NULL),
        "`JobInput` has no `default`; add the value with which the job runs by default",
        "inputs must have a default value",
    ),
    (
        lambda: JobInput(type="number", default="three"),
        "`JobInput`: `default` should be a number, got 'three'; write `type='string'`",
        "inputs default value is not a number",
    ),
    (
        lambda: JobInput(type="number", default=True),
        "`JobInput`: `default` should be a number, got True; write `type='boolean'`",
        "inputs default value is not a number",
    ),
    (
        lambda: JobInput(type="number", default="[" * 100_000),
        (
            "`JobInput`: `default` should be a number, got "
            "'[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…; write `type='string'`"
        ),
        "inputs default value is not a number",
    ),
    (
        lambda: JobInput(type="boolean", default=1),
        "`JobInput`: `default` should be a boolean, got 1; write `type='number'`",
        "inputs default value is not a boolean",
    ),
    (
        lambda: JobInput(type="array", default="{}"),
        "`JobInput`: `default` should be an array, got '{}'",
        "inputs default value is not an array",
    ),
    (
        lambda: JobInput(default="w1", regex="^v"),
        "`JobInput`: `default` does not match the `regex` ^v, got 'w1'",
        "inputs default value does not match required RegEx pattern",
    ),
    (
        lambda: JobInput(default="a", regex="(?=a)"),
        (
            "`JobInput`: `regex` is not valid: GitLab's regular expressions (RE2) do not allow the look-ahead `(?=` at "
            "character 1 (invalid perl operator), as in /(?=a)/, got '(?=a)'; "
            "write the pattern without it; a condition can join two searches, such as one with =~ and one with !~"
        ),
        "inputs invalid regular expression",
    ),
    (
        lambda: Job("a", inputs={"b": NULL}, script="x"),
        "`a`: `inputs:b` has no `default`",
        "jobs:a:inputs:b must have a default value",
    ),
    (
        lambda: JobInput(default="smal", options=["small", "large"]),
        "`JobInput`: `default` is `smal`, which is not in `options`; did you mean `small`?",
        "inputs default `smal` cannot be used because it is not in the list of allowed options",
    ),
    (
        lambda: JobInput(default=True, options=["yes"]),
        "`JobInput`: `default` is `true`, which is not in `options`",
        "inputs default `true` cannot be used because it is not in the list of allowed options",
    ),
    (
        lambda: JobInput(type="number", default=1, options=[True, "1"]),
        "`JobInput`: `default` is `1`, which is not in `options`; did you mean `1`?",
        "inputs default `1` cannot be used because it is not in the list of allowed options",
    ),
    (
        lambda: JobInput(type="array", default=["a", "b"], options=["a"]),
        "`JobInput`: `options` are for strings and numbers only",
        "inputs options can only be used with string and number inputs",
    ),
    (
        lambda: JobInput(type="boolean", default=True, options=[True]),
        "`JobInput`: `options` are for strings and numbers only",
        "inputs options can only be used with string and number inputs",
    ),
    (
        lambda: JobInput(type="number", default=1, regex="1"),
        "`JobInput`: `regex` is for strings only",
        "inputs regex validation can only be used with string inputs",
    ),
    (
        lambda: JobInput(default="1", options=list(range(51))),
        "`JobInput`: `options` has 51 options, at most 50 are allowed",
        "inputs config cannot define more than 50 options",
    ),
    (
        lambda: SpecInput(type="number", default="x"),
        "`SpecInput`: `default` should be a number, got 'x'; write `type='string'`",
        "spec:inputs default value is not a number",
    ),
    (
        lambda: SpecInput(rules=[], options=["a"]),
        "`SpecInput` cannot have both `rules` and `options`",
        "spec:inputs config these keys cannot be used together: rules, options",
    ),
    (
        lambda: SpecInput(rules=[], default="a"),
        "`SpecInput` cannot have both `rules` and `default`",
        "spec:inputs config these keys cannot be used together: rules, default",
    ),
    (
        lambda: SpecInputRule("$A", options=["a"]),
        "`SpecInputRule` should have `options` and one of them as `default`",
        "spec:inputs:rules rule must define 'options' with at least one value and a 'default'",
    ),
    (
        lambda: SpecInputRule(options=["a"], default="b"),
        "`SpecInputRule`: `default` should be one of the `options`",
        "spec:inputs:rules default 'b' must be one of the options",
    ),
    (
        lambda: SpecInputRule(options=[str(n) for n in range(51)], default="0"),
        "`SpecInputRule`: `options` has 51 options, at most 50 are allowed",
        "spec:inputs:rules options cannot define more than 50 options",
    ),
    (
        lambda: SpecInclude(),
        "`SpecInclude` names no file: add `local`, `project` or `remote`",
        "spec:include does not have a valid subkey for include. Valid subkeys are: local, project, remote",
    ),
    (
        lambda: SpecInclude(local="a.yml", remote="b.yml"),
        "`SpecInclude` names several files: `local` and `remote`",
        "spec:include Each include must use only one of: `local`, `project`, `remote`",
    ),
    (
        lambda: SpecInclude(project="a/b"),
        "`SpecInclude` names a project, but no `file`",
        "spec:include config must specify the file where to fetch the config from",
    ),
    (
        lambda: SpecInclude(local="a.yml", integrity="x"),
        "`SpecInclude` has `integrity`, which is for remote includes only",
        "spec:include integrity can only be specified for remote includes",
    ),
    (
        lambda: Spec(description="a" * 257),
        "`Spec`: `description` has more than 256 characters",
        "header:spec description is too long (maximum is 256 characters)",
    ),
    (
        lambda: Spec(component=["names"]),  # type: ignore[list-item]
        "`Spec`: `component[0]` should be one of name, sha, version, reference, got 'names'; did you mean `name`?",
        "header:spec component 0 should be one of: name, sha, version, reference",
    ),
    (
        lambda: Pipeline(spec={"inputs": {"a": {"type": "nubmer"}}}),
        "`SpecInput`: `type` should be one of array, boolean, number, string, got 'nubmer'; did you mean `number`?",
        "spec:inputs input type unknown value: nubmer",
    ),
    (
        lambda: Pipeline(spec={"include": [{}]}),
        "`SpecInclude` names no file: add `local`, `project` or `remote`",
        "spec:include does not have a valid subkey for include. Valid subkeys are: local, project, remote",
    ),
    (
        lambda: Pipeline(spec=["inputs"]),  # type: ignore[arg-type]
        "`Pipeline`: `spec` should be a Spec or a mapping, got the list ['inputs']",
        "spec should be a Spec or a hash",
    ),
    (
        lambda: Only(),
        "`Only` is empty; name refs, variables, changes or kubernetes",
        "only config can't be blank",
    ),
    (
        lambda: Only(kubernetes="on"),  # type: ignore[arg-type]
        "`Only`: `kubernetes` should be `active`, got 'on'",
        "only kubernetes should be one of: active",
    ),
    (
        lambda: Except("main"),  # type: ignore[arg-type]
        "`Except`: `refs` should be a list, got the string 'main'; write `refs=['main']`",
        "except refs should be an array of strings or regular expressions using re2 syntax",
    ),
    (
        lambda: Job("a", except_={}),
        "`Except` is empty; name refs, variables, changes or kubernetes",
        "except config can't be blank",
    ),
    (
        lambda: Job("a", only={"variables": "$A"}),
        "`Only`: `variables` should be a list, got the string '$A'; write `variables=['$A']`",
        "only variables should be an array of strings",
    ),
    (
        lambda: Job("a", only="main"),  # type: ignore[arg-type]
        "`a`: `only` should be a list, an Only or a mapping, got the string 'main'; write `only=['main']`",
        "jobs:a:only has to be either an array of conditions or a hash",
    ),
    (
        lambda: Step(name="1a", script="x"),
        "`Step`: `name` can contain only letters, digits and '_', and cannot start with a digit, got '1a'",
        "run:step name can contain only letters, digits and '_', and cannot start with a digit",
    ),
    (
        lambda: Step(name="a"),
        "`Step` should have exactly one of `script`, `step` and `func`",
        "run:step config must use exactly one of these keys: script, step, func",
    ),
    (
        lambda: Step(name="a", func={}),
        "`Step`: `func` should have exactly one of `git` and `oci`",
        "run:step func config must use exactly one of these keys: git, oci",
    ),
    (
        lambda: Step(name="a", func={"gti": {}}),
        "`Step`: `func` should have exactly one of `git` and `oci`, got `gti`",
        "run:step func config must use exactly one of these keys: git, oci",
    ),
    (
        lambda: Step(name="a", func={"git": {}, "oci": {}}),
        "`Step`: `func` should have exactly one of `git` and `oci`, got `git` and `oci`",
        "run:step func config must use exactly one of these keys: git, oci",
    ),
    (
        lambda: Step(name="a", func={"git": {"url": "b", "rev": NULL}}),
        "`Step`: `func:git` has no `rev`",
        "run:step func git config missing required keys: rev",
    ),
    (
        lambda: Step(name="a", step={"oci": {"registry": "b", "repository": "c", "tag": "d", "fiel": "e"}}),
        "`Step`: `step:oci:fiel` is not a known keyword; did you mean `file`?",
        "run:step config contains unknown keys: fiel",
    ),
    (
        lambda: Step(name="a", step={"git": {"url": "b", "rev": "c", "zzz": "d"}}),
        "`Step`: `step:git:zzz` is not a known keyword",
        "run:step config contains unknown keys: zzz",
    ),
    (
        lambda: Step(name="a", step={"git": {"url": "b", "rev": 1}}),
        "`Step`: `step:git:rev` should be a string, got 1",
        "run:step step git rev should be a string",
    ),
    (
        lambda: Step(name="a", step="b", func="c"),
        "`Step` should have exactly one of `script`, `step` and `func`",
        "run:step config must use exactly one of these keys: script, step, func",
    ),
    (
        lambda: Step(name="a", script="b", inputs={}),
        "`Step` cannot have both `script` and `inputs`",
        "run:step config these keys cannot be used together: script, inputs",
    ),
    (
        lambda: Job("a", script="x", run=[Step(name="a", script="b")]),
        "`a` cannot have both `script` and `run`",
        "jobs:a config these keys cannot be used together: script, run",
    ),
    (
        lambda: Job("a", after_script="x", run=[]),
        "`a` cannot have both `after_script` and `run`",
        "jobs:a config these keys cannot be used together: after_script, run",
    ),
    (
        lambda: Kubernetes(dashboard=KubernetesDashboard(namespace="a")),
        "`Kubernetes`: `agent` is missing; name the agent: 'path/to/project:name'",
        "environment:kubernetes agent can't be blank",
    ),
    (
        lambda: Kubernetes(managed_resources=ManagedResources(enabled=True)),
        "`Kubernetes`: `agent` is missing; name the agent: 'path/to/project:name'",
        "environment:kubernetes agent can't be blank",
    ),
    (
        lambda: Kubernetes(agent="a", flux_resource_path="b"),
        "`Kubernetes`: `namespace` is missing; `flux_resource_path` needs it; preferably, write both into `dashboard`",
        "environment:kubernetes namespace can't be blank",
    ),
    (
        lambda: Kubernetes(agent="a", namespace="b", dashboard=KubernetesDashboard(namespace="c")),
        "`Kubernetes`: `namespace` is also set in `dashboard`",
        "environment:kubernetes namespace cannot be specified when dashboard.namespace is set",
    ),
    (
        lambda: Environment("a", kubernetes={"agent": 3}),
        "`Kubernetes`: `agent` should be a string, got 3; write `agent='3'`",
        "environment:kubernetes agent should be a string",
    ),
    (
        lambda: Reference(),
        '`Reference` has an empty path; write `Reference(".base", "script")`',
        None,
    ),
]


@pytest.mark.parametrize(("call", "message", "sentence"), REFUSED, ids=[message[:50] for _, message, _ in REFUSED])
def test_invalid_arguments(call: Callable[[], object], message: str, sentence: str | None) -> None:
    """An invalid argument is rejected with a plain message, a hint, and GitLab's message."""
    with pytest.raises(KeywordError) as caught:
        call()
    (finding,) = caught.value.findings

    assert "; ".join(filter(None, (finding.message, finding.hint))) == message
    assert finding.gitlab == sentence
    assert message in str(caught.value)


ACCEPTED: list[Callable[[], object]] = [
    lambda: Job("a", timeout="$[[ inputs.timeout ]]"),
    lambda: Job("a", when="$[[ inputs.when ]]"),  # type: ignore[arg-type]
    lambda: Job("a", interruptible="$[[ inputs.flag ]]"),  # type: ignore[arg-type]
    lambda: Job("a", retry="$[[ inputs.retry ]]"),  # type: ignore[arg-type]
    lambda: Job("a", retry=NULL, script=NULL, rules=NULL),
    lambda: Job("a", tags=(tag for tag in ["a"])),  # type: ignore[arg-type]
    lambda: Job("a", when="delayed", start_in="1 day", allow_failure=True),
    lambda: Job("a", parallel=Matrix(matrix=Reference(".a", "b"))),
    lambda: Include(extra={"newer": "kind"}),
    lambda: Trigger(extra={"newer": "kind"}),
    lambda: Environment("$[[ inputs.name ]]"),
    lambda: Job("a", rules=NULL, only=["main"]),
    lambda: Job("a", rules=[Rule("$A")], only=NULL, except_=NULL, start_in=NULL),
    lambda: Job("a", rules=NULL, start_in="1 day", when="delayed"),
    lambda: Artifacts(access=NULL, public=True),
    lambda: Include(local="a.yml", remote=NULL),
    lambda: Environment("a", kubernetes={"newer": "key"}),
    lambda: Kubernetes(namespace="a"),
    lambda: Kubernetes(dashboard=NULL, flux_resource_path=NULL, managed_resources=NULL),
    lambda: Kubernetes(agent="a", namespace="b", dashboard=KubernetesDashboard(namespace=NULL)),
    lambda: Job("a", only={"newer": "key"}, except_=NULL),
    lambda: Job("a", only=Reference(".a", "only")),
    lambda: Pipeline(spec={"newer": "key"}),
    lambda: Pipeline(spec=NULL),
    lambda: Spec(inputs={"a": None, "b": NULL}),
    lambda: SpecInclude(extra={"newer": "kind"}),
    lambda: SpecInclude(local=NULL, remote="a.yml", integrity="sha256-"),
    lambda: SpecInput(default=NULL, options=["a"], rules=None),
    lambda: SpecInputRule(default="a"),
    lambda: SpecInputRule(options=["$[[ inputs.x ]]"], default=NULL),
    lambda: JobInput(type="number", default="1", options=[1.0]),
    lambda: JobInput(type="boolean", default="true"),
    lambda: JobInput(type="array", default='["a"]'),
    lambda: JobInput(default=["a"]),
    lambda: JobInput(default="v1", regex="^v"),
    lambda: JobInput(default=1.5, options=["1.5"]),
    lambda: JobInput(type="number", default="$[[ inputs.count ]]"),
    lambda: JobInput(type="$[[ inputs.type ]]", default=[], regex="a"),  # type: ignore[arg-type]
    lambda: JobInput(type="number", default=Reference(".a", "count")),
    lambda: Secret(vault=NULL, aws_secrets_manager="a"),
    lambda: Secret(gcp_secret_manager=NULL, vault="a"),
    lambda: Step(name="a", script="b", step=NULL, inputs=NULL),
    lambda: Step(name="a", step={"git": Reference(".a", "git")}),
    lambda: Step(name="a", step={"git": {"url": Reference(".a", "url"), "rev": "b", "dir": NULL}}),
    *[
        lambda ref=ref: Release(tag_name="a", description="b", ref=ref)
        for ref in ("main", "v1.0", "$CI_COMMIT_SHA", "feature/a-b", "HEADS", "refs/tags/v1", "$[[ inputs.ref ]]", NULL)
    ],
    lambda: Secret(extra={"akeyless": {"name": "a"}}),
    lambda: GitlabSecret(name="$[[ inputs.name ]]"),
    lambda: Step(name="$[[ inputs.name ]]", extra={"newer": "kind"}),
    lambda: Job("a", publish="x", extends=".pages"),
    lambda: Job("a", publish="x", pages=True),
    *[
        lambda text=text: Release(tag_name="a", description="b", milestones="c", released_at=text)
        for text in ("2026-01-31", "2026-01-31T12:00:00.5+01:00", "20260131T1200", "$[[ inputs.time ]]")
    ],
    lambda: Pages(expire_in="$X"),
    lambda: Job("a", timeout=Reference(".a", "timeout")),
    lambda: Rule(Reference(".a", "if")),
    lambda: Matrix(matrix=Reference(".a", "matrix")),
    lambda: Job("a", needs=Need("b")),
    lambda: Job("a", extends=".b", when="delayed"),
    lambda: Job("a", needs=[Need(pipeline="$UP")]),
    lambda: Job("a", script="x", needs=[Need("b"), Reference(".a", "needs")], dependencies=["c"]),
    lambda: Job("a", script="x", needs=[Need(extra={"newer": "kind"})], dependencies=["c"]),
    lambda: Rule(exists=Exists(extra={"newer": "kind"})),
    lambda: Pipeline(default=Default(cache=[Cache()], tags=["x"])),
    *[
        lambda text=text: Artifacts(expire_in=text)
        for text in (
            "3 mins 4 sec",
            "2 hrs 20 min",
            "2h20min",
            "6 mos 1 day",
            "47 yrs 6 mos and 4d",
            "3 weeks and 2 days",
            "never",
            "1:30:00",
            "42",
        )
    ],
]


AT_THE_LIMIT: list[Callable[[], object]] = [
    lambda: Job("a" * 255),
    lambda: Job("a", cache=[Cache()] * 4),
    lambda: Job("a", tags=["x"] * 49),
    lambda: Job("a", inputs={f"i{number}": JobInput(default="") for number in range(50)}),
    lambda: Job("a", parallel=1),
    lambda: Job("a", parallel=200),
    lambda: Default(cache=[Cache()] * 4),
    lambda: Default(tags=["x"] * 49),
    lambda: Default(retry=0),
    lambda: Default(retry=2),
    lambda: Matrix({"A": [str(number) for number in range(200)]}),
    lambda: Artifacts(expose_as="a" * 100, paths=["x"]),
    lambda: Cache(fallback_keys=["x"] * 5),
    lambda: Rule(changes=["x"] * 50),
    lambda: Rule(changes=Changes(["x"] * 50)),
    lambda: Rule(exists=Exists(["x"] * 50)),
    lambda: JobInput(default="1", options=list(range(50))),
    lambda: SpecInputRule("$A", options=[str(number) for number in range(50)], default="0"),
    lambda: Spec(description="a" * 256),
    lambda: Trigger(include=["a", "b", "c"]),
]


@pytest.mark.parametrize("call", AT_THE_LIMIT)
def test_values_at_the_limit_are_accepted(call: Callable[[], object]) -> None:
    """Values at GitLab's limits are accepted."""
    assert call() is not None


@pytest.mark.parametrize("call", ACCEPTED)
def test_valid_arguments(call: Callable[[], object]) -> None:
    """Inputs are accepted everywhere, and durations in all of GitLab's formats."""
    assert call() is not None


def test_the_vocabulary_is_that_of_the_schema() -> None:
    """The generated lists of words are those of the schema that check-jsonschema ships."""
    assert vocabulary.TARGET.read_text("utf-8") == vocabulary.module(vocabulary.schema())


def test_a_mapping_becomes_a_cluster() -> None:
    """A plain mapping for a cluster is converted to a model."""
    made = Environment("a", kubernetes={"agent": "b", "dashboard": {"namespace": "c", "newer": 1}})

    assert made.kubernetes == Kubernetes(agent="b", dashboard=KubernetesDashboard(namespace="c", extra={"newer": 1}))


def test_stages_keep_their_names_and_comments() -> None:
    """A stage is stored as its name, and its comment is stored in the pipeline."""
    pipeline = Pipeline(stages=["a", Stage("b", comment="why")])

    assert pipeline.stages == ("a", "b")
    assert pipeline.comments == {("stages", 1): "why"}


def test_a_stage_of_any_kind_of_string() -> None:
    """A stage can be an instance of a subclass of `str`; it is stored as a plain string."""

    class Name(str):
        __slots__ = ()

    stages: Any = Pipeline(stages=[Name("build")]).stages

    assert [type(stage) for stage in stages] == [str]


def test_the_names_of_the_package() -> None:
    """The package lists its public names, and has no others."""
    assert dir(gitlabgen.gitlab) == sorted(gitlabgen.gitlab.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Jbo'"):
        gitlabgen.gitlab.Jbo  # type: ignore[attr-defined]  # noqa: B018


def test_any_number_of_combinations_of_keywords() -> None:
    """The cache of combinations is limited; combinations beyond it are checked and rendered like the others."""
    names = (
        "stage",
        "image",
        "when",
        "timeout",
        "coverage",
        "extends",
        "resource_group",
        "environment",
        "cache",
        "retry",
        "tags",
    )
    jobs = [
        Job(f"job {count}", script=["true"], **dict.fromkeys(chosen, NULL))
        for count, chosen in enumerate(chosen for size in range(len(names)) for chosen in combinations(names, size))
    ]

    assert len(jobs) > 2000
    assert gitlabgen.loads(gitlabgen.dumps(Pipeline(jobs=jobs))).jobs == tuple(jobs)
    with pytest.raises(KeywordError):
        Job("a", **dict.fromkeys(names, NULL), needs="b")  # type: ignore[arg-type]
