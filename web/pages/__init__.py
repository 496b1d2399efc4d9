"""The pages, a file a group of addresses."""

from web.pages import (
    background,
    calendar,
    cases,
    clauses,
    documents,
    doubts,
    figures,
    funds,
    households,
    incidents,
    ledger,
    ledgers,
    notices,
    problems,
    public,
    sheets,
    sign_in,
    start,
    tasks,
    together,
    urging,
    worklist,
)

BLUEPRINTS = tuple(
    module.blueprint
    for module in (
        sign_in,
        worklist,
        tasks,
        together,
        urging,
        cases,
        households,
        ledger,
        funds,
        ledgers,
        start,
        documents,
        figures,
        calendar,
        notices,
        problems,
        sheets,
        doubts,
        public,
        clauses,
        incidents,
        background,
    )
)
