"""Where a case and its replay on changed drawings part: by way, rule, form, people, deadline, and where an answer is missing."""

import dataclasses
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine import incidents, instances, messages, signals
from engine.models.instances import Incident
from engine.replay import Verdict, player, scope
from engine.runtime import Runtime
from engine.worker import Worker
from tests.engine.cases import answer, at, deploy, get, start
from tests.engine.drawing import Drawing, each, mapped
from tests.engine.replay.conftest import Replays


def files(*drawings: Drawing, **others: bytes) -> dict[str, bytes]:
    """Drawings, and files given as `name__ext=content`, by file name."""
    found = {f"{drawing.id}.bpmn": drawing.xml() for drawing in drawings}
    return found | {name.replace("__", "."): content for name, content in others.items()}


def told(verdict: Verdict) -> tuple[str, str | None, str | None]:
    """Outcome, sort of parting, element."""
    first = verdict.first
    return verdict.outcome, first and first.kind, first and first.element


def reviewed(limit: int = 5, *, before: str = "", days: int = 10, groups: str = "county_office") -> Drawing:
    """apply → (one more step) → review; above the limit also a visit; late reviews are pressed."""
    drawing = Drawing()
    drawing.start("s")
    drawing.user("apply")
    drawing.xor("much")
    drawing.user("visit")
    drawing.user("review", candidateGroups=groups)
    drawing.boundary("late", "review", drawing.timer(f"P{days}D"))
    drawing.user("press")
    drawing.end("e")
    drawing.end("pressed")
    if before:
        drawing.user(before)
        drawing.flow("s", "apply", before, "much")
    else:
        drawing.flow("s", "apply", "much")
    drawing.flow("much", "visit", condition=f"amount > {limit}")
    drawing.flow("visit", "review")
    plain = drawing.flow("much", "review")
    drawing.elements["much"].attrs["default"] = plain
    drawing.flow("review", "e")
    drawing.flow("late", "press", "pressed")
    return drawing


def applied(runtime: Runtime, amount: int = 6) -> int:
    """A case in which somebody has applied."""
    case = start(runtime)
    answer(runtime, case, "apply", amount=amount)
    return case


def test_the_same_drawing_says_the_same(runtime: Runtime, replayed: Replays) -> None:
    deploy(runtime, reviewed())
    case = applied(runtime)
    answer(runtime, case, "visit")
    answer(runtime, case, "review")
    verdict = replayed(runtime, case, files(reviewed()))
    assert (verdict.outcome, verdict.first, verdict.ends) == ("same", None, ("e", "e"))


def test_taken_are_running_cases_and_recent_ones_and_played_those_that_ran_otherwise(
    runtime: Runtime,
) -> None:
    deploy(runtime, reviewed())
    long_ago, old = applied(runtime, 1), applied(runtime, 1)
    answer(runtime, long_ago, "review")
    runtime.clock.advance(timedelta(days=1))
    deploy(runtime, reviewed(limit=9))
    ended, running = applied(runtime, 1), applied(runtime, 1)
    answer(runtime, ended, "review")
    now = runtime.clock.now()
    wanted = scope.cases(now - timedelta(hours=1), now)
    with runtime.database.read() as session:
        assert session.scalars(wanted).all() == sorted((old, ended, running), reverse=True)
        assert scope.unreached(session, wanted, scope.fingerprints(session)) == {ended, running}


def test_another_way_is_told_by_the_first_element_that_differs(
    sqlite_runtime: Runtime, replayed: Replays
) -> None:
    deploy(sqlite_runtime, reviewed())
    case = applied(sqlite_runtime)
    verdict = replayed(sqlite_runtime, case, files(reviewed(limit=7)))
    assert told(verdict) == ("otherwise", "path", "review")
    assert verdict.first is not None and (verdict.first.then, verdict.first.now) == ("visit", "review")
    assert verdict.needs == (("p", "review"),)


def test_a_step_that_nobody_has_answered_needs_answers(sqlite_runtime: Runtime, replayed: Replays) -> None:
    deploy(sqlite_runtime, reviewed())
    case = applied(sqlite_runtime)
    verdict = replayed(sqlite_runtime, case, files(reviewed(before="township")))
    assert told(verdict) == ("needs_answers", "path", "township")
    assert verdict.needs == (("p", "township"),)


def test_a_step_renamed_in_id_is_the_same_step(sqlite_runtime: Runtime, replayed: Replays) -> None:
    deploy(sqlite_runtime, reviewed(before="township"))
    case = applied(sqlite_runtime)
    answer(sqlite_runtime, case, "township")
    other = reviewed(before="town")
    xml = other.xml()
    for drawing, name in ((reviewed(before="township"), "township"), (other, "town")):
        assert f'id="{name}"'.encode() in drawing.xml()
    verdict = replayed(sqlite_runtime, case, {"p.bpmn": xml})
    assert verdict.outcome == "same", verdict


