"""Pipelines as users write them: jobs from comprehensions, conditions, comments, references, and other allowed values."""

from collections.abc import Sequence

import gitlabgen
from gitlabgen import (
    NULL,
    AllowFailure,
    Artifacts,
    BaseJob,
    Cache,
    CacheKey,
    Changes,
    Condition,
    CoverageReport,
    Default,
    Environment,
    Finding,
    HiddenJob,
    IdToken,
    Image,
    Include,
    Job,
    Matrix,
    Need,
    Pipeline,
    Project,
    Reference,
    Reports,
    Retry,
    Rule,
    Secret,
    Service,
    Spec,
    SpecInput,
    Stage,
    Trigger,
    TriggerJob,
    Variable,
    Workflow,
    all_of,
    any_of,
    comment,
    var,
)

VERSIONS = ("3.12", "3.13")
stages = [Stage("build"), Stage("test", comment="Without network."), Stage("deploy")]

on_main = var.CI_COMMIT_BRANCH == var.CI_DEFAULT_BRANCH
on_release: Condition = var.CI_COMMIT_TAG.matches(r"^v\d+$") & ~var.CI_DEPLOY_FREEZE
on_any = any_of(on_main, on_release, var["_OWN"] != None, var.CI_PIPELINE_SOURCE.is_in("web", "api"))  # noqa: E711
on_all = all_of(var.DEPLOY, var.CI_COMMIT_BRANCH.is_in(["main", "next"]))

base = HiddenJob(".python", image=Image("python:3.13", pull_policy=["always", "if-not-present"]), before_script=["uv sync"])
tags = HiddenJob(".tags", content=["docker", {"size": 2}])
build = Job(
    "build",
    stage=stages[0],
    extends=base,
    script=[Reference(".python", "before_script"), "uv build", ["nested", Reference(".other", "script")]],
    artifacts=Artifacts(paths=["dist/"], expire_in="1 week", when="always", reports=Reports(junit="junit.xml")),
    cache=[
        Cache(key=CacheKey(files=["uv.lock"]), paths=[".cache/"], policy="pull"),
        Cache(key="$CI_COMMIT_REF_SLUG", paths=["a"]),
    ],
    retry=Retry(max=2, when=["runner_system_failure", "stuck_or_timeout_failure"]),
    tags=Reference(".tags"),
)
tests = [
    Job(
        f"test {version}",
        extends=[".python"],
        stage="test",
        image=f"python:{version}",
        script="pytest",
        needs=[build],
        rules=build.rules,
        coverage=r"/TOTAL.+?(\d+)%/",
        allow_failure=AllowFailure(exit_codes=[3, 4]),
        variables={"VERSION": version, "COUNT": 3, "FLAG": True, "RAW": Variable("$x", expand=False)},
        timeout="1 hour",
    )
    for version in VERSIONS
]
matrix = Job(
    "matrix",
    script=["make"],
    parallel=Matrix({"PYTHON": [*VERSIONS], "DB": "sqlite"}),
    needs=[*tests, "build", Need(build, artifacts=False), Need("other", optional=True), Reference(".base", "needs")],
    services=["postgres:17", Service("redis:8", alias="cache")],
    id_tokens={"AWS": IdToken(aud="https://aws.example.com")},
    secrets={"TOKEN": Secret(vault="a/b/c@d")},
    dependencies=[],
    interruptible=NULL,
)
deploy = Job(
    "deploy",
    stage=stages[2],
    script=comment(["./deploy", comment("./smoke", "After the deployment.")], "In this order."),
    environment=Environment("prod/$CI_COMMIT_REF_SLUG", on_stop="stop", action="start", deployment_tier="production"),
    rules=[
        Rule(on_main, changes=["src/**/*"], when="manual", allow_failure=True),
        Rule(on_release | on_any, changes=Changes(paths=["a"], compare_to="main")),
        Rule(var.FORCE, exists=["Dockerfile"]),
        Rule("$CI_COMMIT_TAG && $A", variables={"A": "b"}),
        [Rule(when="never")],
        Reference(".rules", "rules"),
        comment(Rule(when="on_success"), "Otherwise."),
    ],
    needs=comment([matrix, "build"], "All of them."),
    comment="The only job that changes production.",
    extra={"new_keyword": ["x"]},
)
child = TriggerJob.child("child", "ci/child.yml", changes=["ci/**/*"], strategy="depend", stage="test", when="always")
other = TriggerJob("other", trigger=Trigger("group/other", branch="main", strategy="mirror"), variables={"A": "b"})
jobs: list[BaseJob] = [base, tags, build, *tests, matrix, deploy, child, other]

pipeline = Pipeline(
    spec=Spec(inputs={"environment": SpecInput(default="qa", options=["qa", "prod"])}),
    include=["local.yml", Include(project="group/ci", file=["a.yml"], ref="v1"), Include(component="$CI_SERVER_FQDN/a/b@1")],
    workflow=Workflow(rules=[Rule(var.CI_PIPELINE_SOURCE == "merge_request_event"), Rule(on_main)]),
    default=Default(image="alpine", interruptible=True),
    variables={"A": "b", "N": 1, "C": comment("d", "Why."), "E": Variable("x", description="What to do.", options=["x", "y"])},
    stages=stages,
    jobs=jobs,
)
report = CoverageReport(coverage_format="cobertura", path="coverage.xml")
project = Project(
    pipeline=pipeline, files={"ci/child.yml": Pipeline(jobs=[Job("a", script=["b"])]), "a.txt": "b"}, target_gitlab="18.5"
)


def names(listed: Sequence[BaseJob]) -> list[str]:
    """Return the names of jobs."""
    return [job.name for job in listed]


def script_of(name: str) -> object:
    """Return the script of a job."""
    job = pipeline[name]
    if isinstance(job, TriggerJob):
        return job.trigger
    return job.script if name in pipeline else None


def kind_of(name: str) -> str:
    """Return the kind of a job."""
    match pipeline[name]:
        case TriggerJob():
            return "trigger"
        case HiddenJob(name=hidden):
            return hidden
        case Job(stage=stage):
            return str(stage)


text: str = gitlabgen.dumps(pipeline)
texts: dict[str, str] = gitlabgen.texts(project)
findings: list[Finding] = gitlabgen.lint(project, persona="pedantic", strict=True)
again: Pipeline = gitlabgen.loads(gitlabgen.dumps(Pipeline(jobs=[build])), filename="a.yml")
