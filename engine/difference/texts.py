"""Texts line by line: sheets, and files that cannot be read as what they are."""

from difflib import SequenceMatcher

from engine.difference.nodes import Change, Part


def changes(file: str, before: bytes, after: bytes) -> list[Change]:
    """Each run of lines that differs, by the number of its first line in the new text."""
    old, new = (text.decode("utf-8", "replace").splitlines() for text in (before, after))
    found = []
    for what, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if what != "equal":
            part = Part("lines", "\n".join(old[a:b]) or None, "\n".join(new[c:d]) or None)
            kind = {"insert": "added", "delete": "removed"}.get(what, "changed")
            found.append(Change(file, kind, "lines", str(c + 1), str(c + 1), (part,)))  # type: ignore[arg-type]
    return found
