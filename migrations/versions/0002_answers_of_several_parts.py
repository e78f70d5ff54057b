"""answers of several parts: choices of up to 200 characters"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# SQLite makes the tables anew: they must stay clustered by their key (app/core/db.py).
CLUSTERED = {"sqlite_with_rowid": False}


def upgrade():
    with op.batch_alter_table("answers", table_kwargs=CLUSTERED) as answers:
        answers.alter_column("choice", existing_type=sa.String(60), type_=sa.String(200), existing_nullable=True)
    with op.batch_alter_table("tallies", table_kwargs=CLUSTERED) as tallies:
        tallies.alter_column("choice", existing_type=sa.String(60), type_=sa.String(200), existing_nullable=False)


def downgrade():
    # The version before shows a choice that it does not know as "not sure", and keeps whether it was right.
    op.execute("UPDATE answers SET choice = substr(choice, 1, 60) WHERE length(choice) > 60")
    op.execute("DELETE FROM tallies WHERE length(choice) > 60")
    with op.batch_alter_table("tallies", table_kwargs=CLUSTERED) as tallies:
        tallies.alter_column("choice", existing_type=sa.String(200), type_=sa.String(60), existing_nullable=False)
    with op.batch_alter_table("answers", table_kwargs=CLUSTERED) as answers:
        answers.alter_column("choice", existing_type=sa.String(200), type_=sa.String(60), existing_nullable=True)
