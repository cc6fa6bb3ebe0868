"""Hands that reach around the program: a small log, its tables without constraints, and everything put back after."""

from contextlib import contextmanager

from django.db import connection, transaction

TABLES = ["journal_event", "journal_words", "journal_stream", "journal_outbox", "journal_leaf", "journal_seal"]


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else cursor.rowcount


@contextmanager
def put_back():
    """What is done inside is seen inside alone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def without_constraints():
    """The tables of the journal as an attacker can make them: anything goes into any column."""
    with put_back():
        if connection.vendor == "sqlite":
            for table in TABLES:
                sql(f"CREATE TABLE loose AS SELECT * FROM {table}")
                sql(f"DROP TABLE {table}")
                sql(f"ALTER TABLE loose RENAME TO {table}")
        else:
            sql("SET CONSTRAINTS ALL IMMEDIATE")
            for table, name in sql(
                "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE conrelid::regclass::text = ANY(%s)"
                " ORDER BY contype = 'p', contype = 'u'",
                TABLES,
            ):
                sql(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name} CASCADE")
            for table, column in sql(
                "SELECT attrelid::regclass::text, attname FROM pg_attribute WHERE attnum > 0 AND attnotnull"
                " AND attidentity = '' AND attrelid::regclass::text = ANY(%s)",
                TABLES,
            ):
                sql(f"ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL")
        yield
