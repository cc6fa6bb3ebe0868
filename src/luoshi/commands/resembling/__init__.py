"""What ``./luoshi similar`` is made of."""
