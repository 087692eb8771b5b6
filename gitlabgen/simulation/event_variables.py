"""The predefined variables whose values an event states: of the commit, the merge request, the schedule."""

from __future__ import annotations

from typing import Final

from gitlabgen.simulation.events import Event
from gitlabgen.simulation.project_facts import ProjectFacts
from gitlabgen.simulation.refs import is_in_fork, is_protected, is_protected_ref, ref_of, target_branch_of
from gitlabgen.simulation.slugs import slug
from gitlabgen.simulation.unknown import Truth, Unknown
from gitlabgen.simulation.variables import Value

ZEROS: Final = "0" * 40
"""What GitLab has instead of a commit that does not exist."""

_LONGEST_MESSAGE: Final = 100_000  # bytes
_LONGEST_TITLE: Final = 99  # characters; after a longer one, the description is the whole message


def set_by_gitlab(name: str, *, is_present: bool = True, excluded: tuple[str, ...] = ()) -> Unknown:
    """Return the value of a variable that GitLab sets to something that is not known here.

    Args:
        name: The variable's name.
        is_present: Whether the value is certainly not blank.
        excluded: Texts that the value certainly is not.
    """
    return Unknown((f"GitLab sets {name}",), is_present, excluded)


def event_values(event: Event, facts: ProjectFacts) -> dict[str, Value]:
    """Return the values of the variables about a pipeline, its commit and its merge request; None if it has no such value.

    Args:
        event: The event.
        facts: What is known of the project.
    """
    return {
        "CI_PIPELINE_IID": set_by_gitlab("CI_PIPELINE_IID"),
        "CI_PIPELINE_SOURCE": event.pipeline_source,
        # GitLab decides rules before it saves the pipeline, so it may not have a time yet.
        "CI_PIPELINE_CREATED_AT": set_by_gitlab("CI_PIPELINE_CREATED_AT", is_present=False),
        "CI_PIPELINE_SCHEDULE_DESCRIPTION": _description(event),
        "CI_PIPELINE_TRIGGERED": "true" if event.source == "trigger" else None,
        "CI_TRIGGER_SHORT_TOKEN": set_by_gitlab("CI_TRIGGER_SHORT_TOKEN") if event.source == "trigger" else None,
        "CI_COMMIT_SHA": set_by_gitlab("CI_COMMIT_SHA", excluded=(ZEROS,)),
        "CI_COMMIT_SHORT_SHA": set_by_gitlab("CI_COMMIT_SHORT_SHA"),
        "CI_COMMIT_BEFORE_SHA": _before(event),
        **_ref(event, facts),
        **_message(event),
        "CI_COMMIT_REF_PROTECTED": _flag(is_protected(event, facts)),
        "CI_COMMIT_TIMESTAMP": set_by_gitlab("CI_COMMIT_TIMESTAMP"),
        "CI_COMMIT_AUTHOR": set_by_gitlab("CI_COMMIT_AUTHOR"),
        "CI_COMMIT_USER_LOGIN": set_by_gitlab("CI_COMMIT_USER_LOGIN", is_present=False),
        "CI_COMMIT_TAG": event.tag,
        "CI_COMMIT_TAG_MESSAGE": set_by_gitlab("CI_COMMIT_TAG_MESSAGE", is_present=False) if event.is_tag else None,
        **(_merge_request(event, facts) if event.is_merge_request else {}),
        "CI_OPEN_MERGE_REQUESTS": _open_merge_requests(event),
        "CI_KUBERNETES_ACTIVE": "true" if event.kubernetes else None,
        **_external_pull_request(event),
    }


def _description(event: Event) -> Value:
    if event.source != "schedule":
        return None
    return set_by_gitlab("CI_PIPELINE_SCHEDULE_DESCRIPTION") if event.description is None else event.description


def _before(event: Event) -> Value:
    is_update = event.has_diff if event.source == "push" else event.source == "parent_pipeline" and event.new_branch is False
    return set_by_gitlab("CI_COMMIT_BEFORE_SHA", excluded=(ZEROS,)) if is_update else ZEROS


def _ref(event: Event, facts: ProjectFacts) -> dict[str, Value]:
    ref = ref_of(event, facts)
    is_branch = not event.is_tag and not event.is_merge_request
    return {
        "CI_COMMIT_REF_NAME": ref,
        "CI_COMMIT_REF_SLUG": ref if isinstance(ref, Unknown) else slug(ref),
        "CI_COMMIT_BRANCH": ref if is_branch else None,
    }


