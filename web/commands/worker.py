"""`fangfan worker`: fires due timers and sends what waits in the outbox, as a process of its own."""

import signal
import threading

import click

from web.commands.opening import database_option, opened
from web.runtime import worker


@click.command
@database_option
def command(database: str) -> None:
    """Work until stopped: due timers, waiting messages, the outbox. Several may run on one PostgreSQL."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with opened(database) as runtime:
        click.echo("working; Ctrl-C stops")
        worker(runtime).run(stop)
