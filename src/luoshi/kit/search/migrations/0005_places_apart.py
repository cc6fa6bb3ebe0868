"""PostgreSQL: the stretch stands in a condition of its own beside the words. In one condition a GIN index walks all that
hold the rarest word and asks of each whether it lies in the stretch; of two it leaps over what lies outside."""

from django.db import migrations

NEWEST = """
CREATE OR REPLACE FUNCTION search_newest(lowest bigint, phrases tsquery[], tokens tsquery[], most integer, enough integer)
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
        WHERE (vector || search_places(id)) @@ within AND (vector || search_places(id)) @@ one.token AND vector @@ one.phrase
        ORDER BY id + 0 DESC LIMIT most
      ) hit
    );
    EXIT WHEN cardinality(found) >= enough;
  END LOOP;
  RETURN QUERY SELECT one.id - lowest FROM unnest(found) one(id) WHERE one.id >= lowest;
END $$
"""


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(NEWEST, params=None)


class Migration(migrations.Migration):
    dependencies = [("search", "0004_newest_first")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
