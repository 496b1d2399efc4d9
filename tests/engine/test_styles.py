"""A print style that cannot be read, or would load something, is refused with its line."""

import pytest

from engine import styles


@pytest.mark.parametrize(
    ("css", "rule"),
    [
        ("h1 { color: black }", None),
        ("h1 { color }", "bad_style"),
        ("h1 } { x", "bad_style"),
        ('@import "x.css";', "loading_style"),
        ('@font-face { font-family: "Sheet Serif"; src: local("DejaVu Sans") }', "loading_style"),
        ("h1 { background: url(http://127.0.0.1:9/x.png) }", "loading_style"),
        ('@media print { h1 { background: image-set("x.png" 1x) } }', "loading_style"),
    ],
)
def test_a_style_that_cannot_be_read_or_would_load_something_is_refused(css: str, rule: str | None) -> None:
    found = list(styles.faults(styles.FILE, f"/* ours */\n{css}".encode()))
    assert [each.rule for each in found] == ([rule] if rule else [])
    assert all(each.params["line"] == 2 for each in found)
