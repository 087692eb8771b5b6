"""Projects from the ready-made patterns."""

from gitlabgen import Artifacts, Project, Reports
from gitlabgen.patterns import (
    ImageBuild,
    KubernetesReview,
    KubernetesTarget,
    Package,
    QaTest,
    Target,
    Test,
    container_service,
    serverless_service,
)
from gitlabgen.sam import Alarm, Canary, Function, HttpApi, Route, Template

api = HttpApi("Api")
function = Function(
    "Hello",
    code_uri="src/",
    handler="app.handler",
    runtime="python3.13",
    events={"Get": Route("GET", "/", api=api)},
    canary=Canary("Canary10Percent5Minutes", alarms=[Alarm.errors()]),
)
template = Template(resources=[api, function], outputs={"Url": api.url})
accounts = {"staging": "111111111111", "prod": "222222222222"}
serverless: Project = serverless_service(
    template,
    name="hello",
    url=template.output("Url"),
    test=Test(image="python:3.13-slim", script=["pytest"], artifacts=Artifacts(reports=Reports(junit="junit.xml"))),
    package=Package(image="public.ecr.aws/sam/build-python3.13", script=["sam build"]),
    deploy=[
        Target(name, account=account, region="eu-central-1", role=f"deploy-{name}", bucket=f"packages-{name}", gate="manual")
        for name, account in accounts.items()
    ],
    qa=Target(account="333333333333", region="eu-central-1", role="deploy", bucket="packages-qa"),
    qa_test=QaTest(script=["pytest qa"], env={"URL": template.output("Url"), "LEVEL": "fast"}),
    bake="30 minutes",
    scan=["sast"],
    files={"src/app.py": "def handler(event, context):\n    return {}\n"},
)
worldwide = Target(
    "world",
    account="222222222222",
    waves=[["eu-central-1"], ["us-east-1", "ap-southeast-2"]],
    role="deploy",
    bucket="packages-{region}",
    windows=["Mon-Thu 08:00-16:00 Europe/Berlin"],
    parameters={"Level": 3},
    bake="0",
)
smoke = Test(image="alpine", script=["./smoke"])
container: Project = container_service(
    name="shop",
    test={"lint": Test(script=["make lint"]), "test": Test(script=["make test"])},
    image=ImageBuild("Dockerfile", build_args={"VERSION": "1"}, platforms=["linux/arm64"]),
    review=KubernetesReview(agent="group/agents:review", url="https://$CI_MERGE_REQUEST_IID.example.com", smoke=smoke),
    deploy=[
        KubernetesTarget("prod", agent="group/agents:prod", namespace="shop", tier="production", deployments=["shop", "jobs"])
    ],
    runner_tags=["docker"],
)
