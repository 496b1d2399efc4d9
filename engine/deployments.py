"""Deployments: drawings, rules, forms and sheets take force together, checked, numbered and never changed again.

A *bundle* is all files as they were in force when a deployment was made: those that came with it and, under other
names, those from before. What a running case uses is looked up as of its own deployment, so that it stays as it began.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from threading import Lock
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import decisions, forms, journal, settings, starts
from engine.bundles import Bundle, names_in, read_bundle, twice
from engine.decisions import DecisionReading
from engine.dialect import Process, read
from engine.errors import NotDeployable, NotFound
from engine.feel import Evaluator
from engine.findings import Finding
from engine.grounds import Grounds
from engine.keys import new_key
from engine.models.deployments import BundledResource, Definition, Deployment, Resource
from engine.runtime import Runtime

KINDS = {"process": "流程", "decision": "规则", "form": "表单"}
_MOST_KEPT = 256
_kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
_kept_lock = Lock()
_T = TypeVar("_T")


class FoundDecision(NamedTuple):
    """A decision ready to be asked: its version, the model of its file, the names it may take from the case."""

    definition_key: int
    model: dict[str, Any]
    names: frozenset[str]


def lint(runtime: Runtime, resources: Mapping[str, bytes], session: Session | None = None) -> list[Finding]:
    """All that is wrong with these files as one bundle; with `session` also measured by what is in force there."""
    return _read(runtime, resources, session, advice=True).findings


def lint_each(
    runtime: Runtime,
    resources: Mapping[str, bytes],
    session: Session | None = None,
    *,
    all_processes: bool = False,
) -> Iterator[tuple[str, list[Finding]]]:
    """Check each file by itself, as it is read: a file name and what is wrong with it.

    What a file needs may lie in one of the others; that two define the same is their fault only if they are deployed
    together, so it is a warning.
    """
    where: dict[tuple[str, str], list[str]] = {}
    for name in resources:
        for key in names_in(name, resources[name]):
            where.setdefault(key, []).append(name)

    def known(kind: str, key: str) -> bool:
        return len(where.get((kind, key), ())) == 1 or _is_in_force(session, kind, key)

    for name in resources:
        content = resources[name]
        imported = (
            [other for other in resources if _may_be_imported(other, name)] if b"import" in content else []
        )
        bundle = read_bundle(
            runtime.evaluator,
            runtime.operations,
            {name: content},
            known,
            beside={other: resources[other] for other in imported},
            advice=True,
            all_processes=all_processes,
        )
        yield name, bundle.findings + twice(bundle, where)


def _may_be_imported(name: str, by: str) -> bool:
    """Whether a file of rules lies beside another."""
    folder = by.rpartition("/")[0]
    return by.endswith(".dmn") and name.endswith(".dmn") and name.rpartition("/")[0] == folder


def deploy(
    runtime: Runtime,
    session: Session,
    resources: Mapping[str, bytes],
    actor: str,
    grounds: Grounds = Grounds(),
    *,
    dated: bytes | None = None,
    all_processes: bool = False,
) -> Deployment:
    """Put files (name → content) into force. NotDeployable refuses all of them for any error in one.

    Of a file of rules the decisions are taken that are sound: one whose text is no FEEL is left out with those that rest on
    it, and a process that asks it is refused, as is the file if the decision is in force already.
    Files that are in force as they are change nothing: if all are, the deployment in force is returned. One whose ids another
    file took over since takes them back.
    `all_processes`: also those processes that are marked as not executable, in a file that has others.
    `dated`: the file of the dated settings that take force with it, whose rows the caller puts; it is kept as a record.
    """
    lock(session)
    bundle = _read(runtime, resources, session, all_processes=all_processes, sound_only=True)
    if not bundle.works:
        raise NotDeployable(bundle.findings)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in resources.items()}
    in_force = _in_force(session)
    displaced = {name for (kind, key), name in bundle.files.items() if _elsewhere(session, kind, key, name)}
    changed = {
        name: digest for name, digest in digests.items() if in_force.get(name) != digest or name in displaced
    }
    if dated is not None:
        resources = {**resources, settings.FILE: dated}
        changed[settings.FILE] = hashlib.sha256(dated).hexdigest()
    if not changed and in_force:
        return session.scalars(sa.select(Deployment).order_by(Deployment.key.desc()).limit(1)).one()
    made = Deployment(
        key=new_key(),
        digest=_digest({**in_force, **changed}),
        actor=actor,
        at=runtime.clock.now(),
        **asdict(grounds),
    )
    session.add(made)
    _store(session, made, changed, resources)
    _define(runtime, session, made, bundle, digests)
    body = {"deployment": str(made.key), "digest": made.digest, "files": changed, **_written(grounds)}
    journal.append(session, journal.HOUSE, "deployed", actor, body, made.at)
    session.flush()
    return made


def lock(session: Session) -> None:
    """One deployment at a time, so that what was compared with the files in force still is when they change.

    The first deployment's row stands for all.
    """
    session.execute(sa.select(Deployment.key).order_by(Deployment.key).limit(1).with_for_update())


def resource(session: Session, deployment_key: int | None, name: str) -> bytes:
    """A file as it was in force with that deployment, or as it is now. NotFound."""
    statement = (
        sa.select(Resource.content)
        .join(BundledResource, BundledResource.sha256 == Resource.sha256)
        .where(BundledResource.name == name)
        .order_by(BundledResource.deployment_key.desc())
        .limit(1)
    )
    if deployment_key is not None:
        statement = statement.where(BundledResource.deployment_key <= deployment_key)
    found = session.scalar(statement)
    if found is None:
        raise NotFound("文件", name)
    return zlib.decompress(found)


def latest(session: Session) -> int:
    """The key of the deployment in force; 0 before the first."""
    return session.scalar(sa.select(sa.func.max(Deployment.key))) or 0


def names(session: Session, deployment_key: int) -> list[str]:
    """The names of all files in force with that deployment."""
    return sorted(_in_force(session, deployment_key))


def overlaid(session: Session, changed: Mapping[str, bytes]) -> dict[str, bytes]:
    """Every file as it would be in force with `changed` deployed."""
    rows = (
        sa.select(BundledResource.name, Resource.content)
        .join(Resource, Resource.sha256 == BundledResource.sha256)
        .where(BundledResource.name.not_in([*changed, settings.FILE]))
        .order_by(BundledResource.deployment_key)
    )
    return {name: zlib.decompress(content) for name, content in session.execute(rows)} | dict(changed)


def definition(
    session: Session, kind: str, key: str, *, as_of: int | None = None, version: int | None = None
) -> Definition:
    """The latest version of a process, decision or form, the one in force with a deployment, or that version."""
    found = _find(session, kind, key, as_of, version)
    if found is None:
        raise NotFound(KINDS[kind], key if version is None else f"{key} v{version}")
    return found


def by_key(session: Session, key: int) -> Definition:
    """The definition of that key. NotFound."""
    found = session.get(Definition, key)
    if found is None:
        raise NotFound(KINDS["process"], key)
    return found


def defined(session: Session, resources: Iterable[str], kind: str | None = None) -> list[Definition]:
    """The latest versions of all that files of these names define."""
    latest = sa.select(Definition.kind, Definition.id, sa.func.max(Definition.version).label("version"))
    newest = latest.group_by(Definition.kind, Definition.id).subquery()
    statement = (
        sa.select(Definition)
        .join(
            newest,
            sa.and_(*(getattr(Definition, c) == newest.c[c] for c in ("kind", "id", "version"))),
        )
        .where(Definition.resource.in_(list(resources)))
        .order_by(Definition.kind.desc(), Definition.id)
    )
    return list(session.scalars(statement if kind is None else statement.where(Definition.kind == kind)))


def bound(
    session: Session, kind: str, key: str, deployment_key: int, binding: str, version_tag: str | None
) -> Definition:
    """What an element deployed with `deployment_key` means: what was deployed with it, the latest of a tag, or the latest."""
    if binding == "versionTag":
        found = _tagged(session, kind, key, version_tag or "")
        if found is None:
            raise NotFound(KINDS[kind], f"{key} {version_tag}")
        return found
    return definition(session, kind, key, as_of=deployment_key if binding == "deployment" else None)


def asked(session: Session, definition_key: int, element_id: str) -> Definition:
    """The form that a step of a process asks with: as it was deployed with the process, or the latest of the step's tag."""
    element = process(session, definition_key).elements[element_id]
    binding = element.setting("formDefinition", "bindingType")
    return bound(
        session,
        "form",
        element.form_id or "",
        deployment_of(session, definition_key),
        "versionTag" if binding == "versionTag" else "deployment",
        element.setting("formDefinition", "versionTag"),
    )


