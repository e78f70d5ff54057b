"""pulses: two taps at the end of a lesson, counted for the class"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_table(
        "pulses",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=8), nullable=False),
        sa.Column("reply", sa.String(length=8), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_pulses_assignment_id_assignments"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("assignment_id", "question", "reply", name=op.f("pk_pulses")),
        sqlite_with_rowid=False,
    )


def downgrade():
    op.drop_table("pulses")
