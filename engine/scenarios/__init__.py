"""Scenarios: what must happen in the procedure as drawn, written as YAML and played through the real engine.

    answers:                                  # optional: answers used more than once, by name
      agreed: {outcome: 同意}
    scenarios:
      - scenario: 一次通过                     # plays a case
        clause: F4.3.1
        at: 2020-05-06T09:00                  # Shanghai time; the clock moves only by `wait`
        given:                                # operations that run first; their outputs become names
          - {operation: household.save, with: {area: 2202/…/}}
        start: application                     # `element: ID` beside it begins elsewhere than at the plain start
        with: {household_key: =household_key}  # a text that begins with = is FEEL over the names so far
        steps:
          - {do: review, as: county_office, answer: agreed, but: {opinion: 情况属实}}
          - {do: review, as: county_office 李四, within: 2202/220282/, refused: not_allowed}
          - {do: apply, as: applicant, answer: {}, refused: [income, members]}      # fields that the form refuses
          - {wait: P30D}
          - {message: withdraw, key: =household_key}
          - {operation: measures.count_open, with: {household_key: =household_key}}
          - {expect: {tasks: [visit], incident: grade, ended: included, holds: ['level = "红"']}}
      - scenario: 收入边界                     # asks a decision
        decision: inclusion
        given: {line: 4000, shortfalls: []}
        cases:
          - {with: {disposable_income: 5999.99}, expect: {outcome: 纳入}}
          - {with: {line: null}, refused: line}

The person of `as` holds that role where the case is; the second word is his name, when the role's is not enough. Every
answer passes the real form check and the real authority. A scenario fails on the first thing that does not come out as
written, and on any incident that was not expected. Each plays on a database of its own.
"""

from engine.scenarios.play import Outcome, perform, play
from engine.scenarios.reading import (
    ENDING,
    CaseScenario,
    DecisionScenario,
    Scenario,
    Unreadable,
    parse,
    read,
    write,
)
from engine.scenarios.stage import Stage

__all__ = [
    "ENDING",
    "CaseScenario",
    "DecisionScenario",
    "Outcome",
    "Scenario",
    "Stage",
    "Unreadable",
    "parse",
    "perform",
    "play",
    "read",
    "write",
]
