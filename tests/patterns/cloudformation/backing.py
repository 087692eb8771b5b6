"""The moto server that serves the emulator, which answers for the other services."""

from __future__ import annotations

import functools
import hashlib
import re
import urllib.request
from typing import Any

import botocore.session  # type: ignore[import-untyped,unused-ignore]
from botocore.config import Config  # type: ignore[import-untyped,unused-ignore]
from botocore.exceptions import ClientError  # type: ignore[import-untyped,unused-ignore]

from tests.patterns.cloudformation.errors import BrokenError, RefusedError

IDENTITY = "Action=GetCallerIdentity&Version=2011-06-15"
BUCKET_URL = re.compile(
    r"https://(?:(?P<host>[^./]+)\.s3[.\w-]*\.amazonaws\.com|s3[.\w-]*\.amazonaws\.com/(?P<path>[^/]+))/(?P<key>.+)"
)


@functools.cache
def session() -> Any:
    """Return a session of botocore, which keeps the descriptions of services."""
    return botocore.session.get_session()


class Backing:
    """Clients of the moto server.

    Args:
        address: Its address.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.client = functools.cache(self._client)
        self.account = functools.cache(self._account)

    def _client(self, service: str, account: str, region: str) -> Any:
        client = session().create_client(
            service,
            region_name=region,
            endpoint_url=self.address,
            aws_access_key_id="emulator",
            aws_secret_access_key="emulator",
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}),
        )

        def name_account(request: Any, **_: Any) -> None:
            request.headers["x-moto-account-id"] = account

        client.meta.events.register(f"before-send.{client.meta.service_model.service_id.hyphenize()}", name_account)
        return client

    def _account(self, key: str) -> str:
        """Return the account of an access key."""
        signed = f"AWS4-HMAC-SHA256 Credential={key}/20270101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=none"
        headers = {"Authorization": signed, "Content-Type": "application/x-www-form-urlencoded"}
        request = urllib.request.Request(self.address, IDENTITY.encode(), headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            (account,) = re.findall(r"<Account>(\d+)</Account>", answer.read().decode())
        return str(account)

    def stored(self, account: str, region: str, name: str) -> str | None:
        """Return a value of the parameter store."""
        try:
            found = self.client("ssm", account, region).get_parameter(Name=name, WithDecryption=True)
        except ClientError:
            return None
        return str(found["Parameter"]["Value"])

    def template(self, account: str, region: str, url: str) -> str:
        """Return the template at an address of S3."""
        match = BUCKET_URL.fullmatch(url)
        if not match:
            raise RefusedError("TemplateURL must be a supported URL.")
        try:
            found = self.client("s3", account, region).get_object(Bucket=match["host"] or match["path"], Key=match["key"])
        except ClientError as error:
            raise RefusedError(f"S3 error: {error.response['Error'].get('Message')}") from None
        return str(found["Body"].read().decode())

    def code(self, account: str, region: str, given: dict[str, Any]) -> bytes:
        """Return a function's archive, or its text if it is in the template.

        Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-lambda-function-code.html
        """
        if "ZipFile" in given:
            return str(given["ZipFile"]).encode()
        if "ImageUri" in given:
            return hashlib.sha256(given["ImageUri"].encode()).digest()
        client = self.client("s3", account, region)
        try:
            place = client.get_bucket_location(Bucket=given["S3Bucket"])["LocationConstraint"] or "us-east-1"
            if place != region:
                self._refuse(
                    "PermanentRedirect", f"The bucket is in this region: {place}. Please use this region to retry the request"
                )
            version = {"VersionId": given["S3ObjectVersion"]} if "S3ObjectVersion" in given else {}
            return bytes(client.get_object(Bucket=given["S3Bucket"], Key=given["S3Key"], **version)["Body"].read())
        except ClientError as error:
            problem = error.response["Error"]
            self._refuse(problem["Code"], problem.get("Message", ""))
            raise

    def _refuse(self, code: str, message: str) -> None:
        raise BrokenError(
            f'Resource handler returned message: "Error occurred while GetObject. S3 Error Code: {code}. '
            f'S3 Error Message: {message} (Service: Lambda, Status Code: 400)" (HandlerErrorCode: InvalidRequest)'
        )