def _tagged(session: Session, kind: str, key: str, tag: str) -> Definition | None:
    """The latest version of a definition whose author gave it this tag."""
    versions = sa.select(Definition).where(Definition.kind == kind, Definition.id == key)
    for version in session.scalars(versions.order_by(Definition.version.desc())):
        if tag == tag_of(session, version):
            return version
    return None


def tag_of(session: Session, version: Definition) -> str | None:
    """The name that its author gave this version, by which an element may ask for it."""

    def load() -> dict[tuple[str, str], str]:
        content = resource(session, version.deployment_key, version.resource)
        named = (n for n in names_in(version.resource, content) if n[0].startswith("tagged "))
        return {(kind, key): tag for kind, both in named for key, _, tag in [both.partition(" ")]}

    tags = _keep(("tags", version.deployment_key, version.resource), load)
    return tags.get((f"tagged {version.kind}", version.id))


def process(session: Session, key: int) -> Process:
    """The process of a definition, read once and kept. NotFound."""
    return _process(session, key)[0]


def deployment_of(session: Session, key: int) -> int:
    """The deployment that a process definition belongs to."""
    return _process(session, key)[1]


def decision(session: Session, evaluator: Evaluator, found: Definition) -> FoundDecision:
    """That version of a decision, ready to be asked."""

    def load() -> DecisionReading:
        content = resource(session, found.deployment_key, found.resource)
        others = _importable(session, content, found.deployment_key)
        return decisions.read(evaluator, found.resource, content, others)

    reading = _keep(("rules", found.deployment_key, found.resource), load)
    return FoundDecision(found.key, reading.model, reading.decisions[found.id].names)


