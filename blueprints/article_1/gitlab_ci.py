"""The article's first pipeline: install, then lint and test in parallel."""

from gitlabgen import Artifacts, Job, Pipeline, Project, Stage, comment
from gitlabgen.sam import Function, RestApi, Role, Route, Sub, Template, trust

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
pipeline = Pipeline(
    image=comment("node:6.10", "for all jobs that name no other"),
    stages=[
        Stage("install", comment="get what the application needs"),
        Stage("test", comment="check style and units, side by side"),
    ],
    jobs=[
        npm_install,
        linting,
        unit_testing,
    ],
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
                        "uri": Sub(
                            "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
                            "${HelloWorldLambda.Arn}/invocations"
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
)
project = Project(
    pipeline=pipeline,
    template=Template(
        "Pipeline example serverless application",
        resources=[hello_world, rest_api, role],
    ),
)
