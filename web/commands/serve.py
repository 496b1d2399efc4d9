"""`fangfan serve`: the pages and the API, with the worker in a thread of the same process."""

import os
import threading

import click
import waitress

from engine.worker import Worker
from web import delivery
from web.app import create_app
from web.commands.opening import database_option, default_database, opened
from web.config import Config
from web.runtime import worker

_TOLD_BY_PROXY = {"x-forwarded-for", "x-forwarded-proto"}


@click.command
@click.option("--demo", is_flag=True, help="A made-up county with 200 households in all stages.")
@click.option("--host", envvar="FANGFAN_HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="FANGFAN_PORT", default=8000, show_default=True)
@click.option(
    "--threads", envvar="FANGFAN_THREADS", default=8, show_default=True, help="Requests at one time."
)
@click.option(
    "--proxy",
    envvar="FANGFAN_PROXY",
    metavar="ADDRESS",
    help="The proxy before it that does TLS: it tells who asks, and cookies go over HTTPS only.",
)
@click.option("--no-worker", is_flag=True, help="Leave timers and the outbox to `fangfan worker`.")
@database_option
@click.pass_context
def command(
    ctx: click.Context,
    demo: bool,
    host: str,
    port: int,
    threads: int,
    proxy: str | None,
    no_worker: bool,
    database: str,
) -> None:
    """Serve the pages and the HTTP API."""
    if demo and database == default_database():
        database = default_database().replace("fangfan.sqlite", "demo.sqlite")
    mails = "notice_mail" in delivery.from_environment(os.environ)
    config = Config(mails=mails, secure_cookies=proxy is not None)
    with opened(database) as runtime:
        if demo:
            from web.demo import prepare
            from web.demo.accounts import PASSWORD

            prepare(runtime)
            config = Config(demo=True, demo_password=PASSWORD)
        stop = threading.Event()
        if not no_worker:
            hand = Worker(runtime) if demo else worker(runtime)  # made-up people's phones are not called
            threading.Thread(target=hand.run, args=(stop,), name="worker", daemon=True).start()
        click.echo(f"fangfan serves http://{host}:{port}/")
        try:
            waitress.serve(
                create_app(runtime, config),
                host=host,
                port=port,
                threads=threads,
                ident="fangfan",
                _quiet=True,
                **({"trusted_proxy": proxy, "trusted_proxy_headers": _TOLD_BY_PROXY} if proxy else {}),
            )
        finally:
            stop.set()
