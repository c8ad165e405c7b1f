"""The catalog's migrations, one file a version; Alembic runs them (see ``store/migrate.py``)."""
