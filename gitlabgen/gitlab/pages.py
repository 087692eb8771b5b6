"""`pages`: a website that a job publishes."""

from __future__ import annotations

from typing import ClassVar

from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import Duration, Text
from gitlabgen.gitlab.value_forms import with_variables
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model

__all__ = ["Pages"]


@model
class Pages(KeywordModel):
    """A website that a job publishes; a plain True is enough if there are no options.

    Args:
        path_prefix: The folder in the site's URL for this version.
        expire_in: How long the website is kept.
        publish: The folder with the website's files; GitLab's default is `public`.

    Source: https://docs.gitlab.com/ci/yaml/#pages
    """

    keyword: ClassVar[str] = "pages"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#pages"

    path_prefix: Text | None = field(default=None, since=(17, 4))
    expire_in: Duration | None = field(default=None, since=(17, 4), forms_since=(with_variables((17, 11)),))
    publish: Text | None = field(default=None, since=(17, 9))
