"""Balise: the table of contents of the site."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from whitenoise import WhiteNoise

from app.accounts.queries import load_teacher
from app.accounts.views import bp as teacher_accounts
from app.accounts.views import expired as teacher_expired
from app.boosters.views import bp as boosters
from app.classrooms.queries import load_student
from app.classrooms.views import bp as classes
from app.classrooms.views.joining import expired as student_expired
from app.config import Config
from app.core import access, clock, converters, errors, headers, i18n, library, logs, pages, preferences, sessions, static
from app.core.access import EVERYBODY, open_to
from app.core.db import db
from app.curriculum.locales import LOCALES
from app.curriculum.rendering import help_html
from app.get_help.views import bp as where_to_turn
from app.guides.views import bp as parents_guides
from app.guides.views import short
from app.home.views import EXITS, health, welcome
from app.home.views import bp as front
from app.lessons.views import bp as reading
from app.lessons.views import media
from app.privacy.views import bp as what_is_kept
from app.progress.views import bp as class_progress
from app.quizzes.views import bp as questions
from app.search.views import bp as looking

IN_THREE_LANGUAGES = "/<any(en, fr, ko):locale>"


def create_app(config: Config | None = None) -> Flask:
    """The site, ready to serve.

    Raises WrongConfiguration or UndeclaredView rather than start unsafely."""
    config = config or Config.from_environment()
    config.check(clock.today())
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET=config.secret,
        HTTPS=config.https,
        PUBLIC_URL=config.public_url,
        LESSONS=config.lessons,
        MAX_CONTENT_LENGTH=256 * 1024,
        MAX_FORM_MEMORY_SIZE=64 * 1024,
        MAX_FORM_PARTS=200,
        TEMPLATES_AUTO_RELOAD=config.debug,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    converters.init_app(app)
    i18n.init_app(app)
    logs.init_app(app)
    db.init_app(app, config)
    library.init_app(app, config)
    sessions.init_app(app, student=load_student, teacher=load_teacher)
    access.init_app(app, student_expired=student_expired, teacher_expired=teacher_expired)
    pages.init_app(app, keep=not config.debug)  # before headers: what runs after a request runs in reverse, and it keeps the finished page
    headers.init_app(app)
    errors.init_app(app)

    for part in (front, reading, parents_guides, where_to_turn, looking, questions, boosters, classes, teacher_accounts, class_progress, what_is_kept):
        app.register_blueprint(part, url_prefix=IN_THREE_LANGUAGES)
    for address, name, view in (
        ("/", "home.welcome", welcome),
        ("/healthz", "home.health", health),
        ("/f/<code>", "guides.short", short),
        ("/media/<id:number>/<name>", "lessons.media", media),
    ):
        app.add_url_rule(address, name, open_to(EVERYBODY)(view))

    access.check_all_declared(app)
    add_template_words(app)
    if config.proxies:
        from werkzeug.middleware.proxy_fix import ProxyFix

        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies, x_host=config.proxies)  # type: ignore[method-assign]
    app.wsgi_app = static.serve(app.wsgi_app, WhiteNoise, debug=config.debug)  # type: ignore[method-assign, assignment]
    return app


def add_template_words(app: Flask) -> None:
    """What every template may use (see docs/templates in base.html)."""
    panels = {code: help_html(app.extensions["balise.library"].services, code) for code in LOCALES}

    @app.context_processor
    def words() -> dict[str, Any]:
        locale = i18n.current_locale()
        return {
            "locale": locale,
            "html_lang": i18n.HTML_LANG[locale],
            "languages": i18n.other_languages(),
            "person": sessions.person(),
            "time_left": sessions.time_left(),
            "prefs": preferences.preferences(),
            "exit_url": EXITS[locale],
            "help_panel": i18n.as_markup(panels[locale]),
            "endpoint": request.endpoint or "",
        }

    app.jinja_env.globals.update(csrf=sessions.csrf_field, asset=static.asset)
