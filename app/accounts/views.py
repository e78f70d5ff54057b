"""Teachers: accepting an invitation, signing in with a password and a second factor, signing out."""

from __future__ import annotations

from typing import Any

import pyotp
from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.accounts.forms import AcceptForm, PasswordForm, SignInForm
from app.accounts.models import Teacher
from app.accounts.queries import (
    BOARD_ROLE,
    email_hash,
    join,
    make_teacher,
    open_invitation,
    place_of,
    role_of,
    teacher,
    totp_secret,
    totp_step,
    use_step,
)
from app.core import acts, clock, crowd, devices, sessions, throttle
from app.core.access import EVERYBODY, TEACHERS, VISITORS, open_to
from app.core.db import db
from app.core.i18n import current_locale
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.kept import MOST_SEALED, keep_posted, posted_by
from app.core.passwords import EXACT, hash_secret, secret_fits
from app.core.qr import qr_svg
from app.core.throttle import From

bp = Blueprint("accounts", __name__, template_folder="templates")
# One answer for all, so that it tells nobody which of the three was wrong; that a code has been used is said to everybody too.
WRONG = _l(
    "These three do not belong together. Check the address, the password and the code, and try again. "
    "A code works once: if you have just used it, wait for the next."
)


@bp.get("/accounts/sign-in")
@open_to(EVERYBODY)
def sign_in() -> Any:
    if (who := sessions.person()) and who.is_teacher:
        return redirect(own_page(who.role), 303)
    return render_template("accounts/sign_in.html", form=SignInForm())


def own_page(role: str) -> str:
    """Where somebody who signs in begins: a board is shown reports and nothing else."""
    return url_for("boards.index") if role == BOARD_ROLE else url_for("classrooms.index")


