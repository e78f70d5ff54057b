"""practising, boosters by the calendar, and a day until which answers are counted"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def mark():
    return sa.Column("mark", sa.String(length=16), nullable=False, server_default="")


# Numbers of these are never given again (core/db.py: NEVER_AGAIN); students had it from the start.
NEVER_AGAIN = ("teachers", "classrooms", "assignments", "reports")
MARKED = ("teachers", "classrooms", "students", "assignments")


# Only columns are added to tables that others refer to.
def added():
    return {
        "assignments": [sa.Column("counted_until", sa.Date(), nullable=True)],
        "classrooms": [
            sa.Column("booster_day", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("boosters_from", sa.Date(), nullable=True),
        ],
        "pulses": [sa.Column("shown", sa.Integer(), nullable=False, server_default="0")],
    }


def key(table, column, to, ondelete="CASCADE"):
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=ondelete)


def upgrade():
    for table, columns in added().items():
        for column in columns:
            op.add_column(table, column)
    for table in MARKED:
        op.add_column(table, mark())
        random = "lower(hex(randomblob(8)))" if op.get_bind().dialect.name == "sqlite" else "substr(md5(random()::text || id), 1, 16)"
        op.execute(f"UPDATE {table} SET mark = {random}")  # noqa: S608  (our own words)
    op.create_table(
        "tombstones",
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_tombstones")),
    )
    op.create_table(
        "staff_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("teacher_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_acts")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_staff_acts_at"), "staff_acts", ["at"])
    op.create_index(op.f("ix_staff_acts_school_id"), "staff_acts", ["school_id"])
    op.create_table(
        "staff_acts_end",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("last_seal", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_acts_end")),
    )
    op.create_table(
        "practice_counts",
        sa.Column("classroom_id", sa.Integer(), nullable=False),
        sa.Column("lesson_slug", sa.String(length=60), nullable=False),
        sa.Column("activity_id", sa.String(length=60), nullable=False),
        sa.Column("scene", sa.String(length=60), nullable=False),
        sa.Column("choice", sa.String(length=60), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False, server_default="0"),
        key("practice_counts", "classroom_id", "classrooms"),
        sa.PrimaryKeyConstraint("classroom_id", "lesson_slug", "activity_id", "scene", "choice", name=op.f("pk_practice_counts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "class_pulses",
        sa.Column("classroom_id", sa.Integer(), nullable=False),
        sa.Column("lesson_slug", sa.String(length=60), nullable=False),
        sa.Column("activity_id", sa.String(length=60), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("answered", "says", "fewer")),
        *(
            sa.Column(name, sa.Integer(), nullable=False, server_default="0")
            for name in ("shown", "says_least", "says_most", "fewer_least", "fewer_most")
        ),
        key("class_pulses", "classroom_id", "classrooms"),
        sa.PrimaryKeyConstraint("classroom_id", "lesson_slug", "activity_id", name=op.f("pk_class_pulses")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "practised",
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("lesson_slug", sa.String(length=60), nullable=False),
        sa.Column("activity_id", sa.String(length=60), nullable=False),
        key("practised", "student_id", "students"),
        sa.PrimaryKeyConstraint("student_id", "lesson_slug", "activity_id", name=op.f("pk_practised")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "recalls",
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("objective", sa.String(length=60), nullable=False),
        sa.Column("stability", sa.Double(), nullable=False),
        sa.Column("difficulty", sa.Double(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        key("recalls", "student_id", "students"),
        key("recalls", "assignment_id", "assignments"),
        sa.PrimaryKeyConstraint("student_id", "assignment_id", "objective", name=op.f("pk_recalls")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_recalls_assignment_id"), "recalls", ["assignment_id"])
    op.create_table(
        "recall_counts",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("objective", sa.String(length=60), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("n", "right", "then_asked", "then_right")),
        *(
            sa.Column(f"shown_{name}", sa.Integer(), nullable=False, server_default="0")
            for name in ("n", "right", "then_asked", "then_right")
        ),
        key("recall_counts", "assignment_id", "assignments"),
        sa.PrimaryKeyConstraint("assignment_id", "objective", "nth", name=op.f("pk_recall_counts")),
        sqlite_with_rowid=False,
    )
    # What has been shown stays shown: from now on it moves five taps at a time.
    enough = "(SELECT sum(p.n) FROM pulses p WHERE p.assignment_id = pulses.assignment_id AND p.question = pulses.question) >= 5"
    op.execute(f"UPDATE pulses SET shown = n WHERE {enough}")  # noqa: S608  (our own words)
    hang_together(True)
    rebuild(True)


# Whatever goes, what hangs on it is found by an index; without one each sitting that is erased means a look through all answers there are.
FOUND_BY = {
    "standings": ("ix_standings_student_id", ["student_id"], False),
    "readings": ("ix_readings_assignment_id", ["assignment_id"], False),
    "attempts": ("ix_attempts_student_id", ["student_id", "uuid"], True),
}


def hang_together(both):
    """Answers hang on the student and the sitting together, as their own key begins: they need no index of their own for it."""
    if both:
        for table, (name, columns, unique) in FOUND_BY.items():
            op.create_index(op.f(name), table, columns, unique=unique)
    one = "fk_answers_attempt_uuid_attempts", ["attempt_uuid"], ["uuid"]
    two = "fk_answers_student_id_attempts", ["student_id", "attempt_uuid"], ["student_id", "uuid"]
    old, new = (one, two) if both else (two, one)
    with op.batch_alter_table("answers", table_kwargs={"sqlite_with_rowid": False}) as answers:
        answers.drop_constraint(op.f(old[0]), type_="foreignkey")
        answers.create_foreign_key(op.f(new[0]), "attempts", *new[1:], ondelete="CASCADE")
    if not both:
        for table, (name, _columns, _unique) in FOUND_BY.items():
            op.drop_index(op.f(name), table)


def rebuild(autoincrement):
    """SQLite makes a table anew to give it AUTOINCREMENT. With foreign keys on, the old one would take its rows' children along."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        return
    if bind.exec_driver_sql("PRAGMA foreign_keys").scalar():
        raise RuntimeError("foreign keys are on: migrate with `balise migrate`, or by way of migrations/env.py")
    for table in NEVER_AGAIN:
        with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_autoincrement": autoincrement}):
            pass
    if lost := bind.exec_driver_sql("PRAGMA foreign_key_check").all():
        raise RuntimeError(f"{len(lost)} rows would be left without what they belong to")


def downgrade():
    rebuild(False)
    hang_together(False)
    for table in ("recall_counts", "recalls", "practised", "class_pulses", "practice_counts", "staff_acts_end", "staff_acts", "tombstones"):
        op.drop_table(table)
    for table in MARKED:
        op.drop_column(table, "mark")
    for table, columns in added().items():
        for column in columns:
            op.drop_column(table, column.name)
