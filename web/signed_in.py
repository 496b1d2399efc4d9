"""Who is asking: sessions by flask-login, and the authority that every route must state."""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user

from engine import authority, identity, substitutes
from engine.errors import NotAllowed
from web.runtime import runtime

View = TypeVar("View", bound=Callable[..., object])


class Account(UserMixin):
    """A viewer as flask-login keeps him: the cookie holds key and epoch, so that a new password ends it."""

    def __init__(self, viewer: identity.Viewer) -> None:
        self.viewer = viewer

    def get_id(self) -> str:
        """What the session cookie keeps."""
        return f"{self.viewer.user.key}.{self.viewer.user.epoch}"


def requires(verb: str) -> Callable[[View], View]:
    """State the verb of `engine.authority` that a route needs. A role without it is refused before the view runs;
    the view asks `authority.permit` about the case or task it is given."""
    if verb not in authority.VERBS:
        raise ValueError(f"no such verb: {verb}")
    return _stating(verb)


def public(view: View) -> View:
    """State that a route needs nobody to be signed in."""
    return _stating("")(view)


def viewer() -> identity.Viewer:
    """Who is asking, on a route that requires a verb."""
    return current_user.viewer


def install(app: Flask) -> None:
    """Set up sessions, and refuse every route that states no authority or whose verb the viewer lacks."""
    manager = LoginManager(app)
    manager.session_protection = "basic"

    @manager.user_loader
    def load(kept: str) -> Account | None:
        key, _, epoch = kept.partition(".")
        try:
            with runtime().database.read() as session:
                person = identity.viewer(session, int(key), int(epoch))
                return Account(substitutes.standing(session, person, runtime().clock.now()))
        except (identity.NotSignedIn, ValueError):
            return None

    @app.before_request
    def check() -> object:
        if request.endpoint in (None, "static"):
            return None
        view = app.view_functions[request.endpoint]
        verb = stated(view)
        if verb is None:
            raise NotAllowed("此页面")  # the guard test fails long before anybody meets this
        if verb == "" or hasattr(view, "door"):  # the API knows its callers by their tokens (web.api.gate)
            return None
        if not current_user.is_authenticated:
            if request.method == "GET" and not request.is_json:
                return redirect(url_for("sign_in.page", next=request.full_path))
            raise identity.NotSignedIn()
        _refuse_without(verb)
        return None


def stated(view: Callable[..., object]) -> str | None:
    """The verb that a view states, "" where it is public, None where it states nothing."""
    return getattr(view, "authority", None)


def _refuse_without(verb: str) -> None:
    rule = authority.VERBS[verb]
    if not any(viewer().has(role) for role in rule.who):
        raise NotAllowed(rule.name)


def _stating(verb: str) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.authority = verb
        return view

    return mark
