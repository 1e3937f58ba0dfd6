"""What could be done about a hot spot before the next one has to say it (未诉先办)."""

from __future__ import annotations

USUAL = "建议客厅房东约上负责单位到现场看一次，定一个做法，在群里说清楚。"
HINTS = {
    "ebike_parking": "建议划好停放线，找一找能加充电车棚的地方，请志愿者早晚高峰引导几天。",
    "car_parking": "建议和物业、交警一起核一遍车位和出入口，试行错峰停放。",
    "sanitation": "建议加一次清运，把清运时间贴在楼下，一周后回看。",
    "noise": "建议和楼里的住户、商户约好安静时段，贴在电梯口。",
    "stall_encroachment": "建议划出摆放界线，和商户一家一家说好，执法前先提醒。",
    "safety_hazard": "建议请消防和物业一起查一遍，当天能清的当天清。",
    "utilities": "建议物业把这一段管线整体查一遍，不要一户一户修。",
    "facility_repair": "建议查一查维保记录，该换的换，不再只修。",
    "charging_pile": "建议把能装的车位和电容量一次摸清，公布申请办法。",
    "property_dispute": "建议请物业公开收费依据，开一次面对面的说明会。",
    "illegal_construction": "建议执法和物业一起上门，把能装不能装写清楚贴出来。",
    "public_security": "建议请派出所加一段巡逻，补上照明和监控的死角。",
    "consumer_dispute": "建议请市场监管所来客厅坐一次班，把退换的规矩讲给商户。",
    "lease_dispute": "建议请司法所和园区方讲一次合同，把常见的条款列出来。",
}


def hint(intent: str) -> str:
    """A proposal, in one sentence."""
    return HINTS.get(intent, USUAL)
