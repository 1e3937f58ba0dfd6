"""`python -m tests.wecom [--port N]`: the stand-in by hand, on this machine only."""

from __future__ import annotations

import argparse

from aiohttp import web

from tests.wecom import calls
from tests.wecom.control import make_app


def main() -> None:
    """Say where it listens and with which secrets, and serve until stopped."""
    words = argparse.ArgumentParser(prog="python -m tests.wecom", description="A stand-in for the WeCom API.")
    words.add_argument("--port", type=int, default=8090)
    port = words.parse_args().port
    print(f"http://127.0.0.1:{port}  corp {calls.CORP}  agent {calls.AGENT}  secret {calls.SECRET}  robot robot-key\n"
          f"Token {calls.TOKEN}  EncodingAESKey {calls.AES}\n"
          "POST /_control   GET /_got   DELETE /_got", flush=True)
    web.run_app(make_app(), host="127.0.0.1", port=port, print=None)


if __name__ == "__main__":
    main()
