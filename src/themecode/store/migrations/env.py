"""Where Alembic learns which study to migrate: the connection it is handed, and no other."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
