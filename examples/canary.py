"""A canary: two functions shift step by step, each with separate alarms and a smoke test."""

from gitlabgen import Job, Pipeline, Project, Rule, var
from gitlabgen.sam import Alarm, Canary, Function, Hook, HttpApi, Route, Template
from gitlabgen.sam.hooks import source

STACK = "shop"
OPTIONS = "--capabilities CAPABILITY_IAM --no-fail-on-empty-changeset"

careful = Canary(
    "Linear10PercentEvery1Minute",
    # Recipes: each function gets separate alarms on its alias and its new version.
    alarms=[Alarm.errors(), Alarm.error_rate(percent=1), Alarm.duration("p90", milliseconds=2400), Alarm.throttles()],
    hooks=[Hook.pre_traffic("hooks/smoke.py")],
)
api = HttpApi("Api")
functions = [
    Function(
        name,
        runtime="nodejs24.x",
        handler=f"{name.lower()}.handler",
        code_uri="src/",
        events={"Root": Route("GET", f"/{name.lower()}", api=api)},
        canary=careful,
        auto_publish_alias_all_properties=True,
    )
    for name in ("Orders", "Billing")
]
deploy = Job(
    "deploy",
    image="public.ecr.aws/aws-cli/aws-cli:2.31.0",
    script=[
        "aws cloudformation package --template template.yml --s3-bucket $BUCKET --output-template packaged.yml",
        f"aws cloudformation deploy --template-file packaged.yml --stack-name {STACK} {OPTIONS}",
    ],
    # The shift, an hour for the hook, and time for everything else.
    timeout=f"{(careful.duration_minutes or 0) + 90} minutes",
    resource_group=STACK,
    environment="production",
    rules=[Rule(var.CI_COMMIT_BRANCH == var.CI_DEFAULT_BRANCH)],
)

project = Project(
    pipeline=Pipeline(jobs=[deploy]),
    template=Template("A shop", resources=[api, *functions], outputs={"ApiUrl": api.url}),
    files={"hooks/smoke.py": source("smoke.py")},
)