def _importable(session: Session, content: bytes, as_of: int | None = None) -> dict[str, bytes]:
    """The rules in force (with a deployment) that a file of rules may import; none are loaded for one that imports none."""
    if b"import" not in content:
        return {}
    rules = [name for name in _in_force(session, as_of) if name.lower().endswith(".dmn")]
    return {name: resource(session, as_of, name) for name in rules}


def form(session: Session, evaluator: Evaluator, found: Definition) -> dict[str, Any]:
    """The schema of that version of a form."""

    def load() -> dict[str, Any]:
        content = resource(session, found.deployment_key, found.resource)
        schema: dict[str, Any] = forms.read(evaluator, found.resource, content).schema
        return schema

    return _keep(("form", found.key), load)


def _process(session: Session, key: int) -> tuple[Process, int]:
    def load() -> tuple[Process, int]:
        found = session.get(Definition, key)
        if found is None or found.kind != "process":
            raise NotFound(KINDS["process"], key)
        content = resource(session, found.deployment_key, found.resource)
        return read(found.resource, content, only=found.id).processes[found.id], found.deployment_key

    return _keep(("process", key), load)


def _keep(key: tuple[Any, ...], load: Callable[[], _T]) -> _T:
    """What never changes is read once; the least recently used is forgotten."""
    with _kept_lock:
        if key in _kept:
            _kept.move_to_end(key)
            found: _T = _kept[key]
            return found
    made = load()
    with _kept_lock:
        _kept[key] = made
        if len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return made


def _read(
    runtime: Runtime,
    resources: Mapping[str, bytes],
    session: Session | None,
    *,
    all_processes: bool = False,
    advice: bool = False,
    sound_only: bool = False,
) -> Bundle:
    rules = b"".join(content for name, content in resources.items() if name.lower().endswith(".dmn"))
    return read_bundle(
        runtime.evaluator,
        runtime.operations,
        resources,
        partial(_is_in_force, session),
        beside={} if session is None else _importable(session, rules),
        all_processes=all_processes,
        advice=advice,
        sound_only=sound_only,
    )


def _is_in_force(session: Session | None, kind: str, key: str) -> bool:
    if session is not None and kind.startswith("tagged "):
        wanted, _, tag = key.partition(" ")
        return _tagged(session, kind.removeprefix("tagged "), wanted, tag) is not None
    return session is not None and _find(session, kind, key) is not None


def _find(
    session: Session, kind: str, key: str, as_of: int | None = None, version: int | None = None
) -> Definition | None:
    statement = sa.select(Definition).where(Definition.kind == kind, Definition.id == key)
    if as_of is not None:
        statement = statement.where(Definition.deployment_key <= as_of)
    if version is not None:
        statement = statement.where(Definition.version == version)
    return session.scalars(statement.order_by(Definition.version.desc()).limit(1)).one_or_none()


def _elsewhere(session: Session, kind: str, key: str, file: str) -> bool:
    """Whether the latest version of a definition is another file's."""
    found = _find(session, kind, key)
    return found is not None and found.resource != file


