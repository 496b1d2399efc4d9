"""How a server behaves; what it is told at its start."""

from dataclasses import dataclass

LANGUAGES = {"zh": "中文", "en": "English"}
LARGEST_REQUEST = 12 * 1024 * 1024
"""Bytes of one request: a photograph or scan of 10 MB with its form."""

LARGEST_SHEET = 64 * 1024 * 1024
"""Bytes of one sheet of another system: about a million rows of csv."""


@dataclass(frozen=True)
class Config:
    """The settings of one server."""

    demo: bool = False
    """Lists the demo's accounts on the sign-in page."""
    demo_password: str = ""
    """The one password of all the demo's accounts, shown beside them."""
    secure_cookies: bool = False
    """Set where the site is served over HTTPS."""
    mails: bool = False
    """Whether reminders go by mail too, to who has given an address."""
    sign_ins: str = "10 per minute"
    """From one address, before it must wait."""
