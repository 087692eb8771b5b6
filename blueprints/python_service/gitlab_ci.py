"""A Python service: checked, built once as an image, run for each merge request, and after an approval in production."""

from gitlabgen import Artifacts, CoverageReport, Environment, Image, Job, Pipeline, Project, Reports, Rule, Workflow, var

NAME = "hello"

PYTHON = "python:3.13-slim"
DOCKER = "docker:28.5.1-cli"
IMAGE = "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
REVIEW = f"{NAME}-review-$CI_MERGE_REQUEST_IID"
in_merge_request = var.CI_PIPELINE_SOURCE == "merge_request_event"
on_default_branch = var.CI_COMMIT_BRANCH == var.CI_DEFAULT_BRANCH

lint = Job("lint", stage="check", image=PYTHON, script=["pip install ruff==0.14.6", "ruff check", "ruff format --check"])
test = Job(
    "test",
    stage="check",
    image=PYTHON,
    script=[
        "pip install -r requirements-test.txt",
        "coverage run -m pytest --junitxml=junit.xml",
        "coverage xml",
        "coverage report",
    ],
    coverage=r"/TOTAL.*? (100(?:\.0+)?\%|[1-9]?\d(?:\.\d+)?\%)$/",
    artifacts=Artifacts(
        when="always",
        expire_in="1 week",
        reports=Reports(junit="junit.xml", coverage_report=CoverageReport(coverage_format="cobertura", path="coverage.xml")),
    ),
)
build = Job(
    "build",
    stage="build",
    # BuildKit without a daemon and without root, so that no runner needs to be privileged.
    image=Image("moby/buildkit:v0.27.0-rootless", entrypoint=[""]),
    variables={"BUILDKITD_FLAGS": "--oci-worker-no-process-sandbox"},
    script=[
        'umask 077; mkdir -p "$HOME/.docker"',
        'login="$(printf %s "$CI_REGISTRY_USER:$CI_REGISTRY_PASSWORD" | base64 | tr -d "\\n")"',
        """printf '{"auths":{"%s":{"auth":"%s"}}}' "$CI_REGISTRY" "$login" > "$HOME/.docker/config.json\"""",
        (
            "buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=."
            f' --opt "build-arg:VERSION=$CI_COMMIT_SHORT_SHA" --output "type=image,name={IMAGE},push=true"'
        ),
    ],
)
review = Job(
    "review",
    stage="review",
    image=DOCKER,
    environment=Environment("review/$CI_MERGE_REQUEST_IID", url="$SERVICE_URL", on_stop="stop-review", auto_stop_in="2 days"),
    resource_group="review/$CI_MERGE_REQUEST_IID",
    rules=[Rule(in_merge_request & var.REVIEW_HOST)],
    script=[f'sh deploy.sh start "$REVIEW_HOST" "{REVIEW}" "{IMAGE}"'],
    artifacts=Artifacts(reports=Reports(dotenv="deploy.env"), expire_in="1 week"),
)
stop_review = Job(
    "stop-review",
    stage="review",
    image=DOCKER,
    environment=Environment("review/$CI_MERGE_REQUEST_IID", action="stop"),
    resource_group="review/$CI_MERGE_REQUEST_IID",
    needs=[],
    rules=[Rule(in_merge_request & var.REVIEW_HOST, when="manual", allow_failure=True)],
    script=[f'sh deploy.sh stop "$REVIEW_HOST" "{REVIEW}"'],
)
production = Job(
    "production",
    stage="production",
    image=DOCKER,
    environment=Environment("production", url="$SERVICE_URL", deployment_tier="production"),
    resource_group="production",
    rules=[Rule(on_default_branch & var.PRODUCTION_HOST, when="manual")],
    script=[f'sh deploy.sh start "$PRODUCTION_HOST" "{NAME}" "{IMAGE}" 80'],
    artifacts=Artifacts(reports=Reports(dotenv="deploy.env"), expire_in="30 days"),
)
project = Project(
    pipeline=Pipeline(
        workflow=Workflow(rules=[Rule(in_merge_request), Rule(on_default_branch)]),
        stages=["check", "build", "review", "production"],
        jobs=[lint, test, build, review, stop_review, production],
    )
)
