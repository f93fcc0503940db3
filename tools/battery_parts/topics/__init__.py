"""A module a topic; each has a function `topic` that makes the cases of one file."""
