"""Published vectors of WXBizMsgCrypt (Tencent's samples A-E, wechatpy's tests F-H, WxJava) and our own (I-N)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.wecom_crypto import Keys
from tests.wecom import calls


@dataclass(frozen=True)
class Vector:
    """One ciphertext with what signs it and what is in it; `random` and `clear` where they are known."""

    id: str
    keys: Keys
    receiveid: str
    timestamp: str
    nonce: str
    signature: str
    encrypt: str
    clear: str | None = None
    random: str | None = None
    inside: str = ""  # where the whole is not given: a part of it

    @property
    def query(self) -> dict[str, str]:
        return {"msg_signature": self.signature, "timestamp": self.timestamp, "nonce": self.nonce}


CORP_A = "ww1436e0e65a779aee"
KEYS_A = Keys.read("hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo", "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt")
CORP_C = "wx5823bf96d3bd56c7"
KEYS_C = Keys.read("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")
CORP_F = "wx49f0ab532d5d035a"
KEYS_F = Keys.read("123456", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR")
KEYS_OWN = calls.keys()

ROWS = (
    Vector("A", KEYS_A, CORP_A, "1476416373", "47744683", "012bc692d0a58dd4b10f8dfe5c4ac00ae211ebeb", (
        "fsi1xnbH4yQh0+PJxcOdhhK6TDXkjMyhEPA7xB2TGz6b+g7xyAbEkRxN/3cNXW9qdqjnoVzEtpbhnFyq6SVHyA=="
    ), clear="1288432023552776189", random="8908d0ff052afda0"),
    Vector("B", KEYS_A, CORP_A, "1476422779", "1597212914", "0c3914025cb4b4d68103f6bfc8db550f79dcf48e", (
        "Kl7kjoSf6DMD1zh7rtrHjFaDapSCkaOnwu3bqLc5tAybhhMl9pFeK8NslNPVdMwmBQTNoW4mY7AIjeLvEl3NyeTkAgGzBhzTtRLN"
        "shw2AEew+kkYcD+Fq72Kt00fT0WnN87hGrW8SqGc+NcT3mu87Ha3dz1pSDi6GaUA6A0sqfde0VJPQbZ9U+3JWcoD4Z5jaU0y9GSh"
        "010wsHF8KZD24YhmZH4ch4Ka7ilEbjbfvhKkNL65HHL0J6EYJIZUC2pFrdkJ7MhmEbU2qARR4iQHE7wy24qy0cRX3Mfp6iELcDNf"
        "SsPGjUQVDGxQDCWjayJOpcwocugux082f49HKYg84EpHSGXAyh+/oxwaWbvL6aSDPOYuPDGOCI8jmnKiypE+"
    ), clear=(
        '<xml><ToUserName>ww1436e0e65a779aee</ToUserName><FromUserName>ChenJiaShun</FromUserName><CreateTime>'
        '1476422779</CreateTime><MsgType>text</MsgType><Content>你好</Content><MsgId>1456453720</MsgId><AgentID'
        '>1000002</AgentID></xml>'
    ), random="694ce5a83ae07fe3"),
    Vector("C", KEYS_C, CORP_C, "1409659589", "263014780", "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", (
        "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
    ), clear="1616140317555161061"),
    Vector("D", KEYS_C, CORP_C, "1409659813", "1372623149", "477715d11cdb4164915debcba66cb864d751f3e6", (
        "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg"
        "3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+k"
        "DZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6ti"
        "WSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p"
        "8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
    ), inside="4561255354251345929"),
    Vector("E", KEYS_A, CORP_A, "1409659813", "1372623149", "e3647471e395139e2308c1fa963f2d648a00b90e", (
        "cjhLUX7UU4yCSelv1vz7T0zT8huF51bAMVWriNvO1FMegHrQZNrtvRxbwf0fUPsFvwqR0U0fgiJNEA5Y30F2MoI2S7vv3EjVQ68C"
        "0cjw9frBoUE2Hj0BvFp9h3u6Vbsg4lc1C8AtHdaN8orKuNKkLRLuYEL52R1J3v8olJGZRLnRdVKIivixmX/eQpzgeExtp20jI1Hx"
        "RP1AAZ6xZoILdqDPO549LO4WeG+685JRUTdiwcY5fjZlqeMxuT4PpMn1X9OWsS7NRj06Wa5E3Tvg4twjWp39KPfOdRte6P1T4JU="
    ), inside=":mycreate"),
    Vector("F", KEYS_F, CORP_F, "1411443780", "437374425", "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96", (
        "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q=="
    ), clear="5927782489442352469"),
    Vector("G", KEYS_F, CORP_F, "1411525903", "461056294", "407518b7649e86ef23978113f92d27afa9296533", (
        "9s4gMv99m88kKTh/H8IdkOiMg6bisoy3ypwy9H4hvSPe9nsGaqyw5hhSjdYbcrKk+j3nba4HMOTzHrluLBYqxgNcBqGsL8GqxlhZ"
        "gURnAtObvesEl5nZ+uBE8bviY0LWke8Zy9V/QYKxNV2FqllNXcfmstttyIkMKCCmVbCFM2JTF5wY0nFhHZSjPUL2Q1qvSUCUld+/"
        "WIXrx0oyKQmpB6o8NRrrNrsDf03oxI1p9FxUgMnwKKZeOA/uu+2IEvEBtb7muXsVbwbgX05UPPJvFurDXafG0RQyPR+mf1nDnAtQ"
        "mmNOuiR5MIkdQ39xn1vWwi1O5oazPoQJz0nTYjxxEE8kv3kFxtAGVRe3ypD3WeK2XeFYFMNMpatF9XiKzHo3"
    ), clear="\n".join(("<xml>", "<MsgType><![CDATA[text]]></MsgType>", "<Content><![CDATA[test]]></Content>",
        "<FromUserName><![CDATA[wx49f0ab532d5d035a]]></FromUserName>",
        "<ToUserName><![CDATA[messense]]></ToUserName>", "<AgentID>1</AgentID>", "<CreateTime>1411525903</CreateTime>",
        "</xml>")), random="1234567890123456"),
    Vector("H", KEYS_F, CORP_F, "1411525903", "461056294", "74d92dfeb87ba7c714f89d98870ae5eb62dff26d", (
        "RgqEoJj5A4EMYlLvWO1F86ioRjZfaex/gePD0gOXTxpsq5Yj4GNglrBb8I2BAJVODGajiFnXBu7mCPatfjsu6IHCrsTyeDXzF6Bv"
        "283dGymzxh6ydJRvZsryDyZbLTE7rhnus50qGPMfp2wASFlzEgMW9z1ef/RD8XzaFYgm7iTdaXpXaG4+BiYyolBug/gYNx410cvk"
        "KR2/nPwBiT+P4hIiOAQqGp/TywZBtDh1yCF2KOd0gpiMZ5jSw3e29mTvmUHzkVQiMS6td7vXUaWOMZnYZlF3So2SjHnwh4jYFxdg"
        "pkHHqIrH/54SNdshoQgWYEvccTKe7FS709/5t6NMxuGhcUGAPOQipvWTT4dShyqio7mlsl5noTrb++x6En749zCpQVhDpbV6GDnT"
        "bcX2e8K9QaNWHp91eBdCRxthuL0="
    ), inside="4363689963896700987"),
    Vector("I", KEYS_OWN, "", "1700000000", "nonce-1", "21dca0743d20079b5709ffa87c34e747a973789c", (
        "4j/AuRx71kQlxVlzbpsMWFmrKqMmTWh4DHCvTSMVFMA83dVZ5V3Cn3Rj/5lTF9nZR/wmFIA2+CZSrx8LVvZ6pEqxYiBzQmnIpiNG"
        "zZo1yCwdhI7Aexjz/sje4vDaM0aTOO1MLLuUAr8DP3hslRtSgnOBZoNxloXbbiUYYNouVH2iqYi3FuVBrax7uPlWfRMCYtCpqxjO"
        "yHas8E9Gf8+w4LVk6bN1SF3CExH/Oc9DUIjc5Yk+MNTKcZRZmxbf9VFndU4Sm4VwZVi3MMEJwKLcWCcMw1zBgPei/68O8YYtLhaP"
        "QECGLcsQbwnauHT27MPeX4PLGABMswoAqYm4XhuomMUw7dZw1MLJM2NziLd8XJcpuXzfNfF+YwpTx7e6wvML"
    ), clear=(
        '{"msgid":"MSGID-1","aibotid":"AIBOT-1","chatid":"wrCHAT1","chattype":"group","from":{"userid":"zhang'
        'san"},"response_url":"https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code=CODE","msgtyp'
        'e":"text","text":{"content":"@小助手 明天停水吗"}}'
    ), random="0123456789abcdef"),
    Vector("J", KEYS_OWN, "", "1700000000", "nonce-1", "7dbee22f3e9fb238d9b33493c9e231f521a10cfa", (
        "4j/AuRx71kQlxVlzbpsMWJb2SKHFA+F/MU6EBT0ti8k="
    ), clear="6875309241", random="0123456789abcdef"),
    Vector("K", KEYS_OWN, "", "1700000001", "nonce-1", "71701261189fca229c9ed22a879c4ca0de405b44", (
        "wrNmYnsdngNwZHPRm4NnS1WI2BjSNOt1O+AtpBajGnIRVpNbf2hz0pT3aaIe4Z1UCpD40sZvy5kq3yVCRIHumvDfa90L24sq3UiI"
        "0AhygWhSGOv72J5OtyoKojqi8ECsxwKidqq7p6GtjLuCbiT//821yoGyC9fuRbUJ+2d4N8U="
    ), clear=(
        '{"msgtype":"stream","stream":{"id":"S-1","finish":true,"content":"**停水**：明天 9:00-17:00"}}'
    ), random="fedcba9876543210"),
    Vector("L", KEYS_OWN, "ww1436e0e65a779aee", "1700000000", "nonce-1", "1b37fa48ba4fccf92d4e0e4ebcfaafe7e0dab430", (
        "4j/AuRx71kQlxVlzbpsMWNNPCvC+vIDyxiKgQd6cetQWZY97e0Sq2IhYkN4X1RV9hUjUcRZBESvplMOjTea4JQ=="
    ), clear="hi", random="0123456789abcdef"),
    Vector("M", KEYS_OWN, "", "1700000000", "nonce-1", "1546f60f9bce09b2b331ddd94f0c4140d3ab53f9", (
        "4j/AuRx71kQlxVlzbpsMWM4cLXAIcGv39KvAS8cQTXc="
    ), clear="", random="0123456789abcdef"),
    Vector("N", KEYS_OWN, "", "1700000000", "nonce-1", "f701cbd045acac87bb6151a794a4838662835c83", (
        "4j/AuRx71kQlxVlzbpsMWA10fK8ua0WrKjJ+Is7z1j4wVN6iqhisneu9dC5Kc0yVPDEOKLmXVaCW59JnP7s2Tg=="
    ), clear="abcdefghijkl", random="0123456789abcdef"),
)
BY_ID = {row.id: row for row in ROWS}
MEDIA_CLEAR, MEDIA_HEX = b"fake-jpeg-bytes", "c43e6ce87e0bd1509109f85783ce9af441470872af8cdcdd9579616e77b94ce0"
WXJAVA = Vector(
    "WxJava", Keys.read("any", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"), "wxb11529c136998cb6", "1", "1", "",
    "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg==",
    clear="我是中文abcd123", random="aaaabbbbccccdddd")
