"""A serverless service with a production-grade pipeline: the article's idea with current practice."""

from gitlabgen import Artifacts, Cache, CacheKey, Reports
from gitlabgen.patterns import QaTest, Target, Test, serverless_service
from gitlabgen.sam import Alarm, Canary, Function, HttpApi, Probe, Route, Template

NAME = "hello"
PROJECT = "group/hello"  # the path in GitLab
REGION = "eu-central-1"
ACCOUNTS = {"qa": "111111111111", "dev": "222222222222", "prod": "333333333333"}

api = HttpApi("Api")
careful = Canary(
    "Linear10PercentEvery1Minute",
    # Recipes: each function gets separate alarms on its new version, and others on its alias.
    alarms=[Alarm.errors(), Alarm.throttles(), Alarm.duration("p90", milliseconds=2400)],
    # 150 calls of the new version before anybody else calls it, so that there is a verdict also with little traffic.
    probe=Probe.http("GET", "/", calls=150),
)
hello = Function(
    "HelloWorld",
    runtime="nodejs24.x",
    handler="index.handler",
    code_uri="src/",
    timeout=3,
    events={"RootGet": Route("GET", "/", api=api)},
    canary=careful,
    auto_publish_alias_all_properties=True,
)
template = Template("Hello world", resources=[api, hello], outputs={"ApiUrl": api.url})

project = serverless_service(
    template,
    name=NAME,
    project=PROJECT,
    url=template.output("ApiUrl"),
    test=Test(
        image="node:24-slim",
        script=["npm ci", "npm run lint", "npm test"],
        cache=Cache(key=CacheKey(files=["package-lock.json"]), paths=[".npm/"]),
        variables={"npm_config_cache": "$CI_PROJECT_DIR/.npm"},
        artifacts=Artifacts(when="always", reports=Reports(junit="junit.xml"), expire_in="1 week"),
    ),
    qa=Target(account=ACCOUNTS["qa"], region=REGION, role=f"{NAME}-qa", bucket=f"{NAME}-qa-artifacts", canary="AllAtOnce"),
    qa_test=QaTest(script=["node test/qa.mjs"], env={"API_URL": template.output("ApiUrl")}),
    deploy=[
        Target("dev", account=ACCOUNTS["dev"], region=REGION, role=f"{NAME}-dev", bucket=f"{NAME}-dev-artifacts"),
        Target(
            "prod",
            account=ACCOUNTS["prod"],
            # One region first, and the others after it has baked.
            waves=[[REGION], [region for region in ("us-east-1", "ap-southeast-2") if region != REGION]],
            role=f"{NAME}-prod",
            bucket=f"{NAME}-prod-artifacts-{{region}}",
            gate="manual",
        ),
    ],
)
