"""AWS's images for jobs that build and deploy.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-image-repositories.html
"""

from __future__ import annotations

from typing import Final

# The tag is the version of AWS SAM CLI.
BUILD_IMAGE: Final = "public.ecr.aws/sam/build-{}:1.170.0"
"""The image that builds functions of a runtime."""

DEPLOY_IMAGE: Final = BUILD_IMAGE.format("python3.13")
"""An image with AWS CLI, AWS SAM CLI and Python, for the jobs that deploy."""
