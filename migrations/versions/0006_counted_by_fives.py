"""what a class is told of the checks before and after a lesson, and on the wall: counts that grow by five students"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

COUNTED = {
    "pair_counts": (("right_before", "of_before", "right_after", "of_after"), ("n",)),
    "shift_counts": (("idea",), ("chosen_before", "met_before", "chosen_after", "met_after")),
}


def upgrade():
    op.add_column("attempts", sa.Column("counted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("tallies", sa.Column("shown", sa.Integer(), nullable=False, server_default="0"))
    for table, (places, sums) in COUNTED.items():
        op.create_table(
            table,
            sa.Column("assignment_id", sa.Integer(), nullable=False),
            *(sa.Column(name, sa.String(length=60) if name == "idea" else sa.Integer(), nullable=False) for name in (*places, *sums)),
            sa.ForeignKeyConstraint(
                ["assignment_id"], ["assignments.id"], name=op.f(f"fk_{table}_assignment_id_assignments"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("assignment_id", *places, name=op.f(f"pk_{table}")),
            sqlite_with_rowid=False,
        )


def downgrade():
    for table in COUNTED:
        op.drop_table(table)
    op.drop_column("tallies", "shown")
    op.drop_column("attempts", "counted")
