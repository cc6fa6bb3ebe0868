"""The index beside the table, one for each database, kept in step by the database itself."""

from django.db import migrations

SQLITE = [
    "CREATE VIRTUAL TABLE search_index USING fts5(bigrams, content='search_entry', content_rowid='id', "
    "tokenize='ascii', prefix='1', columnsize=0)",
    "CREATE TRIGGER search_entry_in AFTER INSERT ON search_entry BEGIN "
    "INSERT INTO search_index(rowid, bigrams) VALUES (new.id, new.bigrams); END",
    "CREATE TRIGGER search_entry_out AFTER DELETE ON search_entry BEGIN "
    "INSERT INTO search_index(search_index, rowid, bigrams) VALUES ('delete', old.id, old.bigrams); END",
    "CREATE TRIGGER search_entry_new AFTER UPDATE ON search_entry BEGIN "
    "INSERT INTO search_index(search_index, rowid, bigrams) VALUES ('delete', old.id, old.bigrams); "
    "INSERT INTO search_index(rowid, bigrams) VALUES (new.id, new.bigrams); END",
    "INSERT INTO search_index(search_index) VALUES ('rebuild')",
]
SQLITE_BACK = [
    "DROP TRIGGER search_entry_in",
    "DROP TRIGGER search_entry_out",
    "DROP TRIGGER search_entry_new",
    "DROP TABLE search_index",
]
# The vector is put together from the tokens as they are: to_tsvector would parse them anew, by the database's locale.
POSTGRESQL = [
    "CREATE FUNCTION search_vector(bigrams text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ "
    "SELECT coalesce(string_agg('''' || token || ''':' || place, ' '), '')::tsvector "
    "FROM unnest(string_to_array(bigrams, ' ')) WITH ORDINALITY AS one(token, place) WHERE token <> '' $$",
    "ALTER TABLE search_entry ADD COLUMN vector tsvector GENERATED ALWAYS AS (search_vector(bigrams)) STORED",
    "CREATE INDEX search_entry_vector ON search_entry USING gin (vector)",
]
POSTGRESQL_BACK = [
    "DROP INDEX search_entry_vector",
    "ALTER TABLE search_entry DROP COLUMN vector",
    "DROP FUNCTION search_vector(text)",
]


def run(apps, schema_editor, sqlite, postgresql):
    for statement in sqlite if schema_editor.connection.vendor == "sqlite" else postgresql:
        schema_editor.execute(statement, params=None)


def forwards(apps, schema_editor):
    run(apps, schema_editor, SQLITE, POSTGRESQL)


def backwards(apps, schema_editor):
    run(apps, schema_editor, SQLITE_BACK, POSTGRESQL_BACK)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