@bp.post("/accounts/sign-in")
@open_to(VISITORS | TEACHERS)
def sign_in_sent() -> Any:
    form, kept = SignInForm.from_request(), request.form.get("kept", "")[:MOST_SEALED]
    if "language" in request.form:  # the other language was chosen on a page that carries what was filled in
        if (who := sessions.person()) and not who.is_student:
            return you_are_back(who.id, kept, sessions.csrf_token()) or redirect(own_page(who.role), 303)
        return render_template("accounts/sign_in.html", form=SignInForm(), kept=kept, expired=True)
    if not form.validate():
        return render_template("accounts/sign_in.html", form=form, kept=kept), 422
    account = "teacher " + email_hash(form.email.data)
    where = throttle.where_from(devices.knows(account))
    with crowd.in_line(where):
        wait, row, fits = throttle.try_now(account, where), None, False
        if not wait:
            with db.reading() as connection:
                row = connection.execute(select(Teacher.__table__).where(Teacher.email_hash == email_hash(form.email.data))).one_or_none()
            fits = secret_fits(row.password_hash if row else None, form.password.data, row.key_id if row else EXACT)
    if wait:
        form.form_errors = [_("Many tries: wait %(minutes)s minutes, then try again.", minutes=-(-wait // 60))]
        return render_template("accounts/sign_in.html", form=form, kept=kept), 429
    step = totp_step(totp_secret(row.totp_salt if row else "-"), form.code.digits, row.totp_last_step if row else 0)
    if row is None or row.disabled or not fits or step is None or not use_step(row.id, row.password_hash, step):
        throttle.failed()
        form.form_errors = [WRONG]
        return render_template("accounts/sign_in.html", form=form, kept=kept), 422
    token = sessions.begin("teacher", row.id)
    db.session.commit()
    throttle.succeeded(account, where)
    acts.did(row.id)
    response = you_are_back(row.id, kept, sessions.csrf_token_for(token)) or redirect(own_page(role_of(row.id)), 303)
    return devices.remember(sessions.give_cookie(response, token), account)


def you_are_back(teacher_id: int, kept: str, csrf_value: str) -> Response | None:
    """What this teacher had filled in when the session ended, to be sent with one press; None when there is nothing."""
    if (waiting := posted_by("teacher", teacher_id, kept)) is None:
        return None
    action, fields = waiting
    page = render_template("accounts/resume.html", action=action, fields=fields, kept=kept, csrf_value=csrf_value)
    response: Response = current_app.make_response(page)
    return response


def expired() -> Response:
    """A visitor asked for a teacher's page. What was posted is kept, sealed, in the sign-in form."""
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("accounts.sign_in"), 303)
    page = render_template("accounts/sign_in.html", form=SignInForm(), kept=keep_posted("teacher"), expired=True)
    return current_app.make_response((page, 401))


@bp.route("/accounts/invitation/<token>", methods=["GET", "POST"])
@open_to(EVERYBODY)
def accept(token: str) -> Any:
    invitation = open_invitation(token) if len(token) <= 64 else None
    if invitation is None:
        abort(404)
    salt = invitation.token_hash[:32]
    secret = totp_secret(salt)
    form = AcceptForm.from_request()
    if form.sent():
        step = totp_step(secret, form.code.digits)
        if email_hash(form.email.data) != invitation.email_hash:
            form.email.errors = [_("This invitation was made for another email address.")]
        elif step is None:
            form.code.errors = [_("This code does not fit. Wait for the next one in your app, and check the clock of your phone.")]
        else:
            made = make_teacher(invitation.email_hash, form.name.data, form.password.data, salt, current_locale())
            made.totp_last_step, made.signed_in_on = step, clock.today()
            join(made.id, invitation)
            acts.did(made.id)
            sessions.end_all("teacher", made.id)
            session_token = sessions.begin("teacher", made.id)
            db.session.delete(invitation)
            db.session.commit()
            account = "teacher " + made.email_hash
            return devices.remember(sessions.give_cookie(redirect(own_page(role_of(made.id)), 303), session_token), account)
    uri = pyotp.TOTP(secret).provisioning_uri(name=_("teacher"), issuer_name="Balise")
    qr = qr_svg(uri, _("QR code for your authenticator app"))
    page = render_template("accounts/accept.html", form=form, secret=secret, qr=qr, role=invitation.role, in_school=invitation.school_id)
    return page, 422 if request.method == "POST" else 200


@bp.route("/accounts/", methods=["GET", "POST"])
@open_to(TEACHERS)
def show() -> Any:
    who = sessions.person()
    assert who is not None
    form = PasswordForm.from_request()
    saved = False
    if form.sent():
        # Counting, hashing and comparing come before the write lock is taken.
        account = f"password of teacher {who.id}"
        with db.reading() as connection:
            stored = connection.execute(select(Teacher.password_hash, Teacher.key_id).where(Teacher.id == who.id)).one()
        if throttle.try_now(account, From.OWN_DEVICE) or not secret_fits(stored.password_hash, form.present.data, stored.key_id):
            form.present.errors = [_("This is not your present password.")]
        else:
            throttle.succeeded(account, From.OWN_DEVICE)
            hashed = hash_secret(form.password.data, EXACT)
            found = teacher(who.id)
            found.password_hash, found.key_id = hashed, EXACT
            sessions.end_all("teacher", who.id, but_this=True)
            db.session.commit()
            saved, form = True, PasswordForm()
    found = teacher(who.id)
    count = db.session.scalar(select(func.count()).where(sessions.SessionRow.kind == "teacher", sessions.SessionRow.person_id == found.id))
    place = place_of(found.id) if who.role else ""
    page = render_template("accounts/show.html", teacher=found, form=form, sessions=count, saved=saved, place=place)
    return page, 422 if form.errors else 200


@bp.post("/accounts/sign-out")
@open_to(TEACHERS)
def sign_out() -> Response:
    sessions.end_this()
    db.session.commit()
    return sessions.take_cookie(redirect(url_for("home.first"), 303))


@bp.post("/accounts/sign-out-everywhere")
@open_to(TEACHERS)
def sign_out_everywhere() -> Response:
    who = sessions.person()
    assert who is not None
    sessions.end_all("teacher", who.id)
    db.session.commit()
    return sessions.take_cookie(redirect(url_for("accounts.sign_in"), 303))
