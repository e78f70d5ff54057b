"""practising, boosters by the calendar, and a day until which answers are counted"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


# Only columns are added to tables that others refer to: SQLite would otherwise make them anew, and their rows' children with them.
def added():
    return {
        "assignments": [sa.Column("counted_until", sa.Date(), nullable=True)],
        "pulses": [sa.Column("shown", sa.Integer(), nullable=False, server_default="0")],
    }


def key(table, column, to, ondelete="CASCADE"):
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=ondelete)


def upgrade():
    for table, columns in added().items():
        for column in columns:
            op.add_column(table, column)
    # What has been shown stays shown: from now on it moves five taps at a time.
    enough = "(SELECT sum(p.n) FROM pulses p WHERE p.assignment_id = pulses.assignment_id AND p.question = pulses.question) >= 5"
    op.execute(f"UPDATE pulses SET shown = n WHERE {enough}")


def downgrade():
    for table, columns in added().items():
        for column in columns:
            op.drop_column(table, column.name)
