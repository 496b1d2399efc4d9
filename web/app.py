"""The Flask application: `create_app(runtime, config)`. Pages, API and studio are blueprints; this puts them together."""

from pathlib import Path

from flask import Flask, Response, request
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect

from engine.runtime import Runtime
from web import log, navigation, refusals, signed_in, studio, words
from web.api import resources
from web.config import LARGEST_REQUEST, Config
from web.pages import BLUEPRINTS
from web.pages.sign_in import limiter

ROOT = Path(__file__).parent

csrf = CSRFProtect()

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # diagrams position their parts by style attributes
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'self' blob:",
        "object-src 'self' blob:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    )
)


def create_app(runtime: Runtime, config: Config | None = None) -> Flask:
    """The site over `runtime`. Its session key is derived from the vault's, so that servers on one database agree."""
    log.configure()
    config = config or Config()
    app = Flask("web", root_path=str(ROOT))
    app.extensions["fangfan"] = runtime
    app.extensions["fangfan-config"] = config
    app.config.update(
        SECRET_KEY=runtime.database.vault.fingerprint(b"flask sessions"),
        SESSION_COOKIE_NAME="fangfan",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        REMEMBER_COOKIE_SECURE=config.secure_cookies,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        WTF_CSRF_TIME_LIMIT=None,  # a clerk who was called away at lunch must still be able to hand in
        BABEL_DEFAULT_LOCALE="zh",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
        RATELIMIT_HEADERS_ENABLED=False,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    csrf.init_app(app)
    Babel(app, locale_selector=words.language)
    words.install(app)
    navigation.install(app)
    limiter.init_app(app)
    refusals.install(app)
    signed_in.install(app)
    for blueprint in (*BLUEPRINTS, studio.routes):
        app.register_blueprint(blueprint)
    resources.install(app, csrf)
    app.after_request(_secure)
    return app


def _secure(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "SAMEORIGIN"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    return response
