"""``./luoshi test --kill N``: real work in other processes, which are killed at random moments.

``town`` founds the town, ``processes`` starts and kills, ``clients`` press and remember what was acknowledged,
``checking`` holds every press against the database and the disk, ``rounds`` is the whole of it for one database.
"""
