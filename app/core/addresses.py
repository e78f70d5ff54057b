"""Whole addresses, for QR codes and short links."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for


def address_of(endpoint: str, **values: Any) -> str:
    """The whole address of a page: under BALISE_URL where it is set, else under the address this request came to."""
    base: str = current_app.config["PUBLIC_URL"] or request.host_url.rstrip("/")
    return base + url_for(endpoint, **values)
