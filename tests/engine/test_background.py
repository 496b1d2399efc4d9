"""Background jobs: units with their cursor, progress, pause, cancel, failure; and real workers that are killed."""

import multiprocessing
import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine import background
from engine.errors import InvalidInput, NotFound
from engine.models.background import BackgroundJob
from engine.models.settings import Setting
from engine.worker import Worker
from tests.faults import counting

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.faults.counting"])


@background.kind("refused", "被拒绝")
def refused(runtime, job):
    with job.unit() as session:
        job.cursor = "first"
        job.report(1, None, session, "核对")
    raise InvalidInput(detail="第3行")


@background.kind("broken", "出错")
def broken(runtime, job):
    with job.unit() as session:
        job.cursor = {"seen": []}
    with job.unit() as session:
        session.add(Setting(name="half", valid_from=counting.FIRST_DAY, value=1, note="", local=True))
        job.cursor["seen"].append(1)
        raise RuntimeError("张三")


def start(runtime, kind="count", **arguments) -> int:
    with runtime.database.begin() as session:
        return background.start(session, kind, {"to": 5, "name": "n", **arguments}, "clerk")


def progress(runtime, key) -> background.Progress:
    with runtime.database.read() as session:
        return background.get(session, key)


def numbers(runtime, name="n") -> list[int]:
    with runtime.database.read() as session:
        return counting.written(session, name)


def change(runtime, what, key) -> None:
    with runtime.database.begin() as session:
        what(session, key)


def test_a_job_tells_how_far_it_is_and_what_came_of_it(runtime):
    key = start(runtime)
    assert (progress(runtime, key).state, progress(runtime, key).total) == ("waiting", None)
    background.run(runtime, key)
    told = progress(runtime, key)
    assert (told.state, told.done, told.total, told.result) == ("done", 5, 5, {"counted": 5})
    assert (told.name, told.actor, told.started_at, told.is_over) == (
        "数数",
        "clerk",
        runtime.clock.now(),
        True,
    )
    assert numbers(runtime) == [0, 1, 2, 3, 4]
    with runtime.database.read() as session:
        assert [each.key for each in background.of(session, "clerk")] == [key]
        assert background.of(session, "another") == []


def test_what_was_asked_for_is_sealed_and_a_job_that_nobody_asked_for_is_not_found(runtime):
    key = start(runtime, name="张三")
    with runtime.database.read() as session:
        assert "张三".encode() not in session.get_one(BackgroundJob, key).arguments
        with pytest.raises(NotFound):
            background.get(session, 1)


def test_a_start_that_is_rolled_back_leaves_nothing_in_the_queue(runtime):
    with pytest.raises(RuntimeError), runtime.database.begin() as session:
        background.start(session, "count", {"to": 5, "name": "n"}, "clerk")
        raise RuntimeError
    schema = "" if runtime.database.is_sqlite else "dbos."
    with runtime.database.read() as session:
        assert session.scalar(sa.text(f"SELECT count(*) FROM {schema}workflow_status")) == 0


@pytest.mark.parametrize(("what", "state"), [(background.pause, "paused"), (background.cancel, "cancelled")])
def test_a_running_job_stops_after_its_unit(sqlite_runtime, monkeypatch, what, state):
    runtime, key = sqlite_runtime, start(sqlite_runtime)
    passed = []

    def stop(_seconds):
        passed.append(1)
        if len(passed) == 2:
            change(runtime, what, key)

    monkeypatch.setattr(counting.time, "sleep", stop)
    background.run(runtime, key)
    told = progress(runtime, key)
    assert (told.state, told.done, numbers(runtime)) == (state, 2, [0, 1])
    if state == "cancelled":
        with pytest.raises(background.CannotNow):
            change(runtime, background.resume, key)
        return
    change(runtime, background.resume, key)
    background.run(runtime, key, 1)  # the run that was paused is not the job's any more
    assert progress(runtime, key).state == "waiting"
    background.run(runtime, key, 2)
    assert (progress(runtime, key).state, numbers(runtime)) == ("done", [0, 1, 2, 3, 4])


def test_a_refusal_is_told_in_its_own_words_and_the_job_can_be_resumed(sqlite_runtime):
    key = start(sqlite_runtime, "refused")
    background.run(sqlite_runtime, key)
    told = progress(sqlite_runtime, key)
    assert (told.state, told.done, told.message) == ("failed", 1, "核对")
    assert told.error == {"message": InvalidInput.message, "params": {"detail": "第3行"}}
    change(sqlite_runtime, background.resume, key)
    assert (progress(sqlite_runtime, key).state, progress(sqlite_runtime, key).error) == ("waiting", None)


