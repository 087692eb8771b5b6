"""A serverless service, production grade: the article's idea with today's practice."""

from gitlabgen.patterns import QaTest, Target, Test, serverless_service
from gitlabgen.sam import Alarm, Canary, Function, HttpApi, Probe, Route, Template

api = HttpApi("Api")
careful = Canary(
    "Linear10PercentEvery1Minute",
    alarms=[Alarm.errors(), Alarm.throttles(), Alarm.duration("p90", milliseconds=2400)],  # recipes: each function gets its own
    probe=Probe.http("GET", "/", calls=150),
)
hello = Function(
    "HelloWorld",
    runtime="nodejs24.x",
    handler="index.handler",
    code_uri="src/",
    events={"RootGet": Route("GET", "/", api=api)},
    canary=careful,
    auto_publish_alias_all_properties=True,
)
template = Template("Hello world", resources=[api, hello], outputs={"ApiUrl": api.url})

project = serverless_service(
    template,
    name="hello",
    project="group/hello",  # also renders the roles that each account needs
    test=Test(image="node:24-slim", script=["npm ci", "npm run lint", "npm test"]),
    qa=Target(account="111111111111", region="eu-central-1", role="hello-qa", bucket="hello-qa-artifacts", canary="AllAtOnce"),
    qa_test=QaTest(script=["node test/qa.mjs"], env={"API_URL": template.output("ApiUrl")}),
    deploy=[
        Target("dev", account="222222222222", region="eu-central-1", role="hello-dev", bucket="hello-dev-artifacts"),
        Target("prod", account="333333333333", region="eu-central-1", role="hello-prod", bucket="hello-packages", gate="manual"),
    ],
)
