"""JSON schemas of the reports that commands print with `--format json`.

Every report has the keys of `_ENVELOPE`. A command that fails reports findings, and leaves out its other keys.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias, get_args

from gitlabgen.codec.headers import Status
from gitlabgen.errors import Severity
from gitlabgen.files.planning import Action
from gitlabgen.linting.catalogue import GROUPS
from gitlabgen.linting.rule import PERSONAS
from gitlabgen.reports.fingerprints import VERSION
from gitlabgen.simulation.composite import Status as JobStatus
from gitlabgen.simulation.simulated import Outcome

__all__ = ["REPORTS", "report_schema"]

Schema: TypeAlias = dict[str, Any]
"""A JSON schema."""


def _string(description: str, **more: Any) -> Schema:
    return {"description": description, "type": "string", **more}


def _optional_string(description: str) -> Schema:
    return {"description": description, "type": ["string", "null"]}


def _optional_number(description: str) -> Schema:
    return {"description": description, "type": ["integer", "null"], "minimum": 1}


def _words(description: str, *words: str | None) -> Schema:
    return {"description": description, "enum": [*words]}


def _strings(description: str) -> Schema:
    return {"description": description, "type": "array", "items": {"type": "string"}}


def _list(description: str, items: Schema) -> Schema:
    return {"description": description, "type": "array", "items": items}


def _record(description: str, properties: Schema, *, optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"description": description, "type": "object", "properties": properties, "required": required}


_RULE_ID: Final = "The rule's name in kebab case; `gitlabgen rule ID` explains a rule of the linter."
_FINDING: Final = {
    "rule": _string(_RULE_ID),
    "message": _string("The problem, with the value."),
    "severity": _words("How serious it is.", *get_args(Severity)),
    "hint": _optional_string("What to write instead."),
    "job": _optional_string("The job's name, if the problem is in a job."),
    "path": _optional_string("GitLab's path, such as `jobs:deploy:needs`."),
    "file": _optional_string("The user's Python, TOML or YAML file."),
    "line": _optional_number("The first line, counted from 1."),
    "column": _optional_number("The first column, counted from 1."),
    "end_line": _optional_number("The last line, counted from 1."),
    "end_column": _optional_number("The column after the last character, counted from 1."),
    "url": _optional_string("The page that explains the rule."),
    "related": _list("Other positions of the same problem.", {"$ref": "#/$defs/related"}),
    "facts": _strings("What distinguishes it from other findings of the rule at the same path."),
    "gitlab": _optional_string("GitLab's message for the same problem."),
    "jobs": _strings("The names of all jobs that it is about, if they are several."),
    "fingerprint": _string(
        "What identifies the finding after lines have moved and messages have changed.", pattern="^[0-9a-f]{16}$"
    ),
}
_RELATED: Final = {name: schema for name, schema in _FINDING.items() if name != "fingerprint"}
_ENVELOPE: Final = {
    "schema": {"description": "The version of the report's schema; keys are only ever added.", "const": 1},
    "fingerprints": {"description": "The version of the fingerprints.", "const": VERSION},
    "findings": _list("The findings, in the order of the text report.", {"$ref": "#/$defs/finding"}),
}
_DEFS: Final = {
    "finding": _record("A problem, at the position where it can be fixed.", _FINDING),
    "related": _record(
        "A position that a finding is about, too.", {**_RELATED, "related": {"description": "Nothing.", "maxItems": 0}}
    ),
}

_EXAMPLE: Final = {
    "bad": _string("A file that the rule finds a problem in."),
    "good": _string("The same file without the problem."),
    "files": {"description": "Other files by path.", "type": "object", "additionalProperties": {"type": "string"}},
    "target_gitlab": _optional_string("The version of GitLab that reads the pipeline."),
}
_RULE: Final = {
    "id": _string(_RULE_ID),
    "summary": _string("What it finds, in one sentence."),
    "why": _string("The consequences for the user."),
    "severity": _words("The severity of its findings.", *get_args(Severity)),
    "confidence": _words("How sure its findings are.", "certain", "likely", "opinion"),
    "persona": _words("The first persona that gets its findings.", *PERSONAS),
    "group": _words("What it looks at.", *GROUPS),
    "needs": _strings("What it needs in addition to the file: `simulation`, `files`, `template` or `shell`."),
    "since": _optional_string("The first version of GitLab that it applies to."),
    "limit": _optional_string("The key that changes its limit."),
    "fix": _words("Whether a fix keeps the behaviour; null without a fix.", "safe", "unsafe", None),
    "source": _string("The vendor's page."),
    "former_ids": _strings("Its former names."),
    "examples": _list("Files that show the problem and its solution.", _record("An example.", _EXAMPLE)),
}

_PATH: Final = _string("The file, relative to the current folder.")
_STATUS: Final = _words("The state of the file on disk before the command.", *get_args(Status))
_DIFF: Final = _string("The unified diff from the file on disk to the expected text; with `--diff`.")
_RENDERED: Final = {
    "path": _PATH,
    "status": _STATUS,
    "action": _words("What was done with the file, or would be done by a dry run.", *get_args(Action)),
    "text": _string("The text of the file; with `--stdout`."),
    "diff": _DIFF,
}
_CHECKED: Final = {
    "path": _PATH,
    "status": _STATUS,
    "definition": _string("The definition of the file."),
    "advice": _string("What to do; missing if the file is fresh."),
    "diff": _DIFF,
}
_UNSTAGED: Final = _strings("The files that git would not commit as they are on disk; with `--staged`.")
_STARTED: Final = {
    "path": _PATH,
    "status": _STATUS,
    "action": _words("What was done with the file.", *get_args(Action)),
}
_PART: Final = {
    "file": _string("The file."),
    "part_of": _string("The pipeline of its repository."),
    "in_context": {
        "description": "Whether it was linted as a part of that pipeline; if not, that pipeline cannot be read.",
        "type": "boolean",
    },
}
_SKIPPED: Final = {
    "description": (
        "The number of checks that were skipped, because an include was not read, or an input has no value; "
        "0 with `--explain-skipped`."
    ),
    "type": "integer",
    "minimum": 0,
}
_BLUEPRINT: Final = {
    "name": _string("The name."),
    "kind": _words("Whether its jobs run, or it is to learn from.", "run", "learn"),
    "summary": _string("What it is."),
}
_ORIGIN: Final = {
    "path": {
        "description": "The keys and indexes from the configuration to the value.",
        "type": "array",
        "items": {"type": ["string", "integer"]},
    },
    "block": _string("The job or the top-level keyword that sets the value."),
    "file": _optional_string("The user's Python or YAML file."),
    "line": _optional_number("The line, counted from 1."),
    "column": _optional_number("The column, counted from 1."),
}
_FLAG: Final = {"type": "boolean"}
_TRUTH: Final = {"description": "Whether it holds; null if that is unknown.", "type": ["boolean", "null"]}
_REASONS: Final = _strings("Why it is unknown; empty if it is known.")
_EVENT: Final = {"description": "The words of the event that are known.", "type": "object", "additionalProperties": True}
_EVENT_NAME: Final = _string("The name of the event; `event` if it has none.")
_OUTCOME: Final = _words("What GitLab does.", *get_args(Outcome))
_VARIABLES: Final = {
    "description": "The values by name; null for those that are unknown.",
    "type": "object",
    "additionalProperties": {"type": ["string", "null"]},
}
_JOB_STATUS: Final = _words("The status once nothing else can run; null if it is unknown.", *get_args(JobStatus), None)
_SIMULATED_JOB: Final = {
    "name": _string("The name."),
    "stage": _string("The stage."),
    "status": _JOB_STATUS,
    "presence": {"description": "Whether the pipeline has the job; null if that is unknown.", "enum": [True, None]},
    "when": _optional_string("When it starts."),
    "allow_failure": {"description": "Whether the pipeline continues after its failure.", "type": ["boolean", "null"]},
    "exit_codes": {
        "description": "The exit codes that the pipeline continues after.",
        "type": "array",
        "items": {"type": ["integer", "string"]},
    },
    "scheduling": _words("Whether it waits for its needs or for the stages before.", "dag", "stage", None),
    "needs": _strings("The jobs that it waits for."),
    "optional_needs": _strings("Those that may be absent."),
    "needs_without_artifacts": _strings("Those whose artifacts it does not download."),
    "start_in": _optional_string("The delay of a delayed job."),
    "interruptible": {"description": "Whether a newer pipeline may cancel it.", "type": ["boolean", "string", "null"]},
    "tags": {"description": "The tags of its runner.", "type": "array", "items": {"type": ["string", "null"]}},
    "environment": _optional_string("The name of its environment as written."),
    "dependencies": {
        "description": "The jobs whose artifacts it downloads; null for those of all stages before.",
        "type": ["array", "null"],
        "items": {"type": "string"},
    },
    "resource_group": _optional_string("Its resource group as written."),
    "is_trigger": {**_FLAG, "description": "Whether it starts another pipeline."},
    "variables": _VARIABLES,
    "unknown": {
        "description": "Why each key is unknown, by key; `variables:NAME` for a variable.",
        "type": "object",
        "additionalProperties": {"type": "array", "items": {"type": "string"}},
    },
}
_ABSENT: Final = {"name": _string("The name."), "stage": _string("The stage."), "why": _string("Why it is absent.")}
_SIMULATION: Final = {
    "event_name": _EVENT_NAME,
    "event": _EVENT,
    "outcome": _OUTCOME,
    "reason": _optional_string("GitLab's word for why there is no pipeline, or why that is unknown."),
    "name": _optional_string("The name of the pipeline."),
    "status": _JOB_STATUS,
    "jobs": _list("The jobs in the order of their stages.", _record("A job.", _SIMULATED_JOB)),
    "absent": _list("The jobs that the pipeline does not have.", _record("A job.", _ABSENT)),
    "errors": _strings("GitLab's messages."),
    "warnings": _strings("GitLab's warnings."),
    "auto_cancel": {"description": "What GitLab cancels.", "type": "object", "additionalProperties": {"type": "string"}},
    "workflow_variables": _VARIABLES,
    "unread": _strings("The includes that were not read."),
    "children": {
        "description": "The child pipelines that can be read here, as records of the same kind; `job` starts them.",
        "type": "array",
        "items": {"type": "object", "additionalProperties": True},
    },
}
_OPERAND: Final = {
    "name": _string("The variable."),
    "value": _optional_string("Its value; null if it is not defined, or unknown."),
    "origin": _string("Where the value comes from; empty if it is not defined."),
    "unknown": _REASONS,
}
_CLAUSE: Final = {
    "keyword": _string("Such as `if` or `only:refs`."),
    "text": _string("Its value."),
    "answer": _TRUTH,
    "note": _string("What else it depends on."),
    "operands": _list("The variables that it reads.", _record("A variable.", _OPERAND)),
}
_CLAUSES: Final = _list("The clauses that GitLab reads.", _record("A clause.", _CLAUSE))
_READ_RULE: Final = {
    "rule": {"description": "The index, counted from 0.", "type": "integer", "minimum": 0},
    "when": _optional_string("Its `when`."),
    "file": _optional_string("The user's file."),
    "line": _optional_number("The line, counted from 1."),
    "answer": _TRUTH,
    "clauses": _CLAUSES,
}
_DIFFERENCE: Final = {
    "rule": {"description": "The index of the rule.", "type": ["integer", "null"]},
    "text": _string("The part of a rule that would have to be otherwise."),
    "must_hold": {**_FLAG, "description": "Whether it would have to hold."},
    "variables": _strings("The variables in it."),
}
_TRACE: Final = {
    "basis": _words("What decides.", "rules", "only_except", "nothing"),
    "truth": _TRUTH,
    "summary": _string("The decision in one sentence."),
    "reasons": _REASONS,
    "rules": _list("The rules that GitLab reads.", _record("A rule.", _READ_RULE)),
    "clauses": _CLAUSES,
    "differences": _list("What would have to differ.", _record("A difference.", _DIFFERENCE)),
}
_EXPLAINED_JOB: Final = {
    "name": _string("The name."),
    "presence": {"description": "Whether the pipeline has the job; null if that is unknown.", "type": ["boolean", "null"]},
    "trace": _record("Why.", _TRACE),
}
_EXPLANATION: Final = {
    "event_name": _EVENT_NAME,
    "event": _EVENT,
    "outcome": _OUTCOME,
    "errors": _strings("GitLab's messages."),
    "workflow": {**_record("Why there is a pipeline, or not.", _TRACE), "type": ["object", "null"]},
    "jobs": _list("The job, or those that `parallel` makes of it.", _record("A job.", _EXPLAINED_JOB)),
}
_CELL: Final = {
    "mark": _string("The cell as text: `●` runs, `·` is absent, `?` is unknown, `✗` GitLab creates nothing; perhaps with words."),
    "presence": {"description": "Whether the pipeline has the job; null if that is unknown.", "type": ["boolean", "null"]},
    "when": _optional_string("When it starts; null if it is absent, or if that is unknown."),
    "allow_failure": {
        "description": "Whether the pipeline continues after its failure; null if that is unknown.",
        "type": ["boolean", "null"],
    },
    "exit_codes": _SIMULATED_JOB["exit_codes"],
    "unknown": _REASONS,
}
_MATRIX_JOB: Final = {
    "name": _string("The name; after the job that starts its pipeline and ` / `, if it is in a child pipeline."),
    "stage": _string("The stage."),
    "jobs": _strings("The jobs that it stands for: several if `parallel` makes them, and the events treat them alike."),
    "cells": {
        "description": "What each event does with it, by the name of the event.",
        "type": "object",
        "additionalProperties": _record("A cell.", _CELL),
    },
}
_MATRIX_CHILD: Final = {
    "job": _string("The job that starts the child pipeline."),
    "outcome": _OUTCOME,
    "errors": _strings("GitLab's messages."),
}
_MATRIX_EVENT: Final = {
    "title": _string("The title of its column."),
    "event": _EVENT,
    "outcome": _OUTCOME,
    "reason": _SIMULATION["reason"],
    "errors": _strings("GitLab's messages."),
    "children": _list("The child pipelines that can be read here.", _record("A child pipeline.", _MATRIX_CHILD)),
}
_LISTED: Final = {"name": _string("The name."), "summary": _string("What it describes.")}


class Report(NamedTuple):
    """The report of a command.

    Args:
        summary: What it reports, in one sentence.
        keys: Its own keys.
        optional: The keys that a report without findings may lack, too.
    """

    summary: str
    keys: Schema
    optional: tuple[str, ...] = ()


REPORTS: Final = {
    "render": Report(
        "What `gitlabgen render` did with each file.",
        {
            "files": _list("The files.", _record("A file.", _RENDERED, optional=("status", "action", "text", "diff"))),
            "dry_run": {"description": "That nothing was written; with `--dry-run`.", "const": True},
            "unstaged": _UNSTAGED,
        },
        ("dry_run", "unstaged"),
    ),
    "check": Report(
        "Whether each file is up to date, by `gitlabgen check`.",
        {"files": _list("The files.", _record("A file.", _CHECKED, optional=("advice", "diff"))), "unstaged": _UNSTAGED},
        ("unstaged",),
    ),
    "lint": Report(
        "What `gitlabgen lint` found; also the format of a baseline.",
        {"skipped_checks": _SKIPPED, "parts": _list("The files that may be parts of another one.", _record("A file.", _PART))},
        ("skipped_checks", "parts"),
    ),
    "verify": Report("What `gitlabgen verify` found.", {}),
    "rules": Report("The rules of the linter, by `gitlabgen rules`.", {"rules": _list("The rules.", _record("A rule.", _RULE))}),
    "rule": Report("One rule of the linter, by `gitlabgen rule`.", {"rule": _record("The rule.", _RULE)}),
    "show": Report(
        "A merged configuration, by `gitlabgen show`.",
        {
            "job": _optional_string("The job whose configuration it is; null for the whole configuration."),
            "configuration": {"description": "The configuration as plain data.", "type": "object"},
            "origins": _list("Where each value was written.", _record("A value.", _ORIGIN)),
            "unknown": _strings("The includes that were not read."),
        },
    ),
    "simulate": Report(
        "The pipeline that an event creates, by `gitlabgen simulate`.",
        {
            **_SIMULATION,
            "simulations": _list(
                "The pipelines of several events; then the other keys are missing.", _record("A pipeline.", _SIMULATION)
            ),
        },
        (*_SIMULATION, "simulations"),
    ),
    "explain": Report(
        "Why a job is in a pipeline or not, by `gitlabgen explain`.",
        {"job": _string("The job."), "explanations": _list("One for each event.", _record("An event.", _EXPLANATION))},
    ),
    "matrix": Report(
        "Which jobs which events create, by `gitlabgen matrix`.",
        {
            "events": {
                "description": "The events by name.",
                "type": "object",
                "additionalProperties": _record("An event.", _MATRIX_EVENT),
            },
            "jobs": _list("The jobs in the order of their stages.", _record("A job.", _MATRIX_JOB)),
            "unread": _strings("The includes that were not read; they may have more jobs."),
        },
    ),
    "init": Report(
        "The blueprints, or the files that `gitlabgen init` created.",
        {
            "blueprints": _list("The blueprints; without BLUEPRINT.", _record("A blueprint.", _BLUEPRINT)),
            "files": _list("The files; with BLUEPRINT.", _record("A file.", _STARTED)),
            "dry_run": {"description": "That nothing was written; with `--dry-run`.", "const": True},
            "placeholders": {
                "description": "The settings whose values have to be replaced, with these values; with BLUEPRINT.",
                "type": "object",
                "additionalProperties": {"type": ["string", "object"], "additionalProperties": {"type": "string"}},
            },
            "missing": _optional_string("What has to be added before the jobs can run; with BLUEPRINT."),
            "next": _strings("The next commands; with BLUEPRINT."),
        },
        ("blueprints", "files", "dry_run", "placeholders", "missing", "next"),
    ),
    "completion": Report(
        "The script that `gitlabgen completion` prints.",
        {"shell": _words("The shell.", "bash", "zsh", "fish"), "script": _string("The script.")},
    ),
    "schema": Report(
        "The schemas that `gitlabgen schema` lists, or one of them.",
        {
            "schemas": _list("The schemas; without NAME.", _record("A schema.", _LISTED)),
            "json_schema": {"description": "The schema; with NAME.", "type": "object", "additionalProperties": True},
        },
        ("schemas", "json_schema"),
    ),
    "version": Report("The version, by `gitlabgen --version`.", {"version": _string("The version of gitlabgen.")}),
}
"""The reports by the names of the commands."""


def report_schema(name: str) -> Schema:
    """Return the schema of a command's report.

    Args:
        name: A key of `REPORTS`.
    """
    report = REPORTS[name]
    expected = [key for key in report.keys if key not in report.optional]
    failed = {"properties": {"findings": {"description": "Why the keys of the command are missing.", "minItems": 1}}}
    return {
        "title": f"gitlabgen {name}",
        "description": report.summary,
        "type": "object",
        "properties": {**_ENVELOPE, **report.keys},
        "required": [*_ENVELOPE],
        **({"anyOf": [{"required": expected}, failed]} if expected else {}),
        "$defs": _DEFS,
    }
