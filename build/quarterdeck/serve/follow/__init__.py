"""The follow page: what the audience sees of a deck on its own phones and laptops. It only reads."""
