"""A real server on a real port, with a few people and a small process about village wells."""

import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from camunda_orchestration_sdk import CamundaClient
from flask import Response, current_app, request
from werkzeug.serving import make_server

from engine import deployments, identity, tokens
from engine.clock import MovableClock
from engine.feel import Evaluator
from engine.runtime import Runtime
from tests.conftest import open_database
from web.app import create_app

DRAWINGS = Path(__file__).parent / "drawings"
VILLAGE = "2202/220281/220281101/220281101201/"
COUNTY = "2202/220281/"
PEOPLE = {
    "administrator": (("administrator", ""),),
    "clerk": (("village_committee", VILLAGE),),
    "stranger": (("village_committee", "2202/220202/220202101/220202101201/"),),
    "office": (("county_office", COUNTY),),
    "other_office": (("county_office", "2202/220202/"),),
}
PASSWORD = "well-water-1"


@dataclass(frozen=True)
class Bearer:
    """The SDK's way to be given a token."""

    token: str

    def get_headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True)
class House:
    """The server with what a test needs to talk to it."""

    runtime: Runtime
    address: str
    tokens: Mapping[str, str]

    def client(self, name: str) -> CamundaClient:
        """The unmodified public client, signed in as `name`."""
        return CamundaClient(
            configuration={"CAMUNDA_REST_ADDRESS": self.address}, auth_provider=Bearer(self.tokens[name])
        )

    def http(self, name: str) -> httpx.Client:
        """Plain HTTP as `name`, for what no well-behaved client would send."""
        headers = Bearer(self.tokens[name]).get_headers()
        return httpx.Client(base_url=self.address + "/v2", headers=dict(headers), timeout=20, trust_env=False)


@dataclass(frozen=True)
class Template:
    """A database with its people, made once and copied for each test: passwords take long to hash."""

    path: Path
    tokens: Mapping[str, str]


@pytest.fixture(scope="session")
def people(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """People, and nothing else."""
    path = tmp_path_factory.mktemp("api") / "people.sqlite"
    shutil.copyfile(sqlite_template, path)
    issued = {}
    with closing(open_database(f"sqlite:///{path}")) as database, database.begin() as session:
        for name, grants in PEOPLE.items():
            user = identity.add_user(session, name, name, PASSWORD, grants)
            issued[name] = tokens.issue(session, user, "test", datetime(2020, 1, 1, tzinfo=UTC))
    return Template(path, issued)


@pytest.fixture(scope="session")
def drawn(people: Template, evaluator: Evaluator) -> Template:
    """People, and the wells' process in force."""
    path = people.path.with_name("drawn.sqlite")
    shutil.copyfile(people.path, path)
    clock = MovableClock(datetime(2020, 7, 1, 1, tzinfo=UTC))
    with closing(open_database(f"sqlite:///{path}")) as database, database.begin() as session:
        resources = {file.name: file.read_bytes() for file in DRAWINGS.iterdir()}
        deployments.deploy(Runtime(database, evaluator, {}, clock), session, resources, "administrator")
    return Template(path, people.tokens)


def as_described(response: Response) -> Response:
    """Hold every answer of the API against the shape that its description tells; what differs fails the test's request."""
    if not request.path.startswith("/v2/") or request.endpoint is None:
        return response
    view = current_app.view_functions[request.endpoint]
    if response.status_code >= 400:
        assert {"type", "title", "status", "detail", "instance"} <= response.get_json(force=True).keys()
    elif response.status_code == 200 and (shape := getattr(view, "tells", None)):
        shape.model_validate(response.get_json(), strict=True)
    elif response.status_code == 200:
        assert request.endpoint.endswith(("get_xml", "topology"))
    return response


@contextmanager
def serving(template: Template, folder: Path, evaluator: Evaluator, clock: MovableClock) -> Iterator[House]:
    """A server on a copy of the template."""
    path = folder / "house.sqlite"
    shutil.copyfile(template.path, path)
    with closing(open_database(f"sqlite:///{path}")) as database:
        runtime = Runtime(database, evaluator, {}, clock)
        app = create_app(runtime)
        app.after_request(as_described)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield House(runtime, f"http://127.0.0.1:{server.server_port}", template.tokens)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


@pytest.fixture
def house(people: Template, tmp_path: Path, evaluator: Evaluator, clock: MovableClock) -> Iterator[House]:
    """The server with its people; nothing is deployed yet."""
    with serving(people, tmp_path, evaluator, clock) as served:
        yield served


@pytest.fixture
def wells(drawn: Template, tmp_path: Path, evaluator: Evaluator, clock: MovableClock) -> Iterator[House]:
    """The server with the wells' process in force."""
    with serving(drawn, tmp_path, evaluator, clock) as served:
        yield served
