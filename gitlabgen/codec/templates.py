"""`template.yml`: a template to text and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gitlabgen.codec.cloudformation import FUNCTIONS, long_form, short_forms
from gitlabgen.codec.encoding import Encoder, commented
from gitlabgen.yamltext.nodes import Commented, Tagged
from gitlabgen.yamltext.writer import dump_entries

if TYPE_CHECKING:
    from gitlabgen.errors import Finding
    from gitlabgen.sam.canary import Canary
    from gitlabgen.sam.intrinsics import Intrinsic
    from gitlabgen.sam.outputs import Output
    from gitlabgen.sam.resource import BaseResource
    from gitlabgen.sam.route import Route
    from gitlabgen.sam.template import Template

__all__ = ["dumps", "loads", "read"]

_TOP_LEVEL: Final = (
    "AWSTemplateFormatVersion",
    "Transform",
    "Description",
    "Metadata",
    "Parameters",
    "Mappings",
    "Rules",
    "Conditions",
    "Globals",
    "Resources",
    "Outputs",
)
_BESIDE_PROPERTIES: Final = (
    "Condition",
    "DependsOn",
    "CreationPolicy",
    "UpdatePolicy",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "Metadata",
)
_IRREGULAR: Final = {"format_version": "AWSTemplateFormatVersion", "ok_actions": "OKActions"}
_API_KEYS: Final = {"Api": "RestApiId", "HttpApi": "ApiId"}
_API_TYPES: Final = {"AWS::Serverless::Api": "Api", "AWS::Serverless::HttpApi": "HttpApi"}


def _key(name: str) -> str:
    return _IRREGULAR.get(name) or "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def dumps(template: Template) -> str:
    """Return a template as the text of `template.yml`, with intrinsic functions in their short forms.

    Args:
        template: The template.

    Raises:
        YamlError: If a value can stand in no YAML file.
    """
    tree = _TemplateEncoder(template).template()
    order = [key for key in (*_TOP_LEVEL, *tree) if key in tree]
    entries = ((key, short_forms(tree[key])) for key in dict.fromkeys(order))
    return "".join(dump_entries(entries, spacing=2))


class _TemplateEncoder:
    """Writes what of a template depends on the template: a route is written by the kind of API that it leads to."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self._types = {_name(resource): _type(resource) for resource in template.resources}
        self._encoder = Encoder(
            _key,
            special={"Canary": self._canary, "Intrinsic": self._intrinsic, "Output": self._output, "Route": self._route},
            without={
                "BaseResource": frozenset(("name", "resource_type", "properties")),
                "Template": frozenset(("resources",)),
            },
            foreign=self._foreign,
        )

    def template(self) -> dict[str, Any]:
        """Return the whole template as a tree."""
        tree = self._encoder.mapping(self._template)
        resources = {_name(resource): self._resource(resource) for resource in self._template.resources}
        tree["Resources"] = {**resources, **tree.get("Resources", {})}
        if self._template.comment is not None:
            first = next(key for key in _TOP_LEVEL if key in tree)
            tree[first] = Commented(tree[first], before=self._template.comment)
        return tree

    def _foreign(self, value: Any) -> Any:
        return self._encoder.tree(value.to_dict()) if hasattr(value, "to_dict") else value

    def _resource(self, resource: Any) -> Any:
        if not hasattr(resource, "resource_attributes"):
            return _in_order(self._foreign(resource))
        tree = self._encoder.mapping(resource)
        for key in [key for key, value in tree.items() if key == "Canary"]:
            tree = _spliced(tree, key)
        beside = {key: tree.pop(key) for key in _BESIDE_PROPERTIES if key in tree}
        if resource.type == "AWS::CloudWatch::Alarm" and isinstance(tree.get("Dimensions"), dict):
            tree["Dimensions"] = [{"Name": name, "Value": value} for name, value in tree["Dimensions"].items()]
        if resource.type:
            properties = tree
        else:
            properties = {**({} if resource.properties is None else self._encoder.tree(resource.properties)), **tree}
        written = {"Type": _type(resource), **beside, **({"Properties": properties} if properties else {})}
        return written if resource.comment is None else Commented(written, before=resource.comment)

    def _canary(self, canary: Canary) -> dict[str, Any]:
        tree = self._encoder.mapping(canary)
        written: dict[str, Any] = {"AutoPublishAlias": tree.pop("Alias"), "DeploymentPreference": tree}
        if canary.comment is not None:
            written["DeploymentPreference"] = commented(tree, canary.comment)
        return written

    def _intrinsic(self, value: Intrinsic) -> dict[str, Any]:
        return {value.function: self._encoder.tree(value.argument)}

    def _output(self, output: Output) -> Any:
        tree = self._encoder.mapping(output)
        ordered = {key: tree[key] for key in ("Description", "Condition", "Value") if key in tree}
        if "Export" in tree:
            ordered["Export"] = {"Name": tree.pop("Export")}
        written = {**ordered, **{key: value for key, value in tree.items() if key not in ordered}}
        return written if output.comment is None else Commented(written, before=output.comment)

    def _route(self, route: Route) -> Any:
        tree = self._encoder.mapping(route)
        tree.pop("Type", None)
        kind = route.type or _API_TYPES.get(self._types.get(_target(route.api), ""), "HttpApi")
        api = {_API_KEYS[kind]: tree.pop("Api")} if "Api" in tree else {}
        rest = {key: value for key, value in tree.items() if key not in ("Path", "Method")}
        written = {"Type": kind, "Properties": {**api, "Path": tree["Path"], "Method": tree["Method"], **rest}}
        return written if route.comment is None else Commented(written, before=route.comment)


