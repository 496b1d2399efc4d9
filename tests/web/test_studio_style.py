"""The house's own print style: drawn as a draft beside a sheet, above the program's in every print, and never loading anything."""

from flask.testing import FlaskClient

from engine import styles
from engine.runtime import Runtime
from tests.web.test_studio import administrator, begun, drawn, saved
from web import prints

__all__ = ["administrator", "drawn"]

WIDE, NARROW = 794, 559  # A4 and A5 in CSS pixels


def width(runtime: Runtime) -> int:
    with runtime.database.read() as session:
        return round(prints.lay_out(prints.blank(runtime, session, "inspection")).pages[0].width)


def test_a_style_stands_above_the_programs_once_it_is_in_force(
    drawn: Runtime, administrator: FlaskClient
) -> None:
    draft = begun(administrator, styles.FILE)
    assert f'data-file="{styles.FILE}"' in administrator.get(f"{draft}/files/{styles.FILE}").text
    assert administrator.get(f"{draft}/files/{styles.FILE}/content").get_data() == b""
    css = "@page { size: A5 } h1::after { content: '</style>' }"
    saved(administrator, draft, css, file=styles.FILE)
    asked = {"content": css, "sheet": "inspection.html"}
    assert len(administrator.post("/studio/preview", json=asked).get_json()["pages"]) == 1
    assert width(drawn) == WIDE
    assert "print.css" in administrator.get(f"{draft}/difference").text
    assert administrator.post(f"{draft}/deploy", data={"note": "改用 A5"}).status_code == 302
    assert width(drawn) == NARROW
    assert "打印样式" in administrator.get("/studio/").text
    assert saved(administrator, begun(administrator), css, file="other.css").status_code == 400
