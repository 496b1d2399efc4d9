"""The studio: an administrator redraws the procedure in the browser, safely.

A change is a draft (`engine.drafts`): its files are edited (`desk`, `previews`), checked (`checks`), compared with what
is in force (`difference`), tried (`trial`) by scenarios that are recorded in it (`recording`), replayed on what cases went through (`replay`) and put into force (`effect`); `versions` tells what was in force when, `sent_up` takes files as a draft, `compare` tells what two of them differ in, `moving` takes running cases along. Each module adds its routes to one blueprint.
"""

from web.studio import (
    checks,
    compare,
    desk,
    difference,
    drafts,
    effect,
    moving,
    overview,
    previews,
    recording,
    replay,
    sent_up,
    trial,
    versions,
)
from web.studio.door import routes

__all__ = [
    "checks",
    "compare",
    "desk",
    "difference",
    "drafts",
    "effect",
    "moving",
    "overview",
    "previews",
    "recording",
    "replay",
    "routes",
    "sent_up",
    "trial",
    "versions",
]
