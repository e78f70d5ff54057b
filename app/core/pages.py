"""Public pages are the same bytes for every visitor: made once, then answered before Flask is asked.

Visitors have no cookie, so a request without one cannot be anybody's. Anything with a cookie or a query goes through.
Signed-in pages are compressed here too, one deflate stream each.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import Flask, request
from werkzeug.wrappers import Response

View = TypeVar("View", bound=Callable[..., Any])
Start = Callable[..., Any]
MOST_PAGES = 2000  # far more than there are: a bound, not a size
PUBLIC_CACHE = "public, no-cache"  # kept by the browser, asked again each time: 304 when unchanged


def same_for_everybody(view: View) -> View:
    """Mark a view whose page depends on its address alone: no person, no clock, no database."""
    view.same_for_everybody = True  # type: ignore[attr-defined]
    return view


class Page:
    """One finished response, plain and compressed."""

    __slots__ = ("etag", "headers", "headers_gzip", "not_modified", "packed", "plain")

    def __init__(self, body: bytes, headers: list[tuple[str, str]]) -> None:
        self.plain, self.packed = body, gzip.compress(body, 9, mtime=0)
        self.etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        kept = [(k, v) for k, v in headers if k not in ("Content-Length", "ETag", "Cache-Control", "Vary")]
        kept += [("ETag", self.etag), ("Cache-Control", PUBLIC_CACHE), ("Vary", "Cookie, Accept-Encoding")]
        self.headers = [*kept, ("Content-Length", str(len(self.plain)))]
        self.headers_gzip = [*kept, ("Content-Encoding", "gzip"), ("Content-Length", str(len(self.packed)))]
        self.not_modified = [(k, v) for k, v in kept if k != "Content-Type"]


class PublicPages:
    """WSGI layer in front of the app: finished public pages by address."""

    def __init__(self, wsgi_app: Callable[..., Iterable[bytes]]) -> None:
        self.wsgi_app = wsgi_app
        self.pages: dict[str, Page] = {}

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        if not environ.get("HTTP_COOKIE") and not environ.get("QUERY_STRING") and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            page = self.pages.get(environ["PATH_INFO"])
            if page is not None:
                return answer(page, environ, start_response)
        return self.wsgi_app(environ, start_response)


def answer(page: Page, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    if page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start_response("304 Not Modified", page.not_modified)
        return [b""]
    packed = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
    start_response("200 OK", page.headers_gzip if packed else page.headers)
    if environ["REQUEST_METHOD"] == "HEAD":
        return [b""]
    return [page.packed if packed else page.plain]


def init_app(app: Flask, keep: bool = True) -> None:
    """`keep=False` (development) makes every page anew."""
    public = PublicPages(app.wsgi_app)
    app.extensions["balise.pages"] = public
    app.wsgi_app = public  # type: ignore[method-assign]

    @app.after_request
    def finish(response: Response) -> Response:
        view = app.view_functions.get(request.endpoint or "")
        if (
            keep
            and getattr(view, "same_for_everybody", False)
            and response.status_code == 200
            and request.method == "GET"
            and not request.headers.get("Cookie")
            and not request.query_string
            and not response.direct_passthrough
        ):
            response.headers["Cache-Control"] = PUBLIC_CACHE
            page = Page(response.get_data(), list(response.headers))
            if len(public.pages) < MOST_PAGES:
                public.pages[request.path] = page
            response.headers["ETag"] = page.etag
        return compress(response)


def compress(response: Response) -> Response:
    if (
        response.direct_passthrough
        or response.is_streamed
        or "Content-Encoding" in response.headers
        or not (response.mimetype or "").startswith(("text/", "application/json", "image/svg"))
        or "gzip" not in request.headers.get("Accept-Encoding", "")
    ):
        return response
    body = response.get_data()
    if len(body) > 500:
        response.set_data(gzip.compress(body, 1, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
