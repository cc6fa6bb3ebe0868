"""PostgreSQL: where an entry stands goes into the index beside its words, so that the newest that hold a phrase are found
without reading all that hold it (``queries.newest``). SQLite reads its index from the end anyway."""

from django.db import migrations

# '@' with the kind's slot, and '@' with a letter for the stretch of 4,096 and 65,536 keys: no token of a text begins with
# '@'. Not part of the stored column: that would write every row anew.
PLACES = (
    "CREATE FUNCTION search_places(id bigint) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ "
    "SELECT array_to_tsvector(ARRAY['@' || (id >> 40), '@a' || (id >> 12), '@b' || (id >> 16)]) $$"
)
# Of each phrase the highest ``most`` keys: looked for in the last stretches, and in longer ones until there are ``enough``
# of all together; a stretch that promises too few is passed over, the last is the whole kind. ``tokens`` are those that the
# index is asked for, without regard to their order; ``id + 0``: the primary key must not be walked for the order.
NEWEST = """
CREATE FUNCTION search_newest(lowest bigint, phrases tsquery[], tokens tsquery[], most integer, enough integer)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE STRICT ROWS 100 AS $$
DECLARE
  top bigint := (SELECT max(id) FROM search_entry WHERE id BETWEEN lowest AND lowest + (1::bigint << 40) - 1);
  stretch record;
  within tsquery;
  found bigint[];
BEGIN
  FOR stretch IN SELECT * FROM (VALUES ('a', 12, 0), ('b', 16, 16), ('', 40, 0)) one(mark, bits, longer) LOOP
    CONTINUE WHEN stretch.longer > 0 AND cardinality(found) * stretch.longer < enough;
    within := ('''@' || stretch.mark || (top >> stretch.bits) || '''')::tsquery;
    IF stretch.bits < 40 THEN
      within := within || ('''@' || stretch.mark || ((top >> stretch.bits) - 1) || '''')::tsquery;
    END IF;
    found := ARRAY(
      SELECT DISTINCT hit.id FROM unnest(phrases, tokens) one(phrase, token), LATERAL (
        SELECT id FROM search_entry
        WHERE (vector || search_places(id)) @@ (one.token && within) AND vector @@ one.phrase
        ORDER BY id + 0 DESC LIMIT most
      ) hit
    );
    EXIT WHEN cardinality(found) >= enough;
  END LOOP;
  RETURN QUERY SELECT one.id - lowest FROM unnest(found) one(id) WHERE one.id >= lowest;
END $$
"""
POSTGRESQL = [
    PLACES,
    "CREATE INDEX search_entry_words ON search_entry USING gin ((vector || search_places(id)))",
    "DROP INDEX search_entry_vector",
    NEWEST,
    "ANALYZE search_entry",  # else the planner knows nothing of the new index's words until it is looked after
]
POSTGRESQL_BACK = [
    "DROP FUNCTION search_newest(bigint, tsquery[], tsquery[], integer, integer)",
    "CREATE INDEX search_entry_vector ON search_entry USING gin (vector)",
    "DROP INDEX search_entry_words",
    "DROP FUNCTION search_places(bigint)",
]


def run(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement, params=None)


def forwards(apps, schema_editor):
    run(schema_editor, POSTGRESQL)


def backwards(apps, schema_editor):
    run(schema_editor, POSTGRESQL_BACK)


class Migration(migrations.Migration):
    dependencies = [("search", "0003_narrow_ids")]
    operations = [migrations.RunPython(forwards, backwards)]
