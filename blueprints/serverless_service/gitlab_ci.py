"""A serverless service with a production-grade pipeline: the article's idea with current practice."""

from gitlabgen import Artifacts, Cache, CacheKey, Reports
from gitlabgen.patterns import QaTest, Target, Test, serverless_service
from gitlabgen.sam import Alarm, Canary, Function, Hook, HttpApi, Route, Template
from gitlabgen.sam.hooks import source

api = HttpApi("Api")
careful = Canary(
    "Linear10PercentEvery1Minute",
    # Recipes: each function gets separate alarms on its alias and its new version.
    alarms=[Alarm.errors(), Alarm.throttles(), Alarm.duration("p90", milliseconds=2400)],
    hooks=[Hook.pre_traffic("hooks/smoke.mjs")],
)
hello = Function(
    "HelloWorld",
    runtime="nodejs24.x",
    handler="index.handler",
    code_uri="src/",
    timeout=3,
    events={"RootGet": Route("GET", "/", api=api)},
    canary=careful,
)
template = Template("Hello world", resources=[api, hello], outputs={"ApiUrl": api.url})

project = serverless_service(
    template,
    name="hello",
    project="group/hello",
    url=template.output("ApiUrl"),
    test=Test(
        image="node:24-slim",
        script=["npm ci", "npm run lint", "npm test"],
        cache=Cache(key=CacheKey(files=["package-lock.json"]), paths=[".npm/"]),
        variables={"npm_config_cache": "$CI_PROJECT_DIR/.npm"},
        artifacts=Artifacts(when="always", reports=Reports(junit="junit.xml"), expire_in="1 week"),
    ),
    qa=Target(account="111111111111", region="eu-central-1", role="hello-qa", bucket="hello-qa-artifacts", canary="AllAtOnce"),
    qa_test=QaTest(script=["node test/qa.mjs"], env={"API_URL": template.output("ApiUrl")}),
    deploy=[
        Target("dev", account="222222222222", region="eu-central-1", role="hello-dev", bucket="hello-dev-artifacts"),
        Target(
            "prod",
            account="333333333333",
            # One region first, and the others after it has baked.
            waves=[["eu-central-1"], ["us-east-1", "ap-southeast-2"]],
            role="hello-prod",
            bucket="hello-prod-artifacts-{region}",
            gate="manual",
        ),
    ],
    files={"hooks/smoke.mjs": source("smoke.mjs")},
)
