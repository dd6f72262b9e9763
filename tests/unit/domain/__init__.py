"""The nouns and rules, without any I/O."""