def _name(resource: Any) -> str:
    return str(getattr(resource, "name", None) or getattr(resource, "title", ""))


def _type(resource: Any) -> str:
    return str(getattr(resource, "resource_type", None) or resource.type)


def _target(api: Any) -> str:
    if isinstance(api, str):
        return api
    return str(getattr(api, "argument", "")) if getattr(api, "function", None) == "Ref" else ""


def _spliced(tree: dict[str, Any], key: str) -> dict[str, Any]:
    spliced: dict[str, Any] = {}
    for name, value in tree.items():
        if name == key:
            inner = value.value if isinstance(value, Commented) else value
            spliced.update(inner)
        else:
            spliced[name] = value
    return spliced


def _in_order(resource: Any) -> Any:
    keys = ("Type", *_BESIDE_PROPERTIES, "Properties")
    return {**{key: resource[key] for key in keys if key in resource}, **resource}


def loads(text: str, *, filename: str | None = None) -> Template:
    """Return the template that a `template.yml` describes.

    Args:
        text: The file's text.
        filename: The file's name for messages.

    Raises:
        YamlError: If the text is no YAML.
        KeywordError: If properties hold what AWS would reject; with all findings.
    """
    from gitlabgen.errors import KeywordError

    template, findings = read(text, filename=filename)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise KeywordError(*errors)
    return template


def read(text: str, *, filename: str | None = None) -> tuple[Template, list[Finding]]:
    """Return a template with what is wrong in it, so that a checker can go on with what is right.

    Args:
        text: The file's text.
        filename: The file's name for findings.

    Raises:
        YamlError: If the text is no YAML.
    """
    from gitlabgen.errors import Finding, YamlError, collecting
    from gitlabgen.yamltext.reader import load_documents

    documents = load_documents(text, filename=filename)
    body = documents[0].tree if documents else None
    if not isinstance(body, dict) or not isinstance(body.get("Resources", {}), dict):
        message = "a template is a mapping with Resources"
        raise YamlError(Finding(rule="invalid-yaml", message=message, file=filename, line=1, column=1))
    with collecting() as findings:
        template = _TemplateDecoder(filename or "", body).template()
    return template, [*(warning for document in documents for warning in document.warnings), *findings]


