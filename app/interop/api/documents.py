"""Documents: the description of the API as OpenAPI 3.1, made from the operations themselves."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.i18n.marking import N_
from app.interop.api.answers import JSON, PROBLEM, ROOT
from app.interop.api.operations import Operation, Paging
from app.interop.api.repeats import HEADER, LONGEST
from app.interop.scopes import SCOPES

VERSION = "1.0.0"
FILE = {"type": "string", "format": "binary"}
REFERENCE = "#/components/schemas/{model}"
REFUSALS = {
    400: N_("The body is no JSON object."),
    401: N_("No token came that stands."),
    403: N_("The token, or its maker, has no right to this."),
    404: N_("There is no such thing in the token's tree."),
    409: N_("A rule says no; the problem says which and how to mend it."),
    410: N_("It is over."),
    412: N_("It was changed since it was read."),
    413: N_("The body is too long."),
    415: N_("The body is not JSON."),
    422: N_("Some fields will not do; each is named."),
    429: N_("The token has made its requests of this minute."),
}
LIMITS = {
    name: {"schema": {"type": "string"}, "description": words}
    for name, words in (
        ("RateLimit", "What is left: requests, and seconds until the bucket is full."),
        ("RateLimit-Policy", "How many requests a token has, in how many seconds."),
    )
}
Words = Callable[[str], str]


def document_of(operations: Sequence[Operation], public_url: str, words: Words) -> dict[str, Any]:
    """The whole description; `words` puts its sentences into a language."""
    models, schemas = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for each in operations:
        paths.setdefault(each.path, {})[each.method.lower()] = _described(each, models, words)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Capacita",
            "version": VERSION,
            "description": words(
                N_(
                    "What administrators do, for programs: institutions, people, enrolments, counts."
                )
            ),
        },
        "servers": [{"url": f"{public_url}{ROOT}"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": " ".join(
                        f"{key}: {words(told)}." for key, told in SCOPES.items()
                    ),
                }
            },
            "schemas": schemas | {"Problem": _problem()},
        },
    }


def _schemas(
    operations: Sequence[Operation],
) -> tuple[dict[type[BaseModel], dict[str, Any]], dict[str, Any]]:
    sent = {each.body for each in operations if each.body}
    told = {each.answer for each in operations if each.answer}
    asked = [
        *((model, "validation") for model in sorted(sent, key=lambda model: model.__name__)),
        *((model, "serialization") for model in sorted(told, key=lambda model: model.__name__)),
    ]
    known, whole = models_json_schema(asked, ref_template=REFERENCE)  # type: ignore[arg-type]  # modes are literals
    return {model: known[model, mode] for model, mode in known}, whole["$defs"]  # type: ignore[misc]  # keys are models here


def _described(
    operation: Operation, models: dict[type[BaseModel], dict[str, Any]], words: Words
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": words(operation.summary),
        "description": words(N_("Needs the scope %(scope)s.")) % {"scope": operation.scope},
        "tags": [operation.scope.partition(":")[0]],
        "security": [{"token": []}],
        "x-scope": operation.scope,
        "parameters": [*_path_parameters(operation), *_query_parameters(operation)],
        "responses": _responses(operation, models, words),
    }
    told["parameters"] += _header_parameters(operation)
    if operation.body is not None:
        told["requestBody"] = {
            "required": any(field.is_required() for field in operation.body.model_fields.values()),
            "content": {JSON: {"schema": models[operation.body]}},
        }
    if operation.stream is not None:
        told["requestBody"] = {
            "required": True,
            "content": {kind: {"schema": FILE} for kind in operation.stream.kinds},
        }
    return told


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"\{(\w+)\}", operation.path)
    ]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    known = operation.query.model_json_schema(ref_template=REFERENCE)["properties"]
    parameters = []
    for name, schema in known.items():
        plain = {key: value for key, value in schema.items() if key not in {"title", "description"}}
        if "anyOf" in plain:  # left out is how a query says nothing
            plain = next(each for each in plain["anyOf"] if each.get("type") != "null")
        parameters.append(
            {
                "name": name,
                "in": "query",
                "required": operation.query.model_fields[name].is_required(),
                "description": schema.get("description", ""),
                "schema": plain,
            }
        )
    return parameters


def _header_parameters(operation: Operation) -> list[dict[str, Any]]:
    text: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": LONGEST}
    if operation.method == "POST":
        schema = text | {"pattern": "^[!-~]+$"}
        return [{"name": HEADER, "in": "header", "required": False, "schema": schema}]
    return []


def _responses(
    operation: Operation, models: dict[type[BaseModel], dict[str, Any]], words: Words
) -> dict[str, Any]:
    good: dict[str, Any] = {"description": words(N_("Done.")), "headers": dict(LIMITS)}
    if operation.answer is not None:
        good["content"] = {JSON: {"schema": models[operation.answer]}}
    if operation.is_tagged:
        good["headers"]["ETag"] = {"schema": {"type": "string"}}
    if operation.status == 201 and operation.is_tagged and "{" not in operation.path:
        good["headers"]["Location"] = {"schema": {"type": "string"}}
    if operation.query is not None and issubclass(operation.query, Paging):
        good["headers"]["Link"] = {"schema": {"type": "string"}}
    always = {401, 403, 404, 422, 429, *((400, 413, 415) if operation.body else ())}
    always |= {413, 415} if operation.stream else set()
    problem = {PROBLEM: {"schema": {"$ref": REFERENCE.format(model="Problem")}}}
    refused = {
        str(status): {"description": words(REFUSALS[status]), "content": problem}
        for status in sorted({*always, *operation.refuses})
    }
    return {str(operation.status): good, **refused}


def _problem() -> dict[str, Any]:
    text = {"type": "string"}
    error = {"type": "object", "properties": {"where": text, "says": text}}
    return {
        "type": "object",
        "title": "Problem",
        "description": "RFC 9457: what is wrong (title), how to mend it (detail), and where.",
        "required": ["type", "title", "status", "code", "instance"],
        "properties": {
            "type": text,
            "title": text,
            "detail": text,
            "status": {"type": "integer"},
            "code": text,
            "instance": text,
            "incident": text,
            "errors": {"type": "array", "items": error},
        },
    }


def as_json(document: dict[str, Any]) -> bytes:
    """The description as the bytes of its file."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
