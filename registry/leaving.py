"""What a text may carry out of the house, by mail or a short message: no number that names somebody, no health, no income.

Drawings and clerks write notices; a reason may hold anything. A text that is not fit to leave stays here, and the
household is told only that there is a notice.
"""

import re
import unicodedata

_LONG_NUMBER = re.compile(r"\d(?:[ \-]?\d){10,}")
"""11 digits or more: a phone, an ID number, an account; a date is shorter."""


def fit(kind: str, text: str, words: str | None) -> tuple[str, str]:
    """A notice's kind and text as they may leave, with none of these words (病、残、收入 …, by 、) and no long number.

    Else only that there is a notice; so too where nobody has said which words stay (None).
    """
    if words is None or not _is_fit(kind, words):
        return "通知", _ASK.format("")
    return kind, text if text and _is_fit(text, words) else _ASK.format(f"“{kind}”的")


_ASK = "您家有一份{}通知，内容不便在此写明，请登录查看或向村民委员会询问。"


def _is_fit(text: str, words: str) -> bool:
    plain = unicodedata.normalize("NFKC", text)
    kept_back = [word for word in re.split(r"[、，,\s]+", words) if word]
    return not _LONG_NUMBER.search(plain) and not any(word in plain for word in kept_back)
