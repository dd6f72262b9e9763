"""The shipped page in a real browser, over the whole demo."""
