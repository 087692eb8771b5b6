"""The article's third pipeline: a QA stack for each pipeline, and a deployment that shifts traffic step by step."""

from gitlabgen import Artifacts, Job, Pipeline, Project, Stage, comment
from gitlabgen.sam import Alarm, Canary, Function, Output, RestApi, Role, Route, Sub, Template, trust

AWS_CLI = "tarekbecker/awscli"
QA_STACK = "demo-pipeline-test-$CI_PIPELINE_ID"
WAIT = "timeout -t 190 aws cloudformation wait stack-delete-complete"


def deploy(stack: str) -> str:
    """Return the command that creates or updates a stack from the packaged template."""
    return f"aws cloudformation deploy --template-file template-export.yml --stack-name {stack} --capabilities CAPABILITY_IAM"


npm_install = Job(
    "npmInstall",
    stage="install",
    script=["npm install --production"],
    artifacts=Artifacts(untracked=True, comment="later stages find the installed modules here"),
)
linting = Job(
    "linting",
    stage="test",
    script=["npm install -g standard", "npm run-script lint"],
)
unit_testing = Job(
    "unittesting",
    stage="test",
    dependencies=[npm_install],
    script=[comment("npm install", "adds the modules that only tests need"), "npm test"],
)
package_app = Job(
    "packageApp",
    stage="package",
    image=comment(AWS_CLI, "an image with the AWS command line"),
    dependencies=[npm_install],
    script=[
        comment(
            "aws cloudformation package --template template.yml --s3-bucket $S3_BUCKET --output-template template-export.yml",
            "uploads the code, and writes a template that points to it",
        )
    ],
    artifacts=Artifacts(paths=["./template-export.yml"]),
)
create_test_stack = Job(
    "createTestStack",
    stage="qaCreate",
    image=AWS_CLI,
    dependencies=[package_app],
    script=[comment(deploy(QA_STACK), "a full copy of the application, named after the pipeline")],
)
test_on_test_stack = Job(
    "testOnTestStack",
    stage="qaTest",
    dependencies=[npm_install],
    script=["npm install aws-sdk", comment(f'node test/qatest.js "{QA_STACK}"', "calls the copy's real address")],
)
remove_test_stack = Job(
    "removeTestStack",
    stage="qaRemove",
    image=AWS_CLI,
    when=comment("always", "a failed test must not leave its stack behind"),
    script=[
        f"aws cloudformation delete-stack --stack-name {QA_STACK}",
        "sleep 60",
        f"{WAIT} --stack-name {QA_STACK} || (echo 'Stack deletion failed.' && exit 1)",
    ],
)
deploy_prod = Job(
    "deployProd",
    stage="deploy",
    image=AWS_CLI,
    dependencies=[package_app],
    script=[comment(deploy("demo-pipeline-prod-stack"), "the job lasts until all traffic has moved, or is back")],
)

pipeline = Pipeline(
    image=comment("node:6.10", "for all jobs that name no other"),
    variables={
        "S3_BUCKET": comment("pipeline-demo-tarekbecker", "your own bucket"),
        "AWS_DEFAULT_REGION": comment("eu-central-1", "where the bucket is"),
    },
    stages=[
        Stage("install", comment="get what the application needs"),
        Stage("test", comment="check style and units, side by side"),
        Stage("package", comment="upload the code once for all stacks"),
        Stage("qaCreate", comment="make a copy of the whole stack"),
        Stage("qaTest", comment="test the copy from outside"),
        Stage("qaRemove", comment="remove the copy"),
        Stage("deploy", comment="bring it to the users"),
    ],
    jobs=[
        npm_install,
        linting,
        unit_testing,
        package_app,
        create_test_stack,
        test_on_test_stack,
        remove_test_stack,
        deploy_prod,
    ],
)

alarm = Alarm(
    "HelloWorldLambdaAlarm",
    comment="stops the shift as soon as there is an error",
    alarm_name=Sub("Hello World Errors ${AWS::StackName}"),
    alarm_description="Errors of Hello World function (${AWS::StackName})",
    namespace="AWS/Lambda",
    metric_name="Errors",
    statistic="Sum",
    period=300,
    evaluation_periods=1,
    threshold=0,
    comparison_operator="GreaterThanThreshold",
    treat_missing_data="notBreaching",
)
rest_api = RestApi(
    "RestAPI",
    stage_name="prod",
    definition_body={
        "swagger": "2.0",
        "info": {"title": Sub("${AWS::StackName}-API")},
        "basePath": "/prod",
        "schemes": ["https"],
        "paths": {
            "/": {
                "get": {
                    "responses": {},
                    "x-amazon-apigateway-integration": {
                        "uri": comment(
                            Sub(
                                "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
                                "${HelloWorldLambda.Arn}:live/invocations"
                            ),
                            "calls the alias, so that it meets the old and the new version",
                        ),
                        "passthroughBehavior": "when_no_match",
                        "httpMethod": "POST",
                        "type": "aws_proxy",
                    },
                }
            }
        },
    },
)
role = Role(
    "HelloWorldLambdaRole",
    assume_role_policy_document=trust("lambda.amazonaws.com"),
    path="/",
    managed_policy_arns=["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
)
hello_world = Function(
    "HelloWorldLambda",
    handler="index.handler",
    code_uri=".",
    runtime="nodejs6.10",
    timeout=3,
    role=role.arn,
    events={"RootGet": Route("GET", "/", api=rest_api)},
    canary=Canary(
        comment("Linear10PercentEvery1Minute", "a tenth of the traffic more each minute"),
        alarms=[alarm],
    ),
)
api_root = Output(
    Sub("https://${RestAPI}.execute-api.${AWS::Region}.amazonaws.com/prod"),
    description="Url of the API",
    export=Sub("${AWS::StackName}-apiroot"),
)

project = Project(
    pipeline=pipeline,
    template=Template(
        "Pipeline example serverless application",
        resources=[hello_world, rest_api, role, alarm],
        outputs={"APIRoot": api_root},
    ),
)
