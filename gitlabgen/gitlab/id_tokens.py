"""`id_tokens`: JSON web tokens with which a job authenticates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.model import model

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["IdToken"]


@model
class IdToken(KeywordModel):
    """A JSON web token for another service.

    Args:
        aud: The audience or audiences.

    Source: https://docs.gitlab.com/ci/yaml/#id_tokens
    """

    keyword: ClassVar[str] = "id_tokens"
    main: ClassVar[str | None] = "aud"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#id_tokens"
    type_errors: ClassVar[TypeErrors] = {
        "aud": Sentence("aud should be an array of strings or a string"),
        ("aud", "missing"): Sentence("config missing required keys: aud"),
    }

    aud: str | Sequence[str | Reference] | Reference
