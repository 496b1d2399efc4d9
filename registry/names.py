"""Chinese names in pinyin, so that a clerk finds them from any keyboard."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin


@lru_cache(maxsize=4096)
def pinyin(name: str) -> tuple[str, str]:
    """A name's pinyin in full and its initials, lower case without tones: 张三 → (`zhangsan`, `zs`).

    A surname's own reading is not known to the dictionary of words: 单 and 仇 are found as read there.
    """
    full = "".join(lazy_pinyin(name)).lower()
    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()
    return full, initials