class _TemplateDecoder:
    """Reads what of a template depends on the template: the mirror of the encoder."""

    def __init__(self, filename: str, body: dict[Any, Any]) -> None:
        from gitlabgen.codec.decoding import Decoder

        self._body = body
        self._filename = filename
        self._resources = body.get("Resources") or {}
        self._types = {name: node.get("Type") for name, node in self._resources.items() if isinstance(node, dict)}
        self._decoder = Decoder(filename, _field, special={"Output": self._output, "Route": self._event}, adopt=self._intrinsic)

    def template(self) -> Template:
        """Return the whole template."""
        from gitlabgen.codec.decoding import NodePlace
        from gitlabgen.sam.template import Template

        made = {name: self._resource(name, node) for name, node in self._resources.items()}
        settings = {key: node for key, node in self._body.items() if key != "Resources"}
        # A loop over resources is a list under their heading, and no resource.
        others = {name: self._resources[name] for name, resource in made.items() if resource is None}
        if others:
            settings["Resources"] = others
        given: dict[str, Any] = {"resources": [resource for resource in made.values() if resource is not None]}
        given |= {name: None for name in ("transform", "format_version") if _key(name) not in settings}
        template: Template = self._decoder.model(Template, settings, NodePlace(self._filename, self._body), **given)
        return template

    def _intrinsic(self, node: Any) -> Any:
        from gitlabgen.sam.intrinsics import Intrinsic

        if isinstance(node, Tagged):
            found = long_form(node.tag, node.value)
        elif len(node) == 1:
            ((name, argument),) = node.items()
            found = (name, argument) if name in FUNCTIONS or (name == "Ref" and isinstance(argument, str)) else None
        else:
            found = None
        if found is None:
            return None
        function, argument = found
        if function == "Fn::GetAtt" and isinstance(argument, str):
            argument = argument.split(".", 1)
        return Intrinsic(function, self._decoder.raw(argument))

    def _resource(self, name: str, node: Any) -> BaseResource | None:
        from gitlabgen.codec.decoding import NodePlace
        from gitlabgen.sam.resource import Resource

        if not isinstance(node, dict):
            return None
        kind, properties = node.get("Type"), node.get("Properties")
        cls = _class_of(kind)
        place = NodePlace(self._filename, node)
        if cls is None or not isinstance(properties, dict) or not {*node} <= {"Type", "Properties", *_BESIDE_PROPERTIES}:
            beside = {key: value for key, value in node.items() if key not in ("Type", "Properties")}
            written = None if properties is None else self._decoder.raw(properties)
            generic: Resource = self._decoder.model(
                Resource, beside, place, name=name, resource_type=str(kind or ""), properties=written
            )
            return generic
        flat = {key: value for key, value in node.items() if key not in ("Type", "Properties")} | dict(properties)
        given: dict[str, Any] = {"name": name}
        if kind == "AWS::Serverless::Function":
            given |= self._canary(flat)
        if kind == "AWS::CloudWatch::Alarm":
            flat["Dimensions"] = _by_name(flat["Dimensions"]) if "Dimensions" in flat else None
            flat = {key: value for key, value in flat.items() if key != "Dimensions" or value is not None}
        made: BaseResource = self._decoder.model(cls, flat, NodePlace(self._filename, properties), **given)
        return made

    def _canary(self, properties: dict[Any, Any]) -> dict[str, Any]:
        from gitlabgen.sam.canary import Canary

        preference, alias = properties.get("DeploymentPreference"), properties.get("AutoPublishAlias")
        if alias is None or not isinstance(preference, dict) or self._intrinsic(preference) is not None:
            return {}
        if "Alias" in preference:
            return {}
        del properties["DeploymentPreference"], properties["AutoPublishAlias"]
        return {"canary": self._decoder.model(Canary, preference, alias=self._decoder.raw(alias))}

    def _output(self, node: dict[Any, Any]) -> Output:
        from gitlabgen.codec.decoding import NodePlace
        from gitlabgen.sam.outputs import Output

        flat = dict(node)
        given: dict[str, Any] = {}
        export = flat.get("Export")
        if isinstance(export, dict) and [*export] == ["Name"]:
            given["export"] = self._decoder.raw(flat.pop("Export")["Name"])
        made: Output = self._decoder.model(Output, flat, NodePlace(self._filename, node), **given)
        return made

    def _event(self, node: dict[Any, Any]) -> Any:
        from gitlabgen.codec.decoding import NodePlace
        from gitlabgen.sam.route import Route

        kind, properties = node.get("Type"), node.get("Properties")
        if kind not in _API_KEYS or not isinstance(properties, dict) or len(node) != 2:
            return self._decoder.raw(node)
        if not {"Path", "Method"} <= {*properties} or {"Api", "Type"} & {*properties}:
            return self._decoder.raw(node)
        flat = dict(properties)
        api = flat.pop(_API_KEYS[kind], None)
        target = None if api is None else self._decoder.raw(api)
        derived = _API_TYPES.get(str(self._types.get(_target(target))), "HttpApi")
        place = NodePlace(self._filename, properties)
        return self._decoder.model(Route, flat, place, api=target, type=None if kind == derived else kind)


def _field(key: str, names: frozenset[str]) -> str | None:
    return next((name for name in sorted(names) if _key(name) == key), None)


def _by_name(dimensions: Any) -> Any:
    pairs = dimensions if isinstance(dimensions, list) else []
    legal = pairs and all(isinstance(pair, dict) and {*pair} == {"Name", "Value"} for pair in pairs)
    names = [pair["Name"] for pair in pairs] if legal else []
    unique = legal and all(isinstance(name, str) for name in names) and len(set(names)) == len(names)
    return {pair["Name"]: pair["Value"] for pair in pairs} if unique else dimensions


def _class_of(kind: Any) -> type[BaseResource] | None:
    from gitlabgen import sam

    names = {cls.type: cls for cls in (sam.Alarm, sam.Function, sam.HttpApi, sam.RestApi, sam.Role)}
    return names.get(kind) if isinstance(kind, str) else None
