"""Before a talk: everything that can go wrong in the room, on one page. A view of `present` and `runner`."""
