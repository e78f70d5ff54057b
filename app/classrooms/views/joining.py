"""Students: coming in through an open door, signing in again, drawing new words."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.classrooms.forms import JoinForm, NewWordsForm, SignInForm
from app.classrooms.naming import Name, draw_words, name_of, offers, secret_words
from app.classrooms.queries import (
    account_of,
    classroom_with_code,
    code_of,
    door_is_open,
    find_seat,
    give_new_secret,
    names_taken,
    reset_fits,
    still_fits,
    take_seat,
)
from app.classrooms.views import bp
from app.core import crowd, devices, sessions, throttle
from app.core.access import EVERYBODY, STUDENTS, VISITORS, open_to
from app.core.db import db
from app.core.i18n import current_locale
from app.core.i18n import gettext as _
from app.core.kept import keep_posted, posted_by
from app.core.keys import ascii_digits, seal, unseal
from app.core.passwords import hash_secret, secret_fits

MOST_REDRAWS = 5
AN_HOUR = 3600
Page = Any


def closed_door() -> str:
    # One sentence for an unknown code, a closed door and a full class: it must not tell which codes exist.
    return _(
        "There is no open door with this class code just now, or the class is full. "
        "Check the 8 letters and numbers, or ask your teacher to open the door."
    )


@bp.get("/join")
@open_to(EVERYBODY)
def join() -> Page:
    if (who := sessions.person()) and who.is_student:
        return redirect(url_for("home.student"), 303)
    form = JoinForm()
    form.code.data = request.args.get("code", "")[:12]
    return render_template("classrooms/join_code.html", form=form)


@bp.post("/join")
@open_to(VISITORS)
def join_code() -> Page:
    form = JoinForm.from_request()
    if not form.validate():
        return render_template("classrooms/join_code.html", form=form), 422
    if throttle.joins.too_many(count=False):
        return throttled()
    classroom = classroom_with_code(form.code.data)
    if classroom is None or not door_is_open(classroom) or len(names_taken(classroom.id)) >= classroom.seats:
        throttle.joins.too_many(count=True)
        form.code.errors = [closed_door()]
        return render_template("classrooms/join_code.html", form=form), 422
    return offer_names(code_of(classroom), classroom.id)


def offer_names(code: str, classroom_id: int, error: str = "") -> Page:
    g.link_query = {"code": code}  # whoever changes the language here comes back with the code filled in
    chosen = offers(names_taken(classroom_id))
    token = seal("names", [code, chosen], AN_HOUR)
    shown = [(str(i), name_of(f, s, current_locale())) for i, (f, s) in enumerate(chosen)]
    page = render_template("classrooms/join_name.html", offers=shown, token=token, error=error)
    return (page, 422) if error else page


@bp.post("/join/name")
@open_to(VISITORS)
def join_name() -> Page:
    sealed = unseal("names", request.form.get("token", ""))
    classroom = classroom_with_code(sealed[0]) if sealed else None
    if sealed is None or classroom is None or not door_is_open(classroom):
        return start_again()
    code, chosen = sealed
    place = request.form.get("name", "")
    if "again" in request.form or not (place.isascii() and place.isdecimal() and len(place) < 3) or int(place) >= len(chosen):
        return offer_names(code, classroom.id, "" if "again" in request.form else _("Choose one of the names."))
    return show_words({"code": code, "name": chosen[int(place)], "redraws": MOST_REDRAWS}, url_for("classrooms.join_words"))


def show_words(state: dict[str, Any], action: str) -> Page:
    """Three fresh words, shown once; the seal keeps them from being chosen."""
    g.link_query = {"code": state["code"]}
    state = {**state, "locale": current_locale(), "words": draw_words(current_locale())}
    words = [secret_words(state["locale"])[i] for i in state["words"]]
    return render_template(
        "classrooms/join_words.html",
        pseudonym=name_of(state["name"][0], state["name"][1], current_locale()),
        words=words,
        token=seal("words", state, AN_HOUR),
        redraws_left=state["redraws"],
        action=action,
        code=state["code"],
        is_reset="reset" in state,
    )


def secret_in(state: dict[str, Any]) -> str:
    return " ".join(secret_words(state["locale"])[i] for i in state["words"])


@bp.post("/join/words")
@open_to(VISITORS)
def join_words() -> Page:
    state = unseal("words", request.form.get("token", ""))
    if state is None or "reset" in state:
        return start_again()
    if "again" in request.form and state["redraws"] > 0:
        return show_words({**state, "redraws": state["redraws"] - 1}, url_for("classrooms.join_words"))
    hashed = hash_secret(secret_in(state))  # before the write lock is taken
    classroom = classroom_with_code(state["code"])
    if classroom is None:
        return start_again()
    name: Name = (state["name"][0], state["name"][1])
    student = take_seat(classroom, name, hashed)
    if student is None:
        if not door_is_open(classroom) or len(names_taken(classroom.id)) >= classroom.seats:
            return start_again()
        return offer_names(state["code"], classroom.id, _("Somebody has just taken this name. Choose another one."))
    token = sessions.begin("student", student.id)
    db.session.commit()
    response = sessions.give_cookie(redirect(url_for("home.student"), 303), token)
    return devices.remember(response, account_of(state["code"], name))


def start_again() -> Page:
    form = JoinForm()
    form.code.errors = [closed_door()]
    return render_template("classrooms/join_code.html", form=form), 422


def throttled() -> Page:
    form = JoinForm()
    form.form_errors = [_("There were many tries in a short time. Wait a minute, then try again.")]
    return render_template("classrooms/join_code.html", form=form), 429


# --- coming back ---------------------------------------------------------------------------------------------------


@bp.get("/sign-in")
@open_to(EVERYBODY)
def sign_in() -> Page:
    if (who := sessions.person()) and who.is_student:
        return redirect(url_for("home.student"), 303)
    form = SignInForm()
    form.code.data = request.args.get("code", "")[:12]
    return render_template("classrooms/sign_in.html", form=form, kept="")


def wrong() -> str:
    # One answer whatever was wrong, so that it tells nobody which classes and names exist.
    return _(
        "These do not belong together. Check the class code, your name and your three words. Your teacher can help you draw new words."
    )


def minutes(seconds: int) -> str:
    return _("There were many tries. Wait %(minutes)s min, or ask your teacher for a number for new words.", minutes=-(-seconds // 60))


@bp.post("/sign-in")
@open_to(VISITORS | STUDENTS)
def sign_in_sent() -> Page:
    form, kept = SignInForm.from_request(), request.form.get("kept", "")[:6000]
    if "language" in request.form:  # the other language was chosen on a page that carries what was sent
        who = sessions.person()
        if who and who.is_student:
            return you_are_back(who.id, kept, sessions.csrf_token()) or redirect(url_for("home.student"), 303)
        return render_template("classrooms/sign_in.html", form=SignInForm(), kept=kept, expired=True)
    if not form.validate():
        return render_template("classrooms/sign_in.html", form=form, kept=kept), 422
    account = account_of(form.code.data, form.name)
    where = throttle.where_from(devices.knows(account))
    with crowd.in_line(where):
        wait = throttle.try_now(account, where)
        seat = None if wait else find_seat(form.code.data, form.name)
        fits = not wait and secret_fits(seat[1] if seat else None, form.secret)
    if wait:
        form.form_errors = [minutes(wait)]
        return render_template("classrooms/sign_in.html", form=form, kept=kept), 429
    if not fits or seat is None or not still_fits(*seat):
        throttle.failed()
        form.form_errors = [wrong()]
        return render_template("classrooms/sign_in.html", form=form, kept=kept), 422
    response = let_in(seat[0], account, kept)
    throttle.succeeded(account, where)  # after the commit: it writes in a transaction of its own
    return response


def let_in(student_id: int, account: str, kept: str = "") -> Response:
    token = sessions.begin("student", student_id)
    db.session.commit()
    response = you_are_back(student_id, kept, sessions.csrf_token_for(token)) or redirect(url_for("home.student"), 303)
    return devices.remember(sessions.give_cookie(response, token), account)


def you_are_back(student_id: int, kept: str, csrf_value: str) -> Response | None:
    """The same student's session had ended in the middle of something: what was posted is still here, one press sends it again."""
    if (waiting := posted_by("student", student_id, kept)) is None:
        return None
    action, fields = waiting
    page = render_template("classrooms/resume.html", action=action, fields=fields, kept=kept, csrf_value=csrf_value)
    response: Response = current_app.make_response(page)
    return response


