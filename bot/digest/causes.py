"""Why somebody was not satisfied, from what he said with it, else from what the journal shows; one cause each."""

from __future__ import annotations

LATE, AGAIN, NOBODY_CAME, MANNER, MANY_HANDS, NOT_DONE = "办得慢", "反复出现", "没有人来", "态度不好", "换人太多", "没有办好"
UNSAID = "没有说原因"
# The first that fits. What people say goes before what the journal shows.
SAID: tuple[tuple[str, tuple[str, ...]], ...] = (
    (MANNER, ("态度", "不耐烦", "骂人", "凶", "敷衍", "推脱", "踢皮球")),
    (NOBODY_CAME, ("没人来", "没有人来", "没来过", "没看到人", "没见到人", "没人管", "没人联系")),
    (AGAIN, ("又坏", "又开始", "又来", "反复", "照样", "还是老样子", "过两天", "第二天又")),
    (LATE, ("太慢", "太久", "拖", "这么久", "等了", "好几天", "才来")),
    (NOT_DONE, ("没修好", "没解决", "没有解决", "没处理", "没弄好", "没用", "还是", "治标")),
)
HANDS = 2  # how often it changed hands


def cause(note: str, *, rounds: int, late: bool, hands: int) -> str:
    """The cause of one 不满意: `rounds` begun before it, whether the limit had passed, how often it changed hands."""
    for name, words in SAID:
        if any(word in note for word in words):
            return name
    if rounds > 1:
        return AGAIN
    if late:
        return LATE
    return MANY_HANDS if hands >= HANDS else UNSAID
