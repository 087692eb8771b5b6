"""Several functions that share one canary: an API for orders, a worker that reads a queue, and a nightly state machine."""

from gitlabgen import Artifacts, Reports, evolve
from gitlabgen.patterns import QaTest, Target, Test, serverless_service
from gitlabgen.sam import (
    SQS,
    Alarm,
    Canary,
    Function,
    FunctionGlobals,
    GetAtt,
    Globals,
    HttpApi,
    Probe,
    Ref,
    Resource,
    Route,
    Schedule,
    StateMachine,
    Template,
)

NAME = "shop"
PROJECT = "group/shop"  # the path in GitLab
REGION = "eu-central-1"
ACCOUNTS = {"qa": "111111111111", "staging": "222222222222", "prod": "333333333333"}

api = HttpApi("Api")
# Orders that wait are data: they stay if the queue leaves the template.
dead = Resource(
    "DeadOrders",
    "AWS::SQS::Queue",
    {"MessageRetentionPeriod": 1_209_600},
    deletion_policy="Retain",
    update_replace_policy="Retain",
)
queue = Resource(
    "Orders",
    "AWS::SQS::Queue",
    # Six times the worker's time-out, so that a message in processing is not delivered again.
    {"VisibilityTimeout": 180, "RedrivePolicy": {"deadLetterTargetArn": GetAtt(dead, "Arn"), "maxReceiveCount": 3}},
    deletion_policy="Retain",
    update_replace_policy="Retain",
)
careful = Canary(
    "Canary10Percent10Minutes",
    # Each function gets separate alarms; they share the alarm of the queue.
    alarms=[Alarm.errors(percent=1), Alarm.throttles(), Alarm.dlq_depth(dead)],
)
shop = Function(
    "Shop",
    handler="shop.handler",
    code_uri="src/",
    timeout=5,
    environment={"Variables": {"QUEUE_URL": Ref(queue)}},
    policies=[{"SQSSendMessagePolicy": {"QueueName": GetAtt(queue, "QueueName")}}],
    events={"Post": Route("POST", "/orders", api=api)},
    # An order without an item is refused, so the calls order nothing.
    canary=evolve(careful, probe=Probe.http("POST", "/orders", body="{}")),
    auto_publish_alias_all_properties=True,
)
worker = Function(
    "Worker",
    handler="worker.handler",
    code_uri="src/",
    timeout=30,
    events={"Order": SQS(queue, batch_size=10, function_response_types=["ReportBatchItemFailures"])},
    canary=evolve(careful, probe=Probe.event({"Records": []})),
    auto_publish_alias_all_properties=True,
)
report = StateMachine(
    "Report",
    definition={
        "StartAt": "Count",
        "States": {"Count": {"Type": "Task", "Resource": "${Worker}", "Parameters": {"report": True}, "End": True}},
    },
    # The alias, not the latest version of the code.
    definition_substitutions={"Worker": Ref("Worker.Alias")},
    policies=[{"LambdaInvokePolicy": {"FunctionName": Ref(worker)}}],
    events={"Nightly": Schedule("cron(0 3 * * ? *)")},
)
template = Template(
    "A shop",
    globals_=Globals(function=FunctionGlobals(runtime="python3.13", memory_size=256, tracing="Active")),
    resources=[api, queue, dead, shop, worker, report],
    outputs={"ApiUrl": api.url, "QueueUrl": Ref(queue)},
)

project = serverless_service(
    template,
    name=NAME,
    project=PROJECT,
    url=template.output("ApiUrl"),
    test={
        "lint": Test(image="python:3.13-slim", script=["pip install ruff==0.14.6", "ruff check"]),
        "unit": Test(
            image="python:3.13-slim",
            script=["pip install pytest==9.0.1", "pytest --junitxml=junit.xml test"],
            artifacts=Artifacts(when="always", reports=Reports(junit="junit.xml"), expire_in="1 week"),
        ),
    },
    qa=Target(account=ACCOUNTS["qa"], region=REGION, role=f"{NAME}-qa", bucket=f"{NAME}-qa-artifacts"),
    qa_test=QaTest(script=["python test/qa.py"], env={"API_URL": template.output("ApiUrl")}),
    # Each merge request deploys the last package first, which tests alarms, hook and shift before production uses them.
    qa_shift=True,
    deploy=[
        Target(
            "staging",
            account=ACCOUNTS["staging"],
            region=REGION,
            role=f"{NAME}-staging",
            bucket=f"{NAME}-staging-artifacts",
            canary="AllAtOnce",
        ),
        Target(
            "prod",
            account=ACCOUNTS["prod"],
            region=REGION,
            role=f"{NAME}-prod",
            bucket=f"{NAME}-prod-artifacts",
            windows=["Mon-Thu 08:00-16:00 Europe/Berlin"],
        ),
    ],
    drift=True,
)