@bp.route("/sign-in/new-words", methods=["GET", "POST"])
@open_to(VISITORS)
def new_words() -> Page:
    """A student with a one-time code from the teacher draws new words alone."""
    form = NewWordsForm.from_request()
    if not form.sent():
        return render_template("classrooms/new_words.html", form=form), 422 if request.method == "POST" else 200
    seat = find_seat(form.code.data, form.name)
    digits = ascii_digits(form.digits.data)
    if throttle.addresses.too_many(count=False) or seat is None or not reset_fits(seat[0], digits):
        db.session.commit()  # a wrong code counts
        throttle.failed()
        form.digits.errors = [_("This number does not fit, or its 15 minutes are over. Ask your teacher for a new one.")]
        return render_template("classrooms/new_words.html", form=form), 422
    state = {"code": form.code.data, "name": form.name, "redraws": MOST_REDRAWS, "reset": [seat[0], digits]}
    return show_words(state, url_for("classrooms.new_words_taken"))


@bp.post("/sign-in/new-words/taken")
@open_to(VISITORS)
def new_words_taken() -> Page:
    state = unseal("words", request.form.get("token", ""))
    if state is None or "reset" not in state:
        return redirect(url_for("classrooms.new_words"), 303)
    if "again" in request.form and state["redraws"] > 0:
        return show_words({**state, "redraws": state["redraws"] - 1}, url_for("classrooms.new_words_taken"))
    hashed = hash_secret(secret_in(state))
    student_id, digits = state["reset"]
    if not reset_fits(student_id, digits):
        return redirect(url_for("classrooms.new_words"), 303)
    give_new_secret(student_id, hashed)
    return let_in(student_id, account_of(state["code"], (state["name"][0], state["name"][1])))


def expired() -> Response:
    """A visitor asked for a student's page. What was posted is kept, sealed, in the sign-in form: nothing is lost."""
    page = render_template("classrooms/sign_in.html", form=SignInForm(), kept=keep_posted("student"), expired=True)
    return current_app.make_response((page, 401 if request.method == "POST" else 200))


@bp.post("/sign-out")
@open_to(STUDENTS)
def sign_out() -> Response:
    sessions.end_this()
    db.session.commit()
    # The worker of this browser says how many answers it still keeps for later (app/static/worker.js): those must not be thrown away.
    return sessions.take_cookie(redirect(url_for("classrooms.sign_in"), 303), storage=request.form.get("kept") == "0")
