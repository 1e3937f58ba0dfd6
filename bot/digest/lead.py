"""The one sentence that a busy secretary remembers: what happened, whether it was answered, what waits for a decision."""

from __future__ import annotations

from collections.abc import Mapping

from bot.digest.shape import HotSpot, Point, Rate
from bot.digest.wording import age, short_names


def lead(counts: Mapping[str, int], before: Mapping[str, int], rates: Mapping[str, Rate], agenda: tuple[Point, ...],
         spots: tuple[HotSpot, ...]) -> str:
    """Plain Chinese, every number with its unit; an empty week is said as such."""
    if not (counts["new"] or counts["open"] or counts["ended"]):
        return "本周没有登记诉求，也没有在办的。"
    if not counts["new"]:
        said = [f"本周没有新的诉求，了结{counts['ended']}件，周末还有{counts['open']}件在办"]
    else:
        said = [f"本周{counts['people']}人次提了{counts['new']}件诉求{_compared(counts['new'], before['new'])}，"
                f"了结{counts['ended']}件，周末还有{counts['open']}件在办"]
    said += [part for part in (_answered(rates["response"]), _decisions(agenda, counts["overdue"])) if part]
    if not agenda and spots:
        what = short_names([spots[0].category])[spots[0].category]
        said.append(f"{spots[0].building}四周里有{spots[0].cases}件说的是{what}，值得先去看看")
    return "；".join(said) + "。"


def _compared(new: int, before: int) -> str:
    more = new - before
    return f"（比上周{'多' if more > 0 else '少'}{abs(more)}件）" if more else "（和上周一样多）"


def _answered(rate: Rate) -> str:
    if not rate.denominator:
        return ""
    if rate.numerator == rate.denominator:
        return f"该回应的{rate.denominator}件都按时有人回应了"
    return f"该回应的{rate.denominator}件里有{rate.denominator - rate.numerator}件没按时回应"


def _decisions(agenda: tuple[Point, ...], overdue: int) -> str:
    if not agenda:
        return "没有要提交联席会的事"
    first = agenda[0]
    late = f"（{overdue}件超期）" if overdue else ""
    where, what = first.building or first.lounge, short_names([first.category])[first.category]
    seconded = f"，{first.supporters}人附议" if first.supporters else ""
    return (f"{len(agenda)}件要联席会拍板{late}，先看{where}的{what}：{age(first.age_days).replace(' ', '')}了{seconded}，{first.reasons[-1]}")
