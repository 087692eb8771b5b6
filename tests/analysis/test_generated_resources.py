"""The resources that SAM's own translator adds are known, and misspelt names are not."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from gitlabgen.analysis.generated_resources import is_generated
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.codec import templates
from gitlabgen.verification.translation import translated

_ROOT = Path(__file__).parents[2]
_EVERYTHING = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Connectors: {Write: {Properties: {Destination: {Id: Orders}, Permissions: [Write]}}}
    Properties:
      Handler: a.b
      Runtime: python3.13
      CodeUri: src
      AutoPublishAlias: live
      DeploymentPreference: {Type: AllAtOnce}
      FunctionUrlConfig: {AuthType: NONE}
      EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS}, OnSuccess: {Type: SNS}}}
      Events:
        Root: {Type: Api, Properties: {Path: /, Method: get}}
        Open: {Type: HttpApi, Properties: {Path: /, Method: get}}
        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}
        Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
        Weekly: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(7 days)}}
        News: {Type: SNS, Properties: {Topic: !Ref Topic, SqsSubscription: true}}
        Login: {Type: Cognito, Properties: {UserPool: !Ref Pool, Trigger: PreSignUp}}
        Rule: {Type: EventBridgeRule, Properties: {Pattern: {source: [acme]}, DeadLetterConfig: {Type: SQS}}}
  Pool: {Type: AWS::Cognito::UserPool}
  Queue: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  Orders: {Type: AWS::Serverless::SimpleTable}
  Layer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: src}}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition: {StartAt: A, States: {A: {Type: Succeed}}}
      AutoPublishAlias: live
      Events: {Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}
  Door:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      Auth: {UsagePlan: {CreateUsagePlan: PER_API}}
      Domain: {DomainName: a.example.org, CertificateArn: arn, Route53: {HostedZoneId: Z1}}
  OpenDoor: {Type: AWS::Serverless::HttpApi, Properties: {StageName: prod}}
"""
_TEMPLATES = [_EVERYTHING, *(path.read_text("utf-8") for path in sorted(_ROOT.glob("blueprints/*/template.yml")))]


@pytest.mark.skipif(find_spec("samtranslator") is None and not os.environ.get("CI"), reason="the extra verify is missing")
@pytest.mark.parametrize("text", _TEMPLATES)
def test_what_sam_adds_is_known(text: str) -> None:
    """Each resource that SAM's translator adds may be referred to."""
    template, _ = templates.read(text, filename="template.yml")
    analysis = TemplateAnalysis(template)
    problems, tree = translated(analysis.tree, "eu-central-1")
    assert tree is not None, problems
    added = tree["Resources"].keys() - analysis.section("Resources").keys()
    assert [name for name in sorted(added) if not is_generated(analysis, name)] == []


@pytest.mark.parametrize("name", ["Hello", "HelloRol", "OrdersRole", "QueueRole", "MachineUrl", "TopicPolicy"])
def test_other_names_are_unknown(name: str) -> None:
    """SAM adds nothing to resources of CloudFormation, and only certain names to its own."""
    template, _ = templates.read(_EVERYTHING, filename="template.yml")
    assert not is_generated(TemplateAnalysis(template), name)
