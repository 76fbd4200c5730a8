"""openapi.json tells the truth: about every route, and about what a running server answers."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import one_of
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.routing import Route

from potluck.node.calendars.fetch import Fetched
from potluck.node.operations.dispatch import OPERATIONS
from potluck.node.operations.sharing import imports
from potluck.node.web.api import mount as api
from potluck.node.web.api import openapi
from potluck.node.web.api.routes import PATHS, endpoint
from potluck.protocol.errors import LocalError

from .api_server import TOKEN, api_in_thread, running_api

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]  # fmt: skip
OFFERED = [endpoint(path, method) for path, methods in PATHS.items() for method in methods]
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
ELSEWHERE = {
    "draw": "GET /hand and POST /hand/redraw",
    "draw_table": "GET /tables/{name}/hand and POST /tables/{name}/redraw",
    "backup": "it writes the keys to a file, and never through the page",
    "words_of_key": "the same",
    **dict.fromkeys(("read_blocks", "write_blocks"), "files on this machine; GET and POST /blocks"),
    "page": "a link to log in, which is more than a token may give away",
    "open_door": "opened on the page or in the terminal, where one sees that it is open",
    "close_door": "the same",
    "numbered": "for who types; the hand of the day has the ids",
    "over": "the page and the terminal ask where one announces",
    "cautions": "the page and the terminal say them where one announces",
    "stop": "the owner's terminal only",
    **dict.fromkeys(("disconnect", "ban", "unban", "bans"), "peers are dealt with in the terminal"),
    "leave": "on the page or in the terminal, where one reads what it means",
    "edition": "potluck publish writes a site from it",
    "check_site": "it fetches an address of one's choice, as potluck verify --site does",
    "import_deck": "POST /import takes bundles",
    "receipt_export": "GET /receipts/{id}/file",
    "export_calendar": "GET /export.ics",
    "export_json": "GET /export.json",
    "export_deck": "GET /export.deck",
    "draw_today": "GET /hand, and GET /tables/{name}/hand for the table that came with the network",
    "list_events": "GET /events/mine, and GET /events in parts",
    "list_part": "GET /events in parts",
}


async def test_every_route_is_described_and_every_description_answers(tmp_path: Path) -> None:
    async with running_api(tmp_path) as running:
        routes = api.mount(running.service, running.news).routes
    answered = {
        (route.path, method)
        for route in routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    described = {
        (path, method.upper())
        for path, item in openapi.description()["paths"].items()
        for method in item
    }

    assert described == answered


def test_every_operation_of_the_service_has_a_resource() -> None:
    offered = {each.name for each in OFFERED}

    assert set(OPERATIONS) - offered <= set(ELSEWHERE)


def test_no_two_operations_have_one_name_or_say_the_same_of_themselves() -> None:
    for said in ([each.name for each in OFFERED], [each.says for each in OFFERED]):
        assert len(said) == len(set(said))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a server answers that reaches no network."""

    async def nowhere(address: str, **_: object) -> Fetched:
        raise LocalError(f"cannot reach {address}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imports, "fetch", nowhere)
        with api_in_thread(tmp_path_factory.mktemp("home") / "potluck") as url:
            yield f"{url}{api.PREFIX}"


schema = schemathesis.openapi.from_dict(openapi.description()).exclude(path="/arrivals")
# A header that is made up may be named Host: the guard refuses that as it says, with 421.
schema.config.checks.negative_data_rejection.expected_statuses = ["4xx", "5xx"]
some = settings(
    max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
many = settings(some, max_examples=50)


# Not by schema.parametrize(): its tests have one id under pytest 9, and xdist runs one of those.
@pytest.mark.parametrize(
    "operation",
    [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)],
    ids=attrgetter("label"),
)
def test_the_server_does_as_it_says(operation: Any, address: str) -> None:
    @some
    @given(one_of(*map(operation.as_strategy, GenerationMode)))
    def says(case: Any) -> None:
        case.call_and_validate(base_url=address, checks=CHECKS, headers=HEADERS)

    says()


@pytest.mark.soak
@schema.parametrize()
@many
def test_the_server_does_as_it_says_at_length(case: Any, address: str) -> None:
    case.call_and_validate(base_url=address, checks=CHECKS, headers=HEADERS)


def test_a_wrong_answer_would_be_noticed(tmp_path: Path) -> None:
    case = schema["/hand"]["GET"].Case(query={"hand": 1})
    with api_in_thread(tmp_path) as url:
        response = case.call(base_url=f"{url}{api.PREFIX}", headers=HEADERS)
    response.content = response.content.replace(b'"odds"', b'"oddness"')

    with pytest.raises(FailureGroup):
        case.validate_response(response, checks=CHECKS)
