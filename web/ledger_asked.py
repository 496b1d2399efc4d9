"""What the address of the ledger's page asks for: columns, filters, order, group; read once, and written again for links."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from engine.sight import Reach
from registry import areas, ledger
from registry.ledger import Column, Ledger, Wanted, sets

BOUNDS = ("has", "least", "most")


@dataclass(frozen=True)
class Asked:
    """What is wanted, under which set's name, grouped by what; `query` are the address's own words for it."""

    wanted: Wanted
    set_name: str
    group: Column | None
    query: Mapping[str, Any]

    def but(self, **changed: Any) -> dict[str, Any]:
        """The words of the address with some changed; those that become None are left out. A page begins anew."""
        told = {**self.query, **changed}
        return {name: value for name, value in told.items() if value not in (None, "", [])}

    def in_use(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each filter in use: how it reads, and the address's words without it."""
        for kind, sign in zip(BOUNDS, ("：", " ≥ ", " ≤ "), strict=True):
            for key, told in getattr(self.wanted, kind).items():
                yield f"{self.wanted.known[key].name}{sign}{told}", self.but(**{f"{kind}.{key}": None})


def read(session: Session, args: MultiDict[str, str], user: str, seen: Reach, today: date) -> Asked:
    """What these parameters ask for. Impossible names a column that is none."""
    of = ledger.monitored()
    chosen, set_name = _columns(session, of, args, user)
    told = {name: args[name].strip() for name in args if args[name].strip()}
    bounds = {
        kind: {name.partition(".")[2]: value for name, value in told.items() if name.startswith(f"{kind}.")}
        for kind in BOUNDS
    }
    state = told.get("state", "")
    wanted = Wanted(
        of.chosen(chosen),
        today,
        seen_areas=seen.areas,
        seen_households=tuple(int(subject) for subject in seen.subjects),
        within=told.get("area", areas.ROOT),
        state=state if state in ledger.STATES else ledger.STATES[0],
        sort=told.get("sort", "village"),
        known=of.by_key,
        **bounds,
    )
    [group] = of.chosen([told["group"]]) if "group" in told else [None]
    query = {name: value for name, value in told.items() if name not in ("after", "c", "csrf_token")}
    return Asked(wanted, set_name, group, {**query, "c": args.getlist("c")})


def _columns(session: Session, of: Ledger, args: MultiDict[str, str], user: str) -> tuple[Sequence[str], str]:
    if args.getlist("c"):
        return args.getlist("c"), _("自选")
    name = args.get("set", "")
    if name in of.sets:
        return of.sets[name], name
    for each in sets.kept(session, of, user):
        if str(each.key) == name:
            return of.still(each.columns) or of.first_set, each.name
    return of.first_set, next(iter(of.sets))
