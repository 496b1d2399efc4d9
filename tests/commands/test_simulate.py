"""`fangfan simulate` tells what came of the year; what is wrong ends it with 1."""

import json

import pytest
from click.testing import CliRunner

from web.commands import main, simulate
from web.simulation import Lived

SOUND = Lived(8, {"exit": {"exited": 2}}, 90, 0, 1.5, 200, [], {"money": []})
WRONG = Lived(8, {"exit": {"active": 2}}, 90, 0, 1.5, 200, [], {"money": ["5 yuan are nowhere"]})


def run(monkeypatch: pytest.MonkeyPatch, lived: Lived, *args: str):
    """The command, its year lived already; what it was asked to live."""
    asked = []

    def live(_runtime, *what):
        asked.extend(what[:3])
        return lived

    monkeypatch.setattr(simulate, "live", live)
    return CliRunner().invoke(main, ["simulate", *args]), asked


def test_it_lives_the_year_that_is_asked_for(monkeypatch):
    told, asked = run(monkeypatch, SOUND, "--year", "2021", "--households", "9", "--seed", "4", "--json")
    assert (told.exit_code, asked) == (0, [2021, 9, 4])
    assert json.loads(told.stdout)["outcomes"] == {"exit": {"exited": 2}}


def test_what_does_not_agree_is_told_and_ends_it_with_1(monkeypatch):
    told, _ = run(monkeypatch, WRONG)
    assert told.exit_code == 1 and "5 yuan are nowhere" in told.stdout


def test_a_database_that_holds_anything_is_refused(monkeypatch, sqlite_url):
    told, asked = run(monkeypatch, SOUND, "--database", sqlite_url)
    assert told.exit_code == 2 and not asked and "not empty" in told.stderr