def _message(event: Event) -> dict[str, Value]:
    if event.message is None:
        return {
            "CI_COMMIT_MESSAGE": set_by_gitlab("CI_COMMIT_MESSAGE"),
            "CI_COMMIT_MESSAGE_IS_TRUNCATED": set_by_gitlab("CI_COMMIT_MESSAGE_IS_TRUNCATED"),
            "CI_COMMIT_TITLE": set_by_gitlab("CI_COMMIT_TITLE"),
            "CI_COMMIT_DESCRIPTION": set_by_gitlab("CI_COMMIT_DESCRIPTION", is_present=False),
        }
    raw = event.message.encode()
    title, _, rest = event.message.partition("\n")
    return {
        "CI_COMMIT_MESSAGE": raw[:_LONGEST_MESSAGE].decode(errors="ignore"),
        "CI_COMMIT_MESSAGE_IS_TRUNCATED": "true" if len(raw) > _LONGEST_MESSAGE else "false",
        "CI_COMMIT_TITLE": title,
        "CI_COMMIT_DESCRIPTION": (rest if len(title) <= _LONGEST_TITLE else event.message).removesuffix("\n"),
    }


def _flag(truth: Truth) -> Value:
    return Unknown(truth.reasons, is_present=True) if isinstance(truth, Unknown) else str(truth).lower()


def _merge_request(event: Event, facts: ProjectFacts) -> dict[str, Value]:
    kind = event.merge_request_type or "detached"
    iid = event.merge_request_iid
    target = target_branch_of(event, facts)
    in_fork = is_in_fork(event, facts)
    path = facts.path or set_by_gitlab("CI_MERGE_REQUEST_PROJECT_PATH")
    source_protected = Unknown(("the fork decides",)) if in_fork else is_protected_ref(ref_of(event, facts), facts)
    return {
        "CI_MERGE_REQUEST_EVENT_TYPE": kind,
        "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": _end("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", kind),
        "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": _end("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", kind),
        "CI_MERGE_REQUEST_ID": set_by_gitlab("CI_MERGE_REQUEST_ID"),
        "CI_MERGE_REQUEST_IID": set_by_gitlab("CI_MERGE_REQUEST_IID") if iid is None else str(iid),
        "CI_MERGE_REQUEST_REF_PATH": (
            set_by_gitlab("CI_MERGE_REQUEST_REF_PATH") if iid is None else f"refs/merge-requests/{iid}/head"
        ),
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": ref_of(event, facts),
        "CI_MERGE_REQUEST_SOURCE_BRANCH_PROTECTED": _flag(source_protected),
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": target,
        "CI_MERGE_REQUEST_TARGET_BRANCH_PROTECTED": _flag(is_protected_ref(target, facts)),
        "CI_MERGE_REQUEST_TITLE": set_by_gitlab("CI_MERGE_REQUEST_TITLE"),
        "CI_MERGE_REQUEST_DESCRIPTION": set_by_gitlab("CI_MERGE_REQUEST_DESCRIPTION", is_present=False),
        "CI_MERGE_REQUEST_LABELS": _labels(event),
        "CI_MERGE_REQUEST_PROJECT_PATH": path,
        "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": event.source_project if in_fork else path,
    }


def _end(name: str, kind: str) -> Value:
    """Return the commit of one of a merge request's branches: empty unless GitLab merges them."""
    return "" if kind == "detached" else set_by_gitlab(name)


def _labels(event: Event) -> Value:
    if event.labels is None:
        return Unknown(("the event does not say the labels of the merge request",))
    text = event.labels if isinstance(event.labels, str) else ",".join(sorted(event.labels))
    return text or None


def _open_merge_requests(event: Event) -> Value:
    if event.is_tag or not (event.open_merge_request or event.is_merge_request):
        return None
    # The child of a merge request pipeline may not have it, and who starts a pipeline may not be allowed to read it.
    return set_by_gitlab("CI_OPEN_MERGE_REQUESTS", is_present=event.source != "parent_pipeline")


def _external_pull_request(event: Event) -> dict[str, Value]:
    if event.source != "external_pull_request_event":
        return {}
    stated = {"SOURCE_BRANCH_NAME": event.branch, "TARGET_BRANCH_NAME": event.target_branch}
    return {f"CI_EXTERNAL_PULL_REQUEST_{name}": value for name, value in stated.items() if value is not None}
