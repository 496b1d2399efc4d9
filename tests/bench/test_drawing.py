"""A large drawing: it is sound, it is deployed, and a version kept costs a few kilobytes an element."""

from web.bench import drawing


def test_a_large_drawing_costs_little_to_keep():
    told = drawing.measure(elements=100, versions=5)
    assert told["elements"] == 100
    assert told["deploy_ms"] > 0
    assert told["versions_megabytes"] / (100 * 5) < 0.008
