"""What editors show: pyright's language server at some places of a definition."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.modeling.plans import plan_of
from tests.typing.language_server import Editor, editor

HEAD = """\
import gitlabgen
from gitlabgen import *
from gitlabgen.patterns import *
from gitlabgen.sam import Alarm, Canary, Cognito, DeployRoles, Function, FunctionGlobals, Hook, LayerVersion, Parameter, Route, S3

pipeline = Pipeline(jobs=[Job("build", script=["make"])])
"""


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """Return an editor of Python files."""
    with editor(tmp_path_factory.mktemp("editor")) as started:
        yield started


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("serverless_service", ["template: Template", "deploy: Sequence[Target]", 'branch: str = "main"', ") -> Project"]),
        ("container_service", ["review: KubernetesReview | None = None", "deploy: Sequence[KubernetesTarget]", ") -> Project"]),
        ("Target", ["account: str", "region: str | None = None", "    windows: When production may be deployed"]),
        ("Test", ["image: str | Image | Reference | None = None", "script: Lines | None = None"]),
        ("QaTest", ["env: Mapping[str, StackOutput | str] | None = None", "    env: Variables by name"]),
        ("Package", ["sbom: str | None = None", "    sbom: The path of the software bill of materials"]),
        ("ImageBuild", ['dockerfile: RepositoryPath = "Dockerfile"', "    platforms: Platforms such as `linux/arm64`"]),
        ("KubernetesTarget", ["agent: Agent", "tier: DeploymentTier | None = None", "    gate: `manual` if a person"]),
        ("KubernetesReview", ['auto_stop_in: Duration = "2 days"', "    reap_days: The days without a deployment"]),
    ],
)
def test_hovering_shows_the_parameters_and_their_texts(python: Editor, name: str, parts: list[str]) -> None:
    """Hovering over a name of `gitlabgen.patterns` shows its parameters with their types, and the documentation."""
    shown = python.hover(f"{HEAD}{name[:3]}|{name[3:]}()")
    assert [part for part in parts if part not in shown] == []
    assert "**" not in shown.partition(") ->")[0]


def test_a_call_of_a_pattern_shows_its_arguments(python: Editor) -> None:
    """In the parentheses of a pattern, the editor shows its signature and what each argument means."""
    label, text = python.signature(f"{HEAD}serverless_service(|)")
    assert label.startswith("(template: Template, *, ")
    assert "\n    qa_shift: Whether a merge request's stack gets the last package" in text


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ('Function("F", runtime="|")', ["python3.13", "nodejs24.x"]),
        ('FunctionGlobals(runtime="|")', ["python3.13"]),
        ('Hook.pre_traffic("a.py", runtime="|")', ["python3.13"]),
        ('LayerVersion("L", content_uri="a", compatible_runtimes=["|"])', ["python3.13"]),
        ('Function("F", architectures=["|"])', ["arm64", "x86_64"]),
        ('Function("F", package_type="|")', ["Zip", "Image"]),
        ('Canary("|")', ["AllAtOnce", "Linear10PercentEvery1Minute", "Canary10Percent5Minutes"]),
        ('Route("|", "/")', ["GET", "ANY"]),
        ('S3("Bucket", events="|")', ["s3:ObjectCreated:*"]),
        ('Cognito("Pool", trigger="|")', ["PreSignUp"]),
        ('Parameter("|")', ["String", "CommaDelimitedList"]),
        ('Alarm("A", unit="|")', ["Percent"]),
        ('Target("prod", region="|")', ["eu-central-1"]),
        ('Target("prod", waves=[["|"]])', ["eu-central-1"]),
        ('DeployRoles(regions=["|"])', ["eu-central-1"]),
        ('Job("a", when="|")', ["on_success", "manual"]),
        ('Rule(when="|")', ["never", "always"]),
        ('Retry(when="|")', ["script_failure"]),
        ('Retry(when=["|"])', ["script_failure"]),
        ('Environment("a", action="|")', ["start", "stop"]),
        ('Environment("a", deployment_tier="|")', ["production"]),
        ('Cache(policy="|")', ["pull", "pull-push"]),
        ('Trigger("a", strategy="|")', ["depend", "mirror"]),
        ('TriggerJob.child("a", "b", strategy="|")', ["depend", "mirror"]),
        ('TriggerJob.child("a", "b", when="|")', ["manual"]),
        ('override(pipeline, when="|")', ["manual"]),
        ('KubernetesTarget("prod", gate="|")', ["manual"]),
        ('gitlabgen.lint(pipeline, persona="|")', ["pedantic"]),
    ],
)
def test_words_are_completed(python: Editor, call: str, words: list[str]) -> None:
    """Between the quotes of a keyword, the editor offers the words that GitLab or AWS knows."""
    shown = {label.strip("\"'") for label in python.completions(HEAD + call)}
    assert {*words} <= shown


@pytest.mark.parametrize(
    ("call", "absent"),
    [
        ('Job("a", |)', []),
        ('TriggerJob("a", |)', []),
        ('TriggerJob.child("a", "b", |)', ["name", "trigger"]),
        ("override(pipeline, |)", ["name"]),
        ("fill(pipeline, |)", ["name"]),
    ],
)
def test_keywords_of_jobs_are_completed(python: Editor, call: str, absent: list[str]) -> None:
    """The editor offers all keywords of jobs, also where a function passes them on."""
    shown = {label.removesuffix("=") for label in python.completions(HEAD + call) if label.endswith("=")}
    assert shown >= plan_of(BaseJob).names - {*absent, "name"}
    assert not shown & {"keywords", "trigger" if "trigger" in absent else ""}


def test_predefined_variables_are_completed(python: Editor) -> None:
    """After `var.`, the editor offers GitLab's variables, and says when they are known; any other name is a variable, too."""
    shown = {*python.completions(f"{HEAD}var.|")}
    assert shown >= {"CI_COMMIT_BRANCH", "CI_PIPELINE_SOURCE", "CI_MERGE_REQUEST_IID", "GITLAB_USER_LOGIN"}
    assert not shown & {"CI_JOB_JWT", "CI_BUILD_REF"}
    assert "All rules and scripts know it" in python.hover(f"{HEAD}var.CI_COMMIT_BR|ANCH")
    assert "Var" in python.hover(f"{HEAD}own = var.OWN; ow|n")


def test_a_job_of_a_pipeline_is_typed(python: Editor) -> None:
    """The editor knows what `pipeline["build"]` is, and completes its keywords."""
    assert "Job | TriggerJob | HiddenJob" in python.hover(f'{HEAD}fou|nd = pipeline["build"]')
    assert {"needs", "stage", "when"} <= {*python.completions(f'{HEAD}pipeline["build"].|')}
