"""Printed sheets: a form's HTML with its facts filled in (feelers), and its PDF (WeasyPrint).

Administrators upload sheets, so a sheet is untrusted: its template is evaluated in V8, which escapes every value; its
HTML goes to WeasyPrint alone, never to a browser, and may load nothing but pictures that it carries itself as `data:`
URIs. Style and fonts come from `forms/sheet.css`, read once: a sheet cannot bring fonts of its own, so no sheet can
change how the next one looks. What an administrator has deployed as `print.css` stands above it.
"""

import logging
import re
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session
from weasyprint import CSS, HTML, Document
from weasyprint.logger import LOGGER
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from engine import deployments, styles
from engine.errors import NotFound, Refusal
from engine.models.instances import Instance
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from engine.sheets import FEELERS
from web import sheet_facts

ROOT = Path(__file__).parent.parent
STYLESHEET = ROOT / "forms" / "sheet.css"
MAXIMUM_LENGTH = 4_000_000
_LATEST = 2**63 - 1
_FONTS = {
    name: ROOT / "node_modules" / "@expo-google-fonts" / folder / weight / name
    for name, folder, weight in (
        ("NotoSerifSC_400Regular.ttf", "noto-serif-sc", "400Regular"),
        ("NotoSerifSC_700Bold.ttf", "noto-serif-sc", "700Bold"),
        ("NotoSansSC_500Medium.ttf", "noto-sans-sc", "500Medium"),
    )
}
# Relative addresses are joined to known schemes only; nothing is ever asked there.
_BASE = "https://sheets.invalid/"
_PICTURES = ("data:image/png;", "data:image/jpeg;", "data:image/svg+xml;")
# A sheet says itself that the law has it carry ID numbers in full; all others show them masked.
_FULL_ID_NUMBERS = re.compile(r'<meta\s+name="id-numbers"\s+content="full"\s*/?>')
_WORD = re.compile(r"\w+")
_one_at_a_time = threading.Lock()  # Pango's font map is shared, and no two threads may use it at once


class SheetTooLong(Refusal):
    """A filled-in sheet that would take unreasonably long to lay out."""

    status = 422
    code = "sheet_too_long"
    message = "打印内容过长，无法排版。"
    mend = "请减少表中的内容，或由管理员检查打印模板。"


def render(runtime: Runtime, sheet: str, names: Mapping[str, Any]) -> str:
    """The HTML of a sheet: its feelers evaluated over `names`, every value escaped. For `pdf` only, not for a browser.

    A name that the case does not know yet prints as nothing. Raises FeelError where an expression is at fault.
    """
    unknown = {name: None for each in FEELERS.findall(sheet) for name in runtime.evaluator.names(each).needed}
    html = runtime.evaluator.render(sheet, {**unknown, **names}, runtime.clock.now())
    if len(html) > MAXIMUM_LENGTH:
        raise SheetTooLong
    return html


def of_case(runtime: Runtime, session: Session, case: Instance, sheet: str, **which: Any) -> str:
    """The HTML of a sheet about a case, as drawn in the version that the case runs on.

    `which` is `sheet_facts.of_case`'s: `task`, and `given`, `actor` and `absent` for what is about to be signed.
    Raises NotFound where the version has no such sheet.
    """
    task: UserTask | None = which.get("task")
    drawn = deployments.deployment_of(session, task.definition_key if task else case.definition_key)
    template = deployments.resource(session, drawn, f"{sheet}.html").decode()
    full = bool(_FULL_ID_NUMBERS.search(template))
    wanted = frozenset(word for each in FEELERS.findall(template) for word in _WORD.findall(each))
    now = runtime.clock.now()
    facts = sheet_facts.of_case(session, case, sheet, at=now, full_id_numbers=full, wanted=wanted, **which)
    return styled(render(runtime, template, facts), style(session))


def latest(runtime: Runtime, session: Session, sheet: str, names: Mapping[str, Any]) -> str:
    """The HTML of a sheet that belongs to no case, as drawn in the latest version, over `names` alone. Raises NotFound."""
    html = render(runtime, deployments.resource(session, _LATEST, f"{sheet}.html").decode(), names)
    return styled(html, style(session))


def blank(runtime: Runtime, session: Session, sheet: str) -> str:
    """The HTML of an empty sheet, as drawn in the latest version. Raises NotFound."""
    return latest(runtime, session, sheet, sheet_facts.blank())


def style(session: Session) -> str:
    """The house's own style for all sheets, in its latest state; "" where there is none."""
    try:
        return deployments.resource(session, None, styles.FILE).decode()
    except NotFound:
        return ""


def styled(html: str, own: str) -> str:
    """The HTML with that style, which stands above the program's."""
    text = own.replace("</", "<\\/")  # nothing in it ends the element
    element = f"<style>{text}</style>" if own else ""
    head, end, rest = html.partition("</head>")
    return f"{head}{element}{end}{rest}" if end else element + html


def pdf(html: str) -> bytes:
    """The PDF of a rendered sheet, with the sheets' style and fonts.

    A character that no font on the machine has stands as 〔U+31350〕: a name never prints as an empty box.
    """
    with _one_at_a_time:
        data, missing = draw(html)
        if missing:
            named = {ord(character): f"〔U+{ord(character):04X}〕" for character in missing}
            data, _ = draw(html.translate(named))
    return data


def draw(html: str) -> tuple[bytes, set[str]]:
    """The PDF, and the characters in it that no font has; one thread at a time."""
    missing = _Missing()
    LOGGER.addHandler(missing)
    try:
        data: bytes = lay_out(html).write_pdf()
    finally:
        LOGGER.removeHandler(missing)
    return data, missing.characters


def lay_out(html: str) -> Document:
    """The pages of a rendered sheet; one thread at a time."""
    fonts, style = _style()
    document = HTML(string=html, base_url=_BASE, url_fetcher=_OwnPictures())
    return document.render(stylesheets=[style], font_config=fonts)


class _Missing(logging.Handler):
    """Hears WeasyPrint say which characters no font has; it draws an empty box and tells nobody else."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.characters: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith(".notdef glyph") and isinstance(record.args, tuple):
            self.characters.add(str(record.args[0]))


@cache
def _style() -> tuple[FontConfiguration, CSS]:
    for font in _FONTS.values():
        if not font.exists():  # WeasyPrint would print in whatever font the machine has, and not say so
            raise FileNotFoundError(f"{font}: `make setup` puts the fonts there")
    fonts = FontConfiguration()
    style = CSS(
        string=STYLESHEET.read_text("utf-8"), base_url=_BASE, url_fetcher=_OurFonts(), font_config=fonts
    )
    return fonts, style


class _OurFonts(URLFetcher):
    """Gives the stylesheet its fonts, by name, and nothing else."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        font = _FONTS[url.removeprefix(f"{_BASE}fonts/")]
        return URLFetcherResponse(url, font.read_bytes(), {"Content-Type": "font/ttf"})


class _OwnPictures(URLFetcher):
    """Gives a sheet the pictures that it carries itself; no file, no address, no font."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        if url == f"{_BASE}{STYLESHEET.name}":  # applied to every sheet already
            return URLFetcherResponse(url, b"", {"Content-Type": "text/css"})
        if url.startswith(_PICTURES):
            return super().fetch(url, headers)
        raise ValueError(f"a sheet may not load {url[:80]}")