def _in_force(session: Session, as_of: int | None = None) -> dict[str, str]:
    """File name → content hash of every file in force."""
    statement = (
        sa.select(BundledResource.name, BundledResource.sha256)
        .where(BundledResource.name != settings.FILE)
        .order_by(BundledResource.deployment_key)
    )
    if as_of is not None:
        statement = statement.where(BundledResource.deployment_key <= as_of)
    return {row.name: row.sha256 for row in session.execute(statement)}


def _written(grounds: Grounds) -> dict[str, Any]:
    """As the journal keeps them: what was not given is left out."""
    told = {"note": grounds.note, "document": grounds.document, "approved_by": grounds.approved_by}
    day = {"document_date": grounds.document_date.isoformat()} if grounds.document_date else {}
    return {name: value for name, value in told.items() if value or name == "note"} | day


def _digest(files: Mapping[str, str]) -> str:
    return hashlib.sha256("\n".join(f"{name} {files[name]}" for name in sorted(files)).encode()).hexdigest()


def _store(
    session: Session, made: Deployment, changed: Mapping[str, str], resources: Mapping[str, bytes]
) -> None:
    for name, digest in changed.items():
        if session.get(Resource, digest) is None:
            session.add(Resource(sha256=digest, content=zlib.compress(resources[name], 9)))
            session.flush()
        session.add(BundledResource(name=name, deployment_key=made.key, sha256=digest))


def _define(
    runtime: Runtime, session: Session, made: Deployment, bundle: Bundle, digests: Mapping[str, str]
) -> None:
    """Number what is new. Processes come last: their fingerprints take in the forms, rules and processes that they use."""
    for kind, titles in (("decision", bundle.decisions), ("form", bundle.forms)):
        for key, title in titles.items():
            file = bundle.files[kind, key]
            _number(session, made, kind, key, title, file, digests[file])
    in_force = _in_force(session)
    latest = {running.id: running for running in _latest_processes(session, bundle)}
    own = {key: _own(session, running, in_force) for key, running in latest.items()}
    for running in latest.values():
        called = {f"process {key}": _digest(own[key]) for key in _called_as_deployed(running, latest)}
        fingerprint = _digest(own[running.id] | called)
        numbered = _number(session, made, "process", running.id, running.name, running.file, fingerprint)
        if numbered is not None:
            starts.schedule(runtime, session, numbered, running)


def _latest_processes(session: Session, bundle: Bundle) -> list[Process]:
    others = sa.select(Definition.id).where(
        Definition.kind == "process", Definition.id.not_in(bundle.processes)
    )
    old = [definition(session, "process", key) for key in session.scalars(others.distinct())]
    return [*bundle.processes.values(), *(process(session, each.key) for each in old)]


def _called_as_deployed(running: Process, latest: Mapping[str, Process]) -> set[str]:
    """The processes that a case of this one calls as they were deployed with it, and those that these call so.

    A change of one of them is one of this process too: else its new cases would go on calling the old one.
    """
    found: set[str] = set()
    ahead = [running]
    while ahead:
        for element in ahead.pop().elements.values():
            called = element.setting("calledElement", "processId") or ""
            bound = element.setting("calledElement", "bindingType") == "deployment"
            if bound and called in latest and called not in found:
                found.add(called)
                ahead.append(latest[called])
    return found - {running.id}


def _own(session: Session, running: Process, in_force: Mapping[str, str]) -> dict[str, str]:
    """What a process is made of: its file, and the forms, rules and sheets that its steps use."""
    parts = {"": in_force[running.file]}
    for kind, wanted in (("form", running.references.forms), ("decision", running.references.decisions)):
        for key in wanted:
            found = _find(session, kind, key)
            parts[f"{kind} {key}"] = found.fingerprint if found else ""
    named = (
        e.properties.get(name, "") for e in running.elements.values() for name in ("sheet", "also_signs")
    )
    for sheet in running.references.forms | {sheet.strip() for each in named for sheet in each.split(",")}:
        parts[f"sheet {sheet}"] = in_force.get(f"{sheet}.html", "")
    return parts


def _number(
    session: Session, made: Deployment, kind: str, key: str, title: str, file: str, fingerprint: str
) -> Definition | None:
    """The next version of a definition, None when it is the latest one unchanged."""
    before = _find(session, kind, key)
    if before is not None and before.fingerprint == fingerprint:
        return None
    numbered = Definition(
        key=new_key(),
        kind=kind,
        id=key,
        version=before.version + 1 if before else 1,
        name=title,
        fingerprint=fingerprint,
        deployment_key=made.key,
        resource=file,
    )
    session.add(numbered)
    session.flush()
    return numbered
