"""What is answered without V8 is what V8 answers."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import direct
from engine.feel import FeelError
from engine.scopes import Scopes

NOW = datetime(2026, 1, 5, tzinfo=UTC)
NAMES = ["outcome", "household", "户主", "a", "count", "date", "item", "x1", "null", "members", "sum"]
WORDS = ["同意", "", "true", " a", "null", "x = y"]

values = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=6,
)
paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(".".join)
literals = st.sampled_from(WORDS).map('"{}"'.format)
comparisons = st.builds("{} {} {}".format, paths, st.sampled_from(["=", "!="]), literals)
plain = (
    st.sampled_from(
        ["null", "true", "false", "0", "-7", "120", "007", "-0", "1e3", "[]", "{}", "[ ]", "99999999999999"]
    )
    | literals
)


def view(variables):
    scopes = Scopes()
    scopes.update(variables)
    return scopes.view()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(NAMES), values, max_size=6), paths | comparisons | plain)
def test_both_answer_alike(evaluator, variables, expression):
    answer = direct.evaluate(expression, view(variables))
    if answer is not direct.ABSENT:
        assert answer == evaluator.evaluate(expression, variables, NOW)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("outcome", "同意"),
        ('outcome = "同意"', True),
        ('outcome="x"', False),
        ('outcome != "x"', True),
        ("h.key", 7),
    ],
)
def test_the_simplest_are_answered(expression, value):
    assert direct.evaluate(expression, view({"outcome": "同意", "h": {"key": 7}})) == value


@pytest.mark.parametrize(
    "expression",
    ["missing", "h.missing", "list.key", "nothing.key", "not", "007", "1.5", "[1]", "outcome = other", 'n = "1"', "a b", 'x = "\\u4e00"'],
)  # fmt: skip
def test_the_doubtful_are_not(expression):
    names = {
        "outcome": "同意",
        "h": {},
        "list": [{"key": 1}],
        "nothing": None,
        "n": 1,
        "x": "一",
        "a b": 1,
        "true": 1,
    }
    assert direct.evaluate(expression, view(names)) is direct.ABSENT


def test_words_are_all_that_may_be_names():
    expression = 'if household.level = "红" and not(list contains(causes, 原因)) then x1 else null'
    assert direct.words([expression]) >= {"household", "level", "causes", "原因", "x1"}
    assert not direct.words([expression]) & {"null", "if", "not"}


def test_a_name_that_does_not_exist_is_still_an_error(evaluator):
    with pytest.raises(FeelError):
        evaluator.evaluate("missing", {}, NOW)
