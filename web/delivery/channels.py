"""Which channels there are: what a server is told at its start, by environment variables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from sqlalchemy.orm import Session

from registry.models import Household

LOOPBACK = ("localhost", "127.0.0.1", "::1")
SECONDS = 15.0
"""A server that is silent for so long is given up until the next try."""

SHORTEST_SECRET = 16


class NotConfigured(ValueError):
    """A channel's environment variable cannot be used; tells which one and why."""


@dataclass(frozen=True)
class Letter:
    """What leaves the house, and nothing else: no name, no number of a person beside the address."""

    key: int
    """Known again by the receiver when it comes twice."""
    to: str
    kind: str
    text: str


class Channel(Protocol):
    """One way out of the house."""

    name: str
    """邮件 or 短信: what people read."""

    def address(self, session: Session, household: Household) -> str:
        """Where it reaches the household; empty where it does not."""

    def send(self, letter: Letter) -> None:
        """Hand it over; raises what `engine.outbox` knows how to take."""


@dataclass(frozen=True)
class Server:
    """A server as a URL names it: `scheme://user:password@host:port/path`."""

    scheme: str
    host: str
    port: int | None
    user: str
    password: str

    @property
    def is_here(self) -> bool:
        """On this machine: nobody can listen in between."""
        return self.host in LOOPBACK


def from_environment(environment: Mapping[str, str]) -> dict[str, Channel]:
    """The channels that are configured, by the kind of their parcels. `NotConfigured`."""
    from web.delivery.mail import Mail
    from web.delivery.webhook import Webhook

    found: dict[str, Channel] = {}
    if given := environment.get("FANGFAN_SMTP"):
        found["notice_mail"] = Mail(server("FANGFAN_SMTP", given), environment.get("FANGFAN_MAIL_FROM", ""))
    if given := environment.get("FANGFAN_WEBHOOK"):
        found["notice_webhook"] = Webhook(given, environment.get("FANGFAN_WEBHOOK_SECRET", ""))
    return found


def server(variable: str, given: str) -> Server:
    """Read a URL; `NotConfigured` without telling the password that it may hold."""
    try:
        parts: SplitResult = urlsplit(given)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host:
        raise NotConfigured(f"{variable} is no URL with a host")
    return Server(parts.scheme, host, port, unquote(parts.username or ""), unquote(parts.password or ""))
