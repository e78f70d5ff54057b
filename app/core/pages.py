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

try:
    from brotli import compress as brotli_compress

    brotli: Any = brotli_compress
except ImportError:  # a Python for which there is none: pages then travel as gzip
    brotli = None

View = TypeVar("View", bound=Callable[..., Any])
Start = Callable[..., Any]
Sent = tuple[list[tuple[str, str]], bytes]
MOST_PAGES = 2000  # far more than there are: a bound, not a size
KEPT = "balise.pages"  # where the page of this request may be kept
PUBLIC_CACHE = "public, no-cache"  # kept by the browser, asked again each time: 304 when unchanged


def same_for_everybody(view: View) -> View:
    """Mark a view whose page depends on its address alone: no person, no clock, no database."""
    view.same_for_everybody = True  # type: ignore[attr-defined]
    return view


class Page:
    """One finished response, plain and compressed: as gzip from the start, as brotli when it is first asked for, well from the second time
    on (the best takes a tenth of a second, which is much for a page that nobody comes back to)."""

    __slots__ = ("asked", "brotli", "etag", "headers", "kept", "not_modified", "packed", "plain")

    def __init__(
        self,
        body: bytes,
        headers: list[tuple[str, str]],
        cache: str = PUBLIC_CACHE,
        vary: str = "Cookie, Accept-Encoding",
        pack: bool = True,
    ) -> None:
        self.plain = body
        self.etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        kept = [(k, v) for k, v in headers if k not in ("Content-Length", "ETag", "Cache-Control", "Vary")]
        self.kept = [*kept, ("ETag", self.etag), ("Cache-Control", cache), ("Vary", vary)]
        self.headers = with_length(self.kept, body)
        self.not_modified = [(k, v) for k, v in self.kept if k != "Content-Type"]
        self.packed = self.encoded("gzip", gzip.compress(body, 9, mtime=0)) if pack else None
        self.brotli: Sent | None = None
        self.asked = 0

    def encoded(self, encoding: str, body: bytes) -> Sent:
        return with_length([*self.kept, ("Content-Encoding", encoding)], body), body

    def sent(self, accept: str) -> Sent:
        """(headers, body) in the best encoding that the browser accepts."""
        if self.packed is None:
            return self.headers, self.plain
        if brotli is not None and "br" in accept.replace(" ", "").split(","):
            if self.asked < 2:
                self.asked += 1
                self.brotli = self.encoded("br", brotli(self.plain, quality=5 if self.asked == 1 else 11))
            if (found := self.brotli) is not None:
                return found
        return self.packed if "gzip" in accept else (self.headers, self.plain)


def with_length(headers: list[tuple[str, str]], body: bytes) -> list[tuple[str, str]]:
    return [*headers, ("Content-Length", str(len(body)))]


class PublicPages:
    """WSGI layer in front of the app: finished public pages by address."""

    def __init__(self, wsgi_app: Callable[..., Iterable[bytes]]) -> None:
        self.wsgi_app = wsgi_app
        self.pages: dict[str, Page] = {}

    def forget(self) -> None:
        """Make every page anew from now on. A page that is being made meanwhile goes where nobody looks any more."""
        self.pages = {}

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        if not environ.get("HTTP_COOKIE") and not environ.get("QUERY_STRING") and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            page = self.pages.get(environ["PATH_INFO"])
            if page is not None:
                return answer(page, environ, start_response)
        environ[KEPT] = self.pages
        return self.wsgi_app(environ, start_response)


def answer(page: Page, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    if page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start_response("304 Not Modified", page.not_modified)
        return [b""]
    headers, body = page.sent(environ.get("HTTP_ACCEPT_ENCODING", ""))
    start_response("200 OK", headers)
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


def init_app(app: Flask) -> None:
    public = PublicPages(app.wsgi_app)
    app.extensions["balise.pages"] = public
    app.wsgi_app = public  # type: ignore[method-assign]

    @app.after_request
    def finish(response: Response) -> Response:
        view = app.view_functions.get(request.endpoint or "")
        if (
            getattr(view, "same_for_everybody", False)
            and response.status_code == 200
            and request.method == "GET"
            and not request.headers.get("Cookie")
            and not request.query_string
            and not response.direct_passthrough
        ):
            response.headers["Cache-Control"] = PUBLIC_CACHE
            page = Page(response.get_data(), list(response.headers))
            kept = request.environ.get(KEPT, {})
            if len(kept) < MOST_PAGES:
                kept[request.path] = page
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
