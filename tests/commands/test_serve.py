"""`fangfan serve` behind a proxy: whether one comes by HTTPS is the proxy's word, and nobody else's."""

import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.faults.test_together import Program, free_port


def cookie(program: Program, port: int) -> str:
    """The session's cookie as the door sets it; asked until the server listens."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/sign-in", headers={"X-Forwarded-Proto": "https"})
    while program.process.poll() is None:
        try:
            with urllib.request.urlopen(asked) as answer:
                return str(answer.headers["Set-Cookie"])
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
    raise AssertionError("the server ended")


@pytest.mark.parametrize(("words", "secure"), [(("--proxy", "127.0.0.1"), True), ((), False)])
def test_cookies_go_over_https_only_where_a_proxy_does_tls(
    tmp_path: Path, words: tuple[str, ...], secure: bool
):
    port, url = free_port(), f"sqlite:///{tmp_path}/house.sqlite"
    program = Program("serve", "--no-worker", "--port", str(port), *words, url=url, home=tmp_path)
    try:
        assert ("Secure" in cookie(program.ready(), port)) is secure
    finally:
        program.kill()
