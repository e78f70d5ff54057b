"""The table of contents of the site: `create_app` has one line for each part of it."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from jinja2 import FileSystemBytecodeCache

from app.accounts.queries import load_teacher, school_of
from app.accounts.views import bp as teacher_accounts
from app.accounts.views import expired as teacher_expired
from app.boosters.views import bp as boosters
from app.classrooms.queries import load_student
from app.classrooms.views import bp as classes
from app.classrooms.views.joining import expired as student_expired
from app.config import Config
from app.core import (
    access,
    acts,
    clock,
    converters,
    crowd,
    errors,
    headers,
    helplines,
    i18n,
    library,
    logs,
    pages,
    patterns,
    preferences,
    preview,
    refusals,
    sessions,
    static,
)
from app.core.access import EVERYBODY, open_to
from app.core.db import db
from app.core.forms import WithoutFiles
from app.get_help.views import bp as where_to_turn
from app.guides.views import bp as parents_guides
from app.guides.views import short
from app.home.machines import robots, security, sitemap
from app.home.views import EXITS, health, welcome
from app.home.views import bp as front
from app.lessons.views import bp as reading
from app.lessons.views import media
from app.offline.views import bp as without_connection
from app.offline.views import worker
from app.practice.views import bp as practising
from app.privacy.views import bp as what_is_kept
from app.progress.views import bp as class_progress
from app.quizzes.views import bp as questions
from app.schools.views import boards as board_reports
from app.schools.views import bp as school_pages
from app.search.views import bp as looking

IN_THREE_LANGUAGES = "/<any(en, fr, ko):locale>"


def create_app(config: Config | None = None) -> Flask:
    """The site, ready to serve.

    Raises WrongConfiguration or UndeclaredView rather than start unsafely."""
    config = config or Config.from_environment()
    config.check(clock.today())
    app = Flask(__package__, static_folder=None)
    app.request_class = WithoutFiles
    app.config.update(
        SECRET=config.secret,
        DATA=config.data,
        HTTPS=config.https,
        PUBLIC_URL=config.public_url,
        LESSONS=config.lessons,
        SECURITY_CONTACT=config.security_contact,
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
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(config.data / "compiled"))  # kept between starts, by each template's text
    preview.init_app(app, config)
    sessions.init_app(app, student=load_student, teacher=load_teacher)
    acts.init_app(app, school_of)
    access.init_app(app, student_expired=student_expired, teacher_expired=teacher_expired)
    crowd.init_app(app, can_wait=(class_progress.name, school_pages.name, board_reports.name))
    refusals.init_app(app)  # before what changes a response: it keeps refusals as they go out
    pages.init_app(app)  # before headers: what runs after a request runs in reverse, and it keeps the finished page
    patterns.init_app(app)
    headers.init_app(app)
    errors.init_app(app)

    public = (front, reading, parents_guides, where_to_turn, looking, questions, without_connection, boosters, practising)
    for part in (*public, classes, teacher_accounts, class_progress, school_pages, board_reports, what_is_kept):
        app.register_blueprint(part, url_prefix=IN_THREE_LANGUAGES)
    for address, name, view in (
        ("/", "home.welcome", welcome),
        ("/healthz", "home.health", health),
        ("/f/<code>", "guides.short", short),
        ("/sitemap.xml", "home.sitemap", sitemap),
        ("/robots.txt", "home.robots", robots),
        ("/worker.js", "offline.worker", pages.same_for_everybody(worker)),
        ("/media/<id:number>/<name>", "lessons.media", media),
    ):
        app.add_url_rule(address, name, open_to(EVERYBODY)(view))
    if config.security_contact:
        app.add_url_rule("/.well-known/security.txt", "home.security", open_to(EVERYBODY)(security))

    if config.debug:
        from app.authoring.views import bp as authors
        from app.authoring.views import version as authors_version

        app.register_blueprint(authors, url_prefix=IN_THREE_LANGUAGES)
        app.add_url_rule("/preview/version", "authoring.version", open_to(EVERYBODY)(authors_version))

    access.check_all_declared(app)
    add_template_words(app)
    app.wsgi_app = access.mind_the_host(app.wsgi_app)  # type: ignore[method-assign, assignment]
    if config.proxies:
        from werkzeug.middleware.proxy_fix import ProxyFix

        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies, x_host=config.proxies)  # type: ignore[method-assign]
    app.wsgi_app = static.serve(app.wsgi_app)  # type: ignore[method-assign, assignment]
    if config.debug:
        app.wsgi_app = preview.follow(app, app.wsgi_app)  # type: ignore[method-assign, assignment]
    return app


def add_template_words(app: Flask) -> None:
    """What every template may use (see docs/templates in base.html)."""

    @app.context_processor
    def words() -> dict[str, Any]:
        locale = i18n.current_locale()
        return {
            "locale": locale,
            "html_lang": i18n.HTML_LANG[locale],
            "languages": i18n.other_languages(),
            "alternates": i18n.alternates(app.config["PUBLIC_URL"]),
            "person": sessions.person(),
            "time_left": sessions.time_left(),
            "prefs": preferences.preferences(),
            "exit_url": EXITS[locale],
            "help_panel": i18n.as_markup(helplines.help_panel(helplines.near_person())),
            "endpoint": request.endpoint or "",
            "preview": preview.shown(),
        }

    app.jinja_env.globals.update(csrf=sessions.csrf_field, asset=static.asset)
