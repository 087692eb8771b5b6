"""Templates as users write them."""

import gitlabgen
from gitlabgen import comment, sam
from gitlabgen.sam import (
    S3,
    SQS,
    Alarm,
    And,
    Canary,
    DeployRoles,
    Equals,
    Function,
    FunctionGlobals,
    GetAtt,
    Globals,
    Hook,
    HttpApi,
    If,
    Join,
    LayerVersion,
    Not,
    Output,
    Parameter,
    Probe,
    Ref,
    Resource,
    Route,
    Schedule,
    StateMachine,
    Sub,
    Template,
    TimeBasedCanary,
)

RUNTIME = "python3.13"
api = HttpApi("Api", stage_name="live")
queue = Resource("Queue", "AWS::SQS::Queue", {"VisibilityTimeout": 180})
bucket = Resource("Bucket", "AWS::S3::Bucket")
layer = LayerVersion("Layer", content_uri="layer/", compatible_runtimes=[RUNTIME], compatible_architectures=["arm64"])
careful = Canary(
    "Linear10PercentEvery1Minute",
    alarms=comment([Alarm.errors(percent=1, min_samples=50), Alarm.throttles(1), "existing-alarm"], "Each has its reason."),
    hooks=[Hook.post_traffic("hooks/smoke.py", timeout=30, environment={"A": Ref("B")})],
    probe=Probe.http("GET", "/{id}", calls=150, max_errors=1, headers={"accept": "text/plain"}),
)
slow = Canary(TimeBasedCanary(canary_percentage=5, canary_interval=60), alarms=[Alarm.duration("p99", milliseconds=500)])
own = Canary(If("IsTest", "AllAtOnce", Ref("OwnConfiguration")), enabled=True, role=GetAtt("Role", "Arn"))
functions = [
    Function(
        f"Shop{index}",
        code_uri="src/",
        handler="shop.handler",
        runtime=RUNTIME if index else Ref("Runtime"),
        architectures=["arm64"],
        timeout=index + 5,
        memory_size=Ref("Memory"),
        environment={"Variables": {"QUEUE": Ref(queue), "URL": api.url}},
        layers=[layer, "arn:aws:lambda:eu-central-1:1:layer:a:1", Ref("OtherLayer")],
        policies=["AWSLambdaExecute", {"SQSSendMessagePolicy": {"QueueName": GetAtt(queue, "QueueName")}}],
        events={
            "Get": Route("GET", "/{id}", api=api),
            "Order": SQS(queue, batch_size=10, function_response_types=["ReportBatchItemFailures"]),
            "Upload": S3(bucket, events=["s3:ObjectCreated:*"]),
            "Other": {"Type": "Schedule", "Properties": {"Schedule": "rate(1 day)"}},
        },
        canary=careful,
        deletion_policy="Retain",
        comment="One of several.",
    )
    for index in range(2)
]
machine = StateMachine("Nightly", definition={"StartAt": "A"}, events={"Cron": Schedule("cron(0 3 * * ? *)")}, type_="EXPRESS")
template = Template(
    "A shop",
    parameters={"Memory": Parameter("Number", default=256), "Vpc": Parameter("AWS::EC2::VPC::Id"), "Runtime": {"Type": "String"}},
    conditions={"IsProduction": And(Equals(Ref("AWS::Region"), "eu-central-1"), Not("IsTest")), "IsTest": Equals("a", "b")},
    globals_=Globals(function=FunctionGlobals(runtime="nodejs24.x", tracing="Active")),
    resources=[api, queue, bucket, layer, *functions, machine],
    outputs={
        "Url": Output(api.url, description="The address."),
        "Name": Sub("${AWS::StackName}"),
        "All": Join(",", ["a", Ref(queue)]),
    },
)
roles = DeployRoles(
    "shop",
    account="111111111111",
    bucket="packages-{region}",
    project="group/shop",
    refs=["main"],
    regions=["eu-central-1", "us-east-1"],
)
text: str = sam.dumps(template)
again: Template = sam.loads(text, filename="template.yml")
findings = gitlabgen.lint(template, selected=["deprecated-runtime"])