def test_a_unit_that_fails_leaves_nothing_and_tells_no_secrets(sqlite_runtime):
    key = start(sqlite_runtime, "broken")
    background.run(sqlite_runtime, key)
    told = progress(sqlite_runtime, key)
    assert told.error == {
        "message": "后台任务出错（{sort}），详情见服务日志。",
        "params": {"sort": "RuntimeError"},
    }
    assert numbers(sqlite_runtime, "half") == []
    with sqlite_runtime.database.read() as session:
        row = session.get_one(BackgroundJob, key)
        assert session.info["vault"].unseal(row.cursor) == {"seen": []}


def test_who_falls_silent_loses_the_job_and_cannot_write_any_more(runtime, clock, monkeypatch):
    """The old run is not dead, only slow: its next unit finds that the job is another's."""
    key = start(runtime)
    passed = []

    def taken_over(_seconds):
        passed.append(1)
        if len(passed) == 2:
            clock.advance(background.LEASE + timedelta(seconds=1))
            assert background.rescue(runtime) == 1
            background.run(runtime, key, 2)

    monkeypatch.setattr(counting.time, "sleep", taken_over)
    background.run(runtime, key, 1)
    assert (progress(runtime, key).state, numbers(runtime)) == ("done", [0, 1, 2, 3, 4])
    assert len(passed) == 5


def test_who_tells_that_he_lives_keeps_the_job(runtime, clock, monkeypatch):
    key = start(runtime)
    rescued = []

    def slow(_seconds):
        clock.advance(background.LEASE / 2)
        background.hear(runtime, {key: 1})
        clock.advance(background.LEASE / 2 + timedelta(seconds=1))
        rescued.append(background.rescue(runtime))

    monkeypatch.setattr(counting.time, "sleep", slow)
    background.run(runtime, key)
    assert rescued == [0] * 5


def test_a_worker_that_ends_leaves_its_job_to_the_next(sqlite_runtime):
    key = start(sqlite_runtime)
    ending = iter([False, False, True])
    background.run(sqlite_runtime, key, 1, lambda: next(ending, True))
    assert (progress(sqlite_runtime, key).state, numbers(sqlite_runtime)) == ("waiting", [0, 1])
    background.run(sqlite_runtime, key, 2)
    assert numbers(sqlite_runtime) == [0, 1, 2, 3, 4]


def test_an_embedded_worker_does_what_the_queue_holds_and_ends_when_told(runtime):
    keys = [start(runtime, name=f"n{number}") for number in range(5)]
    stop = threading.Event()
    thread = threading.Thread(target=Worker(runtime).run, args=(stop,))
    thread.start()
    _until(lambda: all(progress(runtime, key).state == "done" for key in keys))
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    assert [numbers(runtime, f"n{number}") for number in range(5)] == [[0, 1, 2, 3, 4]] * 5


def test_a_job_whose_worker_is_killed_goes_on_in_another(runtime, clock, database_url):
    key = start(runtime, to=40, pause=0.02)
    doomed = _worker(database_url, 0)
    _until(lambda: progress(runtime, key).done >= 5)
    doomed.kill()
    doomed.join()
    done = progress(runtime, key).done
    assert 5 <= done < 40
    heir = _worker(database_url, 10)
    _until(lambda: progress(runtime, key).state == "done")
    heir.kill()
    heir.join()
    assert numbers(runtime) == list(range(40))


@pytest.mark.parametrize("point", ["after_claim", "before_commit", "after_commit"])
def test_killed_at_a_named_point_nothing_is_lost_or_doubled(sqlite_runtime, sqlite_url, point):
    key = start(sqlite_runtime, to=3)
    doomed = _worker(sqlite_url, 0, point)
    doomed.join(30)
    assert doomed.exitcode == -9
    heir = _worker(sqlite_url, 10)
    _until(lambda: progress(sqlite_runtime, key).state == "done")
    heir.kill()
    heir.join()
    assert numbers(sqlite_runtime) == [0, 1, 2]


def test_two_workers_share_the_jobs_and_double_none(runtime, database_url):
    keys = [start(runtime, name=f"n{number}", to=8, pause=0.01) for number in range(12)]
    workers = [_worker(database_url, 0) for _ in range(2)]
    _until(lambda: all(progress(runtime, key).state == "done" for key in keys))
    for worker in workers:
        worker.kill()
        worker.join()
    assert [numbers(runtime, f"n{number}") for number in range(12)] == [list(range(8))] * 12


def _worker(url: str, minutes: int, fault: str = "") -> multiprocessing.Process:
    worker = processes.Process(target=counting.work, args=(url, minutes, fault), daemon=True)
    worker.start()
    return worker


def _until(reached, seconds: float = 45) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.1)
