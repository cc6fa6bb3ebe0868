"""Jobs of the kill test, each of which leaves exactly one event where it is done exactly once."""
