"""The house's own print style: one file of CSS that stands above the program's for every sheet, in its latest state.

A style that is drawn wrong prints as if it were not there, so its faults are told; one that would load something, or bring a
font that other sheets would then be set in, is refused.
"""

from collections.abc import Iterator
from typing import Any

import tinycss2  # type: ignore[import-untyped]

from engine.findings import Finding, Rule, rule

FILE = "print.css"
BAD_STYLE = rule("bad_style", "打印样式第{line}行读不懂：{text}")
LOADING_STYLE = rule("loading_style", "打印样式第{line}行要装入别的文件或字体（{text}），不可以")
_LOADS = ("import", "font-face")


def faults(file: str, content: bytes) -> Iterator[Finding]:
    """Each rule or declaration that cannot be read, and each that would load something."""
    try:
        sheet = content.decode()
    except UnicodeDecodeError:
        yield _finding(BAD_STYLE, file, 1, "UTF-8")
        return
    for node in _within(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)):
        if node.type == "error":
            yield _finding(BAD_STYLE, file, node.source_line, node.message)
        elif node.type == "at-rule" and node.lower_at_keyword in _LOADS:
            yield _finding(LOADING_STYLE, file, node.source_line, f"@{node.at_keyword}")
        elif node.type == "declaration" and any(_is_address(each) for each in node.value):
            yield _finding(LOADING_STYLE, file, node.source_line, node.name)


def _within(nodes: list[Any]) -> Iterator[Any]:
    for node in nodes:
        yield node
        if node.type in ("qualified-rule", "at-rule") and node.content is not None:
            yield from _within(
                tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
            )


def _is_address(part: Any) -> bool:
    return part.type == "url" or (part.type == "function" and part.lower_name in ("url", "src", "image-set"))


def _finding(why: Rule, file: str, line: int, text: str) -> Finding:
    return Finding(file, None, None, why.name, why.message, {"line": line, "text": text}, why.severity)
