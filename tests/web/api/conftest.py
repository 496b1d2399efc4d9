"""A real server on a real port, with a few people and a small process about village wells."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from camunda_orchestration_sdk import CamundaClient
from werkzeug.serving import make_server

from engine import deployments, identity
from engine.runtime import Runtime
from web.app import create_app

DRAWINGS = Path(__file__).parent / "drawings"
VILLAGE = "2202/220281/220281101/220281101201/"
COUNTY = "2202/220281/"
PEOPLE = {
    "administrator": (("administrator", ""),),
    "clerk": (("village_committee", VILLAGE),),
    "stranger": (("village_committee", "2202/220202/220202101/220202101201/"),),
    "office": (("county_office", COUNTY),),
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


@pytest.fixture
def house(sqlite_runtime: Runtime) -> Iterator[House]:
    """The server with its people; nothing is deployed yet."""
    tokens = {}
    with sqlite_runtime.database.begin() as session:
        for name, grants in PEOPLE.items():
            user = identity.add_user(session, name, name, PASSWORD, grants)
            tokens[name] = identity.issue_token(session, user, "test", sqlite_runtime.clock.now())
    server = make_server("127.0.0.1", 0, create_app(sqlite_runtime), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield House(sqlite_runtime, f"http://127.0.0.1:{server.server_port}", tokens)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def wells(house: House) -> House:
    """The server with the wells' process in force."""
    with house.runtime.database.begin() as session:
        resources = {path.name: path.read_bytes() for path in DRAWINGS.iterdir()}
        deployments.deploy(house.runtime, session, resources, "administrator")
    return house
