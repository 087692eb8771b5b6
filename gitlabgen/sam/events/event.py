"""The base class of events."""

from __future__ import annotations

from typing import ClassVar

from gitlabgen.modeling.model import model
from gitlabgen.sam.template_model import TemplateModel

__all__ = ["Event"]


@model
class Event(TemplateModel):
    """What calls a function or starts a state machine; each class has the name of SAM's event type.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html
    """

    keyword: ClassVar[str] = "Events"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html"
    )
    form: ClassVar[str] = "event"
    # SAM's type of the event; users' subclasses inherit it.
    type: ClassVar[str] = ""
