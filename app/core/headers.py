"""What every response says to the browser: run only our own files, tell nobody, keep nothing of a person's pages."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.wrappers import Response

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; worker-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types worker"  # the one policy lets through the one address of the worker (offline.js)
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "X-Robots-Tag": "noai, noimageai",
}


def init_app(app: Flask) -> None:
    always = list(HEADERS.items())
    if app.config["HTTPS"]:
        always.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))

    @app.after_request
    def add(response: Response) -> Response:
        present = {name for name, _value in response.headers}
        response.headers.extend([pair for pair in always if pair[0] not in present])
        if "Cache-Control" not in response.headers:
            # Signed-in pages and errors leave nothing on a shared device; public pages say otherwise themselves.
            response.headers["Cache-Control"] = "no-store"
        if request.endpoint:
            response.headers.setdefault("Vary", "Cookie, Accept-Encoding")
        return response
