"""What the tests of every floor share. No program code imports it."""
