"""SQL databases by their catalogues or by inspection."""
