"""The page that lists all decks."""
