"""The yardstick: Flask with constant pages and nothing else, on the same gunicorn with the same settings.

python -m bench.bare DATA_FOLDER SIZE:HEADERS ...     each pair is a page of so many bytes and headers at /b/SIZE-HEADERS
"""

from __future__ import annotations

import random
import string
import sys

from flask import Flask

from app.config import Config
from app.core.server import Gunicorn

SENT_ANYWAY = 5  # Server, Date, Connection, Content-Type, Content-Length


def bare_app(pages: list[tuple[int, int]]) -> Flask:
    """One route for each (size, number of headers): random text, not compressed."""
    app = Flask(__name__, static_folder=None)
    dice = random.Random(1)
    for size, n_headers in pages:
        body = "".join(dice.choices(string.ascii_letters + " ", k=size))
        headers = {f"X-Bench-{n}": "a value as long as many" for n in range(n_headers - SENT_ANYWAY)}
        name = f"{size}-{n_headers}"
        app.add_url_rule(f"/b/{name}", name, lambda body=body, headers=headers: (body, headers))
    return app


def main() -> None:
    pages = [(int(size), int(headers)) for size, headers in (pair.split(":") for pair in sys.argv[1:])]
    Gunicorn(bare_app(pages), Config.from_environment(), in_worker=lambda _app: None).run()


if __name__ == "__main__":
    main()
