"""A canary: two functions shift step by step, each with separate alarms and a separate probe."""

from gitlabgen import Job, Pipeline, Project, Rule, evolve, var
from gitlabgen.sam import Alarm, Canary, Function, HttpApi, Probe, Route, Template

STACK = "shop"
OPTIONS = "--capabilities CAPABILITY_IAM --no-fail-on-empty-changeset"

careful = Canary(
    "Linear10PercentEvery1Minute",
    # Recipes: each function gets separate alarms on its alias and its new version.
    alarms=[Alarm.errors(percent=1), Alarm.duration("p90", milliseconds=2400), Alarm.throttles()],
)
api = HttpApi("Api")
functions = [
    Function(
        name,
        runtime="nodejs24.x",
        handler=f"{name.lower()}.handler",
        code_uri="src/",
        events={"Root": Route("GET", f"/{name.lower()}", api=api)},
        canary=evolve(careful, probe=Probe.http("GET", f"/{name.lower()}", calls=59)),
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
)
