"""Many tasks of one step done together: each its own outcome and transaction, the refused kept with their reasons."""

from engine import background
from engine.models.worklist import UserTask
from tests.web.world import PASSWORD, World


def reviews(world: World, count: int) -> list[UserTask]:
    """Cases of as many households, each before the county's review."""
    found = []
    for number in range(count):
        family = world.family(number)
        found.append(world.play(world.begin(family), family, "county_review"))
    return found


def done(world: World, address: str) -> background.Progress:
    """Do what a worker would do with the job that the page leads to."""
    key = int(address.rpartition("/")[2])
    background.run(world.runtime, key)
    with world.runtime.database.read() as session:
        return background.get(session, key)


def state(world: World, task: UserTask) -> str:
    """Whether the task is open still."""
    with world.runtime.database.read() as session:
        return session.get_one(UserTask, task.key).state


def test_each_task_has_its_own_outcome_and_what_is_refused_stays_with_its_reason(world: World) -> None:
    first, second, third = reviews(world, 3)
    office = world.client("county_office")
    assert f'name="task" value="{first.key}"' in office.get("/").text
    chosen = "&".join(f"task={task.key}" for task in (first, second, third))
    page = office.get(f"/together/?{chosen}").text
    assert page.count(">同意纳入<") == 4  # one for all, one in each row
    sent = {
        "task": [str(task.key) for task in (first, second, third)],
        "outcome": "同意纳入",
        "opinion": "情况属实。",
        f"outcome.{second.key}": "-",
        f"outcome.{third.key}": "退回补正",
        "password": PASSWORD,
    }
    told = done(world, office.post("/together/", data=sent).location)
    assert [state(world, task) for task in (first, second, third)] == ["completed", "open", "open"]
    assert told.result["done"] == 1
    [[refused, reason]] = told.result["refused"]
    assert (refused, bool(reason)) == (str(third.key), True)
    again = office.get(told.result["next"]).text
    assert reason.partition("：")[0] in again
    assert f'href="/tasks/{third.key}"' in again
    assert f'href="/tasks/{second.key}"' not in again
    with world.runtime.database.read() as session:
        assert session.get_one(UserTask, first.key).completed_by == "county_office"


def test_a_wrong_password_does_nothing(world: World) -> None:
    [task] = reviews(world, 1)
    sent = {"task": str(task.key), "outcome": "同意纳入", "password": "not it"}
    assert world.client("county_office").post("/together/", data=sent).status_code == 401
    assert state(world, task) == "open"


def test_what_is_signed_by_hand_or_is_of_several_steps_is_not_done_together(world: World) -> None:
    [review] = reviews(world, 1)
    family = world.family(1)
    accept = world.play(world.begin(family), family, "accept")
    mixed = world.client("county_office").get(f"/together/?task={review.key}&task={accept.key}")
    assert mixed.status_code in (403, 422)
    family = world.family(2)
    verify = world.play(world.begin(family), family, "verify_township")
    told = world.client("township_cadre").get(f"/together/?task={verify.key}")
    assert told.status_code == 422
    assert "手写签名" in told.text
