"""The article's second pipeline: tested code is packaged once and deployed to production."""

from gitlabgen import Artifacts, Job, Pipeline, Project, Stage, comment
from gitlabgen.sam import Function, Output, RestApi, Role, Route, Sub, Template, trust

AWS_CLI = "tarekbecker/awscli"

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
deploy_prod = Job(
    "deployProd",
    stage="deploy",
    image=AWS_CLI,
    dependencies=[package_app],
    script=[
        comment(
            "aws cloudformation deploy --template-file template-export.yml"
            " --stack-name demo-pipeline-prod-stack --capabilities CAPABILITY_IAM",
            "creates the stack, or updates it",
        )
    ],
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
        Stage("package", comment="upload the code"),
        Stage("deploy", comment="bring it to the users"),
    ],
    jobs=[
        npm_install,
        linting,
        unit_testing,
        package_app,
        deploy_prod,
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
api_root = Output(
    Sub("https://${RestAPI}.execute-api.${AWS::Region}.amazonaws.com/prod"),
    description="Url of the API",
    export=Sub("${AWS::StackName}-apiroot"),
)

project = Project(
    pipeline=pipeline,
    template=Template(
        "Pipeline example serverless application",
        resources=[hello_world, rest_api, role],
        outputs={"APIRoot": api_root},
    ),
)
