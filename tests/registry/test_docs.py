"""docs/registry.md names every table, check and limit that there is."""

import ast
from pathlib import Path

from registry.imports import archive, sheets
from registry.models import Base

ROOM = Path(__file__).parents[2]
DOC = (ROOM / "docs" / "registry.md").read_text("utf-8")


def test_every_table_and_no_other():
    listed = [
        line.split("`")[1]
        for line in DOC.partition("## Tables")[2].partition("\n## ")[0].splitlines()
        if line.startswith("| `")
    ]
    assert sorted(listed) == sorted(Base.metadata.tables)


def test_every_doubt():
    tree = ast.parse((ROOM / "registry" / "checks.py").read_text("utf-8"))
    made = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Doubt"
    }
    assert len(made) >= 11
    for code in made:
        assert f"`{code}`" in DOC, code


def test_every_limit():
    told = DOC.partition("## Import")[2].replace("\n", " ")
    for limit in (
        f"{sheets.MAX_BYTES >> 20} MB",
        f"{sheets.MAX_ROWS:,} rows",
        f"{sheets.MAX_COLUMNS} columns",
        f"{archive.MAX_UNPACKED >> 20} MB unpacked",
    ):
        assert limit in told
