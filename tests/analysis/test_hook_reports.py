"""Whether the code of a hook may report its result to CodeDeploy."""

from __future__ import annotations

import pytest

from gitlabgen.analysis.hook_reports import may_report
from gitlabgen.analysis.hook_sources import HookCode
from gitlabgen.analysis.template_folders import TemplateFolder
from gitlabgen.sam.hooks import probe_code
from tests.resolution.test_includes import Files

CALL = "boto3.client('codedeploy').put_lifecycle_event_hook_execution_status(status='Succeeded')"


def python(text: str, path: str = "hooks/a.py", **files: str) -> bool:
    """Return whether a hook in Python may report, with other modules of its folder."""
    texts = {f"hooks/{name}.py": content for name, content in files.items()}
    return may_report(HookCode("python", "hooks", (), "handler", path, text), TemplateFolder(Files(texts), ""))


def script(text: str, **files: str) -> bool:
    """Return whether a hook in JavaScript may report, with other files of its folder."""
    texts = {f"hooks/{name}": content for name, content in files.items()}
    return may_report(HookCode("javascript", "hooks", (), "handler", "hooks/a.js", text), TemplateFolder(Files(texts), ""))


@pytest.mark.parametrize(
    "text",
    [
        f"import boto3\ndef handler(event, context):\n    {CALL}",
        "getattr(client, 'put_lifecycle_event_hook_execution_status')(status='Failed')",
        "header = {'X-Amz-Target': 'CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus'}",
        "import company_library",
        "from company_library.hooks import handler",
        "import subprocess",
        "import importlib",
        "exec(text)",
        "from . import other",
        "client.start_execution(input=event)",
        "boto3.resource('sns').Topic(name).publish(Message='x')",
        "client.invoke(FunctionName='report', Payload=json.dumps(event))",
        "client.invoke(FunctionName='report', Payload=event['LifecycleEventHookExecutionId'])",
        "print 'python 2'",
        "text = '\0'",
    ],
)
def test_python_that_may_report(text: str) -> None:
    """Calls, requests, unknown packages, code from elsewhere and events that are passed on may report."""
    assert python(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "import json, boto3, os.path\nfrom botocore.config import Config\ndef handler(event, context):\n    return {}",
        f"def handler(event, context):\n    # {CALL}\n    return {{}}",
        f'def handler(event, context):\n    """Call {CALL}."""',
        "client.invoke(FunctionName='hello:live', Payload=json.dumps({}))",
        "def handler(event, context):\n    print(json.dumps(event))",
    ],
)
def test_python_that_never_reports(text: str) -> None:
    """Known packages, comments, docstrings and calls of the new version do not report."""
    assert not python(text)


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("import report", {"report": CALL}),
        ("import lib.report", {"lib/report": CALL}),
        ("from lib import report", {"lib/report": CALL}),
        ("from lib import report", {"lib/__init__": "from .other import *", "lib/other": CALL}),
        ("from report import report_it", {"report": "import deeper", "deeper": CALL}),
        ("from lib.deep import a", {"lib/deep/a": "from ..other import b", "lib/other": CALL}),
    ],
)
def test_python_modules_of_the_repository(text: str, files: dict[str, str]) -> None:
    """Modules of the repository are read, and only they make the difference."""
    assert python(text, **files)
    assert not python(text, **{name: content.replace(CALL, "import a") for name, content in files.items()}, a="")


def test_python_modules_in_a_circle() -> None:
    """Modules that import each other are read once."""
    assert not python("import b", b="import c", c="import b")


@pytest.mark.parametrize(
    "text",
    [
        "await client.send(new PutLifecycleEventHookExecutionStatusCommand({}))",
        "codedeploy.putLifecycleEventHookExecutionStatus(params, done)",
        "import middy from '@company/library'",
        "const x = require('company-library')",
        "const x = require(name)",
        "await import(name)",
        "const { exec } = require('child_process')",
        "eval(text)",
        "import { x } from './missing'",
        "await sfn.send(new StartExecutionCommand({}))",
        "await lambda.send(new InvokeCommand({ Payload: JSON.stringify(event) }))",
    ],
)
def test_scripts_that_may_report(text: str) -> None:
    """JavaScript is read like Python."""
    assert script(text)


@pytest.mark.parametrize(
    "text",
    [
        "import { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from '@aws-sdk/client-codedeploy'\nexport {}",
        "const { PutLifecycleEventHookExecutionStatusCommand } = require('@aws-sdk/client-codedeploy');",
        "  // await client.send(new PutLifecycleEventHookExecutionStatusCommand({}))",
        "/* codedeploy\n .putLifecycleEventHookExecutionStatus() */\nconst AWS = require('aws-sdk')",
        "import fs from 'node:fs/promises'; import { x } from './data.json'",
        "await lambda.send(new InvokeCommand({ Payload: '{}' }))",
    ],
)
def test_scripts_that_never_report(text: str) -> None:
    """Imported commands, comments and calls of the new version do not report."""
    assert not script(text, **{"data.json": "{}"})


@pytest.mark.parametrize("name", ["./b", "./b.js", "../hooks/b"])
def test_scripts_of_the_repository(name: str) -> None:
    """Relative imports are read, with the ending that the file has."""
    assert script(f"import b from '{name}'", **{"b.ts": "send(client.putLifecycleEventHookExecutionStatus)"})
    assert not script(f"import b from '{name}'", **{"b.ts": ""})


def test_the_hook_of_a_probe_reports() -> None:
    """The code that is part of gitlabgen reports."""
    assert python(probe_code())


def test_modules_without_a_repository() -> None:
    """Without a repository, the modules of a hook are unknown."""
    assert may_report(HookCode("python", None, (), "handler", "InlineCode", "import report"), None)
    assert not may_report(HookCode("python", None, (), "handler", "InlineCode", "import json"), None)
