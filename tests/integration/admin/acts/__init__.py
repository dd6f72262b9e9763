"""The pages of acts over a real database: who sees what, which form becomes a wish, what is refused."""
