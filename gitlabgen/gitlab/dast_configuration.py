"""`dast_configuration`: the profiles with which a job scans a running application."""

from __future__ import annotations

from typing import ClassVar

from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import Text
from gitlabgen.modeling.model import model

__all__ = ["DastConfiguration"]


@model
class DastConfiguration(KeywordModel):
    """The profiles with which a job scans a running application.

    Args:
        site_profile: The profile of the site.
        scanner_profile: The profile of the scanner.

    Source: https://docs.gitlab.com/ci/yaml/#dast_configuration
    """

    keyword: ClassVar[str] = "dast_configuration"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#dast_configuration"

    site_profile: Text | None = None
    scanner_profile: Text | None = None