def test_other_people_and_another_deadline_are_told(sqlite_runtime: Runtime, replayed: Replays) -> None:
    deploy(sqlite_runtime, reviewed())
    case = applied(sqlite_runtime, 1)
    verdict = replayed(sqlite_runtime, case, files(reviewed(groups="township_cadre")))
    assert told(verdict) == ("otherwise", "people", "review")


def test_a_timer_that_is_set_earlier_fires_at_its_own_moment(
    sqlite_runtime: Runtime, replayed: Replays
) -> None:
    deploy(sqlite_runtime, reviewed())
    case = applied(sqlite_runtime, 1)
    sqlite_runtime.clock.advance(timedelta(days=8))
    answer(sqlite_runtime, case, "review")
    assert replayed(sqlite_runtime, case, files(reviewed())).outcome == "same"
    assert replayed(sqlite_runtime, case, files(reviewed(days=9))).outcome == "same"
    earlier = replayed(sqlite_runtime, case, files(reviewed(days=7)))
    assert told(earlier) == ("otherwise", "path", "late")


def test_a_timer_that_is_set_later_lets_who_was_late_be_in_time(
    sqlite_runtime: Runtime, replayed: Replays
) -> None:
    deploy(sqlite_runtime, reviewed())
    case = applied(sqlite_runtime, 1)
    sqlite_runtime.clock.advance(timedelta(days=11))
    assert Worker(sqlite_runtime).run_once()
    answer(sqlite_runtime, case, "press")
    assert replayed(sqlite_runtime, case, files(reviewed())).outcome == "same"
    assert told(replayed(sqlite_runtime, case, files(reviewed(days=20)))) == ("otherwise", "path", "late")


def test_a_worker_that_was_away_makes_no_difference(sqlite_runtime: Runtime, replayed: Replays) -> None:
    """The timer was due, the person answered before the worker came: so it is in the replay."""
    deploy(sqlite_runtime, reviewed())
    case = applied(sqlite_runtime, 1)
    sqlite_runtime.clock.advance(timedelta(days=11))
    answer(sqlite_runtime, case, "review")
    verdict = replayed(sqlite_runtime, case, files(reviewed()))
    assert (verdict.outcome, verdict.ends) == ("same", ("e", "e"))


# -- what operations told


class Register:
    """An operation that counts, so that asking it again would tell otherwise."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, session, inputs):
        self.asked += 1
        if inputs.get("level") == "无":
            raise NotOnList
        return {"level": inputs.get("level"), "number": self.asked}


class NotOnList(Exception):
    code, message = "not_on_list", "名单里没有。"

    def __str__(self) -> str:
        return self.message


@pytest.fixture
def register() -> Register:
    return Register()


@pytest.fixture
def served(sqlite_runtime: Runtime, register: Register) -> Runtime:
    return dataclasses.replace(sqlite_runtime, operations={"register": register})


def graded(limit: int = 5) -> Drawing:
    """A level by script, registered; the case's level is what the register hands back."""
    drawing = Drawing(extra=extension_level())
    drawing.start("s")
    drawing.user("ask")
    drawing.script("grade", f'=if amount > {limit} then "红" else "黄"', "wanted")
    io = mapped({"level": "=wanted"}, {"level": "=level", "number": "=number"})
    drawing.service("record", job="register", mappings=io)
    drawing.user("after")
    drawing.end("e")
    drawing.flow("s", "ask", "grade", "record", "after", "e")
    return drawing


def extension_level() -> str:
    properties = '<zeebe:property name="attribute.level" value="=level"/>'
    return f"<extensionElements><zeebe:properties>{properties}</zeebe:properties></extensionElements>"


def test_operations_are_not_asked_again_and_levels_are_told(
    served: Runtime, register: Register, replayed: Replays
) -> None:
    deploy(served, graded())
    case = start(served)
    answer(served, case, "ask", amount=6)
    assert get(served, case).level == "红"
    same = replayed(served, case, files(graded()))
    other = replayed(served, case, files(graded(limit=6)))
    assert register.asked == 1
    assert (same.outcome, same.levels) == ("same", ("红", "红"))
    assert told(other) == ("otherwise", "value", "ask")
    assert other.levels == ("红", "黄")  # what the register only handed back goes along with what it is asked


def test_an_operation_that_the_journal_does_not_know_needs_answers(
    served: Runtime, replayed: Replays
) -> None:
    deploy(served, reviewed())
    case = applied(served)
    more = reviewed()
    more.service("enter", job="register")
    more.flows = [(i, s, "enter" if (s, t) == ("apply", "much") else t, c) for i, s, t, c in more.flows]
    more.flow("enter", "much")
    verdict = replayed(served, case, files(more))
    assert told(verdict) == ("needs_answers", "path", "enter")
    assert verdict.needs == (("p", "enter"),)


