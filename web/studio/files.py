"""What a bundle holds, file by file: in force, and as a draft changes it."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine import deployments, drafts, scenarios, styles
from engine.models.drafts import DraftFile, DrawingDraft
from web.casefile import title

KINDS = {
    ".bpmn": "流程",
    ".dmn": "规则",
    ".form": "表单",
    ".html": "打印表",
    ".css": "打印样式",
    ".yaml": "带日期的数",
    scenarios.ENDING: "场景",
}
"""By the ending of the file's name, with its msgid."""
ALWAYS = {drafts.SETTINGS: KINDS[".yaml"], styles.FILE: KINDS[".css"]}
"""Files that a draft can change though nobody has deployed one of that name, with their msgids."""


@dataclass(frozen=True)
class File:
    """A file with what it defines (a sheet defines nothing and has no version) and how the draft at hand has it."""

    file: str
    name: str
    version: int | None = None
    changed: DraftFile | None = None

    @property
    def kind(self) -> str:
        """The ending of the file's name."""
        if self.file.endswith(scenarios.ENDING):
            return scenarios.ENDING
        return "." + self.file.rpartition(".")[2]

    @property
    def is_new(self) -> bool:
        """Whether the draft adds it."""
        return self.changed is not None and self.changed.base is None


@dataclass(frozen=True)
class Group:
    """The files of one kind."""

    kind: str
    name: str
    files: list[File]


def in_force(session: Session) -> list[File]:
    """The files in force, by name."""
    return _named(session, deployments.names(session, deployments.latest(session)))


def of_draft(session: Session, draft: DrawingDraft) -> list[File]:
    """All files as they would be with the draft in force; dated settings and print style are always among them."""
    changed = drafts.files(session, draft)
    known = {file.file: file for file in in_force(session)}
    names = sorted(known.keys() | changed.keys() | ALWAYS.keys())
    return [
        File(name, known[name].name, known[name].version, changed.get(name))
        if name in known
        else File(name, _(ALWAYS[name]) if name in ALWAYS else name, None, changed.get(name))
        for name in names
    ]


def groups(files: list[File]) -> list[Group]:
    """Files by kind, in the order of the work."""
    return [Group(kind, _(label), [f for f in files if f.kind == kind]) for kind, label in KINDS.items()]


def _named(session: Session, names: list[str]) -> list[File]:
    """A form and its sheet are known by the sheet's title."""
    latest = deployments.latest(session)
    defined = {row.resource: row for row in deployments.defined(session, names)}
    titles = {
        name.removesuffix(".html"): title(session, latest, name.removesuffix(".html"))
        for name in names
        if name.endswith(".html")
    }
    found = []
    for name in names:
        stem, row = name.rpartition(".")[0], defined.get(name)
        shown = row.name if row and row.kind != "form" else titles.get(stem)
        if name in ALWAYS:
            shown = _(ALWAYS[name])
        found.append(File(name, shown or stem, row.version if row else None))
    return found
