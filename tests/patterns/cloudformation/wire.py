"""AWS's query protocol: requests as forms, answers as XML, both by the shapes that botocore has.

Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import uuid
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

import botocore.loaders  # type: ignore[import-untyped,unused-ignore]
import botocore.model  # type: ignore[import-untyped,unused-ignore]

from tests.patterns.cloudformation.errors import NotEmulatedError, RefusedError, invalid

NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/"


@functools.cache
def _service() -> Any:
    description = botocore.loaders.Loader().load_service_model("cloudformation", "service-2")
    return botocore.model.ServiceModel(description, "cloudformation")


def parse(form: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Return the operation and the parameters of a request."""
    name = form["Action"]
    if name not in _service().operation_names:
        raise RefusedError(f"Could not find operation {name} for version 2010-05-15", "InvalidAction")
    shape = _service().operation_model(name).input_shape
    read: set[str] = {"Action", "Version"}
    given = _read(shape, "", form, read) if shape else {}
    if left := sorted(set(form) - read):
        raise NotEmulatedError(f"the parameter {left[0]} of {name}")
    return name, given


def _read(shape: Any, prefix: str, form: Mapping[str, str], read: set[str]) -> Any:
    if shape.type_name == "structure":
        found = {}
        for name, member in shape.members.items():
            path = f"{prefix}.{name}" if prefix else name
            if any(key == path or key.startswith(f"{path}.") for key in form):
                found[name] = _read(member, path, form, read)
        missing = [name for name in shape.required_members if name not in found]
        if missing:
            raise invalid(None, missing[0], "not be null")
        return found
    if shape.type_name == "list":
        read.add(prefix)  # an empty list is an empty text
        items: list[Any] = []
        while any(key == (path := f"{prefix}.member.{len(items) + 1}") or key.startswith(f"{path}.") for key in form):
            items.append(_read(shape.member, path, form, read))
        return items
    read.add(prefix)
    text = form[prefix]
    if shape.type_name == "boolean":
        return text == "true"
    if shape.type_name in {"integer", "long"}:
        return int(text)
    if shape.enum and text not in shape.enum:
        raise invalid(text, prefix, f"satisfy enum value set: [{', '.join(shape.enum)}]")
    return text


def answer(operation: str, result: Mapping[str, Any]) -> bytes:
    """Return the XML of a result."""
    shape = _service().operation_model(operation).output_shape
    body = f"<{operation}Result>{_write(shape, result)}</{operation}Result>" if shape else ""
    request = f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata>"
    return f'<{operation}Response xmlns="{NAMESPACE}">{body}{request}</{operation}Response>'.encode()


def _write(shape: Any, value: Any) -> str:
    if shape.type_name == "structure":
        unknown = set(value) - set(shape.members)
        assert not unknown, f"{shape.name} has no {unknown}"
        return "".join(f"<{key}>{_write(shape.members[key], each)}</{key}>" for key, each in value.items() if each is not None)
    if shape.type_name == "list":
        return "".join(f"<member>{_write(shape.member, each)}</member>" for each in value)
    if shape.type_name == "timestamp":
        return dt.datetime.fromtimestamp(value, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if shape.type_name == "boolean":
        return "true" if value else "false"
    # XML's parser would normalize a carriage return.
    return escape(str(value), {"\r": "&#13;"})


def error(refusal: RefusedError, kind: str) -> tuple[str, bytes]:
    """Return the type and the body of an error, in the protocol of the request.

    Args:
        refusal: The error.
        kind: The content type of the request.
    """
    told = {"__type": refusal.code, "message": refusal.message}
    if "json" in kind:
        return kind, json.dumps(told).encode()
    if "cbor" in kind:
        return kind, b"\xa2" + b"".join(_cbor(text) for pair in told.items() for text in pair)
    fault = "Sender" if refusal.status < 500 else "Receiver"
    inner = f"<Type>{fault}</Type><Code>{escape(refusal.code)}</Code><Message>{escape(refusal.message)}</Message>"
    number = uuid.uuid4()
    return (
        "text/xml",
        f'<ErrorResponse xmlns="{NAMESPACE}"><Error>{inner}</Error><RequestId>{number}</RequestId></ErrorResponse>'.encode(),
    )


def _cbor(text: str) -> bytes:
    """Return a text as CBOR writes it, with its length in four bytes."""
    body = text.encode()
    return b"\x7a" + len(body).to_bytes(4, "big") + body
