"""What the replay command is made of."""
