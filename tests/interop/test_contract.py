"""What the API answers is what its description says, for requests that a machine makes up."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.statistics.bulletins.bulletins import prepare
from tests.makers.bulletins import make_content
from tests.makers.courses import make_course, slug_in
from tests.makers.duties import make_requirement
from tests.makers.interop import Program, make_api_token
from tests.makers.learning import complete, make_enrolment
from tests.makers.loads import make_load
from tests.makers.people import make_interior

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
WRONG_CHECKS = [*CHECKS, negative_data_rejection]
EXAMPLES = 2
FEW = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
    phases=[Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture
def stage(db, eve, chloe, awa, bilal):
    """A program with all scopes, and by name what there is to ask for."""
    version = make_course(db)
    complete(db, make_enrolment(db, awa, version))
    required = make_requirement(db, chloe, make_interior(db), version)
    prepared = prepare(db, chloe.id, make_interior(db).id, make_content())
    names = {
        "unit": "institute", "person": str(awa.subject), "course": slug_in(db, version),
        "other": str(bilal.subject), "requirement": str(required.key),
        "bulletin": prepared.key, "revision": "1",
        "load": str(make_load(db, "people", make_interior(db), chloe, b"mail\n").key),
    }  # fmt: skip
    return Program(eve, make_api_token(db, chloe, make_interior(db))), names


def played(program: Program, operation: Any, mode: GenerationMode, parts: dict[str, str]) -> int:
    """Ask an operation with made-up requests and check each answer; returns how many that were."""
    count = 0
    checks = WRONG_CHECKS if mode is GenerationMode.NEGATIVE else CHECKS

    @FEW
    @given(case=operation.as_strategy(generation_mode=mode))
    def play(case: Any) -> None:
        nonlocal count
        case.path_parameters = {**(case.path_parameters or {}), **parts}
        sent = case.as_transport_kwargs(base_url="http://capacita.test/api/v1")
        body = sent.pop("data", None)
        headers = dict(sent.pop("headers")) | program.headers
        sent.pop("cookies", None)
        more = {} if body is None else {"content": body}
        client = program.browser.client
        answer = program.browser.portal.call(
            lambda: client.request(headers=headers, **sent, **more)
        )
        case.validate_response(answer, checks=checks, headers=headers)
        count += 1

    play()
    return count


def test_every_operation_answers_as_it_is_described(stage):
    program, names = stage
    document = program.browser.get("/api/v1/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    counts = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        parts = {name: value for name, value in names.items() if f"{{{name}}}" in operation.path}
        counts[operation.label] = played(program, operation, GenerationMode.POSITIVE, parts)
        if (
            operation.method == "post"
            and "requestBody" in document["paths"][operation.path][operation.method]
        ):
            counts[f"wrong {operation.label}"] = played(
                program, operation, GenerationMode.NEGATIVE, parts
            )
    assert len(counts) > 50
    assert all(counts.values())
