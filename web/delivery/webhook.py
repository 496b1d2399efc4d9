"""Notices by a webhook: whatever sends the short message or the 政务微信 gets them by HTTPS, signed.

The body is JSON `{"id", "to", "kind", "text"}`. `Idempotency-Key` is the same each time one notice is tried.
`X-Fangfan-Signature` is `sha256=` and the HMAC-SHA256, in hex, of `X-Fangfan-Timestamp`, a dot and the body.
"""

import hashlib
import hmac
import json
import time
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from sqlalchemy.orm import Session

from engine.outbox import Undeliverable
from registry.models import Household
from web.delivery.channels import SECONDS, SHORTEST_SECRET, Letter, NotConfigured, server

_LATER = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
_OURS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
"""What a wrong address or secret is answered with: the next try may find it mended."""


class _Stay(HTTPRedirectHandler):
    """Follows nowhere: a notice goes to the address that was configured."""

    def redirect_request(self, *_arguments: object) -> None:
        return None


class Webhook:
    """POSTs to one address, HTTPS unless it is on this machine."""

    name = "短信"

    def __init__(self, url: str, secret: str) -> None:
        address = server("FANGFAN_WEBHOOK", url)
        if address.scheme != "https" and not (address.scheme == "http" and address.is_here):
            raise NotConfigured("FANGFAN_WEBHOOK begins with https://")
        if len(secret) < SHORTEST_SECRET:
            raise NotConfigured(f"FANGFAN_WEBHOOK_SECRET has at least {SHORTEST_SECRET} characters")
        self._url, self._secret = url, secret.encode()
        self._opener = build_opener(_Stay)

    def address(self, session: Session, household: Household) -> str:
        """The household's phone."""
        return household.phone or ""

    def send(self, letter: Letter) -> None:
        """One POST; a reply of 2xx says that it was taken."""
        body = json.dumps(
            {"id": str(letter.key), "to": letter.to, "kind": letter.kind, "text": letter.text},
            ensure_ascii=False,
        ).encode()
        at = str(int(time.time()))
        signature = hmac.new(self._secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": str(letter.key),
            "X-Fangfan-Timestamp": at,
            "X-Fangfan-Signature": f"sha256={signature}",
        }
        request = Request(self._url, body, headers, method="POST")  # noqa: S310 - the scheme was looked at
        try:
            with self._opener.open(request, timeout=SECONDS):
                pass
        except HTTPError as answer:
            with answer:
                if 400 <= answer.code < 500 and answer.code not in (*_LATER, *_OURS):
                    raise Undeliverable(f"网关拒绝（{answer.code}）") from None
                raise