def refusable() -> Drawing:
    """Who is not on the list gets a letter."""
    drawing = Drawing()
    drawing.start("s")
    drawing.user("ask")
    drawing.service("record", job="register", mappings=mapped({"level": "=level"}, {"number": "=number"}))
    drawing.boundary("missing", "record", drawing.error("not_on_list"))
    drawing.user("letter")
    drawing.end("e")
    drawing.flow("s", "ask", "record", "e")
    drawing.flow("missing", "letter", "e")
    return drawing


def test_what_an_operation_refused_is_refused_again(
    served: Runtime, register: Register, replayed: Replays
) -> None:
    deploy(served, refusable())
    case = start(served)
    answer(served, case, "ask", level="无")
    answer(served, case, "letter")
    verdict = replayed(served, case, files(refusable()))
    assert (verdict.outcome, verdict.ends, register.asked) == ("same", ("e", "e"), 1)


def test_what_failed_then_and_was_retried_fails_and_is_retried(
    served: Runtime, register: Register, replayed: Replays
) -> None:
    broken = dataclasses.replace(served, operations={"register": lambda session, inputs: 1 / 0})
    deploy(served, refusable())
    case = start(served)
    answer(broken, case, "ask", level="红")
    assert replayed(served, case, files(refusable())).outcome == "same"  # it stands there still
    with served.database.begin() as session:
        incidents.retry(served, session, session.scalars(sa.select(Incident.key)).one(), "administrator")
    verdict = replayed(served, case, files(refusable()))
    assert (verdict.outcome, verdict.ends, register.asked) == ("same", ("e", "e"), 1)


def told_twice(last: str) -> Drawing:
    """Two who read a letter each, then a signal, then `last`."""
    drawing = Drawing()
    drawing.start("s")
    drawing.catch("letter", drawing.message("letter", "=key"))
    drawing.user("read", loop=each("=pages", "page", "all", "=page + said"))
    drawing.catch("bell", drawing.signal("bell"))
    drawing.user(last)
    drawing.end("e")
    drawing.flow("s", "letter", "read", "bell", last, "e")
    return drawing


def test_messages_signals_and_lists_come_again_and_a_step_that_only_bears_another_id_is_the_same(
    sqlite_runtime: Runtime, replayed: Replays
) -> None:
    deploy(sqlite_runtime, told_twice("file_it"))
    with sqlite_runtime.database.begin() as session:  # before anybody waits for it
        messages.publish(
            sqlite_runtime, session, "letter", "k", {"pages": ["a", "b"]}, "clerk", ttl=timedelta(days=2)
        )
    case = start(sqlite_runtime, key="k")
    answer(sqlite_runtime, case, "read", nth=1, said="2")
    answer(sqlite_runtime, case, "read", nth=0, said="1")
    with sqlite_runtime.database.begin() as session:
        signals.broadcast(sqlite_runtime, session, "bell", {"loud": True}, "clerk")
    answer(sqlite_runtime, case, "file_it", shelf=3)
    for last in ("file_it", "put_away"):
        verdict = replayed(sqlite_runtime, case, files(told_twice(last)))
        assert (verdict.outcome, verdict.ends) == ("same", ("e", "e")), verdict


def test_a_case_that_was_ended_by_hand_is_ended_again(sqlite_runtime: Runtime, replayed: Replays) -> None:
    deploy(sqlite_runtime, reviewed())
    case = applied(sqlite_runtime, 1)
    with sqlite_runtime.database.begin() as session:
        instances.cancel(sqlite_runtime, session, case, "clerk", "已死亡")
    assert replayed(sqlite_runtime, case, files(reviewed())).outcome == "same"


def test_a_replay_leaves_nothing_behind(sqlite_runtime: Runtime, replayed: Replays) -> None:
    deploy(sqlite_runtime, reviewed())
    case = applied(sqlite_runtime)
    before = (
        get(sqlite_runtime, case).tokens,
        at(sqlite_runtime, case),
        get(sqlite_runtime, case).journal_length,
    )
    for limit in (5, 7):
        replayed(sqlite_runtime, case, files(reviewed(limit)))
    after = (
        get(sqlite_runtime, case).tokens,
        at(sqlite_runtime, case),
        get(sqlite_runtime, case).journal_length,
    )
    assert after == before


def test_a_timer_that_never_rests_holds_a_replay_up_only_so_long(
    sqlite_runtime: Runtime, replayed: Replays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player, "MOST_FIRED", 5)
    deploy(sqlite_runtime, reviewed())
    case = applied(sqlite_runtime, 1)
    sqlite_runtime.clock.advance(timedelta(days=9))
    restless = reviewed()
    restless.elements["late"].inner = restless.timer("R/PT1S", "timeCycle")
    restless.elements["late"].attrs["cancelActivity"] = "false"
    verdict = replayed(sqlite_runtime, case, files(restless))
    assert verdict.outcome == "otherwise"
