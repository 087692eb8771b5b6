"""The pipeline of gitlabgen itself; `gitlabgen render` writes .gitlab-ci.yml."""

from gitlabgen import (
    Artifacts,
    Cache,
    CacheKey,
    CoverageReport,
    Default,
    Environment,
    Job,
    Matrix,
    Pipeline,
    Project,
    Release,
    Reports,
    Retry,
    Rule,
    Stage,
    Workflow,
    comment,
    var,
)

PYTHONS = ["3.11", "3.12", "3.13"]
ON_VERSION_TAG = var.CI_COMMIT_TAG.matches(r"^v\d+\.\d+\.\d+$")

lint = Job("lint", stage="check", script=["make lint"], timeout="20 minutes")
own_files = Job("own-files", stage="check", script=["make own-files"], timeout="20 minutes")
test = Job(
    "test",
    stage="check",
    image="python:$PYTHON_RELEASE-slim",
    parallel=Matrix({"PYTHON_RELEASE": PYTHONS}),
    script=["make test"],
    timeout="1 hour",
    coverage=r"/^TOTAL.* (\d+)%$/",
    artifacts=Artifacts(
        when="always",
        expire_in="1 week",
        reports=Reports(
            junit=".test-reports/*-tests.xml",
            coverage_report=CoverageReport(coverage_format="cobertura", path=".test-reports/coverage.xml"),
        ),
    ),
)
test_newest = Job(
    "test-newest",
    stage="check",
    script=["make test-newest"],
    allow_failure=comment(True, "a new release of a dependency must not stop the work on something else"),
    timeout="1 hour",
)
wheel = Job(
    "wheel",
    stage="build",
    script=["make wheel"],
    artifacts=Artifacts(paths=["dist/"], expire_in="1 week"),
    timeout="20 minutes",
)

changelog = Job(
    "changelog",
    stage="check",
    before_script=[],
    script=['python tools/release_check.py --tag "$CI_COMMIT_TAG"'],
    rules=[Rule(ON_VERSION_TAG)],
    timeout="10 minutes",
    comment="The tag names the version, and the changelog describes it.",
)
publish = Job(
    "publish",
    stage="publish",
    dependencies=[wheel],
    rules=[Rule(ON_VERSION_TAG)],
    environment=Environment("package-registry"),
    resource_group="package-registry",
    interruptible=False,
    retry=0,
    variables={
        "UV_PUBLISH_URL": "$CI_API_V4_URL/projects/$CI_PROJECT_ID/packages/pypi",
        "UV_PUBLISH_USERNAME": "gitlab-ci-token",
        "UV_PUBLISH_PASSWORD": "$CI_JOB_TOKEN",
    },
    script=["make setup", ".venv/bin/uv publish dist/*"],
    timeout="20 minutes",
)
release = Job(
    "release",
    stage="release",
    image="registry.gitlab.com/gitlab-org/cli:v1.77.0",
    before_script=[],
    cache=[],
    dependencies=[],
    rules=[Rule(ON_VERSION_TAG)],
    interruptible=False,
    script=['echo "Releases $CI_COMMIT_TAG."'],
    release=Release(
        tag_name="$CI_COMMIT_TAG",
        description="What changed: $CI_PROJECT_URL/-/blob/$CI_COMMIT_TAG/CHANGELOG.md",
    ),
    timeout="10 minutes",
)

project = Project(
    pipeline=Pipeline(
        workflow=Workflow.merge_requests_branches_and_tags(),
        variables={"PIP_CACHE_DIR": "$CI_PROJECT_DIR/.cache/pip", "npm_config_cache": "$CI_PROJECT_DIR/.cache/npm"},
        default=Default(
            image=f"python:{PYTHONS[-1]}-slim",
            before_script=[".ci/install"],
            cache=Cache(key=CacheKey(files=["requirements-test.lock"]), paths=[".cache/"]),
            interruptible=True,
            retry=Retry(max=2, when=["runner_system_failure", "scheduler_failure", "stuck_or_timeout_failure"]),
        ),
        stages=[
            "check",
            "build",
            Stage("publish", comment="the package in this project's registry"),
            Stage("release", comment="the release page"),
        ],
        jobs=[lint, own_files, test, test_newest, changelog, wheel, publish, release],
    ),
)
