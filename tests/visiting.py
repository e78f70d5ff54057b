"""A browser without a screen: cookies, forms with their token, and a look at each page that comes back."""

from __future__ import annotations

import re
from html import unescape

from flask import Flask
from making import School
from page import check_page
from werkzeug.test import TestResponse

from app.core import sessions
from app.core.db import db

PEOPLE = {"Ms Tremblay": ("teacher", "tremblay"), "Mr Other": ("teacher", "other"), "Amy": ("student", "amy"), "Min": ("student", "min"), "Lee": ("student", "lee"), "Ms Lead": ("teacher", "lead"), "Mr Board": ("teacher", "board")}  # fmt: skip


MADE_ANEW = re.compile(r'name="csrf" value="\w+"|data-(idle|most)="\d+"')


def lasting(html: str) -> str:
    """A page without what no two answers have alike: the token, masked each time, and the seconds left until the sign-out."""
    return MADE_ANEW.sub("", html)


def language_button(html, locale):
    """The address to which the button of this language sends the form, and what it sends along."""
    nav = re.search(r'<nav class="langs".*?</nav>', html, re.DOTALL)[0]
    hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', nav))
    own = next(tag for tag in re.findall(r"<button[^>]*>", nav) if f'lang="{"ko" if locale == "ko" else locale + "-CA"}"' in tag)
    named = {"language": locale} if 'name="language"' in own else {}
    return re.search(r'formaction="([^"]+)"', own)[1], {k: unescape(v) for k, v in hidden.items()} | named


class Visitor:
    def __init__(self, app: Flask, school: School, who: str = "") -> None:
        self.app, self.client, self.token, self.who = app, app.test_client(), "", who
        if who:
            kind, field = PEOPLE[who]
            self.sign_in(kind, getattr(school, field))

    def sign_in(self, kind: str, person_id: int) -> None:
        with self.app.test_request_context():
            self.token = sessions.begin(kind, person_id)
            db.session.commit()
        self.client.set_cookie("balise", self.token)

    def csrf(self) -> str:
        with self.app.test_request_context():
            return sessions.csrf_token_for(self.token) if self.token else ""

    def get(self, address: str, check: bool = True, **kwargs) -> TestResponse:
        return self.looked_at(self.client.get(address, **kwargs), address, check)

    def post(self, address: str, data: dict | None = None, check: bool = True, **kwargs) -> TestResponse:
        form = {"csrf": self.csrf(), **(data or {})} if self.token else data
        return self.looked_at(self.client.post(address, data=form, **kwargs), address, check)

    @staticmethod
    def looked_at(response: TestResponse, address: str, check: bool) -> TestResponse:
        if check and response.mimetype == "text/html" and response.status_code not in (301, 302, 303):
            check_page(response.get_data(as_text=True), address)
        return response
